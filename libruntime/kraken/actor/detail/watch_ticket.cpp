// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/detail/watch_ticket.hpp"

#include "kraken/actor/messages.hpp"

#include <utility>

namespace kraken::actor {

watch_ticket::watch_ticket(seat_ptr watcher, std::uint64_t number, seat_ptr watched, bond kind)
    : watcher_(std::move(watcher)), watched_(std::move(watched)), number_(number), kind_(kind) {}

watch_ticket::~watch_ticket() {
  fire(kind_ == bond::watch ? static_cast<int>(model::state::destroyed) : link_dissolved, {});
}

void watch_ticket::fire(int state, const std::string& cause) noexcept {
  if (const auto to = std::exchange(watcher_, nullptr)) {
    tell(to->shell(), heard_of{number_, kind_, {watched_->path(), state, cause}});
  }
}

} // namespace kraken::actor
