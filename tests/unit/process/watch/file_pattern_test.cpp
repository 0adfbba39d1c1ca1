// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which files globs mean, and which directories have to be looked at for them.
#include "kraken/process/watch/file_pattern.hpp"

#include "kraken/base/limits.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

namespace process = kraken::process;

namespace {

bool meant(std::string_view glob, std::string_view file) {
  const auto all = process::patterns_of(glob);
  return std::ranges::any_of(all, [&](const auto& each) { return process::means(each, file); });
}

bool leads(std::string_view glob, std::string_view directory) {
  const auto all = process::patterns_of(glob);
  return std::ranges::any_of(all,
                             [&](const auto& each) { return process::leads_to(each, directory); });
}

} // namespace

TEST_CASE("file_pattern: globs mean files by segments") {
  std::string glob;
  std::string file;
  bool wanted = false;
  std::tie(glob, file, wanted) = GENERATE(table<std::string, std::string, bool>({
      {"/a/*.php", "/a/x.php", true},
      {"/a/*.php", "/a/x.phpt", false},
      {"/a/*.php", "/a/b/x.php", false},
      {"/a/*.php", "/b/x.php", false},
      {"/a/*.php", "/a", false},
      {"/a/*.php", "/ab/x.php", false},
      {"/a/x?.php", "/a/x1.php", true},
      {"/a/x?.php", "/a/x.php", false},
      {"/a/*a*b.php", "/a/xaybab.php", true},
      {"/a/*a*b.php", "/a/xay.php", false},
      {"/a/*/b.php", "/a/x/b.php", true},
      {"/a/*/b.php", "/a/b.php", false},
      {"/a/*/b.php", "/a/x/y/b.php", false},
      {"/a/**/*.php", "/a/x.php", true},
      {"/a/**/*.php", "/a/b/c/x.php", true},
      {"/a/**/*.php", "/a/b/c/x.txt", false},
      {"/a/**/t/*.php", "/a/b/t/c/t/x.php", true},
      {"/a/**/t/*.php", "/a/t/x.php", true},
      {"/a/**/t/*.php", "/a/t/b/x.php", false},
      {"/a/**", "/a/b/x.bin", true},
      {"/a/**", "/a/x", true},
      {"/a/*.{php,twig}", "/a/x.twig", true},
      {"/a/*.{php,twig}", "/a/x.yaml", false},
      {"/{a,b}/c.{d,e}", "/b/c.e", true},
      {"/a/x{.php", "/a/x{.php", true},
      {"/*/x.php", "/a/x.php", true},
  }));
  CAPTURE(glob, file);
  CHECK(meant(glob, file) == wanted);
}

TEST_CASE(
    "file_pattern: a plain name means the file, or what an application below it consists of") {
  CHECK(meant("/a/config.json", "/a/config.json"));
  CHECK_FALSE(meant("/a/config.json", "/a/other.json"));
  CHECK(meant("/a/src", "/a/src/b/c.php"));
  CHECK(meant("/a/src", "/a/src/routes.yaml"));
  CHECK(meant("/a/src", "/a/src/.env.local"));
  CHECK_FALSE(meant("/a/src", "/a/src/data.sqlite"));
  CHECK_FALSE(meant("/a/src", "/a/other/c.php"));
  CHECK(process::application_below("/a").size() + 1 == process::patterns_of("/a").size());
}

TEST_CASE("file_pattern: what programs write or bring along is meant by name only") {
  CHECK_FALSE(meant("/a/**/*.php", "/a/vendor/x.php"));
  CHECK_FALSE(meant("/a/**/*.php", "/a/b/var/c/x.php"));
  CHECK_FALSE(meant("/a/**/*.php", "/a/.git/x.php"));
  CHECK_FALSE(meant("/a/*/x.php", "/a/cache/x.php"));
  CHECK(meant("/a/vendor/composer/*.php", "/a/vendor/composer/installed.php"));
  CHECK(meant("/a/**/var/*.php", "/a/b/var/x.php"));
  CHECK(meant("/a/.config/*.yaml", "/a/.config/x.yaml"));
  CHECK(process::is_passed_over("node_modules"));
  CHECK_FALSE(process::is_passed_over("src"));
}

TEST_CASE("file_pattern: files of editors are never meant") {
  CHECK_FALSE(meant("/a/**", "/a/x.php~"));
  CHECK_FALSE(meant("/a/**", "/a/.x.php.swp"));
  CHECK_FALSE(meant("/a/**", "/a/.#x.php"));
  CHECK_FALSE(meant("/a", "/a/.env.swp"));
}

TEST_CASE("file_pattern: directories on the way and below are looked at") {
  std::string glob;
  std::string directory;
  bool wanted = false;
  std::tie(glob, directory, wanted) = GENERATE(table<std::string, std::string, bool>({
      {"/a/b/*.php", "", true},
      {"/a/b/*.php", "/a", true},
      {"/a/b/*.php", "/a/b", true},
      {"/a/b/*.php", "/a/c", false},
      {"/a/b/*.php", "/a/b/c", false},
      {"/a/*/*.php", "/a/x", true},
      {"/a/*/*.php", "/a/x/y", false},
      {"/a/*/*.php", "/a/vendor", false},
      {"/a/**/*.php", "/a/b/c/d", true},
      {"/a/**/*.php", "/a/b/vendor", false},
      {"/a/**/*.php", "/a/.git", false},
      {"/a/**/vendor/*.php", "/a/b/vendor", true},
      {"/a/x/**/*.php", "/a/y", false},
  }));
  CAPTURE(glob, directory);
  CHECK(leads(glob, directory) == wanted);
}

TEST_CASE("file_pattern: alternatives have a limit") {
  const auto many = process::patterns_of("/{a,b,c,d}{a,b,c,d}{a,b,c,d}{a,b,c,d}/*.php");
  CHECK(many.size() == kraken::limits::watch_alternatives_max);
}
