// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Quantities with units at the text edge: durations (`10s`, `1500ms`) and sizes (`256M`).
/// Inside the program they are `std::chrono` types and `bytes`; no bare number has a unit.
#pragma once

#include "kraken/base/result.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace kraken {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

/// A number of bytes.
struct bytes {
  std::uint64_t value = 0;

  friend constexpr auto operator<=>(bytes, bytes) = default;
};

namespace literals {
constexpr bytes operator""_B(unsigned long long n) {
  return bytes{n};
}
constexpr bytes operator""_KiB(unsigned long long n) {
  return bytes{n << 10U};
}
constexpr bytes operator""_MiB(unsigned long long n) {
  return bytes{n << 20U};
}
constexpr bytes operator""_GiB(unsigned long long n) {
  return bytes{n << 30U};
}
} // namespace literals

/// Reads a duration: a decimal number followed at once by `ms`, `s`, `m`, `h` or `d`
/// (`us` is accepted and rounds up to 1 ms). `0` alone needs no unit.
/// @error errc::parse_error naming the text and, for a bare number, the likely intention
/// @thread any (pure)
[[nodiscard]] result<milliseconds> parse_duration(std::string_view text);

/// Reads a size: a decimal number followed at once by `B`, `K`, `M`, `G` or `KiB`, `MiB`,
/// `GiB` (all powers of 1024). `0` alone needs no unit.
/// @error errc::parse_error naming the text
/// @thread any (pure)
[[nodiscard]] result<bytes> parse_size(std::string_view text);

/// The shortest exact text `parse_duration` reads back: `1500ms`, `10s`, `5m`.
[[nodiscard]] std::string to_string(milliseconds value);

/// The shortest exact text `parse_size` reads back: `256M`, `1500B`.
[[nodiscard]] std::string to_string(bytes value);

} // namespace kraken
