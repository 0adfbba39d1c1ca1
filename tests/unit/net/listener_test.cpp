// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Listening: free ports, shared queues, stale socket files, no descriptors left.
#include "kraken/net/listener.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace kraken;
using net::address;
using net::listen_on;

namespace {

struct temporary_directory {
  std::string path;

  temporary_directory() {
    std::string pattern = "/tmp/kraken-net-XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~temporary_directory() { std::filesystem::remove_all(path); }
};

address unix_address(const std::string& path) {
  return *address::parse("unix:" + path);
}

unique_fd connect_to(std::uint16_t port) {
  unique_fd client{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(client.get(), reinterpret_cast<sockaddr*>(&where), sizeof where) == 0);
  return client;
}

} // namespace

TEST_CASE("a path that no socket can have is refused") {
  address where;
  where.kind = address::family::unix_path;
  for (const std::size_t length : {108U, 110U, 139U, 4'000U}) {
    where.path = "/tmp/" + std::string(length - 5, 'y');
    const auto opened = listen_on(where);
    REQUIRE(!opened);
    CHECK(opened.error().code == errc::invalid_argument);
    CHECK(opened.error().context.ends_with("at most 107 bytes, not " + std::to_string(length)));
  }
}

TEST_CASE("port 0 becomes a real one, shared by a second socket") {
  const auto first = listen_on(*address::parse("127.0.0.1:0"));
  REQUIRE(first);
  CHECK(first->bound.port != 0);
  const auto second = first->another();
  REQUIRE(second);
  CHECK(second->bound.port == first->bound.port);
}

TEST_CASE("a port that is taken is refused, even by a socket that would share it") {
  auto first = listen_on(*address::parse("127.0.0.1:0"));
  REQUIRE(first);
  const auto second = first->another();
  REQUIRE(second);
  const auto stranger = listen_on(first->bound);
  REQUIRE_FALSE(stranger);
  CHECK(stranger.error().code == errc::conflict);
}

TEST_CASE("a duplicate is the same queue, which lives until the last of them is closed") {
  net::event_loop loop{0};
  auto first = listen_on(*address::parse("127.0.0.1:0"));
  REQUIRE(first);
  auto second = first->duplicate();
  REQUIRE(second);
  CHECK(second->bound == first->bound);
  int by_first = 0;
  int by_second = 0;
  const auto port = first->bound.port;
  net::listener old{
      loop, std::move(*first), [&](unique_fd, std::string, std::string) { ++by_first; }};
  REQUIRE(old.open());
  const auto waiting = connect_to(port);
  old.release(); // leaves it in the queue
  net::listener next{loop, std::move(*second), [&](unique_fd, std::string, std::string) {
                       ++by_second;
                       loop.stop();
                     }};
  REQUIRE(next.open());
  loop.run();
  CHECK(by_first == 0);
  CHECK(by_second == 1);
}

TEST_CASE("an address may take the place of another with the same port") {
  const auto first = listen_on(*address::parse("127.0.0.1:0"));
  REQUIRE(first);
  auto every = first->bound;
  every.host = "0.0.0.0";
  CHECK_FALSE(listen_on(every));
  CHECK(net::listen_beside(every));
}

TEST_CASE("an accepted connection comes with the addresses of both sides") {
  net::event_loop loop{0};
  auto socket = listen_on(*address::parse(GENERATE("127.0.0.1:0", "0.0.0.0:0", ":0")));
  REQUIRE(socket);
  const auto port = socket->bound.port;
  std::string seen;
  std::string ours;
  net::listener door{
      loop, std::move(*socket), [&](unique_fd client, std::string peer, std::string local) {
        CHECK(static_cast<bool>(client));
        seen = std::move(peer);
        ours = std::move(local);
        loop.stop();
      }};
  REQUIRE(door.open());
  const auto client = connect_to(port);
  loop.run();
  CHECK(seen.starts_with("127.0.0.1:"));
  CHECK(ours == "127.0.0.1:" + std::to_string(port));
}

TEST_CASE("a stale socket file is replaced, a live one and another file are not") {
  const temporary_directory folder;
  const auto path = folder.path + "/x.sock";
  {
    const auto left = listen_on(unix_address(path), 0600);
    REQUIRE(left);
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    const auto live = listen_on(unix_address(path));
    REQUIRE_FALSE(live);
    CHECK(live.error().code == errc::conflict);
  }
  CHECK(listen_on(unix_address(path)));
  const auto other = folder.path + "/file";
  std::ofstream{other} << "mine";
  const auto refused = listen_on(unix_address(other));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().context.find(other) != std::string::npos);
  CHECK(std::filesystem::exists(other));
}

TEST_CASE("an inherited descriptor must listen") {
  const unique_fd no_listener{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  CHECK_FALSE(listen_on(*address::parse("fd:" + std::to_string(no_listener.get()))));
  const auto real = listen_on(*address::parse("127.0.0.1:0"));
  REQUIRE(real);
  CHECK(listen_on(*address::parse("fd:" + std::to_string(real->fd.get()))));
}

TEST_CASE("clients do not get the descriptors that are for others") {
  net::event_loop loop{0};
  auto socket = listen_on(*address::parse("127.0.0.1:0"));
  REQUIRE(socket);
  const auto port = socket->bound.port;
  int accepted = 0;
  int told = 0;
  const auto take = [&](unique_fd, std::string, std::string) { ++accepted; };
  const auto starved = [&](int error) {
    told = error;
    loop.stop();
  };
  net::listener door{loop, std::move(*socket), take, starved, 3};
  REQUIRE(door.open());
  const auto turned_away = connect_to(port);
  loop.run();
  CHECK(accepted == 0);
  CHECK(told == EMFILE);
  char byte = 0;
  CHECK(::recv(turned_away.get(), &byte, 1, 0) <= 0);
}

TEST_CASE("without descriptors left connections are turned away and accepting goes on later") {
  net::event_loop loop{0};
  auto socket = listen_on(*address::parse("127.0.0.1:0"));
  REQUIRE(socket);
  const auto port = socket->bound.port;
  int accepted = 0;
  int told = 0;
  const auto take = [&](unique_fd, std::string, std::string) {
    ++accepted;
    loop.stop();
  };
  net::listener door{loop, std::move(*socket), take, [&](int error) { told = error; }};
  REQUIRE(door.open());
  const auto turned_away = connect_to(port);

  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const unique_fd probe{::dup(0)};
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(probe.get()); // every higher number is refused
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto relief = loop.after(50ms, [&] { REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0); });
  unique_fd kept;
  const auto second = loop.after(80ms, [&] { kept = connect_to(port); });
  loop.run();
  CHECK(accepted == 1);
  CHECK(told == EMFILE);
  char byte = 0;
  CHECK(::recv(turned_away.get(), &byte, 1, MSG_DONTWAIT) <= 0);
}
