// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The number a launch is known by: made of its mark, read from the kernel's table.
#include "kraken/process/host/lineage.hpp"

#include "unit/process/in_fork.hpp"

#include <string>

#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <unistd.h>

namespace kraken::process {

TEST_CASE("a lineage is its launch's own and limits nothing") {
  const auto one = lineage_of_launch("17-0000000017-00000000000000000001");
  CHECK(one == lineage_of_launch("17-0000000017-00000000000000000001"));
  CHECK(one != lineage_of_launch("17-0000000017-00000000000000000002"));
  for (const auto line : {one, lineage_of_launch("")}) {
    CHECK(line >= std::uint64_t{1} << 61U);
    CHECK(line < std::uint64_t{1} << 62U);
  }
}

TEST_CASE("a lineage is found among the limits") {
  const auto in = [](const std::string& value) {
    return read_lineage("Limit  Soft Limit\nMax realtime priority  0  0\n"
                        "Max realtime timeout      " +
                        value + " unlimited   us\n");
  };
  CHECK(in(std::to_string(lineage_of_launch("a"))) == lineage_of_launch("a"));
  CHECK_FALSE(in("unlimited"));
  CHECK_FALSE(in("200000"));
  CHECK_FALSE(in("4611686018427387904")); // 2^62
  CHECK_FALSE(read_lineage(""));
  CHECK_FALSE(read_lineage("\nMax realtime timeout   "));
}

TEST_CASE("who has limited the real-time classes keeps that limit") {
  CHECK(test::in_fork([] {
          const auto line = lineage_of_launch("a");
          carry(line);
          if (lineage_of(::getpid()) != line) {
            return 1;
          }
          const rlimit strict{1000, 1000};
          if (::setrlimit(RLIMIT_RTTIME, &strict) != 0) {
            return 2;
          }
          carry(lineage_of_launch("b"));
          rlimit now{};
          ::getrlimit(RLIMIT_RTTIME, &now);
          return !lineage_of(::getpid()) && now.rlim_cur == 1000 ? 0 : 3;
        }) == 0);
}

} // namespace kraken::process
