// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One owner per descriptor.
#include "kraken/base/unique_fd.hpp"

#include <utility>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <unistd.h>

namespace kraken {

namespace {

unique_fd open_null() {
  return unique_fd{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
}

bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) >= 0;
}

} // namespace

TEST_CASE("a descriptor is closed with its owner") {
  int number = -1;
  {
    const auto fd = open_null();
    number = fd.get();
    REQUIRE(fd);
    CHECK(is_open(number));
  }
  CHECK_FALSE(is_open(number));
}

TEST_CASE("moving leaves nothing behind and closes what was held") {
  auto first = open_null();
  const auto first_no = first.get();
  auto moved = std::move(first);
  CHECK(moved.get() == first_no);
  CHECK_FALSE(first); // NOLINT(bugprone-use-after-move): that is what is tested
  CHECK(first.get() == -1);

  auto second = open_null();
  const auto second_no = second.get();
  second = std::move(moved);
  CHECK(second.get() == first_no);
  CHECK_FALSE(is_open(second_no));

  auto& same = second;
  second = std::move(same);
  CHECK(second.get() == first_no);
  CHECK(is_open(first_no));
}

TEST_CASE("released descriptors are the caller's") {
  auto fd = open_null();
  const int number = fd.release();
  CHECK_FALSE(fd);
  CHECK(is_open(number));
  fd.reset(number);
  CHECK(fd.get() == number);
  fd.reset();
  CHECK_FALSE(is_open(number));
  CHECK_FALSE(unique_fd{});
}

} // namespace kraken
