// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Conditions and ranges of answers that are files, as tables.
#include "kraken/wire/http1_file.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace kraken::wire;

namespace {

// Sun, 06 Nov 1994 08:49:37 GMT, 100 bytes
constexpr file_facts known{100, 784'111'777};
constexpr const char* known_tag = "\"2ebc98a1-64\"";

std::string told(const file_reply& reply) {
  return std::to_string(reply.status) + " " + std::to_string(reply.first) + "+" +
         std::to_string(reply.count);
}

std::string ranged(std::string_view range, std::uint64_t size = 100) {
  return told(plan_file(200, {size, 0}, {.range = range}));
}

} // namespace

TEST_CASE("a file is told with its validators") {
  const auto reply = plan_file(200, known, {});
  CHECK(told(reply) == "200 0+100");
  CHECK(reply.etag == known_tag);
  CHECK(reply.last_modified == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(reply.content_range.empty());
}

TEST_CASE("an answer that is no 200 has all of the file and no validators") {
  const auto reply = plan_file(404, known, {.if_none_match = "*", .range = "bytes=0-0"});
  CHECK(told(reply) == "404 0+100");
  CHECK((reply.etag.empty() && reply.last_modified.empty()));
}

TEST_CASE("one range of bytes is served, of anything else the whole") {
  const auto [range, answer] = GENERATE(table<const char*, const char*>({
      {"", "200 0+100"},
      {"bytes=0-9", "206 0+10"},
      {"bytes=90-", "206 90+10"},
      {"bytes=90-1000", "206 90+10"},
      {"bytes=-10", "206 90+10"},
      {"bytes=-1000", "206 0+100"},
      {"bytes=99-99", "206 99+1"},
      {"bytes=100-", "416 0+0"},
      {"bytes=100-200", "416 0+0"},
      {"bytes=-0", "416 0+0"},
      {"bytes=", "200 0+100"},
      {"bytes=-", "200 0+100"},
      {"bytes=5-4", "200 0+100"},
      {"bytes=a-b", "200 0+100"},
      {"bytes=1-b", "200 0+100"},
      {"bytes=0-1,5-6", "200 0+100"},
      {"bytes=0 -1", "200 0+100"},
      {"lines=0-1", "200 0+100"},
      {"bytes=99999999999999999999-", "200 0+100"},
      {"bytes=-99999999999999999999", "200 0+100"},
  }));
  INFO(range);
  CHECK(ranged(range) == answer);
}

TEST_CASE("ranges of an empty file are not there") {
  CHECK(ranged("bytes=0-", 0) == "416 0+0");
  CHECK(ranged("bytes=-5", 0) == "416 0+0");
  CHECK(ranged("", 0) == "200 0+0");
}

TEST_CASE("a range is told in full") {
  CHECK(plan_file(200, known, {.range = "bytes=1-3"}).content_range == "bytes 1-3/100");
  CHECK(plan_file(200, known, {.range = "bytes=100-"}).content_range == "bytes */100");
}

TEST_CASE("who has the file already is told so") {
  const auto [none_match, since, status] = GENERATE(table<const char*, const char*, int>({
      {"\"2ebc98a1-64\"", "", 304},
      {"W/\"2ebc98a1-64\"", "", 304},
      {"\"a\", \"2ebc98a1-64\"", "", 304},
      {" , W/\"a,b\",\t\"2ebc98a1-64\", \"c\"", "", 304},
      {"*", "", 304},
      {"\"a\", *", "", 304},
      {"\"a\"", "", 200},
      {"2ebc98a1-64", "", 200},
      {"\"2ebc98a1-64", "", 200},
      {"", "Sun, 06 Nov 1994 08:49:37 GMT", 304},
      {"", "Sun, 06 Nov 1994 08:49:38 GMT", 304},
      {"", "Sun, 06 Nov 1994 08:49:36 GMT", 200},
      {"", "yesterday", 200},
      {"\"a\"", "Sun, 06 Nov 1994 08:49:37 GMT", 200},
      {"\"2ebc98a1-64\"", "Sun, 06 Nov 1994 08:49:36 GMT", 304},
  }));
  INFO(none_match << " " << since);
  const auto reply = plan_file(
      200, known, {.if_none_match = none_match, .if_modified_since = since, .range = "lines=1-2"});
  CHECK(reply.status == status);
  CHECK(reply.count == (status == 304 ? 0U : 100U));
  CHECK(reply.etag == known_tag);
}

TEST_CASE("a range is served of the file that is meant, else the whole of what there is") {
  const auto [if_range, status] = GENERATE(table<const char*, int>({
      {"", 206},
      {"\"2ebc98a1-64\"", 206},
      {"W/\"2ebc98a1-64\"", 200},
      {"\"other\"", 200},
      {"Sun, 06 Nov 1994 08:49:37 GMT", 206},
      {"Sun, 06 Nov 1994 08:49:38 GMT", 200},
      {"never", 200},
  }));
  INFO(if_range);
  CHECK(plan_file(200, known, {.if_range = if_range, .range = "bytes=0-0"}).status == status);
}

TEST_CASE("an application's own validators are believed and not written twice") {
  own_validators own;
  take_validator(own, {"ETag", "\"mine\""});
  take_validator(own, {"last-modified", "Sun, 06 Nov 1994 08:49:00 GMT"});
  take_validator(own, {"x-etag", "other"});
  const auto reply = plan_file(200, known, {}, own);
  CHECK((reply.etag.empty() && reply.last_modified.empty()));
  CHECK(plan_file(200, known, {.if_none_match = "\"mine\""}, own).status == 304);
  CHECK(plan_file(200, known, {.if_none_match = known_tag}, own).status == 200);
  const auto since = [](std::string_view date, const own_validators& of) {
    return plan_file(200, known, {.if_modified_since = date}, of).status;
  };
  CHECK(since("Sun, 06 Nov 1994 08:49:00 GMT", own) == 304);
  CHECK(since("Sun, 06 Nov 1994 08:49:37 GMT", {.etag = "\"mine\"", .last_modified = "x"}) == 200);
}

TEST_CASE("conditions are those of GET, some of them of HEAD, of nothing else") {
  const auto seen = [](std::string_view method) {
    const auto out = conditions_of(method, [](std::string_view name) { return name; });
    return std::string{out.if_none_match}.append(out.if_modified_since).append(out.if_range) +
           std::string{out.range};
  };
  CHECK(seen("GET") == "if-none-matchif-modified-sinceif-rangerange");
  CHECK(seen("HEAD") == "if-none-matchif-modified-since");
  CHECK(seen("POST").empty());
}

TEST_CASE("of the application's fields those stay that the answer does not say itself") {
  const auto [status, field, stays] = GENERATE(table<int, const char*, bool>({
      {200, "Content-Type", true},
      {206, "content-encoding", true},
      {304, "Content-Type", false},
      {416, "content-encoding", false},
      {304, "Cache-Control", true},
      {304, "contents-of", true},
      {200, "Accept-Ranges", false},
      {206, "CONTENT-RANGE", false},
      {200, "X-Sendfile", false},
      {200, "x-accel-redirect", false},
      {200, "x-accel-expires", true},
  }));
  INFO(status << " " << field);
  CHECK(goes_with_file(status, field) == stays);
}
