// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Durations and sizes as text, both ways.
#include "kraken/base/units.hpp"

#include <catch2/catch.hpp>

namespace kraken {

TEST_CASE("durations are read") {
  const auto [text, expected] = GENERATE(table<const char*, std::int64_t>({
      {"0", 0},
      {"0s", 0},
      {"1ms", 1},
      {"1500ms", 1'500},
      {"10s", 10'000},
      {"5m", 300'000},
      {"2h", 7'200'000},
      {"1d", 86'400'000},
      {"1us", 1},
      {"1000us", 1},
      {"1001us", 2},
      {"9223372036854775807ms", 9'223'372'036'854'775'807},
  }));
  INFO(text);
  CHECK(parse_duration(text) == milliseconds{expected});
}

TEST_CASE("what is no duration is refused with its text") {
  const auto* text = GENERATE("",
                              "s",
                              "-1s",
                              "+1s",
                              " 1s",
                              "1 s",
                              "1.5s",
                              "10",
                              "1S",
                              "1sec",
                              "s1",
                              "9223372036854775808ms",
                              "106751991168d",
                              "18446744073709551616s");
  const auto made = parse_duration(text);
  INFO(text);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::parse_error);
  CHECK_THAT(made.error().context, Catch::Contains("'" + std::string{text} + "'"));
}

TEST_CASE("a bare number is answered with what was probably meant") {
  CHECK_THAT(parse_duration("10").error().context, Catch::Contains("did you mean '10s'?"));
  CHECK_THAT(parse_size("256").error().context, Catch::Contains("did you mean '256M'?"));
}

TEST_CASE("sizes are read") {
  const auto [text, expected] = GENERATE(table<const char*, std::uint64_t>({
      {"0", 0},
      {"1B", 1},
      {"1K", 1'024},
      {"64KiB", 65'536},
      {"256M", 268'435'456},
      {"1MiB", 1'048'576},
      {"2G", 2'147'483'648},
      {"1GiB", 1'073'741'824},
      {"9223372036854775807B", 9'223'372'036'854'775'807},
  }));
  INFO(text);
  CHECK(parse_size(text) == bytes{expected});
}

TEST_CASE("what is no size is refused with its text") {
  const auto* text = GENERATE("",
                              "K",
                              "-1K",
                              "1 K",
                              "1.5M",
                              "10",
                              "1k",
                              "1KB",
                              "1iB",
                              "1BiB",
                              "1T",
                              "9223372036854775808B",
                              "8589934592G");
  const auto made = parse_size(text);
  INFO(text);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::parse_error);
  CHECK_THAT(made.error().context, Catch::Contains("'" + std::string{text} + "'"));
}

TEST_CASE("quantities print as the shortest text that reads back") {
  CHECK(to_string(milliseconds{0}) == "0");
  CHECK(to_string(milliseconds{1'500}) == "1500ms");
  CHECK(to_string(milliseconds{10'000}) == "10s");
  CHECK(to_string(milliseconds{60'000}) == "1m");
  CHECK(to_string(milliseconds{86'400'000}) == "1d");
  CHECK(to_string(bytes{0}) == "0");
  CHECK(to_string(bytes{1'500}) == "1500B");
  CHECK(to_string(bytes{256ULL << 20U}) == "256M");
  for (const auto value : {1LL, 999LL, 61'000LL, 3'600'000LL, 90'061'001LL}) {
    CHECK(parse_duration(to_string(milliseconds{value})) == milliseconds{value});
    CHECK(parse_size(to_string(bytes{static_cast<std::uint64_t>(value)})) ==
          bytes{static_cast<std::uint64_t>(value)});
  }
}

TEST_CASE("literals are powers of 1024") {
  using namespace literals; // NOLINT(google-build-using-namespace): literals are reached no other
                            // way
  CHECK(1_KiB == bytes{1'024});
  CHECK(2_MiB == bytes{2'097'152});
  CHECK(1_GiB > 1023_MiB);
  CHECK(3_B == bytes{3});
}

} // namespace kraken
