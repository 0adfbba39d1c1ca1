// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The socket to the process of a container in PHP: that of a program which also gives the daemon
/// commands. Owns no process and decides nothing.
#pragma once

#include "containers/php/channel/php_frames.hpp"
#include "containers/program/program_channel.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace kraken::containers {

/// What a channel reports to its container.
class php_channel_owner : public program_channel_owner {
public:
  /// Answered later by `answered` or `refused`.
  virtual void php_commands(std::uint32_t stream, php_command what) = 0;
};

/// @thread its shard's
class php_channel final : public program_channel {
public:
  php_channel(net::event_loop& loop, unique_fd socket, php_channel_owner& owner)
      : program_channel(loop, std::move(socket), owner), owner_(owner) {}

  // Without effect once the channel is closed.
  /// @param number stream of the COMMAND
  void answered(std::uint32_t number, std::string_view text);
  void answered(std::uint32_t number, const std::vector<std::string>& names);
  void refused(std::uint32_t number, const error& why);

private:
  [[nodiscard]] std::string take_command(const wire::worker_frame& frame) override;

  php_channel_owner& owner_;
};

} // namespace kraken::containers
