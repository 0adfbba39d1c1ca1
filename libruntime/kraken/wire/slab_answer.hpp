// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// An answer as it stands in shared memory (docs/decisions/0022): written in one pass by a worker,
/// read by the daemon, which believes none of it. Knows nothing of slots.
#pragma once

#include "kraken/wire/slab_request.hpp"
#include "kraken/wire/worker_side_frame.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace kraken::wire {

inline constexpr std::size_t slab_answer_head_bytes = 32;

/// A whole answer at once.
/// @param area room for at least `slab_answer_head_bytes`
/// @param fields as `put_slab_field` writes them
/// @return false: it does not fit, and nothing was written
[[nodiscard]] bool put_slab_answer(std::span<char> area,
                                   int status,
                                   std::string_view fields,
                                   std::string_view body,
                                   worker_after after,
                                   std::uint64_t memory_bytes) noexcept;

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
