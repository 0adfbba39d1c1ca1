// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Apache's combined format, byte for byte, and what hostile fields become.
#include "kraken/wire/combined_line.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace std::string_literals;
using kraken::wire::byte_buffer;
using kraken::wire::combined_entry;

namespace {

std::tm moment(int year, int month, int day, int hour, int minute, int second, long offset) {
  std::tm out{};
  out.tm_year = year - 1900;
  out.tm_mon = month - 1;
  out.tm_mday = day;
  out.tm_hour = hour;
  out.tm_min = minute;
  out.tm_sec = second;
  out.tm_gmtoff = offset;
  return out;
}

std::string line_of(const combined_entry& entry) {
  byte_buffer out;
  kraken::wire::append_combined_line(out, entry);
  return std::string{out.view()};
}

std::string escaped(const std::string& text) {
  byte_buffer out;
  kraken::wire::append_log_escaped(out, text);
  return std::string{out.view()};
}

} // namespace

TEST_CASE("the example of Apache's documentation") {
  // httpd.apache.org/docs/2.4/logs.html#combined
  CHECK(line_of({.remote = "127.0.0.1",
                 .user = "frank",
                 .at = moment(2000, 10, 10, 13, 55, 36, -7 * 3600),
                 .request = "GET /apache_pb.gif HTTP/1.0",
                 .status = 200,
                 .bytes = 2326,
                 .referer = "http://www.example.com/start.html",
                 .agent = "Mozilla/4.08 [en] (Win98; I ;Nav)"}) ==
        "127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /apache_pb.gif HTTP/1.0\" 200 2326 "
        "\"http://www.example.com/start.html\" \"Mozilla/4.08 [en] (Win98; I ;Nav)\"\n");
}

TEST_CASE("what is not there is a dash, what is empty is empty") {
  const auto at = moment(2026, 1, 2, 3, 4, 5, 0);
  CHECK(line_of({.remote = {},
                 .user = {},
                 .at = at,
                 .request = {},
                 .status = 408,
                 .bytes = 0,
                 .referer = {},
                 .agent = {}}) == "- - - [02/Jan/2026:03:04:05 +0000] \"-\" 408 - \"-\" \"-\"\n");
  CHECK(line_of({.remote = "::1",
                 .user = "",
                 .at = at,
                 .request = "HEAD / HTTP/1.1",
                 .status = 204,
                 .bytes = 0,
                 .referer = "",
                 .agent = ""}) ==
        "::1 - \"\" [02/Jan/2026:03:04:05 +0000] \"HEAD / HTTP/1.1\" 204 - \"\" \"\"\n");
}

TEST_CASE("months and offsets") {
  const auto time_of = [](const std::tm& at) {
    const auto line = line_of({.remote = "a",
                               .user = {},
                               .at = at,
                               .request = "r",
                               .status = 200,
                               .bytes = 18'446'744'073'709'551'615U,
                               .referer = {},
                               .agent = {}});
    CHECK(line.find(" 18446744073709551615 ") != std::string::npos);
    return line.substr(6, line.find(']') - 5);
  };
  CHECK(time_of(moment(2026, 12, 31, 23, 59, 60, 5 * 3600 + 45 * 60)) ==
        "[31/Dec/2026:23:59:60 +0545]");
  CHECK(time_of(moment(2026, 2, 9, 0, 0, 0, -(3 * 3600 + 30 * 60))) ==
        "[09/Feb/2026:00:00:00 -0330]");
}

TEST_CASE("no field can end itself, its line, or speak to a terminal") {
  using row = std::pair<std::string, std::string>;
  const auto [given, shown] =
      GENERATE(values<row>({{"plain ~ text", "plain ~ text"},
                            {"a\"b\\c", "a\\\"b\\\\c"},
                            {"a\r\n1.2.3.4 - - forged", "a\\r\\n1.2.3.4 - - forged"},
                            {"\b\t\v\f\a", "\\b\\t\\v\\x0c\\x07"},
                            {"\x1b[31m", "\\x1b[31m"},
                            {"\x7f\x80\xff", "\\x7f\\x80\\xff"},
                            {"caf\xc3\xa9", "caf\\xc3\\xa9"},
                            {"nul\0!"s, "nul\\x00!"},
                            {"", ""}}));
  CHECK(escaped(given) == shown);
}

TEST_CASE("every byte is escaped to printable ASCII that means only itself") {
  for (int value = 0; value < 256; ++value) {
    const std::string given(1, static_cast<char>(value));
    const auto shown = escaped(given);
    INFO(value);
    CHECK_FALSE(shown.empty());
    for (const char each : shown) {
      CHECK((each >= 0x20 && each < 0x7f));
    }
    CHECK((shown == given) == (value >= 0x20 && value < 0x7f && value != '"' && value != '\\'));
  }
}

TEST_CASE("a user can neither end its field nor its line") {
  const auto shown = [](std::string_view user) {
    const auto line = line_of({.remote = "a",
                               .user = user,
                               .at = moment(2026, 1, 2, 3, 4, 5, 0),
                               .request = "r",
                               .status = 200,
                               .bytes = 1,
                               .referer = {},
                               .agent = {}});
    return line.substr(4, line.find(" [02/Jan") - 4);
  };
  CHECK(shown("frank") == "frank");
  CHECK(shown("- [x] \"GET\r\n") == "-\\x20[x]\\x20\\\"GET\\r\\n");
  CHECK(shown(" ") == "\\x20");
}

TEST_CASE("the user of basic authorization") {
  using row = std::pair<std::string, std::optional<std::string>>;
  const auto [field, user] = GENERATE(values<row>({
      {"Basic dTpw", "u"},
      {"bASIC   QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin"},
      {"Basic OnB3", ""},                  // `:pw`
      {"Basic YTpiOmM=", "a"},             // `a:b:c`
      {"Basic DQoiAP86", "\r\n\"\0\xff"s}, // bytes of every kind
      {"Basic dTp???", "u"},               // the password is nobody's business here
      {"Basic dQ==", std::nullopt},        // no colon
      {"Basic dXVq", std::nullopt},
      {"Basic ", std::nullopt},
      {"Basic", std::nullopt},
      {"", std::nullopt},
      {"Basic dT pw", std::nullopt}, // `u:pw` interrupted
      {"Basic \xff", std::nullopt},
      {"Bearer dTpw", std::nullopt},
  }));
  CHECK(kraken::wire::basic_user(field) == user);
}
