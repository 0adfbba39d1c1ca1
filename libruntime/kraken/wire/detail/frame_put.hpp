// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The frame header of the worker protocol, for both directions. Private to the wire room.
#pragma once

#include "kraken/wire/byte_buffer.hpp"
#include "kraken/wire/detail/msgpack_put.hpp"
#include "kraken/wire/worker_frame.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kraken::wire::detail {

inline constexpr std::size_t length_bytes = 4; ///< the length field does not count itself
inline constexpr unsigned more_flag = 1;
inline constexpr unsigned recycle_flag = 2;
inline constexpr unsigned complete_flag = 4;
inline constexpr unsigned pulls_flag = 8;
inline constexpr unsigned file_flag = 16;

/// @param payload_bytes at most limits::frame_bytes_max - 8
inline char* put_frame_header(char* at,
                              frame_type type,
                              unsigned flags,
                              std::uint32_t stream,
                              std::size_t payload_bytes) noexcept {
  at = put_u32(at, static_cast<std::uint32_t>(worker_header_bytes - length_bytes + payload_bytes));
  at = put_byte(at, static_cast<unsigned>(type));
  at = put_byte(at, flags);
  at = put_u16(at, 0);
  return put_u32(at, stream);
}

/// Elements of a REQUEST behind those that each has.
inline std::uint32_t more_request_elements(std::uint64_t stored_bytes,
                                           std::string_view folders,
                                           std::string_view local) noexcept {
  return !local.empty() ? 3 : !folders.empty() ? 2 : stored_bytes != 0 ? 1 : 0;
}

inline char* put_more_of_request(char* at,
                                 std::uint64_t stored_bytes,
                                 std::string_view folders,
                                 std::string_view local) noexcept {
  const auto count = more_request_elements(stored_bytes, folders, local);
  if (count > 0) {
    at = put_uint(at, stored_bytes);
  }
  if (count > 1) {
    at = put_str(at, folders);
  }
  return count > 2 ? put_str(at, local) : at;
}

/// Appends a frame whose payload is written first and measured afterwards.
class frame_writer {
public:
  frame_writer(byte_buffer& out, frame_type type, unsigned flags, std::uint32_t stream) noexcept
      : out_(out), start_(out.size()) {
    put_frame_header(out.prepare(worker_header_bytes), type, flags, stream, 0);
    out.commit(worker_header_bytes);
  }

  /// Patches the length.
  void finish() noexcept {
    put_u32(out_.data() + start_, static_cast<std::uint32_t>(out_.size() - start_ - length_bytes));
  }

private:
  byte_buffer& out_;
  std::size_t start_;
};

} // namespace kraken::wire::detail
