// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A launched program on a loop: its output captured, its end noticed through its pidfd, its stop
/// carried out step by step, nothing of its process group left behind. Decides no restart.
#pragma once

#include "kraken/base/reactor.hpp"
#include "kraken/process/host/memory_usage.hpp"
#include "kraken/process/launch/child_registry.hpp"
#include "kraken/process/launch/fork_request.hpp"
#include "kraken/process/launch/launcher.hpp"
#include "kraken/process/launch/stop_sequence.hpp"
#include "kraken/process/output/log_board.hpp"
#include "kraken/process/watch/exit_news.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace kraken::process {

/// Who gets the lines of a piece of output.
enum class lines_for : std::uint8_t {
  log, ///< `callbacks::line`, as many as the rate limit lets through; and the container_log
  ring ///< the container_log only
};

/// @thread its loop's, which must not end before the process: the kernel kills the process with
///         the thread that launched it
class supervised_process {
public:
  struct callbacks {
    /// The process has ended: it was reaped, or will be by the registry's next sweep. May destroy
    /// the supervised_process.
    std::function<void(const exit_status&)> ended;
    /// The stop sequence asks for an orderly end by the program's own protocol.
    std::function<void()> drain;
    /// Each piece of output as it came, before its lines are made; an empty one: the stream has
    /// ended. None: all lines are for the log.
    std::function<lines_for(output_stream from, std::string_view bytes)> piece{};
    /// Whether nothing more should be read of a stream just now. If so, `then` is called when it
    /// may be, on any thread; after a second it is read in any case. None: never.
    std::function<bool(output_stream from, std::function<void()> then)> crowded{};
    /// A line of output that the rate limit lets through.
    captured_line_sink line{};
    /// How many lines it has kept from the log since the last time; soon after it did.
    std::function<void(std::uint64_t lines)> dropped{};
  };

  /// @param children outlives this object
  supervised_process(reactor& loop,
                     child_registry& children,
                     std::shared_ptr<container_log> log,
                     callbacks calls);
  ~supervised_process();

  supervised_process(const supervised_process&) = delete;
  supervised_process& operator=(const supervised_process&) = delete;

  /// Descriptors it holds while the program runs: pidfd, two pipes, /proc/PID/statm.
  static constexpr std::uint64_t descriptors = 4;

  /// @error as `child_registry::launch`; nothing runs then
  [[nodiscard]] result<void> start(launch_spec spec);

  /// Has a template fork the program. Until `done` is called nobody knows its pid, but it can be
  /// stopped and killed: it is, as soon as it can be.
  /// @param spec see `fork_request::send`
  /// @param done called once, on the loop, unless this object is gone by then; an error as of
  ///        `fork_request`, nothing runs then and `start` may be called
  /// @error as `fork_request::send`; `done` is not called then
  [[nodiscard]] result<void> start_by_fork(std::shared_ptr<template_link> from,
                                           launch_spec spec,
                                           std::function<void(result<void>)> done);

  /// 0 while there is none, or none that is known: never a number that kill(2) takes for many.
  [[nodiscard]] pid_t pid() const noexcept { return child_.process ? child_.process.pid() : 0; }
  /// Also while it is being forked.
  [[nodiscard]] bool alive() const noexcept;

  /// Begins an orderly stop; `callbacks::ended` follows.
  void stop(stop_times times);
  /// The drain step is over (or hurry): SIGTERM next.
  void hurry();
  /// SIGKILL to the group now; `callbacks::ended` follows.
  void kill();

  /// There is a sign that it is ending: if the kernel says so as well, `callbacks::ended` is called
  /// now and not only when it has taken the memory of the process apart. Otherwise nothing happens.
  void look_for_end();

  /// Has the kernel's news of its end told to `look_for_end`, until it has ended. While it runs.
  void listen_to(exit_news& news);

  /// A signal of somebody who practises: no part of a stop.
  /// @error errc::not_started when nothing runs; errc::system_error
  [[nodiscard]] result<void> send(int signal_number);

  /// Puts what the program said in another way than by its output among its lines.
  void say(std::string_view message, lines_for whom = lines_for::log);

  [[nodiscard]] std::optional<memory_usage> memory() const;

private:
  enum class flow : std::uint8_t {
    on,
    waits,  ///< who takes it is crowded: nothing is read
    hurries ///< still crowded, but it has waited long enough
  };

  struct output {
    std::unique_ptr<reactor::waiting> readiness;
    std::unique_ptr<reactor::waiting> patience;
    flow at = flow::on;
    int fd = -1;
  };

  [[nodiscard]] bool running() const noexcept;
  [[nodiscard]] result<void> watch(child launched);
  void read_output(output_stream from);
  void await_output(output_stream from);
  [[nodiscard]] bool waits(output_stream from);
  void flows(output_stream from, flow how);
  void drain_output(output_stream from);
  void take_output(output_stream from, std::string_view bytes);
  [[nodiscard]] const captured_line_sink& sink_of(lines_for whom) const;
  void look_at_drops();
  void tell_drops();
  void reap();
  void over(const exit_status& how);
  void obey(const stop_step& step);
  void abandon();

  reactor& loop_;
  child_registry& children_;
  std::shared_ptr<container_log> log_;
  callbacks calls_;
  std::unique_ptr<fork_request> birth_;
  bool doomed_ = false; ///< asked to end before it was born
  child child_;
  std::optional<memory_gauge> gauge_;
  std::unique_ptr<reactor::waiting> end_;
  std::unique_ptr<exit_news::place> news_;
  std::shared_ptr<supervised_process*> self_; ///< while it runs, for who is told and may come late
  std::array<output, 2> outputs_;
  stop_sequence sequence_;
  int stop_signal_ = 0; ///< of `start`'s spec
  std::unique_ptr<reactor::waiting> next_step_;
  std::unique_ptr<reactor::waiting> drops_; ///< lines were dropped: to be told
};

} // namespace kraken::process
