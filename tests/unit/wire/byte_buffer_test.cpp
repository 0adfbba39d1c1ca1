// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The byte buffer keeps what it is given, in order, through growth, consumption and moves.
#include "kraken/wire/byte_buffer.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <utility>

using kraken::wire::byte_buffer;

TEST_CASE("a new buffer holds nothing and costs nothing") {
  const byte_buffer buffer;
  CHECK(buffer.empty());
  CHECK(buffer.size() == 0);
  CHECK(buffer.capacity() == 0);
  CHECK(buffer.view().empty());
}

TEST_CASE("bytes come out as they went in") {
  byte_buffer buffer;
  buffer.append("hello");
  buffer.append("");
  buffer.push_back(' ');
  buffer.append("world", 5);
  CHECK(buffer.view() == "hello world");
  buffer.consume(6);
  CHECK(buffer.view() == "world");
  buffer.truncate(3);
  CHECK(buffer.view() == "wor");
  buffer.consume(3);
  CHECK(buffer.empty());
  buffer.append("x");
  buffer.clear();
  CHECK(buffer.empty());
}

TEST_CASE("a reserved buffer does not move while it is filled") {
  byte_buffer buffer;
  buffer.append("abc");
  buffer.reserve(2'000);
  const char* const before = std::as_const(buffer).data();
  buffer.append(std::string(2'000, 'x'));
  CHECK(std::as_const(buffer).data() == before);
  CHECK(buffer.view().substr(0, 4) == "abcx");
}

TEST_CASE("growth keeps the content and at least doubles the capacity") {
  byte_buffer buffer;
  std::string expected;
  std::size_t growths = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto before = buffer.capacity();
    buffer.push_back(static_cast<char>('a' + i % 26));
    expected += static_cast<char>('a' + i % 26);
    growths += buffer.capacity() != before ? 1 : 0;
  }
  CHECK(buffer.view() == expected);
  CHECK(growths <= 6);
}

TEST_CASE("room at the front is used before memory is asked for") {
  byte_buffer buffer;
  buffer.append(std::string(500, 'a'));
  const auto capacity = buffer.capacity();
  buffer.consume(400);
  buffer.append(std::string(300, 'b'));
  CHECK(buffer.capacity() == capacity);
  CHECK(buffer.view() == std::string(100, 'a') + std::string(300, 'b'));
  buffer.consume(10);
  buffer.append(std::string(3'000, 'c')); // too much for moving to help
  CHECK(buffer.view() == std::string(90, 'a') + std::string(300, 'b') + std::string(3'000, 'c'));
}

TEST_CASE("prepare and commit write in place") {
  byte_buffer buffer;
  char* const at = buffer.prepare(4);
  at[0] = 'o';
  at[1] = 'k';
  buffer.commit(2);
  CHECK(buffer.view() == "ok");
}

TEST_CASE("memory above a bound is given back only by an empty buffer") {
  byte_buffer buffer;
  buffer.append(std::string(5'000, 'x'));
  buffer.release_above(1'000);
  CHECK(buffer.size() == 5'000);
  buffer.clear();
  buffer.release_above(10'000);
  CHECK(buffer.capacity() >= 5'000);
  buffer.release_above(1'000);
  CHECK(buffer.capacity() == 0);
}

TEST_CASE("a moved buffer takes its bytes with it") {
  byte_buffer first;
  first.append("abc");
  byte_buffer second{std::move(first)};
  CHECK(second.view() == "abc");
  byte_buffer third;
  third.append("zzz");
  third = std::move(second);
  CHECK(third.view() == "abc");
  third.append("d");
  CHECK(third.view() == "abcd");
}
