// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A request as it stands in shared memory (docs/decisions/0022): a fixed little-endian header of
/// lengths, then the texts. Knows nothing of slots and who may touch them.
#pragma once

#include "kraken/wire/worker_frame.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kraken::wire {

/// Walks `{u32 name bytes, u32 value bytes, name, value}` without trusting any of it.
/// @thread not shared
class slab_field_reader {
public:
  explicit slab_field_reader(std::string_view bytes) noexcept : left_(bytes) {}

  /// @return false: at the end, or at something that does not fit
  [[nodiscard]] bool next(header_field& out) noexcept;

  /// After `next` gave false: everything was read.
  [[nodiscard]] bool whole() const noexcept { return left_.empty(); }

private:
  std::string_view left_;
};

inline constexpr std::size_t slab_field_head_bytes = 8;

/// @param at room for `slab_field_head_bytes` and both texts
/// @return behind the last byte written
[[nodiscard]] char*
put_slab_field(char* at, std::string_view name, std::string_view value) noexcept;

/// A request; views point into its bytes.
struct slab_request {
  std::string_view method, target, path, query, version, scheme, host;
  std::string_view ends;    ///< as `request_facts` has it, or only `remote`
  std::string_view folders; ///< whose files the answer may name, each ended by a NUL
  std::string_view fields;  ///< for a `slab_field_reader`; names in lower case
  std::string_view body;
  std::uint64_t timeout_ms = 0;
};

/// Bytes that `put_slab_request` writes.
[[nodiscard]] std::size_t slab_request_bytes(const request_facts& facts) noexcept;

/// @param at room for `slab_request_bytes(facts)`
void put_slab_request(char* at, const request_facts& facts) noexcept;

/// @error errc::protocol_error: the lengths do not fit the bytes
/// @thread any (pure)  @cost no allocation; fields are not looked at
[[nodiscard]] result<slab_request> read_slab_request(std::string_view bytes);

/// The same request as a REQUEST frame, for a worker that is served by its socket.
/// @param stored_bytes as in `request_facts`: a slab's request does not say it
/// @return false, and nothing appended, when it would exceed limits::frame_bytes_max
[[nodiscard]] bool append_request_frame(byte_buffer& out,
                                        std::uint32_t stream,
                                        const slab_request& request,
                                        std::uint64_t stored_bytes = 0) noexcept;

} // namespace kraken::wire
