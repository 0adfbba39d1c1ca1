// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Parsing and printing of durations and sizes.
#include "kraken/base/units.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace kraken {

namespace {

struct unit_row {
  std::string_view suffix;
  std::uint64_t factor;
};

// Largest first, so that printing picks the shortest exact text.
constexpr std::array duration_units{
    unit_row{"d", 86'400'000},
    unit_row{"h", 3'600'000},
    unit_row{"m", 60'000},
    unit_row{"s", 1'000},
    unit_row{"ms", 1},
};

constexpr std::array size_units{
    unit_row{"G", 1ULL << 30U},
    unit_row{"M", 1ULL << 20U},
    unit_row{"K", 1ULL << 10U},
    unit_row{"B", 1},
};

struct number_and_suffix {
  std::uint64_t number = 0;
  std::string_view suffix;
};

result<number_and_suffix> split(std::string_view text, std::string_view what) {
  number_and_suffix out;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, out.number);
  if (parsed.ec == std::errc::result_out_of_range) {
    return fail(errc::parse_error, std::string{what} + " '" + std::string{text} + "' is too large");
  }
  if (parsed.ec != std::errc{}) {
    return fail(errc::parse_error,
                "expected " + std::string{what} + ", got '" + std::string{text} + "'");
  }
  out.suffix = std::string_view{parsed.ptr, static_cast<std::size_t>(end - parsed.ptr)};
  return out;
}

result<std::uint64_t>
scale(std::string_view text, std::string_view what, std::uint64_t number, std::uint64_t factor) {
  if (number > std::numeric_limits<std::int64_t>::max() / factor) {
    return fail(errc::parse_error, std::string{what} + " '" + std::string{text} + "' is too large");
  }
  return number * factor;
}

template <std::size_t N>
std::string print(std::uint64_t value, const std::array<unit_row, N>& units) {
  if (value == 0) {
    return "0";
  }
  for (const auto& unit : units) {
    if (value % unit.factor == 0) {
      return std::to_string(value / unit.factor).append(unit.suffix);
    }
  }
  return std::to_string(value); // unreachable: the last factor is 1
}

} // namespace

result<milliseconds> parse_duration(std::string_view text) {
  auto parts = split(text, "duration");
  if (!parts) {
    return fail(parts.error());
  }
  if (parts->suffix.empty()) {
    if (parts->number == 0) {
      return milliseconds{0};
    }
    return fail(errc::parse_error,
                "expected duration, got '" + std::string{text} + "' (did you mean '" +
                    std::string{text} + "s'?)");
  }
  if (parts->suffix == "us") {
    return milliseconds{
        static_cast<std::int64_t>(parts->number / 1000 + (parts->number % 1000 != 0 ? 1 : 0))};
  }
  for (const auto& unit : duration_units) {
    if (parts->suffix == unit.suffix) {
      auto scaled = scale(text, "duration", parts->number, unit.factor);
      if (!scaled) {
        return fail(scaled.error());
      }
      return milliseconds{static_cast<std::int64_t>(*scaled)};
    }
  }
  return fail(errc::parse_error,
              "expected duration, got '" + std::string{text} + "' (units: ms, s, m, h, d)");
}

result<bytes> parse_size(std::string_view text) {
  auto parts = split(text, "size");
  if (!parts) {
    return fail(parts.error());
  }
  if (parts->suffix.empty()) {
    if (parts->number == 0) {
      return bytes{0};
    }
    return fail(errc::parse_error,
                "expected size, got '" + std::string{text} + "' (did you mean '" +
                    std::string{text} + "M'?)");
  }
  auto suffix = parts->suffix;
  if (suffix.size() == 3 && suffix.substr(1) == "iB" && suffix != "BiB") {
    suffix = suffix.substr(0, 1);
  }
  for (const auto& unit : size_units) {
    if (suffix == unit.suffix) {
      auto scaled = scale(text, "size", parts->number, unit.factor);
      if (!scaled) {
        return fail(scaled.error());
      }
      return bytes{*scaled};
    }
  }
  return fail(errc::parse_error,
              "expected size, got '" + std::string{text} + "' (units: B, K, M, G)");
}

std::string to_string(milliseconds value) {
  return print(static_cast<std::uint64_t>(value.count()), duration_units);
}

std::string to_string(bytes value) {
  return print(value.value, size_units);
}

} // namespace kraken
