// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Levels, and the log file: appended, filtered, opened anew after rotation.
#include "kraken/base/log.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <sys/stat.h>

#include <catch2/catch.hpp>

namespace kraken::log {

namespace {

std::string content(const std::string& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

struct log_directory {
  std::string path;

  log_directory() {
    auto pattern = (std::filesystem::temp_directory_path() / "kraken-log-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  log_directory(const log_directory&) = delete;
  log_directory& operator=(const log_directory&) = delete;
  ~log_directory() {
    static_cast<void>(configure({}));
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

} // namespace

TEST_CASE("levels have names that read back") {
  for (const auto one : {level::debug, level::info, level::warn, level::error, level::off}) {
    CHECK(parse_level(to_string(one)) == one);
  }
  CHECK(parse_level("WARNING") == level::warn);
  CHECK(parse_level("Info") == level::info);
  const auto bad = parse_level("loud");
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == errc::parse_error);
  CHECK_THAT(bad.error().context, Catch::Contains("'loud'"));
}

TEST_CASE("events at or above the threshold reach the file, and rotation is followed") {
  const log_directory directory;
  const auto path = directory.path + "/kraken.log";
  REQUIRE(configure({level::warn, format::json, path}));
  CHECK_FALSE(enabled(level::info));
  CHECK(enabled(level::error));
  CHECK_FALSE(enabled(level::off));
  info("too_quiet");
  warn("loud_enough", {{"n", 1}, {"braces", "{} {0}"}});
  const auto first = content(path);
  CHECK_THAT(first, Catch::Contains("\"event\":\"loud_enough\",\"n\":1,\"braces\":\"{} {0}\"}\n"));
  CHECK_THAT(first, !Catch::Contains("too_quiet"));

  std::filesystem::rename(path, path + ".1");
  warn("still_to_the_old");
  REQUIRE(reopen());
  warn("to_the_new");
  CHECK_THAT(content(path + ".1"), Catch::Contains("still_to_the_old"));
  CHECK_THAT(content(path), Catch::Contains("to_the_new"));
  CHECK_THAT(content(path), !Catch::Contains("still_to_the_old"));
}

TEST_CASE("a log file is made for its owner and group, one that is there stays as it is") {
  const log_directory directory;
  const auto path = directory.path + "/kraken.log";
  const auto before = ::umask(0);
  REQUIRE(configure({level::warn, format::json, path}));
  ::umask(before);
  using std::filesystem::perms;
  const auto mode = [&path] { return std::filesystem::status(path).permissions(); };
  CHECK(mode() == (perms::owner_read | perms::owner_write | perms::group_read));
  std::filesystem::permissions(path, perms::others_read, std::filesystem::perm_options::add);
  REQUIRE(reopen());
  CHECK((mode() & perms::others_read) != perms::none);
}

TEST_CASE("lines that cannot be written are counted, and told once there is room again") {
  const log_directory directory;
  const auto path = directory.path + "/kraken.log";
  std::filesystem::create_symlink("/dev/full", path);
  const auto before = lost();
  REQUIRE(configure({level::info, format::json, path}));
  info("first");
  info("second");
  CHECK(lost() == before + 2);
  std::filesystem::remove(path);
  REQUIRE(reopen());
  info("third");
  info("fourth");
  const auto seen = content(path);
  CHECK_THAT(seen, Catch::Contains("\"event\":\"log_lines_lost\",\"lines\":2}\n"));
  CHECK(seen.find("log_lines_lost") < seen.find("third"));
  CHECK(seen.find("log_lines_lost") == seen.rfind("log_lines_lost"));
  CHECK_THAT(seen, Catch::Contains("fourth"));
  CHECK(lost() == before + 2);
}

TEST_CASE("a log file that cannot be opened changes nothing") {
  const log_directory directory;
  const auto path = directory.path + "/kraken.log";
  REQUIRE(configure({level::info, format::text, path}));
  const auto bad = configure({level::error, format::text, "/proc/no/such/file"});
  REQUIRE_FALSE(bad);
  CHECK_THAT(bad.error().context, Catch::Contains("'/proc/no/such/file'"));
  info("goes_on");
  CHECK_THAT(content(path), Catch::Contains("goes_on"));
}

} // namespace kraken::log
