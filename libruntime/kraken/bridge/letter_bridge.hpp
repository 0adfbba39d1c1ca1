// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Between letters and frames: what a process that speaks the worker protocol sends to other
/// containers and gets from them. For every kind that has such a process; owns neither socket nor
/// process, and carries out no command of the daemon.
#pragma once

#include "kraken/actor/incarnation.hpp"
#include "kraken/wire/container_frame.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kraken::bridge {

/// Belongs to one incarnation and lives as long.
/// @thread its container's shard
class letter_bridge {
public:
  /// @param out        of the socket to the process; outlives the bridge, or `close` is called
  /// @param flush      called after bytes were added to `out`
  /// @param is_verb    commands of the daemon itself; empty: none are known
  letter_bridge(actor::host& shell,
                wire::byte_buffer& out,
                std::function<void()> flush,
                std::function<bool(std::string_view name)> is_verb = {});
  ~letter_bridge();
  letter_bridge(const letter_bridge&) = delete;
  letter_bridge& operator=(const letter_bridge&) = delete;

  /// Takes a frame of the process: MESSAGE, CALL, REPLY, COMMAND, RESULT, WATCH, or the CANCEL of a
  /// CALL or COMMAND of its own.
  /// @return false: not for the bridge. That goes for a COMMAND without a target, or whose name is
  ///         a verb, too: the daemon carries those out
  /// @error errc::protocol_error: the process can not be understood
  [[nodiscard]] result<bool> take(const wire::worker_frame& frame);

  /// As actor::incarnation::receive.
  [[nodiscard]] bool receive(actor::letter& what);
  /// As actor::incarnation::noticed.
  void noticed(const actor::notice& what);

  /// All output was sent: letters may come again, which were held back while the process did not
  /// read.
  void drained();

  /// The socket is gone: what the process still owes is answered `in_flight`.
  void close();

private:
  struct gathering;

  /// A CALL or COMMAND of the process that is not answered yet.
  struct own_call {
    std::vector<actor::call_id> parts;
  };

  [[nodiscard]] result<bool> take_message(const wire::worker_frame& frame);
  [[nodiscard]] result<bool> take_call(const wire::worker_frame& frame);
  [[nodiscard]] result<bool> take_command(const wire::worker_frame& frame);
  [[nodiscard]] result<bool> take_reply(const wire::worker_frame& frame);
  [[nodiscard]] result<bool> take_watch(const wire::worker_frame& frame);
  [[nodiscard]] bool take_cancel(const wire::worker_frame& frame);

  void ask(wire::frame_type reply,
           std::uint32_t stream,
           const wire::frame_target& to,
           actor::letter_kind kind,
           actor::draft what);
  [[nodiscard]] std::vector<std::string> targets_of(const wire::frame_target& to);
  void write_answer(wire::frame_type reply, std::uint32_t stream, const actor::answer& what);
  void hold_if_congested();

  actor::host& shell_;
  wire::byte_buffer* out_; ///< null: closed
  std::function<void()> flush_;
  std::function<bool(std::string_view)> is_verb_;
  std::unordered_map<std::uint32_t, own_call> asked_;       ///< by the process's stream
  std::unordered_map<std::uint32_t, actor::answerer> owed_; ///< by our stream
  std::uint32_t last_stream_ = 0;
  bool holding_ = false;
};

} // namespace kraken::bridge
