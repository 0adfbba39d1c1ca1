// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a request comes back with, and the duty to answer it exactly once. CAF-free; moves no
/// bytes and knows no frame.
#pragma once

#include "kraken/actor/dead_letters.hpp"
#include "kraken/base/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace kraken::actor {

/// One MessagePack value, shared and never written again; null means nil.
using body_ptr = std::shared_ptr<const std::string>;

/// Why a request has no value.
struct failure {
  std::string type;    ///< class of what the target threw; empty: the tree answers for it
  std::string message; ///< one line for people
  std::string code;    ///< name of a `dead_reason` or of an `errc`, or the target's own

  /// The tree's answer for a target.
  [[nodiscard]] static failure of(dead_reason why, std::string message);
  [[nodiscard]] static failure of(const error& why);

  /// What `code` names; errc::container_failed for a code of the target's own.
  [[nodiscard]] errc what() const noexcept;
};

/// The errc that says the same as a dead-letter reason.
[[nodiscard]] errc to_errc(dead_reason why) noexcept;

/// An answer, or a sign of life that is not the answer yet.
struct answer {
  /// The numbers are those of the worker protocol.
  enum class kind : std::uint8_t {
    value = 0,
    failed = 1,
    cancelled = 2,
    progress = 3, ///< "Task unfinished.": the deadline begins anew
  };

  kind what = kind::value;
  body_ptr value{};
  failure why{};

  [[nodiscard]] static answer of(body_ptr value) { return {kind::value, std::move(value), {}}; }
  [[nodiscard]] static answer of(failure why) { return {kind::failed, nullptr, std::move(why)}; }
  [[nodiscard]] static answer cancelled() { return {kind::cancelled, nullptr, {}}; }
  [[nodiscard]] static answer unfinished() { return {kind::progress, nullptr, {}}; }

  [[nodiscard]] bool final() const noexcept { return what != kind::progress; }
};

/// Called any number of times with `progress`, then once with the answer.
using answer_callback = std::function<void(const answer&)>;

class open_call;

/// The duty to answer one request. Answering ends it; destroying it unanswered answers
/// `in_flight` (or `closed` while nobody has had the request yet).
/// @thread the target's shard
class answerer {
public:
  answerer() noexcept = default; ///< no duty: that of a message
  explicit answerer(std::shared_ptr<open_call> call) noexcept : call_(std::move(call)) {}
  answerer(answerer&&) noexcept = default;
  answerer& operator=(answerer&& other) noexcept;
  ~answerer();

  /// Whether there is still something to answer.
  [[nodiscard]] explicit operator bool() const noexcept { return call_ != nullptr; }

  /// Anything but `progress` ends the duty; without a duty nothing happens.
  void give(answer what) noexcept;

  void value(body_ptr what) noexcept { give(answer::of(std::move(what))); }
  void fail(failure why) noexcept { give(answer::of(std::move(why))); }
  void progress() noexcept { give(answer::unfinished()); }

  /// Calls `then` on the target's shard when the requester takes the request back before it is
  /// answered. Answering it later is harmless.
  void when_cancelled(std::function<void()> then) noexcept;

  /// For the tree.
  [[nodiscard]] open_call* call() const noexcept { return call_.get(); }
  /// For the tree: the duty goes on without this.
  [[nodiscard]] std::shared_ptr<open_call> release() noexcept {
    return std::exchange(call_, nullptr);
  }

private:
  std::shared_ptr<open_call> call_;
};

/// Told once about a watched container: it has no incarnation any more, for good.
struct notice {
  std::string path;
  int state = 2;     ///< Kraken's number: 2 destroyed, 8 stopped, 16 failed and given up
  std::string cause; ///< of its end, one line; may be empty
};

} // namespace kraken::actor
