// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/answer.hpp"

#include "kraken/actor/detail/answer_log.hpp"
#include "kraken/actor/detail/open_call.hpp"

#include <array>
#include <cstddef>
#include <utility>

namespace kraken::actor {

namespace {

constexpr std::array<errc, dead_reasons> errc_of_reason{errc::not_found,
                                                        errc::not_started,
                                                        errc::mailbox_full,
                                                        errc::timeout,
                                                        errc::container_failed,
                                                        errc::unsupported,
                                                        errc::unreachable};

} // namespace

errc to_errc(dead_reason why) noexcept {
  return errc_of_reason[static_cast<std::size_t>(why)];
}

failure failure::of(dead_reason why, std::string message) {
  return {{}, std::move(message), std::string(to_string(why))};
}

failure failure::of(const error& why) {
  return {{}, why.context, std::string(kraken::to_string(why.code))};
}

errc failure::what() const noexcept {
  for (std::size_t i = 0; i < dead_reasons; ++i) {
    if (code == to_string(static_cast<dead_reason>(i))) {
      return errc_of_reason[i];
    }
  }
  for (const auto& row : errc_table) {
    if (code == row.name) {
      return row.code;
    }
  }
  return errc::container_failed;
}

answerer& answerer::operator=(answerer&& other) noexcept {
  if (this != &other) {
    answerer dropped(std::exchange(call_, nullptr));
    call_ = std::exchange(other.call_, nullptr);
  }
  return *this;
}

answerer::~answerer() {
  if (call_ != nullptr) {
    const auto why = call_->handed ? dead_reason::in_flight : dead_reason::closed;
    const auto& to = *call_->to;
    to.dead().add(call_->from == nullptr ? std::string_view{} : *call_->from, to.path(), why);
    fail(failure::of(why, to.text_of(why)));
  }
}

void answerer::give(answer what) noexcept {
  if (call_ == nullptr) {
    return;
  }
  if (const auto log = call_->log) {
    log->given(call_->key, what, call_->handed);
  }
  if (!what.final()) {
    call_->give(std::move(what));
    return;
  }
  const auto call = std::exchange(call_, nullptr);
  call->log = nullptr;
  call->on_withdrawn = nullptr;
  call->give(std::move(what));
}

void answerer::when_cancelled(std::function<void()> then) noexcept {
  if (call_ != nullptr) {
    call_->on_withdrawn = std::move(then);
  }
}

} // namespace kraken::actor
