// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// An answer as it stands in shared memory (docs/decisions/0022): written in one pass by a worker,
/// read by the daemon, which believes none of it. Knows nothing of slots.
#pragma once

#include "kraken/wire/slab_request.hpp"
#include "kraken/wire/worker_side_frame.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kraken::wire {

inline constexpr std::size_t slab_answer_head_bytes = 32;

/// Puts fields, then the body, into an area. What no longer fits changes nothing.
/// @thread not shared
class slab_answer_writer {
public:
  slab_answer_writer() noexcept = default;

  /// @param bytes at least `slab_answer_head_bytes`
  slab_answer_writer(char* area, std::size_t bytes) noexcept;

  /// Before any of the body.
  /// @return false: it does not fit
  [[nodiscard]] bool field(std::string_view name, std::string_view value) noexcept;

  /// Many at once, as `put_slab_field` writes them.
  [[nodiscard]] bool put_fields(std::string_view fields) noexcept;

  /// Appends to the body.
  /// @return false: it does not fit
  [[nodiscard]] bool write(std::string_view part) noexcept;

  /// Forgets fields and body.
  void restart() noexcept { used_ = body_at_ = slab_answer_head_bytes; }

  /// What stands there, for an answer that must go another way.
  [[nodiscard]] std::string_view fields() const noexcept {
    return {area_ + slab_answer_head_bytes, body_at_ - slab_answer_head_bytes};
  }
  [[nodiscard]] std::string_view body() const noexcept {
    return {area_ + body_at_, used_ - body_at_};
  }

  /// Writes the header: the answer is complete.
  void finish(int status, worker_after after, std::uint64_t memory_bytes) noexcept;

private:
  char* area_ = nullptr;
  std::size_t bytes_ = 0;
  std::size_t body_at_ = 0;
  std::size_t used_ = 0;
};

/// An answer; lengths are within the area.
struct slab_answer {
  int status = 0; ///< 200..599
  std::string_view
      fields;            ///< in `copy`, for a `slab_field_reader`; neither whole nor HTTP for sure
  std::string_view body; ///< still in the area: any bytes
  worker_after after = worker_after::keep;
  std::uint64_t memory_bytes = 0;
};

/// Reads each length once and checks what it has copied, as the writer may still be writing.
/// @param area the whole room for an answer
/// @param copy what is in it is replaced
/// @error errc::protocol_error naming the element
[[nodiscard]] result<slab_answer> read_slab_answer(std::string_view area, byte_buffer& copy);

} // namespace kraken::wire
