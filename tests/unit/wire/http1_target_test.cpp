// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Targets and paths beyond what the request table covers: the decoded path itself.
#include "kraken/wire/http1_target.hpp"

#include "kraken/wire/detail/http1_target_scan.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

using namespace std::string_literals;
namespace wire = kraken::wire;

namespace {

constexpr const char* refused_path = "(refused)";

std::string decoded(std::string_view raw) {
  std::string out(raw.size(), '?');
  const auto path = wire::decode_path(raw, out);
  return path ? std::string{*path} : refused_path;
}

} // namespace

TEST_CASE("the look at a target agrees with its definition for two bytes at every place") {
  for (const std::size_t size : {1U, 2U, 3U, 4U, 7U, 8U, 9U, 15U, 16U, 17U, 31U, 32U, 40U}) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int code = 0; code < 256; ++code) {
        for (const char other : {'a', '/', '?', '%', '\x80'}) {
          std::string text(size, 'a');
          text[size - 1 - at] = other;
          text[at] = static_cast<char>(code);
          const std::size_t path = std::min(text.find('?'), size);
          const bool valid = std::all_of(text.begin(), text.end(), [](char c) {
            return static_cast<unsigned char>(c) > ' ' && c != 0x7f && c != '#';
          });
          const bool marked = text.find_first_of("%.") < path ||
                              std::string_view{text}.substr(0, path).find("//") < path;
          const auto found = wire::detail::scan_target(text);
          if (found.path_size != path || found.valid != valid || found.marked != marked) {
            FAIL("byte " << code << " at " << at << " of " << size << " beside " << other);
          }
        }
      }
    }
  }
}

TEST_CASE("a path is decoded, then its dot segments are removed") {
  const auto [raw, path] = GENERATE(table<std::string, std::string>({
      {"/", "/"},
      {"*", "*"},
      {"/a", "/a"},
      {"/a%20b%2Bc+d", "/a b+c+d"},
      {"/%c3%A9", "/\xc3\xa9"},
      {"/x/..//\xc3\xa9/./\xff", "/\xc3\xa9/\xff"},
      {"/%2541", "/%41"}, // decoded once only
      {"/a/./b", "/a/b"},
      {"/a/b/..", "/a/"},
      {"/a/b/.", "/a/b/"},
      {"/a/..", "/"},
      {"/.", "/"},
      {"/./", "/"},
      {"/a/%2e%2E/b", "/b"},
      {"/a%2f..%2fb", "/b"},
      {"/a//../b", "/b"},
      {"//a", "/a"},
      {"/a///b//", "/a/b/"},
      {"/.//a", "/a"},
      {"/%2fa", "/a"},
      {"/x/..//a", "/a"},
      {"//", "/"},
      {"//..", refused_path},
      {"/a//../..", refused_path},
      {"/a/b/c/../../d/", "/a/d/"},
      {"/...", "/..."},
      {"/a../..b/.c./", "/a../..b/.c./"},
      {"/..", refused_path},
      {"/a/../..", refused_path},
      {"/a/../../b", refused_path},
      {"/%2e%2e", refused_path},
      {"/%", refused_path},
      {"/%4", refused_path},
      {"/%g0", refused_path},
      {"/%0g", refused_path},
      {"/a%00", refused_path},
      {"/a/%zz/..", refused_path},
      {"", refused_path},
      {"a", refused_path},
  }));
  INFO(raw);
  CHECK(decoded(raw) == path);
}

TEST_CASE("decoding never writes more than it was given room for") {
  std::string room(3, '?');
  CHECK_FALSE(wire::decode_path("/abc", room));
  CHECK(room == "???");
}

TEST_CASE("split_target and decode_path agree on what is acceptable and what is plain") {
  // Every path of up to five of these pieces.
  const std::string pieces[] = {"/", ".", "..", "a", "%2e", "%2f", "%00", "%"};
  std::size_t checked = 0;
  for (unsigned number = 0; number < 8U * 8 * 8 * 8 * 8; ++number) {
    std::string path = "/";
    for (unsigned left = number; left != 0; left /= 8) {
      path += pieces[left % 8];
    }
    const auto parts = wire::split_target(path);
    const auto whole = decoded(path);
    if (parts.has_value() != (whole != refused_path) || (parts && parts->plain && path != whole)) {
      FAIL(path);
    }
    ++checked;
  }
  CHECK(checked == 32'768);
}

TEST_CASE("targets are split into their parts") {
  const auto origin = wire::split_target("/a/b.c?d?e/../f");
  REQUIRE(origin);
  CHECK(origin->path == "/a/b.c");
  CHECK(origin->query == "d?e/../f");
  CHECK(origin->plain);
  CHECK_FALSE(origin->absolute);
  const auto utf8 = wire::split_target("/caf\xc3\xa9/\xff?\x80=\xc3\xa9");
  REQUIRE(utf8);
  CHECK(utf8->path == "/caf\xc3\xa9/\xff");
  CHECK(utf8->query == "\x80=\xc3\xa9");
  CHECK(utf8->plain);
  const auto bare = wire::split_target("/a?");
  REQUIRE(bare);
  CHECK(bare->query.empty());
  const auto absolute = wire::split_target("HtTpS://u.example:1/x%41?y");
  REQUIRE(absolute);
  CHECK(absolute->authority == "u.example:1");
  CHECK(absolute->path == "/x%41");
  CHECK(absolute->query == "y");
  CHECK(absolute->absolute);
  CHECK(absolute->https);
  CHECK_FALSE(absolute->plain);
  const auto root = wire::split_target("http://a?q");
  REQUIRE(root);
  CHECK(root->path == "/");
  CHECK(root->query == "q");
  CHECK_FALSE(root->https);
  const auto star = wire::split_target("*");
  REQUIRE(star);
  CHECK(star->path == "*");
}

TEST_CASE("what is no target is refused") {
  const auto target = GENERATE(as<std::string>{},
                               "",
                               "a",
                               "**",
                               "http:/",
                               "http://",
                               "https://",
                               "http://?",
                               "http://a b/",
                               "http://a/#",
                               "http://a?\x7f",
                               "http://\x80/",
                               "/\x80\x1f",
                               "/\x7f",
                               "/?#",
                               "http",
                               "ftp://a/");
  INFO(target);
  CHECK_FALSE(wire::split_target(target));
}

TEST_CASE("an authority is a host and maybe a port") {
  const auto good = GENERATE(as<std::string>{},
                             "a",
                             "a.b-c_d~e",
                             "%41",
                             "a!$&'()*+,;=",
                             "1.2.3.4",
                             "a:1",
                             "a:",
                             "[::1]",
                             "[::ffff:1.2.3.4]:80",
                             "[1]:");
  INFO(good);
  CHECK(wire::is_authority(good));
}

TEST_CASE("anything else is no authority") {
  const auto bad = GENERATE(as<std::string>{},
                            "",
                            ":",
                            ":80",
                            "a b",
                            "a/b",
                            "u@a",
                            "a?b",
                            "a:b",
                            "a:1b",
                            "a:-1",
                            "a:123456",
                            "a:1:2",
                            "[",
                            "[]",
                            "[::1",
                            "[g]",
                            "[::1]x",
                            "[::1]:x",
                            "a[1]",
                            "\x80",
                            "a\\b");
  INFO(bad);
  CHECK_FALSE(wire::is_authority(bad));
}
