// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The workers of a pool are replaced one after the other, behind their template
/// (docs/decisions/0040): by an operator, for changed files, for a changed definition. Each is
/// given the new definition when it is its turn, and the one before if it does not boot with that.
#include "containers/php/pool_container.hpp"

#include "kraken/base/log.hpp"

#include <algorithm>
#include <utility>

namespace kraken::containers {

bool pool_container::wants_template() const {
  return settings_->forks != config::worker_template::off;
}

model::child_spec pool_container::template_spec() const {
  auto spec = worker_spec(std::string{template_id}, 0, template_->made_with);
  spec.kind = "template";
  spec.restart = model::restart_type::transient; // one that refuses would refuse again
  return spec;
}

/// @param done called when it forks, or has failed to
void pool_container::add_template(std::shared_ptr<const pool_settings> with,
                                  model::reply_callback done) {
  template_ = template_entry{.made_with = std::move(with)};
  model::command make;
  make.what = model::verb::create;
  make.flags = model::force::soft; // an earlier one may still be on its way out
  make.target = shell_.path();
  make.spec = std::make_shared<const model::child_spec>(template_spec());
  make.origin = "pool";
  shell_.manage(std::move(make), [this, then = std::move(done)](const result<model::reply>& made) {
    if (!made) {
      log::warn("template_not_created",
                {{"container", shell_.path()}, {"reason", made.error().text()}});
      template_settled();
    }
    then(made);
  });
}

void pool_container::remove_template() {
  template_.reset();
  ++templates_leaving_;
  model::command end;
  end.what = model::verb::destroy;
  end.target = shell_.path() + "/" + std::string{template_id};
  end.origin = "pool";
  shell_.manage(std::move(end), [this](const result<model::reply>& done) {
    // Destroyed by somebody else: its end may have been seen, and counted, before this is answered.
    if (!done && done.error().code == errc::not_found && templates_leaving_ != 0) {
      --templates_leaving_;
    }
  });
}

void pool_container::template_changed(const model::container_condition& now) {
  if (templates_leaving_ != 0) { // the next one is made when it has gone
    templates_leaving_ -= now.at == model::phase::gone ? 1 : 0;
    return;
  }
  if (!template_) {
    return;
  }
  const auto at = template_->at = now.at;
  template_->refused = model::state_of(at) == model::state::stopped &&
                       now.last_cause->kind == model::cause_kind::exit_normal;
  if (at == model::phase::gone && !closing_) {
    add_template(template_->made_with, [](const auto&) {}); // somebody else has destroyed it
  } else if (at != model::phase::idle && at != model::phase::starting &&
             at != model::phase::draining) {
    template_settled();
  }
}

/// It forks, or has failed to.
void pool_container::template_settled() {
  if (!awaiting_template_) {
    return;
  }
  resize(*std::exchange(awaiting_template_, std::nullopt));
  if (renewal_.code_is_new()) {
    renew_code();
  }
}

result<void> pool_container::recycle_workers(std::function<void(result<void>)> done) {
  if (!renewal_.rests()) {
    return fail(errc::busy, "the workers of '" + shell_.path() + "' are being replaced already");
  }
  all_recycled_ = std::move(done);
  renew(renewed::all);
  return {};
}

void pool_container::renew(renewed which) {
  if (renewal_.ask(which, candidates())) {
    renew_next();
  }
}

std::vector<renewal_candidate> pool_container::candidates() const {
  using rank = renewal_candidate::rank;
  std::vector<renewal_candidate> out;
  if (template_ || wants_template()) {
    out.push_back({.id = std::string{template_id}, .as = rank::forks_others});
  }
  for (const auto& [id, each] : workers_) {
    const bool serves = each.at == model::phase::ready;
    out.push_back({.id = id, .as = serves ? rank::serves : rank::does_not_serve});
  }
  return out;
}

renewal_facts pool_container::facts_of(const std::string& id) const {
  using kind = renewal_facts::kind;
  const auto failed = [](model::phase at) { return model::state_of(at) == model::state::failed; };
  renewal_facts out{.outdated = is_outdated(id)};
  if (id != template_id) {
    const auto found = workers_.find(id);
    out.failed = found != workers_.end() && failed(found->second.at);
  } else if (template_) {
    out.of = wants_template() ? kind::template_there : kind::template_unwanted;
    out.failed = failed(template_->at);
    out.refused = template_->refused;
  } else {
    out.of = wants_template() ? kind::template_missing : kind::no_template;
  }
  return out;
}

/// Answered when all have been, or one does not boot: then that is refused.
void pool_container::renew_outdated(const actor::update_hold& hold) {
  if (!any_is_outdated()) {
    proven_ = settings_;
    return;
  }
  if (hold != nullptr) {
    update_holds_.push_back(hold);
    shell_.cancel(update_patience_);
    renewal_.wait_for_all();
    update_patience_ =
        shell_.at(shell_.now() + limits::renewal_patience, [this] { wait_no_longer(); });
  }
  renew(renewed::outdated);
}

/// A large pool, or one with long requests: who asked knows that the definition boots, and need not
/// wait for the rest.
void pool_container::wait_no_longer() {
  renewal_.wait_for_one();
  if (renewal_.is_enough(some_prove_it())) {
    log::info(
        "pool_renews_on",
        {{"container", shell_.path()}, {"workers", workers_.size()}, {"left", renewal_.left()}});
    update_holds_.clear();
  }
}

std::shared_ptr<const pool_settings>* pool_container::made_with(const std::string& id) {
  if (id == template_id) {
    return template_ ? &template_->made_with : nullptr;
  }
  const auto found = workers_.find(id);
  return found == workers_.end() ? nullptr : &found->second.made_with;
}

/// Made with another definition than the one that counts.
bool pool_container::is_outdated(const std::string& id) const {
  if (id == template_id) {
    return template_.has_value() != wants_template() ||
           (template_ && !same_process(*template_->made_with, *settings_));
  }
  const auto found = workers_.find(id);
  return found != workers_.end() && !same_process(*found->second.made_with, *settings_);
}

bool pool_container::any_is_outdated() const {
  return (!closing_ && is_outdated(std::string{template_id})) ||
         std::ranges::any_of(workers_,
                             [this](const auto& each) { return is_outdated(each.first); });
}

bool pool_container::some_prove_it() const {
  return same_process(*proven_, *settings_);
}

void pool_container::renew_next() {
  while (const auto* const first = renewal_.first()) {
    const auto id = *first;
    before_.reset();
    switch (renewal_.begin(facts_of(id))) {
    case renewal_step::pass:
      break;
    case renewal_step::make:
      return add_template(settings_,
                          [this, id](const result<model::reply>& done) { renewed_one(id, done); });
    case renewal_step::remove:
      remove_template();
      break;
    case renewal_step::start:
      return replace(id, model::verb::start);
    case renewal_step::recycle:
      return replace(id, model::verb::recycle);
    }
    renewal_.pass();
  }
  renewal_over({});
}

void pool_container::replace(const std::string& id, model::verb how) {
  if (auto* const with = made_with(id)) {
    before_ = std::exchange(*with, settings_);
    if (before_ != settings_) {
      give(id, nullptr);
    }
  }
  model::command renew;
  renew.what = how;
  renew.target = shell_.path() + "/" + id;
  renew.origin = "pool";
  renew.undone_on_failure = true;
  shell_.manage(std::move(renew),
                [this, id](const result<model::reply>& done) { renewed_one(id, done); });
}

/// It goes on as it was made, and is made so again.
void pool_container::take_back(const std::string& id) {
  auto* const with = made_with(id);
  if (with != nullptr && before_ && *with != before_) {
    *with = before_;
    give(id, nullptr);
  }
}

void pool_container::renewed_one(const std::string& id, const result<model::reply>& done) {
  using how = renewal_end::how;
  const bool refused = !done && done.error().code == errc::start_failed;
  const auto verdict = renewal_.judge({
      .ended = done      ? how::replaced
               : refused ? how::did_not_boot
                         : how::not_there,
      .is_template = id == template_id,
      .proven = some_prove_it(),
  });
  if (verdict != renewal_verdict::go_on) {
    take_back(id);
  }
  if (verdict == renewal_verdict::undo_and_end) {
    log::warn("pool_keeps_workers",
              {{"container", shell_.path()},
               {"not_replaced", renewal_.left()},
               {"reason", done.error().text()}});
    return renewal_over(fail(done.error()));
  }
  if (const auto* const with = made_with(id); done && with != nullptr && id != template_id) {
    proven_ = *with;
  }
  if (renewal_.is_enough(some_prove_it())) {
    update_holds_.clear();
  }
  renewal_.pass();
  renew_next();
}

void pool_container::renewal_over(const result<void>& outcome) {
  if (outcome && any_is_outdated()) { // made meanwhile
    renewal_.line_up(candidates());
    return renew_next();
  }
  tell_of_code(outcome);
  shell_.cancel(update_patience_);
  renewal_.end();
  if (outcome) {
    update_shards(nullptr, [] {});
  }
  for (const auto& each : std::exchange(update_holds_, {})) {
    if (!outcome && each != nullptr) {
      each->refuse(outcome.error());
    }
  }
  if (const auto tell = std::exchange(all_recycled_, nullptr)) {
    tell(outcome);
  }
}

} // namespace kraken::containers
