// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Files of lines: which parts go where, which names change, and where a name may lead. The writer
/// by itself has more tests as an access log.
#include "kraken/process/output/line_file.hpp"

#include "kraken/process/output/line_joiner.hpp"
#include "kraken/process/output/line_place.hpp"
#include "unit/process/in_fork.hpp"
#include "unit/process/temporary_directory.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kraken::process::test {

namespace {

constexpr milliseconds soon = seconds{30};

std::string content(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void put(const std::string& path, const std::string& text) {
  std::ofstream{path} << text;
}

/// What was told, and a way to wait for it.
struct heard {
  std::promise<line_file_news> first;
  bool more = false;

  line_file::ear ear() {
    return [this](const line_file_news& news) {
      if (!std::exchange(more, true)) {
        first.set_value(news);
      }
    };
  }
};

void silent(const line_file_news& /*news*/) {}

void finish(line_file& which) {
  which.end();
  REQUIRE(which.ended(soon));
}

} // namespace

TEST_CASE("renames up to the first free number") {
  using steps = std::vector<rotation_step>;
  const auto [keep, there, wanted] = GENERATE(table<std::uint32_t, std::set<std::uint32_t>, steps>(
      {{1, {}, {{0, 1}}},
       {1, {1}, {{0, 1}}},
       {3, {}, {{0, 1}}},
       {3, {1}, {{1, 2}, {0, 1}}},
       {3, {1, 2}, {{2, 3}, {1, 2}, {0, 1}}},
       {3, {1, 2, 3}, {{2, 3}, {1, 2}, {0, 1}}},
       {3, {2, 3}, {{0, 1}}},                  // somebody took the latest away
       {2, {1, 2, 3, 4}, {{1, 2}, {0, 1}}}})); // more were kept once
  const auto& names = there;
  CHECK(rotation_steps(keep, [&](std::uint32_t n) { return names.contains(n); }) == wanted);
}

TEST_CASE("a file takes whole lines up to its limit") {
  const auto [lines, size, limit, wanted] =
      GENERATE(table<std::string, std::uint64_t, std::uint64_t, std::string>({
          {"a\nb\n", 100, 0, "a\nb\n"}, // no limit
          {"a\nb\n", 0, 4, "a\nb\n"},
          {"a\nb\n", 1, 4, "a\n"},
          {"a\nb\n", 3, 4, ""},
          {"a\nb\n", 4, 4, ""},
          {"a\nb\n", 9, 4, ""}, // it was larger before it had this limit
          {"longer\nb\n", 0, 4, "longer\n"},
          {"no end", 0, 4, "no end"},
      }));
  CHECK(part_within(lines, size, limit) == wanted);
}

TEST_CASE("bytes become runs of whole lines") {
  using pieces = std::vector<std::string>;
  const auto [fed, wanted] = GENERATE(table<pieces, pieces>({
      {{"a\nb\n"}, {"a\nb\n"}},
      {{"a", "b\nc\nd"}, {"ab\n", "c\n", "d\n"}},
      {{"a\r\n", "\n"}, {"a\r\n", "\n"}},
      {{"0123456789", "x\n"}, {"01234567\n", "89x\n"}},
      {{"0123", "4567", "8\n"}, {"01234567", "8\n"}},
      {{""}, {}},
  }));
  pieces got;
  const auto take = [&got](std::string_view run) { got.emplace_back(run); };
  line_joiner lines{8};
  for (const auto& each : fed) {
    lines.feed(each, take);
  }
  lines.flush(take);
  lines.flush(take);
  std::string joined;
  std::string expected;
  for (const auto& each : got) {
    CHECK(each.back() == '\n');
    joined += each;
  }
  for (const auto& each : wanted) {
    expected += each;
  }
  CHECK(joined == expected);
}

TEST_CASE("a file for whose thread there is no room is not opened") {
  const auto outcome = in_fork([] {
    const rlimit none{0, 0};
    // Who is root is not bound by it.
    if (::setrlimit(RLIMIT_NPROC, &none) != 0 || (::getuid() == 0 && ::setuid(65534) != 0)) {
      return 1;
    }
    const auto opened = line_file::open("", {}, "lines", silent);
    return opened || opened.error().code != errc::limit_exceeded ? 2 : 0;
  });
  CHECK(outcome == 0);
}

TEST_CASE("a file is turned over at a line end, and the oldest goes") {
  const temporary_directory where;
  const auto path = where / "log";
  const auto log = line_file::open(path, {10, 2}, "lines", silent).value();
  for (const auto* each : {"one\ntwo\n", "three\n", "four\nfive\nsix\n", "seven\n"}) {
    log->add(each);
  }
  finish(*log);
  CHECK(content(path) == "six\nseven\n");
  CHECK(content(path + ".1") == "four\nfive\n");
  CHECK(content(path + ".2") == "three\n");
  CHECK_FALSE(std::filesystem::exists(path + ".3"));
  CHECK(log->counters().written == 7);
  CHECK(log->counters().dropped == 0);
}

TEST_CASE("with none to be kept the file begins anew") {
  const temporary_directory where;
  const auto path = where / "log";
  put(path, "there before\n");
  const auto log = line_file::open(path, {10, 0}, "lines", silent).value();
  log->add("one\n");
  finish(*log);
  CHECK(content(path) == "one\n");
  CHECK_FALSE(std::filesystem::exists(path + ".1"));
}

TEST_CASE("the next file has the mode of the last one") {
  const temporary_directory where;
  const auto path = where / "log";
  put(path, "long enough\n");
  REQUIRE(::chmod(path.c_str(), 0604) == 0);
  const auto log = line_file::open(path, {10, 3}, "lines", silent).value();
  log->add("one\n");
  finish(*log);
  CHECK(content(path + ".1") == "long enough\n");
  struct stat now {};
  REQUIRE(::stat(path.c_str(), &now) == 0);
  CHECK((now.st_mode & ALLPERMS) == 0604);
}

TEST_CASE("a name that is gone is made again, one that somebody else has moved is not moved") {
  const temporary_directory where;
  const auto path = where / "log";
  const auto log = line_file::open(path, {20, 3}, "lines", silent).value();
  std::filesystem::remove(path);
  log->add("again\n");
  while (log->counters().written != 1) {
    std::this_thread::yield();
  }
  CHECK(content(path) == "again\n");
  std::filesystem::rename(path, path + ".old");
  log->add("fills up this file\n");
  finish(*log);
  CHECK(content(path + ".old") == "again\n");
  CHECK(content(path) == "fills up this file\n");
  CHECK_FALSE(std::filesystem::exists(path + ".1"));
}

TEST_CASE("a file that cannot be turned over grows on, and that is told once") {
  const temporary_directory where;
  const auto path = where / "log";
  std::filesystem::create_directory(path + ".1");
  heard news;
  const auto log = line_file::open(path, {4, 1}, "lines", news.ear()).value();
  log->add("one\n");
  log->add("two\n");
  auto told = news.first.get_future();
  REQUIRE(told.wait_for(soon) == std::future_status::ready);
  const auto what = told.get();
  CHECK(what.what == line_file_news::kind::not_opened);
  CHECK(what.reason.find("rename 'log'") != std::string::npos);
  log->add("three\n");
  finish(*log);
  CHECK(content(path) == "one\ntwo\nthree\n");
  CHECK(log->counters().written == 3);
}

TEST_CASE("links lead where they lead, for root only from folders that nobody else can change") {
  const temporary_directory where;
  const auto ours = where / "ours";
  const auto shared = where / "shared";
  for (const auto& each : {ours, shared}) {
    std::filesystem::create_directory(each);
    REQUIRE(::symlink("../aim", (each + "/link").c_str()) == 0);
    REQUIRE(::symlink(ours.c_str(), (each + "/folder").c_str()) == 0);
  }
  put(where / "aim", "");
  REQUIRE(::link((where / "aim").c_str(), (shared + "/second").c_str()) == 0);
  REQUIRE(::chmod(ours.c_str(), 0755) == 0);
  REQUIRE(::chmod(shared.c_str(), 0777) == 0);
  const bool root = ::geteuid() == 0;
  CHECK(find_line_place(ours + "/link").value().name == "aim");
  CHECK(find_line_place(ours + "/folder/new").value().name == "new");
  CHECK(find_line_place(shared + "/link").has_value() != root);
  CHECK(find_line_place(shared + "/folder/new").has_value() != root);
  CHECK(open_line_target(shared + "/second").has_value() != root);
  CHECK(open_line_target(shared + "/plain").has_value());
  CHECK(open_line_target(ours + "/../ours/./link").has_value());
  CHECK(open_line_target("/dev/null").has_value());
  CHECK(open_line_target("/dev/stdout").has_value());
  CHECK(open_line_target("/proc/self/fd/2").has_value());
  CHECK_FALSE(find_line_place(where / "none/log"));
  REQUIRE(::symlink("circle", (ours + "/circle").c_str()) == 0);
  CHECK_FALSE(find_line_place(ours + "/circle"));
}

} // namespace kraken::process::test
