// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Words that a forked process has in common with the test.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include <catch2/catch.hpp>

#include <sys/mman.h>

namespace kraken::process::test {

using shared_word = std::atomic<std::uint32_t>;

struct unmap_words {
  void operator()(shared_word* at) const noexcept { ::munmap(at, 4096); }
};

/// A page of them, all 0.
inline std::unique_ptr<shared_word, unmap_words> shared_words() {
  void* const at = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(at != MAP_FAILED);
  return std::unique_ptr<shared_word, unmap_words>{static_cast<shared_word*>(at)};
}

} // namespace kraken::process::test
