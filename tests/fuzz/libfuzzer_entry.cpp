// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What libFuzzer calls. The target is chosen when this file is compiled.
#include "fuzz_target.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  KRAKEN_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
