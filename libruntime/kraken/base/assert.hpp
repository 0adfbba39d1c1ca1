// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Checks for what cannot happen: crash with the place. Expected failures are `result`s.
#pragma once

namespace kraken::detail {
/// Prints the failed expression and its place to stderr and aborts.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;
} // namespace kraken::detail

/// Aborts when `condition` is false, in every build type: a daemon that goes on with broken
/// invariants does more harm than one that is restarted.
#define KRAKEN_ASSERT(condition)                                                                   \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      ::kraken::detail::assertion_failed(#condition, __FILE__, __LINE__);                          \
    }                                                                                              \
  } while (false)
