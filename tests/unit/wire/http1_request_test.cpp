// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The request head parser: what it fills in, its limits, and that splitting changes nothing.
/// Its verdict on malformed requests is in `tests/support/vectors/http1_requests.txt`.
#include "kraken/wire/http1_request.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

using namespace std::string_literals;
using kraken::wire::http_method;
using kraken::wire::parse_outcome;
using kraken::wire::request_head;
using kraken::wire::request_limits;
using kraken::wire::request_parser;

namespace {

struct parsed_request {
  parse_outcome                 outcome;
  std::unique_ptr<request_head> head = std::make_unique<request_head>();
};

parsed_request parse_request(std::string_view text, const request_limits& bounds = {}) {
  parsed_request out;
  request_parser parser{bounds};
  out.outcome = parser.parse(text, *out.head);
  return out;
}

} // namespace

TEST_CASE("a plain GET is understood") {
  const auto text = "GET /a%20b/c.php?x=1&y=%zz HTTP/1.1\r\nHost: example.com:8080\r\n"
                    "X-One:  1\t \r\nx-one: 2\r\nEmpty:\r\n\r\nrest"s;
  const auto got  = parse_request(text);
  REQUIRE(got.outcome.status == parse_outcome::kind::done);
  CHECK(got.outcome.consumed == text.size() - 4);
  CHECK(got.head->method == http_method::get);
  CHECK(got.head->method_name == "GET");
  CHECK(got.head->target == "/a%20b/c.php?x=1&y=%zz");
  CHECK(got.head->path == "/a%20b/c.php");
  CHECK_FALSE(got.head->path_is_plain);
  CHECK(got.head->query == "x=1&y=%zz");
  CHECK(got.head->host == "example.com:8080");
  CHECK(got.head->version_minor == 1);
  CHECK(got.head->keep_alive);
  CHECK_FALSE(got.head->chunked);
  CHECK_FALSE(got.head->content_length);
  CHECK_FALSE(got.head->has_body());
  REQUIRE(got.head->field_count == 4);
  CHECK(got.head->headers()[1].name == "X-One");
  CHECK(got.head->headers()[1].value == "1");
  CHECK(got.head->headers()[2].value == "2");
  CHECK(got.head->header("empty").empty());
  CHECK(got.head->header("x-one") == "1");
}
