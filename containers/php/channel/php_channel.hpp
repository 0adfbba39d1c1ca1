// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The socket to the process of a container in PHP: its frames, both ways. Owns no process and
/// decides nothing.
#pragma once

#include "containers/php/channel/php_frames.hpp"
#include "kraken/model/cause.hpp"
#include "kraken/model/lifecycle.hpp"
#include "kraken/net/stream.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace kraken::containers {

/// What a channel reports to its container.
class php_channel_owner {
public:
  virtual ~php_channel_owner() = default;

  /// It serves.
  virtual void php_ready() = 0;
  /// It threw and waits for a decision.
  virtual void php_failed(model::cause why) = 0;
  /// Its last words; the end of the process follows.
  virtual void php_dying(model::cause why) = 0;
  /// It answered a heartbeat, or said anything else.
  virtual void php_alive() = 0;
  /// A log message, or what it printed (no level), without a line end.
  virtual void php_said(std::string_view level, std::string_view line) = 0;
  /// A frame between containers.
  /// @return false: not one of those the bridge takes
  /// @error errc::protocol_error
  [[nodiscard]] virtual result<bool> php_letter(const wire::worker_frame& frame) = 0;
  /// All output was sent.
  virtual void php_drained() = 0;
  /// Answered later by `answered` or `refused`.
  virtual void php_commands(std::uint32_t stream, php_command what) = 0;
  /// The channel is of no more use: closed by the process, or it broke the protocol (`why`).
  virtual void php_channel_ended(std::string why) = 0;
};

/// @thread its shard's
class php_channel final : public net::stream {
public:
  php_channel(net::event_loop& loop, unique_fd socket, php_channel_owner& owner)
      : stream(loop, std::move(socket)), owner_(owner) {}

  /// Opens the channel and greets the process.
  [[nodiscard]] result<void> welcome(const wire::welcome_facts& facts);

  void drain(actor::farewell why);
  void resume();
  void ping();
  void show_state(model::state now, std::string_view phase);

  /// @param number stream of the COMMAND
  void answered(std::uint32_t number, std::string_view text);
  void answered(std::uint32_t number, const std::vector<std::string>& names);
  void refused(std::uint32_t number, const error& why);

private:
  std::size_t on_input(std::string_view input) override;
  void on_closed() override;
  void on_drained() override { owner_.php_drained(); }

  /// @return empty, or why the process cannot be understood
  [[nodiscard]] std::string take(const wire::worker_frame& frame);
  [[nodiscard]] std::string take_report(const wire::worker_frame& frame);
  [[nodiscard]] std::string take_letter(const wire::worker_frame& frame);
  [[nodiscard]] std::string take_command(const wire::worker_frame& frame);
  void broken(std::string why);

  php_channel_owner& owner_;
  std::uint64_t pings_ = 0;
  bool ready_told_ = false;
};

} // namespace kraken::containers
