// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The request head parser: its verdicts on `http1_requests.txt`, what it fills in, its limits,
/// and that the way bytes are split changes nothing.
#include "kraken/wire/http1_request.hpp"

#include "kraken/wire/http1_chunked.hpp"
#include "vector_file.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <string>

using namespace std::string_literals;
using kraken::wire::chunked_decoder;
using kraken::wire::http_method;
using kraken::wire::parse_outcome;
using kraken::wire::request_head;
using kraken::wire::request_limits;
using kraken::wire::request_parser;

namespace {

struct parsed_request {
  parse_outcome outcome;
  std::unique_ptr<request_head> head = std::make_unique<request_head>();
};

parsed_request parse_request(std::string_view text, const request_limits& bounds = {}) {
  parsed_request out;
  request_parser parser{bounds};
  out.outcome = parser.parse(text, *out.head);
  return out;
}

/// Everything a server would answer to a connection that sent `bytes`.
struct answers {
  std::vector<int> statuses;
  bool keep = true;
  std::string bodies;
};

/// A server without sockets: what is left of the input stays at the front of `pending_`.
class tiny_server {
public:
  void receive(std::string_view bytes) {
    pending_ += bytes;
    while (got.keep && advance()) {
    }
  }

  answers got;

private:
  bool advance() {
    return in_body_ ? (head_->chunked ? read_chunked() : read_length()) : read_head();
  }

  bool read_head() {
    const auto outcome = parser_.parse(pending_, *head_);
    if (outcome.status == parse_outcome::kind::error) {
      CHECK_FALSE(outcome.reason.empty());
      return answer(outcome.http_status, false);
    }
    if (outcome.status == parse_outcome::kind::need_more) {
      return false;
    }
    if (head_->expect_continue) {
      got.statuses.push_back(100);
    }
    in_body_ = true;
    left_ = head_->content_length.value_or(0);
    keep_alive_ = head_->keep_alive;
    pending_.erase(0, outcome.consumed);
    chunks_.reset();
    return true;
  }

  bool read_length() {
    const auto part = std::min<std::size_t>(left_, pending_.size());
    got.bodies += pending_.substr(0, part);
    pending_.erase(0, part);
    left_ -= part;
    return left_ == 0 ? answer(200, keep_alive_) : false;
  }

  bool read_chunked() {
    const auto step = chunks_.next(pending_);
    got.bodies += step.data;
    pending_.erase(0, step.consumed);
    switch (step.status) {
    case chunked_decoder::step::kind::need_more:
      return false;
    case chunked_decoder::step::kind::data:
      return true;
    case chunked_decoder::step::kind::done:
      return answer(200, keep_alive_);
    case chunked_decoder::step::kind::error:
      break;
    }
    CHECK_FALSE(step.reason.empty());
    return answer(step.http_status, false);
  }

  bool answer(int status, bool keep) {
    got.statuses.push_back(status);
    got.keep = keep;
    in_body_ = false;
    return keep && !pending_.empty();
  }

  std::string pending_;
  std::unique_ptr<request_head> head_ = std::make_unique<request_head>();
  request_parser parser_;
  chunked_decoder chunks_;
  bool in_body_ = false;
  bool keep_alive_ = false;
  std::size_t left_ = 0;
};

bool same_answers(const answers& left, const answers& right) {
  return left.statuses == right.statuses && left.keep == right.keep && left.bodies == right.bodies;
}

} // namespace

TEST_CASE("each row of http1_requests.txt gets its answer") {
  const auto rows = kraken::test::read_http1_rows();
  REQUIRE(rows.size() > 200); // the file was found and read
  for (const auto& row : rows) {
    INFO(row.name);
    tiny_server server;
    server.receive(row.bytes);
    CHECK(server.got.statuses == row.statuses);
    CHECK(server.got.keep == row.keep);
  }
}

TEST_CASE("splitting the bytes of a row anywhere changes nothing") {
  for (const auto& row : kraken::test::read_http1_rows()) {
    INFO(row.name);
    tiny_server whole;
    whole.receive(row.bytes);
    // A split in the middle of thousands of equal bytes is like any other.
    const std::size_t step = row.bytes.size() > 1'000 ? row.bytes.size() / 97 : 1;
    bool same = true;
    for (std::size_t at = 1; at < row.bytes.size(); at += step) {
      tiny_server split;
      split.receive(std::string_view{row.bytes}.substr(0, at));
      split.receive(std::string_view{row.bytes}.substr(at));
      same = same && same_answers(split.got, whole.got);
    }
    CHECK(same);
    tiny_server bytewise;
    for (const char byte : row.bytes) {
      bytewise.receive({&byte, 1});
    }
    CHECK(same_answers(bytewise.got, whole.got));
  }
}

TEST_CASE("a plain GET is understood") {
  const auto text = "GET /a%20b/c.php?x=1&y=%zz HTTP/1.1\r\nHost: example.com:8080\r\n"
                    "X-One:  1\t \r\nx-one: 2\r\nEmpty:\r\n\r\nrest"s;
  const auto got = parse_request(text);
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
  CHECK(got.head->header("absent").empty());
}

TEST_CASE("nothing of an earlier request is left in the head") {
  request_parser parser;
  const auto head = std::make_unique<request_head>();
  const auto first = "POST http://b/%41 HTTP/1.1\r\nHost: a\r\nConnection: upgrade, close\r\n"
                     "Upgrade: websocket\r\nExpect: 100-continue\r\nContent-Length: 7\r\n\r\n"s;
  REQUIRE(parser.parse(first, *head).status == parse_outcome::kind::done);
  CHECK(head->host == "b");
  CHECK(head->header("host") == "b");
  CHECK(head->upgrade == "websocket");
  CHECK(head->expect_continue);
  CHECK(head->content_length == 7U);
  CHECK(head->has_body());
  CHECK_FALSE(head->keep_alive);
  CHECK_FALSE(head->path_is_plain);
  const auto second = "GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"s;
  REQUIRE(parser.parse(second, *head).status == parse_outcome::kind::done);
  CHECK(head->host.empty());
  CHECK(head->upgrade.empty());
  CHECK_FALSE(head->expect_continue);
  CHECK_FALSE(head->content_length);
  CHECK(head->path_is_plain);
  CHECK_FALSE(head->scheme_is_https);
  const auto third = "POST https://b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"s;
  REQUIRE(parser.parse(third, *head).status == parse_outcome::kind::done);
  CHECK(head->scheme_is_https);
  CHECK(head->chunked);
  CHECK(head->has_body());
  CHECK(head->path == "/");
  const auto fourth = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n\r\n"s;
  REQUIRE(parser.parse(fourth, *head).status == parse_outcome::kind::done);
  CHECK(head->upgrade.empty());
  CHECK(head->keep_alive);
}

TEST_CASE("fields that a CGI environment would confuse never reach an application") {
  const auto got = parse_request("GET / HTTP/1.1\r\nProxy: p\r\nContent_Length: 5\r\nHost: a\r\n"
                                 "PROXY: q\r\nproxie: r\r\n\r\n");
  REQUIRE(got.outcome.status == parse_outcome::kind::done);
  REQUIRE(got.head->field_count == 2);
  CHECK(got.head->headers()[0].name == "Host");
  CHECK(got.head->headers()[1].value == "r");
}

TEST_CASE("methods are known by their exact name") {
  using row = std::tuple<std::string, http_method>;
  const auto [name, method] =
      GENERATE(table<std::string, http_method>({row{"GET", http_method::get},
                                                row{"PUT", http_method::put},
                                                row{"HEAD", http_method::head},
                                                row{"POST", http_method::post},
                                                row{"PATCH", http_method::patch},
                                                row{"TRACE", http_method::trace},
                                                row{"DELETE", http_method::delete_},
                                                row{"OPTIONS", http_method::options},
                                                row{"get", http_method::other},
                                                row{"LINK", http_method::other},
                                                row{"MERGE", http_method::other},
                                                row{"SEARCH", http_method::other},
                                                row{"REPORTS", http_method::other},
                                                row{"PROPFIND", http_method::other}}));
  CHECK(kraken::wire::method_of(name) == method);
}

TEST_CASE("limits can be narrowed and a limit is exact") {
  request_limits bounds;
  bounds.line_bytes = 14;
  bounds.field_count = 2;
  bounds.field_bytes = 7;
  bounds.header_bytes = 16; // two lines of 7 bytes and the end of one
  const auto ok = parse_request("GET / HTTP/1.1\r\nHost: a\r\nX: abcd\r\n\r\n", bounds);
  CHECK(ok.outcome.status == parse_outcome::kind::done);
  const auto full = parse_request("GET / HTTP/1.1\r\nHost: a\r\nX: abcd\r\n", bounds);
  CHECK(full.outcome.status == parse_outcome::kind::need_more);
  CHECK(parse_request("GET /a HTTP/1.1\r\n", bounds).outcome.http_status == 414);
  CHECK(parse_request("GET / HTTP/1.1\r\nHost: ab\r\n\r\n", bounds).outcome.http_status == 431);
  CHECK(parse_request("GET / HTTP/1.1\r\nHost: a\r\nX: abcd\r\nY:\r\n\r\n", bounds)
            .outcome.http_status == 431);
  bounds.header_bytes = 15;
  CHECK(parse_request("GET / HTTP/1.1\r\nHost: a\r\nX: abcd\r\n\r\n", bounds).outcome.http_status ==
        431);
  bounds.field_count = 1'000; // never more than the head can hold
  bounds.header_bytes = 10'000;
  std::string many = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 101; ++i) {
    many += "A: b\r\n";
  }
  CHECK(parse_request(many, bounds).outcome.http_status == 431);
}

TEST_CASE("a parser that was reset starts over") {
  request_parser parser;
  const auto head = std::make_unique<request_head>();
  CHECK(parser.parse("GET / HTTP/1.1\r\nHo", *head).status == parse_outcome::kind::need_more);
  parser.reset();
  CHECK(parser.parse("GET / HTTP/1.0\r\n\r\n", *head).status == parse_outcome::kind::done);
  CHECK(parser.parse("", *head).status == parse_outcome::kind::need_more);
}
