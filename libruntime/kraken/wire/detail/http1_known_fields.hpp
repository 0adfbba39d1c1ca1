// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What is kept, while a request head is read, of the fields that decide where the message ends and
/// what becomes of the connection. Reads and judges nothing. Private to the wire room.
#pragma once

#include "kraken/wire/http1_field.hpp"

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

/// The deciding fields of a head, the last of each name; null: none came.
struct known_fields {
  unsigned seen = 0; ///< of `said`
  header_field* host = nullptr;
  const header_field* content_length = nullptr;
  const header_field* transfer_encoding = nullptr;
  const header_field* upgrade = nullptr;

  [[nodiscard]] bool has(said what) const noexcept { return (seen & what) != 0; }
  /// `again` when `once` has been said.
  void count(said once, said again) noexcept { seen |= has(once) ? again : once; }
};

} // namespace kraken::wire::detail
