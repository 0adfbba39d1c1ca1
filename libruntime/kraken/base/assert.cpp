// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a failed assertion prints.
#include "kraken/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace kraken::detail {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "kraken: assertion failed: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

} // namespace kraken::detail
