// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The socket to a program that speaks the worker protocol: its frames, both ways. Owns no process,
/// carries no requests of HTTP, and decides nothing.
#pragma once

#include "kraken/actor/incarnation.hpp"
#include "kraken/model/cause.hpp"
#include "kraken/model/lifecycle.hpp"
#include "kraken/net/stream.hpp"
#include "kraken/wire/worker_frame.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace kraken::containers {

/// What a channel reports to its container.
class program_channel_owner {
public:
  virtual ~program_channel_owner() = default;

  /// It serves.
  virtual void program_ready() = 0;
  /// It failed, lives on and waits for a decision.
  virtual void program_failed(model::cause why) = 0;
  /// Its last words; the end of the process follows.
  virtual void program_dying(model::cause why) = 0;
  /// It said anything at all.
  virtual void program_alive() = 0;
  /// One line of a log message (empty level: stray output), without a line end.
  virtual void program_said(std::string_view level, std::string_view line) = 0;
  /// A frame between containers.
  /// @return false: not one of those the bridge takes
  /// @error errc::protocol_error
  [[nodiscard]] virtual result<bool> program_letter(const wire::worker_frame& frame) = 0;
  /// All output was sent.
  virtual void program_drained() = 0;
  /// The channel is of no more use: closed by the program, or it broke the protocol (`why`).
  virtual void program_channel_ended(std::string why) = 0;
};

/// @thread its shard's
class program_channel : public net::stream {
public:
  program_channel(net::event_loop& loop, unique_fd socket, program_channel_owner& owner)
      : stream(loop, std::move(socket)), owner_(owner) {}

  /// Opens the channel and greets the program.
  [[nodiscard]] result<void> welcome(const wire::welcome_facts& facts);

  // Without effect once the channel is closed.
  void drain(actor::farewell why);
  void resume();
  void ping();
  void show_state(model::state now, std::string_view phase);

protected:
  /// A command for the daemon itself; here it is refused.
  /// @return empty, or why the program cannot be understood
  [[nodiscard]] virtual std::string take_command(const wire::worker_frame& frame);

private:
  std::size_t on_input(std::string_view input) override;
  void on_closed() override;
  void on_drained() override { owner_.program_drained(); }

  /// @return empty, or why the program cannot be understood
  [[nodiscard]] std::string take(const wire::worker_frame& frame);
  [[nodiscard]] std::string take_report(const wire::worker_frame& frame);
  [[nodiscard]] std::string take_letter(const wire::worker_frame& frame);
  void broken(std::string why);

  program_channel_owner& owner_;
  std::uint64_t pings_ = 0;
  bool ready_told_ = false;
};

} // namespace kraken::containers
