// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a worker's log frames become.
#include "kraken/bridge/worker_words.hpp"

#include "kraken/wire/msgpack.hpp"

#include <catch2/catch.hpp>

namespace kraken::bridge::test {

namespace {

wire::msgpack_value text_value(std::string text) {
  return {std::move(text)};
}

std::string packed_map(std::vector<wire::msgpack_value> keys,
                       std::vector<wire::msgpack_value> values) {
  wire::byte_buffer out;
  wire::pack_value(out, {wire::msgpack_value::map{std::move(keys), std::move(values)}});
  return std::string{out.view()};
}

} // namespace

TEST_CASE("a worker's message stands with its context in one line") {
  const auto context =
      packed_map({text_value("at"), text_value("n"), text_value("list")},
                 {text_value("a.php:3"),
                  {std::uint64_t{7}},
                  {wire::msgpack_value::array{{true}, {std::int64_t{-1}}, {std::monostate{}}}}});
  const auto words = words_of({"warn", "slow", context});
  CHECK(words.level == "warn");
  CHECK(words.lines == std::vector<std::string>{"slow at=a.php:3 n=7 list=[true -1 null]"});
}

TEST_CASE("a message without a context stands alone") {
  CHECK(words_of({"info", "hello", {}}).lines == std::vector<std::string>{"hello"});
}

TEST_CASE("stray output comes line by line and without a level") {
  const auto context = packed_map({text_value("text")}, {text_value("one\n\ntwo")});
  const auto words = words_of({"info", "output", context});
  CHECK(words.level.empty());
  CHECK(words.lines == std::vector<std::string>{"one", "", "two"});
}

} // namespace kraken::bridge::test
