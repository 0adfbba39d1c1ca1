// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Questions about field names and values, and the sixteen-bytes-at-a-time loops behind them held
/// against their plain definition.
#include "kraken/wire/http1_field.hpp"

#include "kraken/wire/detail/http1_scan.hpp"
#include "kraken/wire/detail/lower_put.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <string>

using namespace std::string_literals;
using kraken::wire::header_field;
namespace wire = kraken::wire;
namespace detail = kraken::wire::detail;

TEST_CASE("the vector loops agree with their definition for every byte at every place") {
  for (std::size_t size : {1U, 15U, 16U, 17U, 33U}) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int code = 0; code < 256; ++code) {
        std::string text(size, 'a');
        text[at] = static_cast<char>(code);
        const char* const begin = text.data();
        const char* const end = begin + size;
        const auto bits = detail::char_bits[static_cast<std::size_t>(code)];
        const char* const control = (bits & detail::control_bit) != 0 ? begin + at : end;
        const char* const token = (bits & detail::token_bit) == 0 ? begin + at : end;
        const auto run = detail::scan_token(begin, end);
        // What stands before the search has to be without effect.
        const char* const from = begin + at / 2;
        text[0] = at == 0 ? text[0] : '\n';
        const char* const overlapped = detail::find_control(begin, from, end);
        text[0] = at == 0 ? text[0] : 'a';
        if ((from == begin && at != 0 ? overlapped != begin : overlapped != control) ||
            detail::find_control(begin, begin, end) != control || run.end != token ||
            run.underscore != (code == '_')) {
          FAIL("byte " << code << " at " << at << " of " << size);
        }
      }
    }
  }
}

TEST_CASE("character classes are those of the RFCs") {
  const std::string tchar = "!#$%&'*+-.^_`|~0123456789"
                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (int code = 0; code < 256; ++code) {
    const char c = static_cast<char>(code);
    INFO(code);
    CHECK(wire::is_token({&c, 1}) == (tchar.find(c) != std::string::npos));
    CHECK(wire::is_safe_value({&c, 1}) == (c != '\r' && c != '\n' && c != '\0'));
  }
  CHECK_FALSE(wire::is_token(""));
  CHECK(wire::is_safe_value(""));
  for (const std::size_t size : {4U, 8U, 16U, 17U, 40U}) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = '@';
      CHECK_FALSE(wire::is_token(text));
      text[at] = '\n';
      CHECK_FALSE(wire::is_safe_value(text));
      text[at] = '\xe4';
      CHECK(wire::is_safe_value(text));
    }
  }
  CHECK(wire::is_safe_value("a\x01"
                            "b\x7f"));
  CHECK_FALSE(wire::is_safe_value("a\x01\n"s));
}

TEST_CASE("comparison ignores the case of letters only") {
  CHECK(wire::equals_lower("Content-Type", "content-type"));
  CHECK_FALSE(wire::equals_lower("Content-Typ", "content-type"));
  CHECK_FALSE(wire::equals_lower("content\rtype", "content-type"));
  CHECK_FALSE(wire::equals_lower("@", "`"));
}

TEST_CASE("tokens of each length class are compared whole") {
  const auto word = GENERATE(as<std::string>{},
                             "Host",
                             "EXPECT",
                             "upgrade",
                             "connECTION",
                             "Content-Length",
                             "Transfer-Encoding");
  const auto is_any = [](const std::string& text) {
    return detail::token_is(text, "host") || detail::token_is(text, "expect") ||
           detail::token_is(text, "upgrade") || detail::token_is(text, "connection") ||
           detail::token_is(text, "content-length") || detail::token_is(text, "transfer-encoding");
  };
  CHECK(is_any(word));
  CHECK_FALSE(is_any(word + "x"));
  for (std::size_t i = 0; i < word.size(); ++i) {
    auto wrong = word;
    wrong[i] = 'q';
    CHECK_FALSE(is_any(wrong));
  }
}

TEST_CASE("lists are searched by element") {
  CHECK(wire::list_has("a, Close ,b", "close"));
  CHECK(wire::list_has("\tclose\t", "close"));
  CHECK(wire::list_has(",,close", "close"));
  CHECK_FALSE(wire::list_has("closed, not-close", "close"));
  CHECK_FALSE(wire::list_has("", "close"));
  CHECK_FALSE(wire::list_has(" , \t", "close"));
}

TEST_CASE("the first field of a name is found") {
  const std::array fields{header_field{"A", "1"}, header_field{"b", "2"}, header_field{"B", "3"}};
  CHECK(wire::find_header(fields, "b") == "2");
  CHECK(wire::find_header(fields, "c").empty());
}

TEST_CASE("blanks are trimmed at both ends") {
  CHECK(wire::trim_blanks(" \ta b\t ") == "a b");
  CHECK(wire::trim_blanks(" \t ").empty());
  CHECK(wire::trim_blanks("").empty());
}

TEST_CASE("names are written in canonical case") {
  std::string out(11, ' ');
  wire::copy_canonical("X-cUsTOM-iD", out.data());
  CHECK(out == "X-Custom-Id");
  wire::copy_canonical("-1a-~b-!c-z", out.data());
  CHECK(out == "-1a-~b-!c-Z");
}

TEST_CASE("every ASCII character is put in lower case at every place of a word") {
  for (std::size_t size : {0U, 1U, 3U, 4U, 7U, 8U, 9U, 16U, 20U}) {
    for (int code = 0; code < 128; ++code) {
      const std::string text(size, static_cast<char>(code));
      std::string out(size, ' ');
      detail::put_lower_token(out.data(), text);
      CHECK(out == std::string(size, detail::to_lower(static_cast<char>(code))));
    }
  }
}

TEST_CASE("each character of a name of any length keeps its place in lower case") {
  const std::string upper = "ABCDEFGHIJ-KLMNOPQRSTUVWXYZ_0123456789";
  const std::string lower = "abcdefghij-klmnopqrstuvwxyz_0123456789";
  for (std::size_t size = 0; size <= upper.size(); ++size) {
    std::string out(size + 1, '#');
    const auto* const end = detail::put_lower_token(out.data(), upper.substr(0, size));
    CHECK(end == out.data() + size);
    CHECK(out == lower.substr(0, size) + "#");
  }
}

TEST_CASE("a name is made lower case where it stands, and nothing behind it") {
  const std::string upper = "ABCDEFGHIJ-KLMNOPQRSTUVWXYZ_0123456789";
  const std::string lower = "abcdefghij-klmnopqrstuvwxyz_0123456789";
  const std::string behind = "@[`{AZaz\x80\xc1\r\nMANY MORE";
  for (std::size_t size = 0; size <= upper.size(); ++size) {
    for (std::size_t room = 0; room <= behind.size(); ++room) {
      std::string out = upper.substr(0, size) + behind.substr(0, room);
      detail::lower_in_place(out.data(), size, out.data() + out.size());
      CHECK(out == lower.substr(0, size) + behind.substr(0, room));
    }
  }
}
