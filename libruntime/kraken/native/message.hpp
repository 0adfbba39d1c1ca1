// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the handlers of a native container are given: a message to read, a request to answer.
#pragma once

#include "kraken/actor/letter.hpp"
#include "kraken/native/field_codec.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace kraken::native {

/// A message in the hands of its handler. Belongs to the shell: valid during the call only.
class message {
public:
  explicit message(actor::letter& what) noexcept : letter_(what) {}

  /// Path of the sender; empty: from outside the tree.
  [[nodiscard]] std::string_view from() const noexcept { return letter_.sender(); }
  /// One MessagePack value.
  [[nodiscard]] std::string_view bytes() const noexcept { return letter_.bytes(); }
  /// The same to keep or to send on, without a copy.
  [[nodiscard]] const packed& body() const noexcept { return letter_.body; }

  /// @error errc::invalid_argument when it is no `T`
  template <class T>
  [[nodiscard]] result<T> as() const {
    return unpack<T>(bytes());
  }

  /// For the kind.
  [[nodiscard]] actor::letter& letter() const noexcept { return letter_; }

private:
  actor::letter& letter_;
};

/// A request and the duty to answer it once: now, or later when it was moved somewhere. Destroyed
/// without an answer it is answered by the tree (`in_flight`).
/// @thread the container's
class request {
public:
  explicit request(actor::letter&& what) noexcept : letter_(std::move(what)) {}

  [[nodiscard]] std::string_view from() const noexcept { return letter_.sender(); }
  /// Of a command; empty for a plain request.
  [[nodiscard]] std::string_view name() const noexcept { return letter_.name.view(); }
  [[nodiscard]] std::string_view bytes() const noexcept { return letter_.bytes(); }
  [[nodiscard]] const packed& body() const noexcept { return letter_.body; }

  template <class T>
  [[nodiscard]] result<T> as() const {
    return unpack<T>(bytes());
  }

  /// False once it is answered.
  [[nodiscard]] explicit operator bool() const noexcept { return bool(letter_.reply); }

  // Each answers, unless that was done before.
  void answer() noexcept { answer_packed(nullptr); } ///< nil
  void answer_packed(packed what) noexcept { letter_.reply.value(std::move(what)); }
  template <class T>
  void answer(const T& what) {
    answer_packed(pack(what));
  }
  void refuse(actor::failure why) noexcept { letter_.reply.fail(std::move(why)); }
  void refuse(const error& why) noexcept { refuse(actor::failure::of(why)); }

  /// Answers as somebody else did: the whole of a chain's link.
  void pass_on(const actor::answer& what) noexcept { letter_.reply.give(what); }

  /// "Task unfinished": the requester's deadline begins anew.
  void progress() noexcept { letter_.reply.progress(); }
  /// Runs `then` when the requester takes the request back before it is answered.
  void when_cancelled(std::function<void()> then) noexcept {
    letter_.reply.when_cancelled(std::move(then));
  }

  /// For the kind.
  [[nodiscard]] actor::letter& letter() noexcept { return letter_; }

private:
  actor::letter letter_;
};

/// What a request came back with.
/// @error what the failure names, with its text; errc::canceled; errc::busy: it is no final answer
///        yet; errc::invalid_argument when it is no `T`
template <class T>
[[nodiscard]] result<T> value_of(const actor::answer& got) {
  switch (got.what) {
  case actor::answer::kind::value:
    return unpack<T>(got.value == nullptr ? std::string_view("\xc0", 1) : *got.value);
  case actor::answer::kind::failed:
    return fail(got.why.what(), got.why.message);
  case actor::answer::kind::cancelled:
    return fail(errc::canceled, "the request was taken back");
  case actor::answer::kind::progress:
    break;
  }
  return fail(errc::busy, "the request is not answered yet");
}

} // namespace kraken::native
