// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// YAML as documents: places, duplicate keys, anchors, limits.
#include "config/yaml_reader.hpp"

#include <catch2/catch.hpp>

namespace {

using kraken::config::node;
using kraken::config::origin;

kraken::config::yaml_document read(std::string_view text) {
  return kraken::config::read_yaml(text, origin::file, "f.yaml");
}

std::string first_mistake(std::string_view text) {
  const auto document = read(text);
  return document.errors.empty() ? std::string{} : document.errors.front().text();
}

std::string as_json(std::string_view text) {
  const auto document = read(text);
  CHECK(document.errors.empty());
  return to_json_text(document.root, 0);
}

} // namespace

TEST_CASE("values and keys know line and column, from 1") {
  const auto document = read("a: 1\nb:\n  - x\n  - {c: y}\n");
  const auto* list = document.root.find("b");
  REQUIRE(list != nullptr);
  CHECK(document.root.find("a")->at.text() == "f.yaml:1:4");
  CHECK(document.root.entries[1].at.text() == "f.yaml:2:1");
  CHECK(list->items[0].at.text() == "f.yaml:3:5");
  CHECK(list->items[1].find("c")->at.text() == "f.yaml:4:9");
}

TEST_CASE("tabs in the indentation are all told, and the rest is read as it is meant") {
  const auto texts_of = [](const kraken::config::yaml_document& document) {
    std::string out;
    for (const auto& one : document.errors) {
      out += one.text() + "\n";
    }
    return out;
  };
  const std::string said = "a tab in the indentation, where YAML allows blanks only\n";
  const auto all = read("a:\n\tb:\n\t\t- {c: 1}\n\td: 2\n");
  CHECK(texts_of(all) == "f.yaml:2:1: " + said + "f.yaml:3:1: " + said + "f.yaml:4:1: " + said);
  CHECK(to_json_text(all.root, 0) == R"({"a":{"b":[{"c":"1"}],"d":"2"}})");
  CHECK(all.root.find("a")->find("b")->items[0].find("c")->at.text() == "f.yaml:3:9");
  const auto mixed = read("a:\n    - b\n\t- c\n    - d\n");
  CHECK(texts_of(mixed) == "f.yaml:3:1: " + said);
  CHECK(to_json_text(mixed.root, 0) == R"({"a":["b","c","d"]})");
  const auto twice = read("a:\n\tb: 1\n\tb: 2\n");
  CHECK(texts_of(twice) == "f.yaml:2:1: " + said + "f.yaml:3:1: " + said +
                               "f.yaml:3:2: duplicate key 'b' (first in line 2)\n");
  const auto more = read("a:\n\tb: 1\nc: [\n"); // and a mistake of another kind
  CHECK(texts_of(more).find("f.yaml:2:1: " + said) == 0);
  CHECK(more.errors.size() == 2);
  CHECK(as_json("a: |\n  x\n  \ty\n") == R"({"a":"x\n\ty\n"})"); // no indentation: fine
}

TEST_CASE("scalars stay text, and nothing is null") {
  CHECK(as_json("{a: 1, b: true, c: '1', d: , e: ~}") ==
        R"({"a":"1","b":"true","c":"1","d":null,"e":null})");
  CHECK(as_json("") == "null");
}

TEST_CASE("anchors, aliases and merging") {
  CHECK(as_json("a: &x {k: 1, l: 2}\nb: *x\n") ==
        R"({"a":{"k":"1","l":"2"},"b":{"k":"1","l":"2"}})");
  CHECK(as_json("a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}\n") ==
        R"({"a":{"k":"1","l":"2"},"b":{"k":"3","l":"2"}})");
}

TEST_CASE("mistakes of YAML itself") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"a: 1\nb: 2\na: 3\n", "f.yaml:3:1: duplicate key 'a' (first in line 1)"},
      {"a: [1\n", "f.yaml:2:1: end of sequence flow not found"},
      {"a: 1\n---\nb: 2\n", "f.yaml:2:1: only one YAML document is allowed"},
      {"{[a]: 1}\n", "f.yaml:1:2: a key must be text"},
      {"a: *b\n", "f.yaml:1:4: the referenced anchor is not defined"},
      {"a: {<<: 1}\n", "f.yaml:1:9: '<<' needs a map or a list of maps"},
      {"a: &a [*a]\n",
       "f.yaml:1:8: an alias inside of what it stands for: a value cannot hold itself"},
      {"\x7f"
       "ELF\x02",
       "f.yaml:1:1: expected YAML, a text in UTF-8, got the byte 0x7f"},
      {std::string("a: b\nc: \0", 9),
       "f.yaml:2:4: expected YAML, a text in UTF-8, got the byte 0x00"},
      {"a: \xc3\xa4\xff", "f.yaml:1:5: expected YAML, a text in UTF-8, got the byte 0xff"},
      {"\xff\xfe", "f.yaml:1:1: expected YAML, a text in UTF-8, got the byte 0xff"},
  }));
  CHECK(first_mistake(text) == expected);
}

TEST_CASE("only UTF-8 is taken for text, every form of it") {
  const auto [text, good] = GENERATE(table<std::string, bool>({
      {"a: b\tc\r\n", true},
      {"a: \xc2\x80\xdf\xbf", true},
      {"a: \xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xe2\x82\xac", true},
      {"a: \xf0\x90\x80\x80\xf3\x80\x80\x80\xf4\x8f\xbf\xbf", true},
      {"\xef\xbb\xbf"
       "a: b",
       true},
      {"a: \xc1\xbf", false},         // overlong
      {"a: \xe0\x9f\xbf", false},     // overlong
      {"a: \xed\xa0\x80", false},     // a surrogate
      {"a: \xf4\x90\x80\x80", false}, // beyond Unicode
      {"a: \xe2\x82", false},
      {"a: \xe2\x28\xac", false},
      {"a: \xe2\x82\x28", false},
      {"a: \x80", false},
      {"a: \x1b", false},
  }));
  CHECK(read(text).errors.empty() == good);
}

TEST_CASE("a document cannot be larger, deeper or longer than its limits") {
  const std::string large(kraken::config::yaml_bytes_max + 1, '#');
  CHECK_THAT(first_mistake(large), Catch::Contains("larger than 1048576 bytes"));
  const std::string deep(kraken::config::yaml_depth_max + 1, '[');
  CHECK_THAT(first_mistake(deep), Catch::Contains("nested deeper than 64 levels"));
  // Nine levels of nine aliases would be 387 million values.
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const auto before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int n = 0; n < 8; ++n) {
      bomb += ", " + before;
    }
    bomb += "]\n";
  }
  CHECK_THAT(first_mistake(bomb), Catch::Contains("more than 100000 values"));
}
