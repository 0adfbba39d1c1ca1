// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/wire/detail/http1_framing.hpp"

#include "kraken/wire/detail/http1_scan.hpp"
#include "kraken/wire/http1_field.hpp"

#include <limits>

namespace kraken::wire::detail {

std::optional<std::uint64_t> parse_content_length(std::string_view text) noexcept {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t value = 0;
  if (text.empty()) {
    return std::nullopt;
  }
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (most - digit) / 10) {
      return std::nullopt;
    }
    value = value * 10 + digit;
  }
  return value;
}

body_coding coding_of(std::string_view transfer_encoding) noexcept {
  unsigned codings = 0;
  unsigned chunked = 0;
  bool malformed = false;
  bool last_is_chunked = false;
  for_each_element(transfer_encoding, [&](std::string_view coding) {
    malformed = malformed || !is_token(coding);
    last_is_chunked = equals_lower(coding, "chunked");
    chunked += last_is_chunked ? 1 : 0;
    ++codings;
  });
  if (malformed || codings == 0 || chunked > 1 || (chunked == 1 && !last_is_chunked)) {
    return body_coding::malformed;
  }
  return codings > 1 || chunked == 0 ? body_coding::other : body_coding::chunked;
}

} // namespace kraken::wire::detail
