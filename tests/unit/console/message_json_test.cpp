// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Values between JSON and MessagePack.
#include "console/message_json.hpp"

#include "kraken/base/limits.hpp"

#include <catch2/catch.hpp>

using namespace kraken;
using namespace std::string_literals;

TEST_CASE("values keep their type on the way into MessagePack and back") {
  struct row {
    std::string json;
    std::string bytes;
  };
  const auto at = GENERATE(row{"null", "\xc0"s},
                           row{"true", "\xc3"s},
                           row{"7", "\x07"s},
                           row{"-1", "\xff"s},
                           row{"18446744073709551615", "\xcf\xff\xff\xff\xff\xff\xff\xff\xff"s},
                           row{"1.5", "\xcb\x3f\xf8\0\0\0\0\0\0"s},
                           row{"\"a\\n\"", "\xa2"s + "a\n"},
                           row{"[1,[]]", "\x92\x01\x90"s},
                           row{"{\"b\":1,\"a\":{}}",
                               "\x82\xa1"
                               "b\x01\xa1"
                               "a\x80"s});
  CAPTURE(at.json);
  const auto packed = console::message_from_json(at.json);
  REQUIRE(packed);
  CHECK(*packed == at.bytes);
  CHECK(console::json_from_message(*packed).value() == at.json);
}

TEST_CASE("what JSON does not have becomes what is nearest") {
  CHECK(console::json_from_message("").value() == "null");
  CHECK(console::json_from_message("\xc4\x02"
                                   "ab"s)
            .value() == "\"ab\"");
  CHECK(console::json_from_message("\xa1\xff"s).value() == "\"\xef\xbf\xbd\"");
  CHECK(console::json_from_message("\x81\x07\x01"s).value() == "{\"7\":1}");
  CHECK(console::json_from_message("\xcb\x7f\xf0\0\0\0\0\0\0"s).value() == "null");
}

TEST_CASE("texts that are no value") {
  CHECK(console::message_from_json("hello").error().context ==
        "expected JSON, got 'hello' (a text is written in double quotes, or with --text)");
  CHECK_FALSE(console::message_from_json(""));
  CHECK_FALSE(console::message_from_json("1 2"));
  CHECK(console::json_from_message("\x92\x01"s).error().code == errc::protocol_error);
}

TEST_CASE("values are nested as deep as MessagePack may be, no deeper") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  const auto packed = console::message_from_json(nested(limits::msgpack_depth_max - 1));
  REQUIRE(packed);
  CHECK(console::json_from_message(*packed));
  CHECK_FALSE(console::message_from_json(nested(limits::msgpack_depth_max)));
  CHECK_FALSE(console::message_from_json(nested(1'000'000)));
  CHECK(console::message_from_json('"' + std::string(200, '[') + "\\\"\""));
}
