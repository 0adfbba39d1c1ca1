// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Dates of HTTP: there, back, and what is none.
#include "kraken/wire/http1_date.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace kraken::wire;

namespace {

std::string written(std::int64_t seconds) {
  const auto text = write_http_date(seconds);
  return {text.data(), text.size()};
}

} // namespace

TEST_CASE("a date is written and read back") {
  const auto [seconds, text] = GENERATE(table<std::int64_t, const char*>({
      {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
      {784'111'777, "Sun, 06 Nov 1994 08:49:37 GMT"},
      {951'782'399, "Mon, 28 Feb 2000 23:59:59 GMT"},
      {951'782'400, "Tue, 29 Feb 2000 00:00:00 GMT"},
      {1'234'567'890, "Fri, 13 Feb 2009 23:31:30 GMT"},
      {2'147'483'648, "Tue, 19 Jan 2038 03:14:08 GMT"},
      {-1, "Wed, 31 Dec 1969 23:59:59 GMT"},
      {253'402'300'799, "Fri, 31 Dec 9999 23:59:59 GMT"},
  }));
  CHECK(written(seconds) == text);
  CHECK(read_http_date(text) == seconds);
}

TEST_CASE("what four digits cannot say is written as 1970") {
  CHECK(written(253'402'300'800) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(written(-62'135'596'801) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(written(-62'135'596'800) == "Mon, 01 Jan 0001 00:00:00 GMT");
}

TEST_CASE("a leap second is a second") {
  CHECK(read_http_date("Sat, 31 Dec 2016 23:59:60 GMT") ==
        read_http_date("Sun, 01 Jan 2017 00:00:00 GMT"));
}

TEST_CASE("what is no such date is not read") {
  const auto* const text = GENERATE("",
                                    "Sunday, 06-Nov-94 08:49:37 GMT",
                                    "Sun Nov  6 08:49:37 1994",
                                    "Sun, 06 Nov 1994 08:49:37 GMT ",
                                    "Sun, 06 Nov 1994 08:49:37 UTC",
                                    "Sun, 06 Nov 1994 08-49:37 GMT",
                                    "Sun, 06 Nob 1994 08:49:37 GMT",
                                    "Sun, 06 anF 1994 08:49:37 GMT",
                                    "Sun, 00 Nov 1994 08:49:37 GMT",
                                    "Sun, 31 Nov 1994 08:49:37 GMT",
                                    "Sun, 29 Feb 1995 08:49:37 GMT",
                                    "Sun, 06 Nov 199x 08:49:37 GMT",
                                    "Sun, /6 Nov 1994 08:49:37 GMT",
                                    "Sun, 06 Nov 1994 24:49:37 GMT",
                                    "Sun, 06 Nov 1994 x8:49:37 GMT",
                                    "Sun, 06 Nov 1994 08:60:37 GMT",
                                    "Sun, 06 Nov 1994 08:-1:37 GMT",
                                    "Sun, 06 Nov 1994 08:49:61 GMT",
                                    "Sun, 06 Nov 1994 08:49:3/ GMT");
  INFO(text);
  CHECK_FALSE(read_http_date(text));
}
