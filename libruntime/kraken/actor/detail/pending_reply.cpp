// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/detail/pending_reply.hpp"

#include "kraken/base/log.hpp"

#include <exception>
#include <utility>

namespace kraken::actor {

pending_reply::pending_reply(executor* on, model::reply_callback done)
    : on_(on), done_(std::move(done)) {}

pending_reply::~pending_reply() {
  answer(fail(errc::canceled, "the container that had the command is gone"));
}

void pending_reply::answer(result<model::reply> with) noexcept {
  if (answered_.exchange(true)) {
    return;
  }
  auto done = std::move(done_);
  if (!done) {
    return;
  }
  try {
    if (on_ != nullptr) {
      on_->post([done = std::move(done), with = std::move(with)] { done(with); });
    } else {
      done(std::move(with));
    }
  } catch (const std::exception& e) {
    log::error("reply_callback_threw", {{"what", e.what()}});
  }
}

} // namespace kraken::actor
