// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The template of a pool as its child: made before the first worker, given a new definition,
/// removed. What it forks it is not asked here, but by the workers.
#include "containers/php/pool_container.hpp"

#include "kraken/base/log.hpp"

#include <utility>

namespace kraken::containers {

bool pool_container::wants_template() const {
  return settings_->forks != config::worker_template::off;
}

void pool_container::add_template() {
  has_template_ = true;
  auto spec = worker_spec(std::string{template_id}, 0);
  spec.kind = "template";
  spec.restart = model::restart_type::transient; // one that refuses would refuse again
  model::command make;
  make.what = model::verb::create;
  make.target = shell_.path();
  make.spec = std::make_shared<const model::child_spec>(std::move(spec));
  make.origin = "pool";
  shell_.manage(std::move(make), [this](const result<model::reply>& done) {
    if (!done) {
      log::warn("template_not_created",
                {{"container", shell_.path()}, {"reason", done.error().text()}});
      template_settled();
    }
  });
}

void pool_container::remove_template() {
  has_template_ = false;
  model::command end;
  end.what = model::verb::destroy;
  end.target = shell_.path() + "/" + std::string{template_id};
  end.origin = "pool";
  shell_.manage(std::move(end), [](const result<model::reply>&) {});
}

void pool_container::template_changed(const model::container_condition& now) {
  const auto at = template_at_ = now.at;
  template_refused_ = model::state_of(at) == model::state::stopped &&
                      now.last_cause->kind == model::cause_kind::exit_normal;
  if (at == model::phase::gone && !closing_) {
    add_template(); // somebody else has destroyed it
  } else if (at != model::phase::idle && at != model::phase::starting) {
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

// Workers keep what they have until they are replaced; new ones are not made from what was.
void pool_container::follow_template() {
  if (!wants_template()) {
    return has_template_ ? remove_template() : void();
  }
  has_template_ ? renew_template() : add_template();
}

void pool_container::renew_template() {
  model::command renew;
  renew.what = template_refused_ ? model::verb::start : model::verb::recycle;
  renew.target = shell_.path() + "/" + std::string{template_id};
  renew.origin = "pool";
  shell_.manage(std::move(renew), [this](const result<model::reply>& done) {
    if (!done) {
      log::warn("template_kept", {{"container", shell_.path()}, {"reason", done.error().text()}});
    }
  });
}

} // namespace kraken::containers
