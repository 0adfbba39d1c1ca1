// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Descriptors beside bytes: they stay with their byte, excess and want of numbers are told apart.
#include "kraken/base/passed_descriptors.hpp"

#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

using namespace kraken;

namespace {

struct joined_sockets {
  explicit joined_sockets(int type) {
    std::array<int, 2> ends{-1, -1};
    REQUIRE(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) == 0);
    near.reset(ends[0]);
    far.reset(ends[1]);
  }

  received_bytes take(std::size_t most = 1, std::size_t room = 100) {
    text.resize(room);
    const auto got = receive_with_descriptors(far.get(), text, MSG_DONTWAIT, came, most);
    text.resize(got.count > 0 ? static_cast<std::size_t>(got.count) : 0);
    return got;
  }

  unique_fd near, far;
  std::string text;
  std::vector<unique_fd> came;
};

struct stat seen_at(int fd) {
  struct stat out {};
  REQUIRE(::fstat(fd, &out) == 0);
  return out;
}

} // namespace

TEST_CASE("on a stream a descriptor comes with its byte and ends what is read") {
  joined_sockets it{SOCK_STREAM};
  const unique_fd null{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  const std::array<int, 1> one{null.get()};
  REQUIRE(send_with_descriptors(it.near.get(), "before", {}, 0) == 6);
  REQUIRE(send_with_descriptors(it.near.get(), "with", one, 0) == 4);
  REQUIRE(send_with_descriptors(it.near.get(), "after", {}, 0) == 5);
  CHECK(it.take().count == 10);
  CHECK(it.text == "beforewith");
  REQUIRE(it.came.size() == 1);
  CHECK(seen_at(it.came[0].get()).st_rdev == seen_at(null.get()).st_rdev);
  CHECK((::fcntl(it.came[0].get(), F_GETFD) & FD_CLOEXEC) != 0);
  CHECK(it.take().count == 5);
  CHECK(it.came.size() == 1);
  CHECK((it.take().count == -1 && errno == EAGAIN));
  it.near.reset();
  CHECK(it.take().count == 0);
}

TEST_CASE("more descriptors than allowed are closed and told") {
  joined_sockets it{SOCK_STREAM};
  const std::array<int, 3> three{0, 1, 2};
  REQUIRE(send_with_descriptors(it.near.get(), "x", three, 0) == 1);
  const auto got = it.take(2);
  CHECK((got.count == 1 && got.too_many && !got.none_free));
  CHECK(it.came.size() == 2);
  REQUIRE(send_with_descriptors(it.near.get(), "x", three, 0) == 1);
  CHECK_FALSE(it.take(3).too_many);
  CHECK(it.came.size() == 5);
}

TEST_CASE("who has no number left for a descriptor is told so, and has the bytes") {
  joined_sockets it{SOCK_STREAM};
  const std::array<int, 1> one{0};
  REQUIRE(send_with_descriptors(it.near.get(), "x", one, 0) == 1);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const unique_fd next{::dup(0)};
  const rlimit spent{static_cast<rlim_t>(it.far.get()) + 1, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &spent) == 0);
  std::vector<unique_fd> fill;
  for (int made = ::dup(0); made >= 0; made = ::dup(0)) {
    fill.emplace_back(made);
  }
  const auto got = it.take();
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK((got.count == 1 && got.none_free && !got.too_many));
  CHECK(it.came.empty());
}

TEST_CASE("a datagram that was cut is told") {
  joined_sockets it{SOCK_SEQPACKET};
  REQUIRE(send_with_descriptors(it.near.get(), "longer", {}, 0) == 6);
  const auto got = it.take(1, 3);
  CHECK((got.count == 3 && got.cut));
}

TEST_CASE("nobody is signalled when the peer is gone") {
  joined_sockets it{SOCK_STREAM};
  it.far.reset();
  CHECK((send_with_descriptors(it.near.get(), "x", {}, 0) == -1 && errno == EPIPE));
}
