// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What is kept, while a request head is read, of the fields that decide where the message ends and
/// what becomes of the connection. Reads and judges nothing. Private to the wire room.
#pragma once

#include "kraken/base/limits.hpp"

#include <cstdint>
#include <limits>

namespace kraken::wire::detail {

/// What these fields have said: bits, because a head that says nothing unusual is then known by one
/// comparison.
enum said : unsigned {
  host_once = 1,
  host_again = 2,
  length_once = 4,
  length_again = 8,
  coding_once = 16,
  coding_again = 32,
  close_said = 64,
  keep_alive_said = 128,
  upgrade_said = 256, ///< by Connection
  continue_expected = 512,
  other_expected = 1024,
};

/// The deciding fields of a head, each by its place among the fields (the last of its name).
struct known_fields {
  unsigned seen = 0; ///< of `said`
  std::uint8_t host = 0;
  std::uint8_t content_length = 0;
  std::uint8_t transfer_encoding = 0;
  std::uint8_t upgrade = no_field;

  static constexpr std::uint8_t no_field = std::numeric_limits<std::uint8_t>::max();

  [[nodiscard]] bool has(said what) const noexcept { return (seen & what) != 0; }
  /// `again` when `once` has been said.
  void count(said once, said again) noexcept { seen |= has(once) ? again : once; }
};

static_assert(limits::http_header_fields < known_fields::no_field);

} // namespace kraken::wire::detail
