// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Exceptions of the object pass through here: the shell makes causes of them.
#include "containers/native/native_container.hpp"

#include "kraken/base/log.hpp"

#include <utility>

namespace kraken::containers {

native_container::native_container(actor::host& shell,
                                   const class_catalogue& classes,
                                   own_thread_parts own)
    : shell_(shell), classes_(classes), own_(std::move(own)), timers_(shell) {}

native_container::~native_container() {
  shell_.cancel(silence_.waits);
}

void native_container::start() {
  const auto found = classes_.find(class_of(shell_.spec()));
  if (!found) { // the definition was checked; only an update can have brought another name
    throw native::argument_error(found.error().context);
  }
  object_ = (*found)->make(*this);
  native::arguments given(shell_.spec().args);
  object_->config(given);
  given.expect_all_read();
  object_->boot();
  current_ = object_->construct();
  if (readiness_ == readiness::by_itself) {
    ready();
  }
}

void native_container::drain() {
  begin_to_leave();
  object_->drain();
}

void native_container::stop() {
  begin_to_leave();
  object_->stop();
}

void native_container::kill() {
  begin_to_leave();
  object_.reset();
  end();
}

void native_container::resume() {
  object_->resumed();
}

void native_container::child_changed(const model::container_identity& who,
                                     const model::container_condition& now) {
  if (object_ != nullptr) {
    object_->child_changed(model::container_status{who, now, {}});
  }
}

void native_container::ready() {
  readiness_ = readiness::told;
  shell_.ready();
}

void native_container::unready() {
  shell_.unready();
}

void native_container::fail(std::string why) {
  model::cause cause;
  cause.kind = model::cause_kind::exception;
  cause.type = "kraken::failure";
  cause.message = std::move(why);
  shell_.failed(std::move(cause));
}

void native_container::begin_to_leave() {
  leaving_ = true;
  own_.ending.request_stop();
}

/// Hardly anybody asks, so the token's state is made when it is.
std::stop_token native_container::stopping() {
  if (!own_.ending.stop_possible()) {
    own_.ending = std::stop_source{};
    if (leaving_) {
      own_.ending.request_stop();
    }
  }
  return own_.ending.get_token();
}

void native_container::end() {
  if (!std::exchange(ended_, true)) {
    model::cause cause;
    cause.kind = model::cause_kind::exit_normal;
    shell_.ended(std::move(cause));
  }
}

bool native_container::receive(actor::letter& what) {
  if (silence_.then != nullptr) {
    heard_ = shell_.now();
  }
  if (next_) {
    current_ = std::move(*next_);
    next_.reset();
  }
  return deal_with(what);
}

bool native_container::deal_with(actor::letter& what) {
  if (what.kind == actor::letter_kind::message) {
    const auto& taker = current_.message_taker();
    if (!taker) {
      return false;
    }
    const auto taken = taker(native::message(what));
    if (!taken) {
      log::warn("message_unreadable",
                {{"container", shell_.path()},
                 {"from", what.sender()},
                 {"reason", taken.error().context}});
    }
    return taken.has_value();
  }
  const auto* const taker = current_.request_taker(what.name.view());
  if (taker == nullptr) {
    return false;
  }
  (*taker)(native::request(std::move(what)));
  return true;
}

void native_container::receive_timeout(milliseconds after, std::function<void()> then) {
  shell_.cancel(silence_.waits);
  silence_ = {};
  if (after.count() > 0) {
    silence_.after = after;
    silence_.then = std::make_shared<const std::function<void()>>(std::move(then));
    heard_ = shell_.now();
    listen_until(heard_ + after);
  }
}

void native_container::listen_until(time_point at) {
  silence_.waits = shell_.at(at, [this] { silent(); });
}

/// One timer however many letters come: it looks when the last one was.
void native_container::silent() {
  const auto now = shell_.now();
  if (heard_ + silence_.after > now) {
    return listen_until(heard_ + silence_.after);
  }
  heard_ = now;
  listen_until(now + silence_.after);
  const auto then = silence_.then; // it may end or replace the timeout
  (*then)();
}

actor::call_id native_container::request_draft(const actor::draft& what,
                                               actor::answer_callback done) {
  return what.name.empty() ? shell_.request(what, std::move(done))
                           : shell_.command(what, std::move(done));
}

void native_container::watch(std::string target, std::function<void(const actor::notice&)> then) {
  shell_.watch(target);
  watched_.insert_or_assign(std::move(target), std::move(then));
}

void native_container::unwatch(std::string_view target) {
  shell_.unwatch(target);
  if (const auto found = watched_.find(target); found != watched_.end()) {
    watched_.erase(found);
  }
}

/// A notice has the whole path; who asked may have named its last segments.
void native_container::noticed(const actor::notice& what) {
  for (auto at = watched_.begin(); at != watched_.end(); ++at) {
    if (what.path == at->first || what.path.ends_with("/" + at->first)) {
      const auto then = std::move(at->second);
      watched_.erase(at);
      then(what);
      return;
    }
  }
}

native::door native_container::way_back() {
  // By a timer that is due at once, so that what the work throws is the container's failure.
  auto post = own_.post;
  if (!post) {
    post = [on = &shell_.shard()](std::function<void()> work) { on->post(std::move(work)); };
  }
  return [this, alive = std::weak_ptr<const pulse>(pulse_), post = std::move(post)](
             std::function<void()> work) {
    post([this, alive, work = std::move(work)] {
      if (!alive.expired()) {
        static_cast<void>(shell_.at(shell_.now(), work));
      }
    });
  };
}

} // namespace kraken::containers
