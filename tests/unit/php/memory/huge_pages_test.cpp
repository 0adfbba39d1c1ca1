// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What is put into huge pages, as the kernel shows it, where it can do that at all.
#include "php/native/memory/huge_pages.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>

#include <sys/mman.h>

namespace kraken::php {

namespace {

constexpr std::uintptr_t huge = 2U << 20U;

/// Own memory of so many bytes, which begins where a huge page can.
struct own_memory {
  explicit own_memory(std::size_t bytes) : whole(bytes + huge) {
    begin = static_cast<char*>(
        ::mmap(nullptr, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    REQUIRE(begin != MAP_FAILED);
    at = begin + (huge - reinterpret_cast<std::uintptr_t>(begin) % huge) % huge;
    REQUIRE(::madvise(begin, whole, MADV_NOHUGEPAGE) == 0); // not before it is asked
  }
  ~own_memory() { ::munmap(begin, whole); }

  std::size_t whole;
  char* begin = nullptr;
  char* at = nullptr;
};

std::size_t resident_bytes() {
  std::ifstream file{"/proc/self/statm"};
  std::size_t all = 0;
  std::size_t resident = 0;
  file >> all >> resident;
  return resident * 4096;
}

} // namespace

TEST_CASE("memory keeps what is in it, and what is hardly used is not made whole") {
  own_memory full{huge};
  own_memory sparse{huge};
  std::memset(full.at, 'x', huge);
  for (std::size_t page = 0; page < huge; page += 64U << 10U) {
    sparse.at[page] = 'y';
  }
  const auto before = resident_bytes();
  join_pages();
  CHECK(resident_bytes() < before + huge);
  CHECK(std::string(full.at, huge) == std::string(huge, 'x'));
  CHECK(sparse.at[64U << 10U] == 'y');
  CHECK(sparse.at[1] == '\0');
}

} // namespace kraken::php
