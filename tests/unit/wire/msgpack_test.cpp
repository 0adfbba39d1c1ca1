// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// MessagePack both ways: every format of the specification, our reader and writer held against
/// msgpack-cxx, limits, and lengths that lie.
#include "kraken/wire/msgpack.hpp"

#include "kraken/wire/msgpack_stream.hpp"
#include "vector_file.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>

using namespace std::string_literals;
using kraken::test::from_hex;
using kraken::test::to_hex;
using kraken::wire::byte_buffer;
using kraken::wire::msgpack_reader;
using kraken::wire::msgpack_type;
using kraken::wire::msgpack_value;
namespace wire = kraken::wire;

namespace {

/// Writes with `pack` and gives the hex of it.
template <class Pack>
std::string packed(Pack pack) {
  byte_buffer out;
  pack(out);
  return to_hex(out.view());
}

std::string nested_arrays(std::size_t depth) {
  return std::string(depth, '\x91') + "\xc0";
}

} // namespace

TEST_CASE("numbers are written in their shortest form") {
  const auto [value, hex] = GENERATE(table<std::int64_t, std::string>({
      {0, "00"},
      {127, "7f"},
      {128, "cc80"},
      {255, "ccff"},
      {256, "cd0100"},
      {65'535, "cdffff"},
      {65'536, "ce00010000"},
      {4'294'967'295, "ceffffffff"},
      {4'294'967'296, "cf0000000100000000"},
      {std::numeric_limits<std::int64_t>::max(), "cf7fffffffffffffff"},
      {-1, "ff"},
      {-32, "e0"},
      {-33, "d0df"},
      {-128, "d080"},
      {-129, "d1ff7f"},
      {-32'768, "d18000"},
      {-32'769, "d2ffff7fff"},
      {-2'147'483'648LL, "d280000000"},
      {-2'147'483'649LL, "d3ffffffff7fffffff"},
      {std::numeric_limits<std::int64_t>::min(), "d38000000000000000"},
  }));
  CHECK(packed([v = value](byte_buffer& out) { wire::pack_int(out, v); }) == hex);
  const std::string bytes = from_hex(hex);
  msgpack_reader reader{bytes};
  CHECK(reader.read_int() == value);
  CHECK(reader.ok());
  CHECK(reader.at_end());
  const auto tree = wire::unpack_value(bytes);
  REQUIRE(tree);
  CHECK(tree->number(7) == value);
  CHECK(packed([&](byte_buffer& out) { wire::pack_value(out, *tree); }) == hex);
  msgpack_reader as_unsigned{bytes};
  CHECK(as_unsigned.read_uint() == (value < 0 ? 0U : static_cast<std::uint64_t>(value)));
  CHECK(as_unsigned.ok() == (value >= 0));
}

TEST_CASE("the largest number and the small types") {
  CHECK(packed([](byte_buffer& out) { wire::pack_uint(out, ~0ULL); }) == "cfffffffffffffffff");
  CHECK(packed([](byte_buffer& out) { wire::pack_nil(out); }) == "c0");
  CHECK(packed([](byte_buffer& out) { wire::pack_bool(out, true); }) == "c3");
  CHECK(packed([](byte_buffer& out) { wire::pack_bool(out, false); }) == "c2");
  CHECK(packed([](byte_buffer& out) { wire::pack_real(out, 1.5); }) == "cb3ff8000000000000");
  const auto bytes = from_hex("cfffffffffffffffff c0 c3 c2 cb3ff8000000000000 ca3fc00000 d005");
  msgpack_reader reader{bytes};
  CHECK(reader.peek() == msgpack_type::uint);
  CHECK(reader.read_uint() == ~0ULL);
  CHECK(reader.peek() == msgpack_type::nil);
  reader.read_nil();
  CHECK(reader.read_bool());
  CHECK_FALSE(reader.read_bool());
  CHECK(reader.peek() == msgpack_type::real);
  CHECK(reader.read_real() == 1.5);
  CHECK(reader.read_real() == 1.5);
  CHECK(reader.read_uint() == 5); // a positive number in a signed form
  CHECK(reader.ok());
  CHECK(reader.peek() == msgpack_type::end);
  CHECK(reader.left() == 0);
}

TEST_CASE("lengths are written in their shortest form and read back") {
  const auto [size, str, bin, array, map] =
      GENERATE(table<std::uint32_t, std::string, std::string, std::string, std::string>({
          {0, "a0", "c400", "90", "80"},
          {15, "af", "c40f", "9f", "8f"},
          {16, "b0", "c410", "dc0010", "de0010"},
          {31, "bf", "c41f", "dc001f", "de001f"},
          {32, "d920", "c420", "dc0020", "de0020"},
          {255, "d9ff", "c4ff", "dc00ff", "de00ff"},
          {256, "da0100", "c50100", "dc0100", "de0100"},
          {65'535, "daffff", "c5ffff", "dcffff", "deffff"},
          {65'536, "db00010000", "c600010000", "dd00010000", "df00010000"},
      }));
  const std::string text(size, 'x');
  const auto n = size;
  CHECK(packed([&](byte_buffer& out) { wire::pack_str(out, text); }) == str + to_hex(text));
  CHECK(packed([&](byte_buffer& out) { wire::pack_bin(out, text); }) == bin + to_hex(text));
  CHECK(packed([&](byte_buffer& out) { wire::pack_array_head(out, n); }) == array);
  CHECK(packed([&](byte_buffer& out) { wire::pack_map_head(out, n); }) == map);
  const auto bytes = from_hex(str) + text + from_hex(bin) + text + from_hex(str) + text +
                     from_hex(array) + std::string(size, '\0') + from_hex(map) +
                     std::string(size * 2, '\0');
  msgpack_reader reader{bytes};
  CHECK(reader.read_str() == text);
  CHECK(reader.read_bytes() == text);
  CHECK(reader.read_bytes() == text);
  CHECK(reader.skip().size() == from_hex(array).size() + size);
  CHECK(reader.read_map() == size);
  CHECK(reader.ok());
  CHECK(reader.left() == size * 2);
}

TEST_CASE("a read of the wrong type fails for good and moves nothing") {
  const auto bytes = from_hex("a161 01");
  const auto attempt = GENERATE(range(0, 9));
  msgpack_reader reader{bytes};
  switch (attempt) {
  case 0:
    CHECK(reader.read_uint() == 0);
    break;
  case 1:
    CHECK(reader.read_int() == 0);
    break;
  case 2:
    CHECK_FALSE(reader.read_bool());
    break;
  case 3:
    CHECK(reader.read_real() == 0);
    break;
  case 4:
    CHECK(reader.read_array() == 0);
    break;
  case 5:
    CHECK(reader.read_map() == 0);
    break;
  case 6:
    reader.read_nil();
    break;
  case 7:
    reader.fail();
    break;
  default: {
    msgpack_reader number{std::string_view{bytes}.substr(2)};
    CHECK(number.read_str().empty());
    CHECK_FALSE(number.ok());
    msgpack_reader other{std::string_view{bytes}.substr(2)};
    CHECK(other.read_bytes().empty());
    CHECK_FALSE(other.ok());
    reader.fail();
    break;
  }
  }
  CHECK_FALSE(reader.ok());
  CHECK(reader.left() == bytes.size());
  CHECK(reader.peek() == msgpack_type::invalid);
  CHECK(reader.read_str().empty());
  CHECK(reader.read_bytes().empty());
  CHECK(reader.read_uint() == 0);
  CHECK(reader.read_int() == 0);
  CHECK_FALSE(reader.read_bool());
  CHECK(reader.read_real() == 0);
  CHECK(reader.read_array() == 0);
  CHECK(reader.skip().empty());
  CHECK(reader.left() == bytes.size());
}

TEST_CASE("an unsigned number that does not fit a signed one is refused") {
  const auto bytes = from_hex("cf8000000000000000");
  msgpack_reader reader{bytes};
  CHECK(reader.read_int() == 0);
  CHECK_FALSE(reader.ok());
  CHECK(wire::unpack_value(bytes)->number(3) == 3);
}

TEST_CASE("whole values are skipped, whatever they are") {
  const auto hex = GENERATE(as<std::string>{},
                            "00",
                            "ff",
                            "c0",
                            "c2",
                            "ca00000000",
                            "cb0000000000000000",
                            "cc00",
                            "cd0000",
                            "ce00000000",
                            "cf0000000000000000",
                            "d000",
                            "d10000",
                            "d200000000",
                            "d30000000000000000",
                            "a161",
                            "d90161",
                            "da000161",
                            "db0000000161",
                            "c40161",
                            "c5000161",
                            "c6000000 0161",
                            "90",
                            "9201 02",
                            "dc000101",
                            "dd0000000101",
                            "80",
                            "810102",
                            "de00010102",
                            "df000000010102",
                            "d40100",
                            "d5010000",
                            "d60100000000",
                            "d7010000000000000000",
                            "d80100000000000000000000000000000000",
                            "c7010100",
                            "c800010100",
                            "c90000000101 00",
                            "82a16191c0a16281a1639293c0c0c001");
  INFO(hex);
  const auto bytes = from_hex(hex);
  msgpack_reader reader{bytes};
  CHECK(reader.skip() == bytes);
  CHECK(reader.ok());
  CHECK(reader.at_end());
  CHECK(wire::is_msgpack(bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto part = std::string_view{bytes}.substr(0, size);
    msgpack_reader cut{part};
    CHECK(cut.skip().empty());
    CHECK_FALSE(cut.ok());
    CHECK_FALSE(wire::is_msgpack(part));
  }
  CHECK_FALSE(wire::is_msgpack(bytes + "\xc0"));
}

TEST_CASE("our reader and msgpack-cxx judge every two-byte beginning alike") {
  std::string bytes(24, '\0');
  for (unsigned number = 0; number < 0x10000; ++number) {
    bytes[0] = static_cast<char>(number >> 8U);
    bytes[1] = static_cast<char>(number & 0xffU);
    msgpack_reader reader{bytes};
    const std::string whole{reader.skip()};
    const bool ours = reader.ok();
    const bool theirs = ours ? wire::is_msgpack(whole) : !wire::is_msgpack(bytes);
    if (!theirs) {
      FAIL("bytes " << to_hex(bytes));
    }
  }
}

TEST_CASE("lengths that lie cost nothing") {
  const auto hex = GENERATE(as<std::string>{},
                            "ddffffffff",
                            "dfffffffff",
                            "dbffffffff",
                            "c6ffffffff",
                            "c9ffffffff01",
                            "df80000000c0c0",
                            "dd0000000201",
                            "c1");
  const auto bytes = from_hex(hex);
  INFO(hex);
  msgpack_reader reader{bytes};
  CHECK(reader.skip().empty());
  CHECK_FALSE(reader.ok());
  CHECK_FALSE(wire::is_msgpack(bytes));
  CHECK_FALSE(wire::unpack_value(bytes));
}

TEST_CASE("depth has a limit") {
  const auto deepest = nested_arrays(kraken::limits::msgpack_depth_max);
  const auto deeper = nested_arrays(kraken::limits::msgpack_depth_max + 1);
  CHECK(msgpack_reader{deepest}.skip() == deepest);
  CHECK(msgpack_reader{deeper}.skip().empty());
  CHECK(wire::is_msgpack(deepest));
  CHECK_FALSE(wire::is_msgpack(deeper));
  // An empty container counts like any other.
  const auto empty_last = std::string(kraken::limits::msgpack_depth_max, '\x91') + "\x80";
  CHECK(msgpack_reader{empty_last}.skip().empty());
  CHECK_FALSE(wire::is_msgpack(empty_last));
  CHECK(wire::unpack_value(deepest));
  CHECK_FALSE(wire::unpack_value(deeper));
  CHECK_FALSE(wire::unpack_value(nested_arrays(100'000)));
}

TEST_CASE("a tree has a limited number of values") {
  byte_buffer out;
  wire::pack_array_head(out, static_cast<std::uint32_t>(kraken::limits::msgpack_values_max));
  out.append(std::string(kraken::limits::msgpack_values_max, '\0'));
  CHECK(wire::is_msgpack(out.view()));
  const auto refused = wire::unpack_value(out.view());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == kraken::errc::parse_error);
  std::string arrays = from_hex("dd00010000") + std::string(65'536, '\x90');
  CHECK_FALSE(wire::unpack_value(arrays));
}

TEST_CASE("trees survive the way there and back") {
  const auto bytes = from_hex("88 a16101 a162ff a163c0 a164c3 a165cb3ff8000000000000 a166c4020001"
                              "a167 93 01a178 80 0790");
  const auto tree = wire::unpack_value(bytes);
  REQUIRE(tree);
  CHECK(packed([&](byte_buffer& out) { wire::pack_value(out, *tree); }) == to_hex(bytes));
  CHECK(tree->find("a")->number() == 1);
  CHECK(tree->find("b")->number() == -1);
  CHECK(tree->find("c")->text("none") == "none");
  CHECK(tree->find("g")->find("a") == nullptr);
  CHECK(std::get<msgpack_value::array>(tree->find("g")->data)[1].text() == "x");
  CHECK(std::get<msgpack_value::binary>(tree->find("f")->data).bytes == "\0\1"s);
  CHECK(std::get<double>(tree->find("e")->data) == 1.5);
  CHECK(tree->find("zzz") == nullptr);
  CHECK(tree->find("a")->text() == "");
  CHECK(tree->find("d")->number(9) == 9);
  CHECK(*tree == *wire::unpack_value(bytes));
  CHECK_FALSE(*tree == *tree->find("a"));
  CHECK_FALSE(*wire::unpack_value(from_hex("810102")) == *wire::unpack_value(from_hex("810202")));
  CHECK_FALSE(*wire::unpack_value(from_hex("810102")) == *wire::unpack_value(from_hex("810103")));
  CHECK_FALSE(*tree->find("f") == *wire::unpack_value(from_hex("c4020002")));
  CHECK(std::get<double>(wire::unpack_value(from_hex("ca3fc00000"))->data) == 1.5);
}

TEST_CASE("trees have no extension types") {
  CHECK(wire::is_msgpack(from_hex("d40100")));
  CHECK_FALSE(wire::unpack_value(from_hex("d40100")));
  CHECK_FALSE(wire::unpack_value(""));
}
