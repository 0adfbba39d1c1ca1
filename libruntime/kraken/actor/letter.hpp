// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What containers send each other: drafts as the sender writes them, letters as the receiver gets
/// them. The value inside is MessagePack, passed on as it is; nobody here reads it.
#pragma once

#include "kraken/actor/answer.hpp"
#include "kraken/base/clock.hpp"
#include "kraken/base/units.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace kraken::actor {

enum class letter_kind : std::uint8_t {
  message, ///< no answer
  request, ///< one answer
  command, ///< a request with a name
};

/// Who waits while a message can not be taken; the numbers are the framework's flags.
enum class delivery : std::uint8_t {
  standard = 0,       ///< nobody: refused unless the target is started
  buffer_online = 1,  ///< the target's mailbox, while it is created, failed or backing off
  buffer_offline = 2, ///< the sender's mailbox, while the sender is not ready
  buffer = 3,         ///< both
};

/// What became of a message, known at once; the framework's numbers.
enum class posted : std::uint8_t {
  dropped = 0,  ///< by the overflow policy `drop_newest`
  sent = 1,     ///< in the mailbox of a started container
  buffered = 2, ///< waits, here or there
};

/// What a sender writes. The texts need to live as long as the call.
struct draft {
  std::string_view to; ///< alias or path
  body_ptr body{};
  delivery mode = delivery::standard;
  /// A request: when nothing was heard for so long, it is answered `timeout`; 0 means
  /// limits::request_timeout. A message: how long it may wait for its turn; 0 means for ever.
  milliseconds timeout{0};
  /// A request: its identity. One that the target has had already (limits::answers_kept) is not
  /// carried out again but gets the same answer. Empty: never a repetition.
  std::string_view id{};
  std::string_view name{}; ///< of a command
};

/// A text that few letters have: costs a pointer where there is none.
class rare_text {
public:
  rare_text& operator=(std::string_view text) {
    text_ = text.empty() ? nullptr : std::make_unique<const std::string>(text);
    return *this;
  }

  [[nodiscard]] bool empty() const noexcept { return text_ == nullptr; }
  [[nodiscard]] std::string_view view() const noexcept {
    return text_ == nullptr ? std::string_view{} : std::string_view(*text_);
  }

private:
  std::unique_ptr<const std::string> text_;
};

/// What a receiver gets. Move-only; whoever takes a request takes its `reply`.
struct letter {
  letter_kind kind = letter_kind::message;
  delivery mode = delivery::standard;
  std::shared_ptr<const std::string> from; ///< path of the sender; null: from outside the tree
  body_ptr body;
  rare_text id;                        ///< of a request; may be empty
  rare_text name;                      ///< of a command
  std::optional<time_point> expires{}; ///< not given to the receiver after this
  milliseconds timeout{0};             ///< of a request: the requester waits so long for a sign
  answerer reply{};                    ///< empty: a message

  /// Path of the sender; empty: from outside the tree.
  [[nodiscard]] std::string_view sender() const noexcept {
    return from == nullptr ? std::string_view{} : std::string_view(*from);
  }

  /// The value's bytes; nil when there is none.
  [[nodiscard]] std::string_view bytes() const noexcept {
    return body == nullptr ? std::string_view("\xc0", 1) : std::string_view(*body);
  }
};

} // namespace kraken::actor
