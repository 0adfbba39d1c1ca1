// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Lines split into words.
#include "kraken/base/words.hpp"

#include <catch2/catch.hpp>

using texts = std::vector<std::string>;

TEST_CASE("words: blanks and quotes") {
  const auto [line, words] = GENERATE(table<std::string, texts>({
      {"", {}},
      {"  \t ", {}},
      {"sleep 600", {"sleep", "600"}},
      {" a\tb ", {"a", "b"}},
      {"sh -c 'echo a; exit 1'", {"sh", "-c", "echo a; exit 1"}},
      {R"(a"b c"d "" 'it"s')", {"ab cd", "", "it\"s"}},
  }));
  CAPTURE(line);
  CHECK(kraken::split_words(line).value() == words);
}

TEST_CASE("words: an open quote is a mistake") {
  CHECK(kraken::split_words("a 'b").error().context == "'a 'b' has an open quote");
}
