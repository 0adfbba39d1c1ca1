// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/detail/open_call.hpp"

#include "kraken/actor/messages.hpp"

#include <utility>

namespace kraken::actor {

void container_call::give(answer what) noexcept {
  post_to(own_->shell(),
          answered{std::static_pointer_cast<container_call>(shared_from_this()), std::move(what)});
}

void outside_call::give(answer what) noexcept {
  heard.store(true);
  auto self = std::static_pointer_cast<outside_call>(shared_from_this());
  on_.post([self = std::move(self), what = std::move(what)] {
    if (!self->done_) {
      return; // answered before
    }
    if (!what.final()) {
      return self->done_(what);
    }
    std::exchange(self->done_, nullptr)(what);
  });
}

} // namespace kraken::actor
