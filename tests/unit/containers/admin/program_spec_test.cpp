// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Command lines of `process:create`.
#include "containers/admin/program_spec.hpp"

#include <catch2/catch.hpp>

using namespace kraken;
using containers::program_spec;

TEST_CASE("a command line is split at blanks, quotes keep them") {
  using words = std::vector<std::string>;
  const auto [text, expected] = GENERATE(table<std::string, words>({
      {"Test", {"Test"}},
      {"php worker.php --fast", {"php", "worker.php", "--fast"}},
      {"  a \t b  ", {"a", "b"}},
      {"'a b' c", {"a b", "c"}},
      {"\"a b\" 'c \"d\"'", {"a b", "c \"d\""}},
      {"a'b c'd", {"ab cd"}},
      {"a '' b", {"a", "", "b"}},
      {"--name=\"x y\"", {"--name=x y"}},
      {"a;b $C *.php `d`", {"a;b", "$C", "*.php", "`d`"}}, // there is no shell
  }));
  CAPTURE(text);
  const auto spec = program_spec("w1", text);
  REQUIRE(spec);
  CHECK(spec->start == expected);
  CHECK(spec->id == "w1");
  CHECK(spec->kind == "process");
  CHECK(spec->name == text);
}

TEST_CASE("a command line that is none is refused") {
  const auto [alias, text, says] = GENERATE(table<std::string, std::string, std::string>({
      {"w1", "", "cannot be null"},
      {"w1", " \t ", "cannot be null"},
      {"w1", "a 'b", "open quote"},
      {"w1", "\"", "open quote"},
      {"", "a", ""},
      {"a/b", "a", ""},
  }));
  CAPTURE(alias, text);
  const auto spec = program_spec(alias, text);
  REQUIRE_FALSE(spec);
  CHECK(spec.error().code == errc::invalid_argument);
  CHECK(spec.error().text().find(says) != std::string::npos);
}
