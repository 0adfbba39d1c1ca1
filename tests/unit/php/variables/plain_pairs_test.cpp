// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which queries and cookies are plain, and what stands in them.
#include "php/native/variables/plain_pairs.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>

namespace kraken::php {

namespace {

/// `name=value|`... ; nothing: not plain.
std::optional<std::string> pairs_of(std::string_view text, const pair_rules& rules) {
  std::string out;
  plain_pair_reader reader{text, rules};
  for (plain_pair each; reader.next(each);) {
    out.append(each.name).append("=").append(each.value).append("|");
  }
  return reader.whole() ? std::optional{out} : std::nullopt;
}

} // namespace

TEST_CASE("a plain query is its pairs as they are") {
  const auto [text, is] = GENERATE(table<std::string, std::string>(
      {{"", ""},
       {"a=1", "a=1|"},
       {"a=1&b=2&a=3", "a=1|b=2|a=3|"},
       {"a", "a=|"},
       {"a=&b", "a=|b=|"},
       {"&&a=1&&", "a=1|"},
       {"_A9-z=x=y;z", "_A9-z=x=y;z|"},
       {"a=\xc3\xa9/?:@-._~!$'()*,", "a=\xc3\xa9/?:@-._~!$'()*,|"}}));
  CHECK(pairs_of(text, query_rules) == is);
}

TEST_CASE("what PHP decodes, renames or takes for an array or an index is not plain") {
  const std::string text = GENERATE("a=%31",
                                    "a=1+1",
                                    "%61=1",
                                    "a+b=1",
                                    "a.b=1",
                                    "a b=1",
                                    "a[]=1",
                                    "a[b=1",
                                    "1=a",
                                    "-1=a",
                                    "=1",
                                    " a=1",
                                    "\xc3\xa9=1");
  CHECK_FALSE(pairs_of(text, query_rules));
  CHECK_FALSE(pairs_of("ok=1&" + text + "&ok=2", query_rules));
}

TEST_CASE("cookies are separated by semicolons, with blanks before a name") {
  CHECK(pairs_of("a=1; b=2;c=3", cookie_rules) == "a=1|b=2|c=3|");
  CHECK(pairs_of(" \t a=1 ;; ", cookie_rules) == "a=1 |");
  CHECK(pairs_of("a=1+1&b", cookie_rules) == "a=1+1&b|");
  CHECK(pairs_of("__Host-a=1", cookie_rules) == "__Host-a=1|");
  CHECK_FALSE(pairs_of("a=%20", cookie_rules));
  CHECK_FALSE(pairs_of("a; =1", cookie_rules));
}

} // namespace kraken::php
