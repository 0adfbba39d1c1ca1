// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// No content of a field can forge a line, a field or a terminal escape.
#include "kraken/base/log_line.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

namespace kraken::log {

namespace {

// 2025-01-31T09:05:03.007Z
const std::chrono::system_clock::time_point moment{std::chrono::milliseconds{1'738'314'303'007}};

std::string text_of(std::string_view value) {
  const auto line = render(format::text, moment, level::info, "e", {{"k", value}});
  return line.substr(line.find("k=") + 2);
}

std::string json_of(std::string_view value) {
  const auto line = render(format::json, moment, level::info, "e", {{"k", value}});
  const auto at = line.find("\"k\":") + 4;
  return line.substr(at, line.size() - at - 1);
}

struct escaping {
  std::string value;
  std::string text;
  std::string json;
};

} // namespace

TEST_CASE("an event in text") {
  CHECK(render(format::text,
               moment,
               level::warn,
               "container_failed",
               {{"container", "Main/T1"},
                {"reason", "exit code 255"},
                {"restarts", 2},
                {"parked", false},
                {"note", ""}}) ==
        "2025-01-31T09:05:03.007Z WARN  container_failed container=Main/T1 "
        "reason=\"exit code 255\" restarts=2 parked=false note=\"\"");
  CHECK(render(format::text, moment, level::error, "e", {}) == "2025-01-31T09:05:03.007Z ERROR e");
}

TEST_CASE("an event in JSON") {
  CHECK(render(format::json,
               moment,
               level::debug,
               "container_failed",
               {{"container", "Main/T1"}, {"restarts", -2}, {"parked", true}}) ==
        "{\"time\":\"2025-01-31T09:05:03.007Z\",\"level\":\"debug\","
        "\"event\":\"container_failed\",\"container\":\"Main/T1\",\"restarts\":-2,"
        "\"parked\":true}");
}

TEST_CASE("time before 1970 and at a whole second") {
  using std::chrono::milliseconds;
  const std::chrono::system_clock::time_point before{milliseconds{-1}};
  CHECK(render(format::text, before, level::info, "e", {}) == "1969-12-31T23:59:59.999Z INFO  e");
  CHECK(render(format::text, {}, level::info, "e", {}) == "1970-01-01T00:00:00.000Z INFO  e");
}

TEST_CASE("content is escaped") {
  const auto one = GENERATE(
      escaping{"plain", "plain", R"("plain")"},
      escaping{"two words", R"("two words")", R"("two words")"},
      escaping{"a=b", R"("a=b")", R"("a=b")"},
      escaping{R"(say "hi" \ bye)", R"("say \"hi\" \\ bye")", R"("say \"hi\" \\ bye")"},
      escaping{"forged\n2025-01-31T09:05:03.007Z ERROR panic",
               R"("forged\x0a2025-01-31T09:05:03.007Z ERROR panic")",
               R"("forged\n2025-01-31T09:05:03.007Z ERROR panic")"},
      escaping{"\r", R"("\x0d")", R"("\u000d")"},
      escaping{"\x1b[2J", R"("\x1b[2J")", R"("\u001b[2J")"},
      escaping{std::string(1, '\0'), R"("\x00")", R"("\u0000")"},
      escaping{"\x7f", R"("\x7f")", R"("\u007f")"},
      escaping{"\xc2\x9b", R"("\xc2\x9b")", R"("\u009b")"}, // C1: CSI
      escaping{"\xc2\x85", R"("\xc2\x85")", R"("\u0085")"}, // C1: next line
      escaping{"\xe2\x80\xa8", R"("\xe2\x80\xa8")", R"("\u2028")"},
      escaping{"\xe2\x80\xa9", R"("\xe2\x80\xa9")", R"("\u2029")"},
      escaping{"\xc3\xa9", "\"\xc3\xa9\"", "\"\xc3\xa9\""},             // e acute stays
      escaping{"\xe2\x82\xac", "\"\xe2\x82\xac\"", "\"\xe2\x82\xac\""}, // euro stays
      escaping{"\xf0\x9f\x90\x99", "\"\xf0\x9f\x90\x99\"", "\"\xf0\x9f\x90\x99\""},
      // Not UTF-8: stray, cut short, overlong, surrogate, beyond Unicode.
      escaping{"\x9b", R"("\x9b")", R"("\ufffd")"},
      escaping{"\xff", R"("\xff")", R"("\ufffd")"},
      escaping{"a\xe2\x82", R"("a\xe2\x82")", R"("a\ufffd\ufffd")"},
      escaping{"\xe2\x82x", R"("\xe2\x82x")", R"("\ufffd\ufffdx")"},
      escaping{"\xc0\x8a", R"("\xc0\x8a")", R"("\ufffd\ufffd")"},
      escaping{"\xe0\x80\x8a", R"("\xe0\x80\x8a")", R"("\ufffd\ufffd\ufffd")"},
      escaping{"\xed\xa0\x80", R"("\xed\xa0\x80")", R"("\ufffd\ufffd\ufffd")"},
      escaping{"\xf4\x90\x80\x80", R"("\xf4\x90\x80\x80")", R"("\ufffd\ufffd\ufffd\ufffd")"});
  CHECK(text_of(one.value) == one.text);
  CHECK(json_of(one.value) == one.json);
}

TEST_CASE("whatever bytes come, a line stays one line of harmless bytes") {
  const auto harmless = [](const std::string& line) {
    return std::all_of(line.begin(),
                       line.end(),
                       [](char c) {
                         const auto byte = static_cast<unsigned char>(c);
                         return byte >= 0x20U && byte != 0x7fU;
                       }) &&
           line.find("\xc2\x9b") == std::string::npos;
  };
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      const std::string value{static_cast<char>(first), static_cast<char>(second), 'x'};
      if (!harmless(text_of(value)) || !harmless(json_of(value))) {
        FAIL("bytes " << first << ", " << second);
      }
    }
  }
}

TEST_CASE("names of events and fields cannot break out either") {
  CHECK(render(format::text, moment, level::info, "a\nb", {{"x y", "1"}}) ==
        "2025-01-31T09:05:03.007Z INFO  \"a\\x0ab\" \"x y\"=1");
  CHECK(render(format::json, moment, level::info, "a\"b", {{"x\"y", "1"}}) ==
        "{\"time\":\"2025-01-31T09:05:03.007Z\",\"level\":\"info\",\"event\":\"a\\\"b\","
        "\"x\\\"y\":\"1\"}");
}

} // namespace kraken::log
