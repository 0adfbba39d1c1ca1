// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A request as it stands in shared memory (docs/decisions/0022): a fixed little-endian header of
/// places, those of the fields, then the texts. The head comes as the client sent it, in one piece;
/// only the names of fields are made lower case. Knows nothing of slots and who may touch them.
#pragma once

#include "kraken/wire/detail/slab_places.hpp"
#include "kraken/wire/worker_frame.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
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

/// The fields of a request: `{u32 place, u32 bytes}` of a name and of its value, again and again,
/// and what they are places in. Trusts none of it. A copy walks them anew.
/// @thread not shared
class slab_request_fields {
public:
  slab_request_fields() noexcept = default;
  slab_request_fields(std::string_view places, std::string_view texts) noexcept
      : places_(places), texts_(texts) {}

  /// @return false: at the end, or at something that does not fit
  [[nodiscard]] bool next(header_field& out) noexcept;

  /// How many are left at most.
  [[nodiscard]] std::size_t most() const noexcept {
    return places_.size() / sizeof(detail::field_place);
  }

private:
  std::string_view places_;
  std::string_view texts_;
};

/// A request; views point into its bytes.
struct slab_request {
  std::string_view method, target, path, query, version, scheme, host;
  std::string_view ends;    ///< as `request_facts` has it, or only `remote`
  std::string_view folders; ///< whose files the answer may name, each ended by a NUL
  std::string_view body;
  std::uint64_t timeout_ms = 0;
  slab_request_fields fields; ///< names in lower case
};

/// The parts of a request one by one, in a copy that nobody else can write to. Everything else may
/// be asked once `look` was true.
/// @thread not shared
class slab_texts {
public:
  slab_texts() noexcept = default;

  /// @param bytes stay as they are while this is used
  /// @return false: the places are not within the bytes
  [[nodiscard]] bool look(std::string_view bytes) noexcept;

  [[nodiscard]] std::string_view of(slab_text::name which) const noexcept {
    detail::text_place place;
    std::memcpy(&place,
                begin_ + offsetof(detail::request_places, texts) + which * sizeof place,
                sizeof place);
    return {texts_.data() + place.at, place.bytes};
  }

  [[nodiscard]] std::uint64_t timeout_ms() const noexcept {
    std::uint64_t read = 0;
    std::memcpy(&read, begin_ + offsetof(detail::request_places, timeout_ms), sizeof read);
    return read;
  }

  /// Names in lower case.
  [[nodiscard]] slab_request_fields fields() const noexcept {
    const char* const first = begin_ + sizeof(detail::request_places);
    return {{first, static_cast<std::size_t>(texts_.data() - first)}, texts_};
  }

private:
  const char* begin_ = nullptr;
  std::string_view texts_;
};

/// Bytes that `put_slab_request` writes at most.
[[nodiscard]] std::size_t slab_request_room(const request_facts& facts) noexcept;

/// @param at room for `slab_request_room(facts)`
/// @param timeout_ms in place of the facts' own
/// @return bytes written
[[nodiscard]] std::size_t
put_slab_request(char* at, const request_facts& facts, std::uint64_t timeout_ms) noexcept;

/// @error errc::protocol_error: the places are not within the bytes
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
