// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a native container may do besides answering: the daemon as it sees it. An interface, so
/// that a class can be tested with one of its own; implemented by `containers/native`.
#pragma once

#include "kraken/actor/answer.hpp"
#include "kraken/actor/incarnation.hpp"
#include "kraken/base/clock.hpp"
#include "kraken/base/result.hpp"
#include "kraken/base/units.hpp"
#include "kraken/model/child_spec.hpp"
#include "kraken/model/command.hpp"
#include "kraken/native/behaviour.hpp"
#include "kraken/native/codec.hpp"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace kraken::native {

/// How a repeated timer counts.
enum class timing : std::uint8_t {
  single,      ///< once
  fixed_rate,  ///< from due time to due time: no drift; those it is too late for are skipped
  fixed_delay, ///< from the end of one run to the next
};

/// Gives work from other threads to a container. Copies are for one incarnation: when it is gone,
/// what is posted is dropped.
/// @thread any
using door = std::function<void(std::function<void()>)>;

/// Every call is made on the container's thread, and so is every callback: never inside the call
/// that asked for it, and never after the incarnation is gone. What a callback throws fails the
/// container.
class context {
public:
  virtual ~context() = default;

  // Who it is.
  [[nodiscard]] virtual const std::string& path() const noexcept = 0; ///< `Main/cache`
  [[nodiscard]] virtual std::uint64_t generation() const noexcept = 0;
  [[nodiscard]] virtual const model::child_spec& definition() const noexcept = 0;

  // Its life.
  /// In `config`, `boot` or `construct`: it is not ready before `ready()`.
  virtual void ready_later() = 0;
  virtual void ready() = 0;
  /// It does not serve for now, without having failed: messages wait.
  virtual void unready() = 0;
  /// As if a handler had thrown.
  virtual void fail(std::string why) = 0;
  /// Its own normal end; also the answer to `container::stop()`.
  virtual void end() = 0;
  /// Asked to stop as soon as its end has begun, by another thread if it runs on its own: for code
  /// that blocks there. A callback of it runs on that other thread and must be quick.
  /// @thread any
  [[nodiscard]] virtual std::stop_token stopping() = 0;
  /// Asks for a planned replacement, which counts as no failure.
  virtual void recycle(std::string reason) = 0;

  // What it does with what it receives.
  /// From the next message on.
  virtual void become(behaviour next) = 0;
  /// Puts a letter back for later, the message only while its handler runs. It counts against the
  /// mailbox's capacity and survives a restart: then it is handed out again by itself.
  /// @error errc::mailbox_full when as many are stashed as the mailbox holds
  virtual result<void> stash(const message& what) = 0;
  virtual result<void> stash(native::request&& what) = 0;
  /// What was stashed comes next, in its order.
  virtual void unstash_all() = 0;

  // Time.
  [[nodiscard]] virtual time_point now() = 0;
  /// Runs `then` after `interval`, again and again unless single. A timer with the same key is
  /// replaced.
  /// @error errc::limit_exceeded above limits::native_timers_max
  virtual result<void>
  start_timer(std::string key, timing how, milliseconds interval, std::function<void()> then) = 0;
  /// No effect when there is none.
  virtual void cancel_timer(std::string_view key) noexcept = 0;
  [[nodiscard]] virtual bool has_timer(std::string_view key) const noexcept = 0;
  /// Runs `then` each time no message, request or command has come for so long; 0 ends that.
  virtual void receive_timeout(milliseconds after, std::function<void()> then) = 0;

  // Others. An alias is a child of this container, else a sibling, else the one of that name.
  /// @see actor::host::send for what is promised
  virtual result<actor::posted> send_draft(const actor::draft& what) = 0;
  virtual actor::call_id request_draft(const actor::draft& what, actor::answer_callback done) = 0;
  virtual void cancel_request(actor::call_id which) = 0;
  /// One call of `then` when `target` is stopped, destroyed or given up for good; soon, if it is so
  /// already.
  virtual void watch(std::string target, std::function<void(const actor::notice&)> then) = 0;
  virtual void unwatch(std::string_view target) = 0;
  /// Carries out a verb on a child of this container (`target`: its id; ignored by `create`).
  /// Children made so end with this incarnation.
  virtual void manage(model::command what, model::reply_callback done) = 0;
  [[nodiscard]] virtual door way_back() = 0;

  // The same in short.
  template <class T>
  result<actor::posted> send(std::string_view to, const T& what) {
    return send_draft({.to = to, .body = pack(what)});
  }
  template <class T>
  actor::call_id request(std::string_view to, const T& what, actor::answer_callback done) {
    return request_draft({.to = to, .body = pack(what)}, std::move(done));
  }
  template <class T>
  actor::call_id
  command(std::string_view to, std::string_view name, const T& what, actor::answer_callback done) {
    return request_draft({.to = to, .body = pack(what), .name = name}, std::move(done));
  }
  void create(model::child_spec child, model::reply_callback done);
};

/// The definition of a child that runs the native class `start`.
[[nodiscard]] model::child_spec native_child(std::string id, std::string start);

} // namespace kraken::native
