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
  auto spec = worker_spec(std::string{template_id}, 0, template_with_);
  spec.kind = "template";
  spec.restart = model::restart_type::transient; // one that refuses would refuse again
  return spec;
}

/// @param done called when it forks, or has failed to
void pool_container::add_template(std::shared_ptr<const pool_settings> with,
                                  model::reply_callback done) {
  has_template_ = true;
  template_with_ = std::move(with);
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
  has_template_ = false;
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
  if (!has_template_) {
    return;
  }
  const auto at = template_at_ = now.at;
  template_refused_ = model::state_of(at) == model::state::stopped &&
                      now.last_cause->kind == model::cause_kind::exit_normal;
  if (at == model::phase::gone && !closing_) {
    add_template(template_with_, [](const auto&) {}); // somebody else has destroyed it
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
  if (code_changed_) {
    renew_code();
  }
}

result<void> pool_container::recycle_workers(std::function<void(result<void>)> done) {
  if (all_recycled_) {
    return fail(errc::busy, "the workers of '" + shell_.path() + "' are being replaced already");
  }
  all_recycled_ = std::move(done);
  renews_all_ = true;
  line_up();
  recycle_next();
  return {};
}

/// Also those that a replacement under way has been at already: it was with what was before.
void pool_container::renew(renewed which) {
  anew_ = all_recycled_ != nullptr;
  renews_all_ = (anew_ && renews_all_) || which == renewed::all;
  if (anew_ && !to_recycle_.empty()) {
    to_recycle_.resize(1);
  }
  line_up();
  if (!anew_) {
    all_recycled_ = [](const result<void>&) {};
    recycle_next();
  }
}

/// The template, so that what follows is forked from the new one, then those that serve: whether a
/// definition boots should not be asked of one that did not before.
void pool_container::line_up() {
  if (has_template_ || (wants_template() && is_outdated(std::string{template_id}))) {
    to_recycle_.emplace_back(template_id);
  }
  for (const bool serving : {true, false}) {
    for (const auto& [id, each] : workers_) {
      if ((each.at == model::phase::ready) == serving) {
        to_recycle_.push_back(id);
      }
    }
  }
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
    patience_is_over_ = false;
    update_patience_ =
        shell_.at(shell_.now() + limits::renewal_patience, [this] { wait_no_longer(); });
  }
  renew(renewed::outdated);
}

/// A large pool, or one with long requests: who asked knows that the definition boots, and need not
/// wait for the rest.
void pool_container::wait_no_longer() {
  patience_is_over_ = true;
  if (some_prove_it()) {
    log::info(
        "pool_renews_on",
        {{"container", shell_.path()}, {"workers", workers_.size()}, {"left", to_recycle_.size()}});
    update_holds_.clear();
  }
}

std::shared_ptr<const pool_settings>* pool_container::made_with(const std::string& id) {
  if (id == template_id) {
    return has_template_ ? &template_with_ : nullptr;
  }
  const auto found = workers_.find(id);
  return found == workers_.end() ? nullptr : &found->second.made_with;
}

/// Made with another definition than the one that counts.
bool pool_container::is_outdated(const std::string& id) const {
  if (id == template_id) {
    return has_template_ != wants_template() ||
           (has_template_ && !same_process(*template_with_, *settings_));
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

bool pool_container::has_failed(const std::string& id) const {
  const auto failed = [](model::phase at) { return model::state_of(at) == model::state::failed; };
  if (id == template_id) {
    return failed(template_at_);
  }
  const auto found = workers_.find(id);
  return found != workers_.end() && failed(found->second.at);
}

/// What failed with what was before need not wait until it is its turn to be tried again.
bool pool_container::needs_start(const std::string& id) const {
  return (id == template_id && template_refused_) ||
         (has_failed(id) && (code_changed_ || is_outdated(id)));
}

void pool_container::recycle_next() {
  while (!to_recycle_.empty() && !renews_all_ && !is_outdated(to_recycle_.front())) {
    to_recycle_.pop_front();
  }
  if (to_recycle_.empty()) {
    return recycling_over({});
  }
  const auto id = to_recycle_.front();
  had_failed_ = has_failed(id);
  before_.reset();
  if (id == template_id && !has_template_) {
    return add_template(settings_,
                        [this, id](const result<model::reply>& done) { recycled_one(id, done); });
  }
  if (id == template_id && !wants_template()) { // what is made from now on does not ask for it
    remove_template();
    to_recycle_.pop_front();
    return recycle_next();
  }
  const auto how = needs_start(id) ? model::verb::start : model::verb::recycle;
  if (auto* const with = made_with(id)) {
    before_ = std::exchange(*with, settings_);
    if (before_ != settings_) {
      give(id, nullptr);
    }
  }
  ask_for_next(how, id);
}

void pool_container::ask_for_next(model::verb what, const std::string& id) {
  model::command renew;
  renew.what = what;
  renew.target = shell_.path() + "/" + id;
  renew.origin = "pool";
  renew.undone_on_failure = true;
  shell_.manage(std::move(renew),
                [this, id](const result<model::reply>& done) { recycled_one(id, done); });
}

/// It goes on as it was made, and is made so again.
void pool_container::take_back(const std::string& id) {
  auto* const with = made_with(id);
  if (with != nullptr && before_ && *with != before_) {
    *with = before_;
    give(id, nullptr);
  }
}

// When one does not boot, the others stay as they are: they work. One that does not run now, or is
// gone, has nothing to replace; nor does one prove anything that did not boot before either.
void pool_container::recycled_one(const std::string& id, const result<model::reply>& done) {
  const bool anew = std::exchange(anew_, false);
  const bool failed = !done && done.error().code == errc::start_failed;
  const bool nothing_new = had_failed_ && !code_changed_ && (id == template_id || some_prove_it());
  if (failed && !nothing_new) {
    take_back(id);
  }
  if (failed && !nothing_new && !anew) {
    log::warn("pool_keeps_workers",
              {{"container", shell_.path()},
               {"not_replaced", to_recycle_.size()},
               {"reason", done.error().text()}});
    to_recycle_.clear();
    return recycling_over(fail(done.error()));
  }
  if (const auto* const with = made_with(id); done && with != nullptr && id != template_id) {
    proven_ = *with;
  }
  if (patience_is_over_ && some_prove_it()) {
    update_holds_.clear();
  }
  to_recycle_.pop_front();
  recycle_next();
}

void pool_container::recycling_over(const result<void>& outcome) {
  if (outcome && any_is_outdated()) { // made meanwhile
    line_up();
    return recycle_next();
  }
  tell_of_code(outcome);
  shell_.cancel(update_patience_);
  renews_all_ = false;
  if (outcome) {
    update_shards(nullptr, [] {});
  }
  for (const auto& each : std::exchange(update_holds_, {})) {
    if (!outcome && each != nullptr) {
      each->refuse(outcome.error());
    }
  }
  std::exchange(all_recycled_, nullptr)(outcome);
}

} // namespace kraken::containers
