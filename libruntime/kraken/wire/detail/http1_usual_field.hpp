// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A field line as nearly all are, taken in one look: a name of letters, digits and dashes, at most
/// one space behind its colon, a value of visible ASCII, an end within every limit. Says nothing
/// about lines that are not like that: `http1_line.hpp` judges those. Private to the wire room.
#pragma once

#include "kraken/wire/detail/http1_line.hpp"
#include "kraken/wire/detail/http1_scan.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace kraken::wire::detail {

#if defined(__SSE2__)
[[nodiscard]] inline unsigned others_at(const char* at) noexcept {
  return other_mask(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
}

/// As `others_at` for what is left of the input, but its last byte: no colon there ends a name.
[[nodiscard]] inline unsigned others_at_end(const char* at, const char* last_block) noexcept {
  return (others_at(last_block) & 0x7fffU) >> static_cast<unsigned>(at - last_block);
}

/// Behind a name of sixteen characters or more; its own start if it has no end.
[[nodiscard]] const char* end_of_long_name(const char* name, const char* last_block) noexcept;
#endif

/// Field lines of one input, in order. Takes nothing where sixteen bytes are not looked at at once.
class usual_fields {
public:
  /// @param at at the first field line that is not complete yet
  explicit usual_fields([[maybe_unused]] const line_cursor& at) noexcept : last_cr_(at.line) {
#if defined(__SSE2__)
    // Of a line that came in pieces only the rest is looked at, each byte once.
    if (at.end - at.input >= block_bytes && at.scanned == at.line) {
      const auto most = static_cast<std::ptrdiff_t>(at.line_bytes_max);
      last_block_ = at.end - block_bytes;
      last_cr_ = std::min({at.end - 2, at.lines_end, at.line + std::min(at.end - at.line, most)});
    }
#endif
  }

  /// Takes the field whose line begins at `line`.
  /// @return the next line; null, and nothing taken: this one is unusual, or not complete
  [[nodiscard]] const char* take([[maybe_unused]] const char* line,
                                 [[maybe_unused]] header_field& out) const noexcept {
#if defined(__SSE2__)
    if (line >= last_cr_) {
      return nullptr;
    }
    const auto others = line < last_block_ ? others_at(line) : others_at_end(line, last_block_);
    const char* const colon =
        others != 0 ? line + first_bit(others) : end_of_long_name(line, last_block_);
    if (*colon != ':' || colon == line) {
      return nullptr;
    }
    const char* const value = colon + (colon[1] == ' ' ? 2 : 1);
    const char* const cr = next_suspect(value, last_block_);
    const auto is_visible = [](char c) { return static_cast<unsigned char>(c) > ' '; };
    if (cr > last_cr_ || load<std::uint16_t>(cr) != load<std::uint16_t>("\r\n") ||
        !is_visible(*value) || !is_visible(cr[-1])) { // the CR itself, of an empty value
      return nullptr;
    }
    out = {{line, static_cast<std::size_t>(colon - line)},
           {value, static_cast<std::size_t>(cr - value)}};
    return cr + 2;
#else
    return nullptr;
#endif
  }

private:
  const char* last_block_ = nullptr; ///< no block may begin behind this
  const char* last_cr_;              ///< no line may end behind this without being judged
};

} // namespace kraken::wire::detail
