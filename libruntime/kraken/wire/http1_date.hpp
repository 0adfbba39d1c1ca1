// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Points in time as HTTP writes them (RFC 9110 §5.6.7), and back. Reads no clock.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kraken::wire {

/// `Sun, 06 Nov 1994 08:49:37 GMT`
using http_date_text = std::array<char, 29>;

/// @param seconds since 1970-01-01 00:00:00 UTC; years 1 to 9999, others come out as 1970
/// @thread any (pure)
[[nodiscard]] http_date_text write_http_date(std::int64_t seconds) noexcept;

/// Reads the form that `write_http_date` writes. The two obsolete ones are not read: what depends
/// on such a date is then done as if it were not there, which is always right.
/// @return seconds since 1970-01-01 00:00:00 UTC
/// @thread any (pure)
[[nodiscard]] std::optional<std::int64_t> read_http_date(std::string_view text) noexcept;

} // namespace kraken::wire
