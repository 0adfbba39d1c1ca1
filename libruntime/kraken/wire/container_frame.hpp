// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Frames between containers (docs/reference/worker-protocol.md, "Between containers"): decoders of
/// what a worker says, encoders of what the daemon says. Values are passed on as the bytes they
/// are; nobody here reads or re-encodes them. Moves no bytes over any socket.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/wire/byte_buffer.hpp"
#include "kraken/wire/worker_frame.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace kraken::wire {

inline constexpr auto frame_state = static_cast<frame_type>(0x47);
inline constexpr auto frame_watch = static_cast<frame_type>(0x48);
inline constexpr auto frame_notice = static_cast<frame_type>(0x49);
inline constexpr auto frame_fail = static_cast<frame_type>(0x4a); ///< payload as FATAL
inline constexpr auto frame_resume = static_cast<frame_type>(0x4b);

/// First element of REPLY and RESULT.
enum class reply_status : std::uint8_t {
  done = 0,       ///< the value is the answer
  failed = 1,     ///< the value is `[class, message, code]`
  cancelled = 2,  ///< no value
  unfinished = 3, ///< not the answer yet; no value
};

/// Whom a frame is for. Views point into the frame.
struct frame_target {
  std::string_view name;              ///< alias, path or glob; empty: the daemon itself
  std::vector<std::string_view> list; ///< instead of `name`
  bool many = false;                  ///< a list was given: the answer is a map
};

// What a worker says; views point into the frame, values are whole MessagePack values.

struct worker_message {
  frame_target to;
  std::uint8_t mode = 0; ///< 0..3
  std::string_view value;
};

struct worker_call {
  frame_target to;
  std::uint8_t mode = 0; ///< 0..3
  std::string_view value;
  std::uint64_t timeout_ms = 0; ///< 0: the default
  std::string_view id;          ///< empty: none
};

/// Also RESULT.
struct worker_reply {
  reply_status status = reply_status::done;
  std::string_view value; ///< nil where there is none
};

struct worker_command {
  frame_target to;
  std::string_view name;
  std::string_view params; ///< a map
  std::uint64_t timeout_ms = 0;
};

struct worker_watch {
  std::string_view target;
  bool on = false;
};

/// The value of a failed REPLY or RESULT.
struct reply_failure {
  std::string_view type; ///< class of what was thrown; empty: nothing was
  std::string_view message;
  std::string_view code; ///< text; a number is none
};

// @error errc::protocol_error naming the frame and the element
// @thread any (pure)
[[nodiscard]] result<worker_message> decode_message(std::string_view payload);
[[nodiscard]] result<worker_call> decode_call(std::string_view payload);
[[nodiscard]] result<worker_reply> decode_reply(std::string_view payload);
[[nodiscard]] result<worker_command> decode_worker_command(std::string_view payload);
[[nodiscard]] result<worker_watch> decode_watch(std::string_view payload);
[[nodiscard]] result<reply_failure> decode_reply_failure(std::string_view value);

// What the daemon says. `value` and `params` are one whole MessagePack value each, nil if empty.
// Those with a value return false, and append nothing, when the frame would exceed
// limits::frame_bytes_max.
// @thread any (pure)

[[nodiscard]] bool
append_message(byte_buffer& out, std::string_view from, std::string_view value) noexcept;

struct call_facts {
  std::uint32_t stream = 0; ///< not 0
  std::string_view from;
  std::string_view value;
  std::uint64_t timeout_ms = 0;
  std::string_view id;
};

[[nodiscard]] bool append_call(byte_buffer& out, const call_facts& facts) noexcept;

/// @param type frame_type::reply or frame_type::result
[[nodiscard]] bool append_reply(byte_buffer& out,
                                frame_type type,
                                std::uint32_t stream,
                                reply_status status,
                                std::string_view value) noexcept;

/// A REPLY or RESULT that failed.
void append_reply_failure(byte_buffer& out,
                          frame_type type,
                          std::uint32_t stream,
                          const reply_failure& why) noexcept;

struct command_facts {
  std::uint32_t stream = 0; ///< not 0
  std::string_view from;
  std::string_view name;
  std::string_view params;
  std::uint64_t timeout_ms = 0;
};

[[nodiscard]] bool append_command(byte_buffer& out, const command_facts& facts) noexcept;

/// @param state Kraken's number
void append_state(byte_buffer& out, unsigned state, std::string_view phase) noexcept;
void append_notice(byte_buffer& out,
                   std::string_view path,
                   unsigned state,
                   std::string_view cause) noexcept;
void append_resume(byte_buffer& out) noexcept;

/// DRAIN with its reason.
/// @param then `stop`, `destroy`, `restart` or `recycle`
void append_drain(byte_buffer& out, std::string_view then) noexcept;

} // namespace kraken::wire
