// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// An access log by itself: lines of several threads, rotation, a file that takes nothing, the end.
#include "containers/http/access/access_log.hpp"

#include "containers/http/access/access_logs.hpp"
#include "containers/http/access/access_note.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include <stdlib.h>
#include <sys/resource.h>

namespace kraken::containers::test {

namespace {

constexpr milliseconds soon = seconds{30};

class folder {
public:
  folder() { path_ = ::mkdtemp(path_.data()); }
  ~folder() { std::filesystem::remove_all(path_); }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;

  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
  std::string path_ = "/tmp/kraken-access-XXXXXX";
};

std::string content(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

TEST_CASE("lines of several threads all arrive whole, and the end waits for them") {
  const folder where;
  const auto path = where.file("log");
  auto log = access_log::open("Main/http", path).value();
  const auto add_all = [&log](char who) {
    for (int i = 0; i < 2'000; ++i) {
      log->add(std::string(100, who) + "\n");
    }
  };
  std::thread other{add_all, 'b'};
  add_all('a');
  other.join();
  log->end();
  REQUIRE(log->ended(soon));
  const auto text = content(path);
  CHECK(log->counters().written == 4'000);
  CHECK(log->counters().dropped == 0);
  CHECK(std::count(text.begin(), text.end(), '\n') == 4'000);
  CHECK(text.size() == 4'000 * 101);
  log->add("too late\n");
  CHECK(log->counters().dropped == 1);
}

TEST_CASE("after a rotation the same name is another file") {
  const folder where;
  const auto path = where.file("log");
  access_logs all;
  {
    const auto log = all.open("Main/http", path).value();
    log->add("one\n");
    std::filesystem::rename(path, path + ".1");
    all.reopen_all();
    CHECK(std::filesystem::exists(path));
    log->add("two\n");
  } // the last handle ends it
  all.end_all(soon);
  const auto both = content(path + ".1") + content(path);
  CHECK(both == "one\ntwo\n");
}

TEST_CASE("what cannot be opened is an error, and rotation keeps the old file then") {
  const folder where;
  CHECK_FALSE(access_log::open("Main/http", where.file("no/log")));
  const auto inner = where.file("inner");
  std::filesystem::create_directory(inner);
  const auto log = access_log::open("Main/http", inner + "/log").value();
  std::filesystem::rename(inner, where.file("moved"));
  CHECK_FALSE(log->reopen());
  log->add("still\n");
  log->end();
  REQUIRE(log->ended(soon));
  CHECK(content(where.file("moved") + "/log") == "still\n");
}

TEST_CASE("a full device loses lines and counts them") {
  const auto log = access_log::open("Main/http", "/dev/full").value();
  log->add("a\nb\n");
  log->end();
  REQUIRE(log->ended(soon));
  CHECK(log->counters().written == 0);
  CHECK(log->counters().dropped == 2);
}

namespace {

/// The disk has room for so many bytes of a file.
class small_disk {
public:
  explicit small_disk(rlim_t bytes) {
    static_cast<void>(std::signal(SIGXFSZ, SIG_IGN)); // as the daemon does
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit smaller{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &smaller);
  }
  ~small_disk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;

private:
  rlimit before_{};
};

void await_drops(const access_log& log, std::uint64_t count) {
  const auto deadline = std::chrono::steady_clock::now() + soon;
  while (log.counters().dropped != count && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  REQUIRE(log.counters().dropped == count);
}

} // namespace

TEST_CASE("a line that a full disk has taken a part of is finished before the next one") {
  const folder where;
  const auto path = where.file("log");
  const auto log = access_log::open("Main/http", path).value();
  {
    const small_disk full{10};
    log->add("first\nthe second\nlost\n");
    await_drops(*log, 1);
    log->add("lost too\n");
    await_drops(*log, 2);
    CHECK(content(path) == "first\nthe ");
  }
  log->add("the third\n");
  log->end();
  REQUIRE(log->ended(soon));
  CHECK(content(path) == "first\nthe second\nthe third\n");
  CHECK(log->counters().written == 3);
  CHECK(log->counters().dropped == 2);
}

TEST_CASE("a line that is never finished counts as lost, and who opens the file begins a new one") {
  const folder where;
  const auto path = where.file("log");
  {
    const small_disk full{10};
    const auto log = access_log::open("Main/http", path).value();
    log->add("first\nthe second\n");
    log->end();
    REQUIRE(log->ended(soon));
    CHECK(log->counters().written == 1);
    CHECK(log->counters().dropped == 1);
  }
  const auto next = access_log::open("Main/http", path).value();
  next->add("the third\n");
  next->end();
  REQUIRE(next->ended(soon));
  CHECK(content(path) == "first\nthe \nthe third\n");
  CHECK(next->counters().written == 1);
  CHECK(next->counters().dropped == 0);
}

TEST_CASE("the body is what stands behind the head") {
  CHECK(body_size_of("HTTP/1.1 200 OK\r\nA: b\r\n\r\nhello") == 5);
  CHECK(body_size_of("HTTP/1.1 204 No Content\r\n\r\n") == 0);
  CHECK(body_size_of("no head") == 0);
}

} // namespace kraken::containers::test
