// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// C++ types as MessagePack and back, and what is said of values of another form.
#include "kraken/native/field_codec.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace kraken;
using native::pack;
using native::unpack;

namespace {

struct point {
  std::int32_t x = 1;
  std::optional<double> weight;
  std::string name = "p";

  friend bool operator==(const point&, const point&) = default;
};

template <class T>
void same(const T& what) {
  const auto read = unpack<T>(*pack(what));
  REQUIRE(read);
  CHECK(*read == what);
}

template <class T>
std::string refusal(std::string_view bytes) {
  const auto read = unpack<T>(bytes);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == errc::invalid_argument);
  return read.error().context;
}

} // namespace

template <>
struct kraken::native::fields<point> {
  static constexpr auto list = std::tuple{
      field{"x", &point::x}, field{"weight", &point::weight}, field{"name", &point::name}};
};

struct typed {
  std::string key;
  int value = 0;
};

template <>
struct kraken::native::fields<typed> {
  static constexpr auto list = std::tuple{field{"key", &typed::key}, field{"value", &typed::value}};
  static constexpr bool no_others = true;
};

TEST_CASE("fields that nobody knows are refused where that is wanted") {
  const auto read = unpack<typed>(*pack(typed{"a", 7}));
  REQUIRE(read);
  CHECK(read->value == 7);
  CHECK(unpack<typed>(*pack(std::map<std::string, int>{{"value", 3}}))->value == 3);
  using texts = std::map<std::string, std::string>;
  CHECK(refusal<typed>(*pack(texts{{"key", "a"}, {"valeu", "1"}})) ==
        "there is no field 'valeu' (did you mean 'value'?)");
  CHECK(refusal<typed>(*pack(texts{{"colour", "red"}})) ==
        "there is no field 'colour', only: key, value");
  CHECK(refusal<typed>(*pack(3)) == "expected a map of its fields, found a number");
  CHECK(refusal<typed>("\x81\x01\x02") == "expected a map of its fields, found a number at byte 1");
  CHECK(unpack<point>(*pack(texts{{"colour", "red"}}))->name == "p");
}

TEST_CASE("what is written is read back") {
  same(true);
  same(std::int64_t{-5});
  same(std::numeric_limits<std::int64_t>::min());
  same(std::numeric_limits<std::uint64_t>::max());
  same(std::uint8_t{255});
  same(2.5);
  same(std::string("grüße"));
  same(std::vector<std::string>{"a", "", "c"});
  same(std::map<std::string, std::vector<int>>{{"a", {1, 2}}, {"b", {}}});
  same(std::optional<int>{});
  same(std::optional<int>{3});
  same(point{});
  same(point{-7, 0.5, "seven"});
  same(std::vector<point>(3));
  same(*wire::unpack_value(*pack(std::vector<int>{1, 2})));
}

TEST_CASE("texts of any type are text") {
  CHECK(*pack("abc") == *pack(std::string("abc")));
  CHECK(*pack(std::string_view("abc")) == *pack(std::string("abc")));
}

TEST_CASE("numbers are read from the forms other languages write") {
  CHECK(*unpack<double>(*pack(2)) == 2.0);
  CHECK(*unpack<double>(*pack(-2)) == -2.0);
  CHECK(*unpack<std::string>(std::string("\xc4\x01x")) == "x"); // bytes
}

TEST_CASE("fields that are missing keep their value, unknown ones are passed over") {
  const std::map<std::string, std::string> other{{"name", "n"}, {"colour", "red"}};
  const auto read = unpack<point>(*pack(other));
  REQUIRE(read);
  CHECK(*read == point{1, std::nullopt, "n"});
}

TEST_CASE("a value of another form is refused with what was found and where") {
  CHECK(refusal<std::string>(*pack(3)) == "expected text, found a number");
  CHECK(refusal<bool>(*pack("x")) == "expected a truth value, found text");
  CHECK(refusal<std::int8_t>(*pack(300)) == "expected a whole number in range, found a number");
  CHECK(refusal<std::uint8_t>(*pack(-1)) == "expected a whole number in range, found a number");
  CHECK(refusal<int>(*pack(1.5)) == "expected a whole number in range, found a number");
  CHECK(refusal<std::vector<int>>(*pack(std::vector<std::string>{"a"})) ==
        "expected a list, found text at byte 1");
  CHECK(refusal<point>(*pack(std::map<std::string, int>{{"name", 1}})) ==
        "expected a map of its fields, found a number at byte 6");
  CHECK(refusal<int>("") == "expected a whole number in range, found the end");
  CHECK(refusal<int>("\x01\x02") ==
        "expected a whole number in range and nothing after it at byte 1");
  CHECK(refusal<native::value>("\xc1") == "expected a value, found no MessagePack");
  CHECK(refusal<std::vector<int>>(std::string("\xdd\x7f\xff\xff\xff", 5)) ==
        "expected a list, found a list");
  CHECK(refusal<std::monostate>(*pack(1)) == "expected nothing, found a number");
}
