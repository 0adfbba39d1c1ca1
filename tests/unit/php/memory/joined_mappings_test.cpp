// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which mappings are made one: a table of lines as the kernel writes them, and a file mapped as a
/// library is.
#include "php/native/memory/joined_mappings.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace kraken::php {

namespace {

std::vector<own_mapping> parsed(std::initializer_list<const char*> lines) {
  std::vector<own_mapping> out;
  for (const char* const line : lines) {
    out.push_back(parse_mapping(line).value());
  }
  return out;
}

std::string text_of(const std::vector<own_mapping>& mappings) {
  std::string out;
  for (const auto& each : mappings) {
    out += std::to_string(each.begin) + "-" + std::to_string(each.end) + " " + each.rights + "@" +
           std::to_string(each.offset) + " ";
  }
  return out;
}

/// Three pages of this program's file, mapped one after the other with rights of their own.
struct mapped_library {
  mapped_library() {
    const int file = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    begin = ::mmap(nullptr, 3 * page, PROT_READ, MAP_PRIVATE, file, 0);
    ::close(file);
    REQUIRE(begin != MAP_FAILED);
    REQUIRE(::mprotect(static_cast<char*>(begin) + page, page, PROT_READ | PROT_EXEC) == 0);
  }
  mapped_library(const mapped_library&) = delete;
  mapped_library& operator=(const mapped_library&) = delete;
  ~mapped_library() { ::munmap(begin, 3 * page); }

  [[nodiscard]] std::vector<own_mapping> mappings() const {
    std::vector<own_mapping> out;
    const auto from = reinterpret_cast<std::uintptr_t>(begin);
    for (auto& each : own_mappings()) {
      if (each.begin < from + 3 * page && each.end > from) {
        out.push_back(each);
      }
    }
    return out;
  }

  static constexpr std::size_t page = 4096;
  void* begin = nullptr;
};

} // namespace

TEST_CASE("a mapping is read from its line, and from no other line") {
  const auto one = parse_mapping("7f00-7f40 r-xp 0000b000 fe:00 326522   /usr/lib/a b.so\n");
  REQUIRE(one);
  CHECK(one->begin == 0x7f00);
  CHECK(one->end == 0x7f40);
  CHECK(one->rights == "r-xp");
  CHECK(one->offset == 0xb000);
  CHECK(one->file == 326522);
  CHECK_FALSE(parse_mapping("the rest of a name that is longer than a line\n"));
  CHECK_FALSE(parse_mapping("7f00-7f40 r-xp\n"));
  CHECK_FALSE(parse_mapping(""));
}

TEST_CASE("what nobody writes of a library is one row, and its data is none of it") {
  const auto rows = joinable(parsed({
      "1000-2000 r--p 00000000 fe:00 7 /a.so",
      "2000-4000 r-xp 00001000 fe:00 7 /a.so",
      "4000-5000 r--p 00003000 fe:00 7 /a.so",
      "5000-6000 r--p 00003000 fe:00 7 /a.so", // written by the loader: the place before it again
      "6000-7000 rw-p 00004000 fe:00 7 /a.so",
      "7000-8000 r-xp 00000000 fe:00 8 /b.so", // alone
      "8000-9000 ---p 00001000 fe:00 8 /b.so",
      "9000-a000 r--p 00002000 fe:00 8 /b.so",
      "a000-b000 r--p 00000000 fe:00 9 /c.dat", // no code
      "b000-c000 r--p 00001000 fe:00 9 /c.dat",
      "d000-e000 r--p 00000000 fe:00 10 /d.so",
      "f000-10000 r-xp 00001000 fe:00 10 /d.so", // not beside it
      "10000-11000 r-xp 00000000 00:00 0 [vdso]",
      "11000-12000 r--p 00001000 00:00 0",
      "12000-13000 r-xp 00000000 fe:00 11 /e.so",
      "13000-14000 r--p 00001000 fe:00 11 /e.so",
  }));
  CHECK(text_of(rows) == "4096-20480 r-xp@0 73728-81920 r-xp@0 ");
  CHECK(joinable({}).empty());
}

TEST_CASE("a library's file is one mapping afterwards, with the same bytes") {
  const mapped_library library;
  REQUIRE(library.mappings().size() == 3);
  const std::string before(static_cast<const char*>(library.begin), 3 * mapped_library::page);
  join_mappings();
  const auto after = library.mappings();
  REQUIRE(after.size() == 1);
  CHECK(after.front().rights == "r-xp");
  CHECK(std::memcmp(library.begin, before.data(), before.size()) == 0);
}

} // namespace kraken::php
