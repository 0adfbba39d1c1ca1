// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One shard's loop: a Boost.Asio io_context for posted work and timers, and inside it our own
/// epoll set for the data plane, polled in batches (docs/decisions/0001-data-plane-loop.md).
/// Owns no connection and knows no protocol.
#pragma once

#include "kraken/base/clock.hpp"
#include "kraken/base/reactor.hpp"
#include "kraken/base/result.hpp"
#include "kraken/base/units.hpp"
#include "kraken/net/fwd.hpp"
#include "kraken/net/timer_wheel.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace kraken::net {

/// Readiness of a descriptor, as bits.
enum readiness : std::uint32_t {
  readable = 1U << 0U,
  writable = 1U << 1U,
  hung_up = 1U << 2U, ///< reported whether asked for or not; a read tells the rest
  no_more = 1U << 3U, ///< the peer has closed its sending side; there may be bytes before that
};

/// Told when its descriptor is ready. Level-triggered: told again until the cause is gone.
class watcher {
public:
  virtual ~watcher() = default;

  /// @thread the loop's; may remove or destroy any watcher, itself included
  virtual void on_ready(std::uint32_t what) = 0;
};

/// Work put off to the end of the batch, once however often it was asked for: one send per
/// connection and batch. Destroying it withdraws it.
class batch_task {
public:
  batch_task() = default;
  batch_task(const batch_task&) = delete;
  batch_task& operator=(const batch_task&) = delete;
  virtual ~batch_task() { withdraw(); }

  /// Takes itself off the loop's list; no effect when not on it.
  void withdraw() noexcept;

protected:
  virtual void at_batch_end() = 0;

private:
  friend class event_loop;

  event_loop* loop_ = nullptr;
  batch_task* prev_ = nullptr;
  batch_task* next_ = nullptr;
};

/// Work that shows in memory and not at a descriptor: looked for in every round, so that nobody
/// need make a system call to tell a loop that is awake.
class poller {
public:
  virtual ~poller() = default;

  /// @return whether there was anything
  virtual bool poll() = 0;

  /// The loop may sleep after this: what comes from now on must make a watched descriptor ready.
  virtual void before_sleep() = 0;
};

/// A thread's loop. Everything but `post`, `stop` and `on_this_thread` belongs to its thread
/// (before `run`: to the thread that will run it).
class event_loop final : public reactor {
public:
  /// @param index the shard's number, for display
  explicit event_loop(std::uint32_t index);
  ~event_loop() override;

  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  [[nodiscard]] std::uint32_t index() const noexcept;

  /// Runs until `stop()`; takes over the calling thread.
  void run();

  /// Makes `run` return after what is being handled.
  /// @thread any
  void stop();

  /// As executor::post. What a watcher posts runs when its batch has been handled, before the
  /// tasks that were put off: the answer to what was read leaves with the same batch.
  void post(std::function<void()> work) override;
  [[nodiscard]] bool on_this_thread() const noexcept override;

  /// Monotonic time as of the start of the current batch.
  [[nodiscard]] time_point now() const noexcept override;

  [[nodiscard]] std::unique_ptr<waiting> when_readable(int fd, std::function<void()> then) override;
  [[nodiscard]] std::unique_ptr<waiting> after(milliseconds delay,
                                               std::function<void()> then) override;

  /// Wall-clock time as the 29 bytes of an HTTP date; renewed once a second.
  [[nodiscard]] std::string_view http_date() noexcept;

  /// Watches `fd` until `remove`. The descriptor stays the caller's.
  /// @param what readable | writable | no_more
  /// @error errc::system_error when the kernel refuses (ENOSPC: fs.epoll.max_user_watches)
  [[nodiscard]] result<void> add(int fd, std::uint32_t what, watcher& who);

  /// Like `add` for a listening descriptor that other loops watch too: one of them is woken.
  [[nodiscard]] result<void> add_shared(int fd, watcher& who);

  /// Like `add` for input, but told once for each new arrival: a counter need not be read.
  [[nodiscard]] result<void> add_edge(int fd, watcher& who);

  /// Asks `who` in every round until `remove`.
  void add(poller& who);
  void remove(const poller& who);

  /// Changes what is watched for; 0 leaves only errors and hang-ups.
  void modify(int fd, std::uint32_t what, watcher& who);

  /// No call of `who` follows, not even from the current batch. Call before closing `fd`.
  void remove(int fd, const watcher& who);

  /// Runs `task` when the current batch has been handled; soon, when called between batches.
  void at_batch_end(batch_task& task);

  /// Sets or moves a deadline on this loop's wheel (precision: timer_wheel::tick).
  void set(deadline& which, time_point at);
  void set(deadline& which, milliseconds after) { set(which, now() + after); }

  /// Memory for one read at a time, shared by everything on this loop.
  [[nodiscard]] std::span<char> scratch() noexcept;

private:
  friend class batch_task;
  struct implementation;
  std::unique_ptr<implementation> self_;
};

} // namespace kraken::net
