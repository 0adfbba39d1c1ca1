// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the fields say that tell where a body ends. Decides nothing about both together. Private to
/// the wire room.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kraken::wire::detail {

/// Digits only, and it must fit: `+1`, `1, 1` and 2^64 are all requests somebody else would
/// read differently.
[[nodiscard]] std::optional<std::uint64_t> parse_content_length(std::string_view text) noexcept;

/// What Transfer-Encoding asks for; `other` is in correct form.
enum class body_coding : std::uint8_t { chunked, other, malformed };

[[nodiscard]] body_coding coding_of(std::string_view transfer_encoding) noexcept;

} // namespace kraken::wire::detail
