// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Header fields as the Narya dialect wants them: a map from canonical name to all its values.
/// Private to the wire room.
#pragma once

#include "kraken/base/limits.hpp"
#include "kraken/wire/detail/http1_scan.hpp"
#include "kraken/wire/detail/msgpack_put.hpp"
#include "kraken/wire/http1_field.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace kraken::wire::detail {

inline bool same_name(std::string_view left, std::string_view right) noexcept {
  if (left.size() != right.size()) {
    return false;
  }
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (to_lower(left[i]) != to_lower(right[i])) {
      return false;
    }
  }
  return true;
}

inline char* put_canonical_name(char* at, std::string_view name) noexcept {
  at = put_str_head(at, static_cast<std::uint32_t>(name.size()));
  copy_canonical(name, at);
  return at + name.size();
}

/// Fields grouped by name, each name where it first appears, `Host` left out.
class grouped_headers {
public:
  explicit grouped_headers(std::span<const header_field> fields) noexcept : fields_(fields) {
    std::uint64_t seen = 0; // one bit per hash: names are compared only when their bits meet
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      const std::string_view name = fields_[i].name;
      const std::uint64_t bit = std::uint64_t{1} << hash_of(name);
      later_[i] = equals_lower(name, "host") || ((seen & bit) != 0 && joins_earlier(i));
      seen |= bit;
      names_ += later_[i] ? 0 : 1;
    }
  }

  /// @return bytes `put` takes at most
  [[nodiscard]] std::size_t bytes_max() const noexcept {
    std::size_t bytes = msgpack_head_bytes_max;
    for (const auto& field : fields_) {
      bytes += field.name.size() + field.value.size() + 3 * msgpack_head_bytes_max;
    }
    return bytes;
  }

  char* put(char* at) const noexcept {
    at = put_map_head(at, names_);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (!later_[i]) {
        at = put_values(put_canonical_name(at, fields_[i].name), i);
      }
    }
    return at;
  }

private:
  static constexpr std::uint8_t none = 0; ///< nothing comes before field 0

  static unsigned hash_of(std::string_view name) noexcept {
    const auto code = [](char c) { return static_cast<unsigned>(static_cast<unsigned char>(c)); };
    const std::size_t middle = name.size() / 2;
    return ((code(name.front()) | 0x20U) + 3 * (code(name[middle]) | 0x20U) +
            (code(name.back()) | 0x20U) + static_cast<unsigned>(name.size())) %
           64;
  }

  /// Appends field `index` to the chain of the last field before it with the same name.
  bool joins_earlier(std::size_t index) noexcept {
    for (std::size_t before = index; before-- != 0;) {
      if (same_name(fields_[before].name, fields_[index].name)) {
        next_[before] = static_cast<std::uint8_t>(index);
        return true;
      }
    }
    return false;
  }

  char* put_values(char* at, std::size_t first) const noexcept {
    std::uint32_t count = 1;
    for (std::size_t i = next_[first]; i != none; i = next_[i]) {
      ++count;
    }
    at = put_str(put_array_head(at, count), fields_[first].value);
    for (std::size_t i = next_[first]; i != none; i = next_[i]) {
      at = put_str(at, fields_[i].value);
    }
    return at;
  }

  static_assert(limits::http_header_fields <= 256, "an index fits a byte");

  std::span<const header_field> fields_;
  std::array<std::uint8_t, limits::http_header_fields> next_{}; ///< of the same name
  std::array<bool, limits::http_header_fields> later_{};        ///< not the first of its name
  std::uint32_t names_ = 0;
};

} // namespace kraken::wire::detail
