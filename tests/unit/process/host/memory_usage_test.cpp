// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Memory of a living child, and the end of it.
#include "kraken/process/host/memory_usage.hpp"

#include "unit/process/running_child.hpp"

#include <csignal>

#include <catch2/catch.hpp>

namespace kraken::process {

TEST_CASE("a child's memory is seen to grow, and to end") {
  auto made = launch(test::program({"php",
                                    "-n",
                                    "-r",
                                    "echo \"up\\n\"; fgets(STDIN); $s = str_repeat('x', 64 << 20); "
                                    "echo \"big\\n\"; sleep(1000);"}));
  REQUIRE(made);
  auto gauge = memory_gauge::open(made->process);
  REQUIRE(gauge);
  CHECK(test::read_line(made->standard_output.get()) == "up");
  CHECK(test::read_line(made->standard_output.get()) == "big");
  const auto grown = gauge->read();
  REQUIRE(grown);
  CHECK(grown->unshared.value > (64U << 20U));
  CHECK(grown->unshared.value < (128U << 20U));
  CHECK(grown->resident > grown->unshared);

  REQUIRE(made->process.send_group(SIGKILL));
  REQUIRE(test::wait_readable(made->process.fd()));
  CHECK(gauge->read().error().code == errc::not_found); // a zombie
  test::reap(made->process);
  CHECK(gauge->read().error().code == errc::not_found); // nothing, whoever has its number now
}

} // namespace kraken::process
