// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The small client: requests byte for byte, responses of every framing in one piece and in bytes.
#include "kraken/wire/http1_client.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <memory>
#include <string>

using namespace std::string_literals;
using kraken::wire::byte_buffer;
using kraken::wire::client_request;
using kraken::wire::client_response_reader;
using kraken::wire::header_field;
using kraken::wire::request_kind;
using event = kraken::wire::client_response_reader::step::kind;
namespace wire = kraken::wire;

namespace {

struct read_response {
  event last = event::need_more;
  int status = 0;
  std::string phrase;
  std::string content_type;
  std::string body;
  std::string reason;
  bool reusable = false;
};

/// Feeds `pieces` one after another, then the end of the connection when that is wanted.
template <class Pieces>
read_response read_pieces(const Pieces& pieces, request_kind asked, bool then_close) {
  const auto reader = std::make_unique<client_response_reader>(asked);
  read_response out;
  std::string pending;
  const auto note = [&](const client_response_reader::step& step) {
    out.last = step.status;
    out.body += step.data;
    out.reason = step.reason;
    if (step.status == event::head) {
      out.status = reader->head().status;
      out.phrase = reader->head().phrase;
      out.content_type = reader->head().header("content-type");
    }
    pending.erase(0, step.consumed);
  };
  const auto finished = [&] { return out.last == event::done || out.last == event::error; };
  for (const auto& piece : pieces) {
    pending += piece;
    do {
      note(reader->next(pending));
    } while (out.last == event::head || out.last == event::data);
    if (finished()) {
      break;
    }
  }
  if (!finished() && then_close) {
    note(reader->end_of_input());
  }
  out.reusable = reader->reusable();
  return out;
}

read_response read_both_ways(const std::string& bytes,
                             request_kind asked = request_kind::ordinary,
                             bool then_close = true) {
  const auto whole = read_pieces(std::array{bytes}, asked, then_close);
  std::vector<std::string> single;
  for (const char byte : bytes) {
    single.emplace_back(1, byte);
  }
  const auto split = read_pieces(single, asked, then_close);
  CHECK(split.last == whole.last);
  CHECK(split.status == whole.status);
  CHECK(split.body == whole.body);
  CHECK(split.reusable == whole.reusable);
  return whole;
}

} // namespace

TEST_CASE("a request is written whole") {
  byte_buffer out;
  CHECK(wire::append_request(out, {}));
  CHECK(out.view() == "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  out.clear();
  const std::array fields{header_field{"Accept", "text/event-stream"}};
  client_request request;
  request.method = "PATCH";
  request.target = "/v1/x?y=1";
  request.headers = fields;
  request.body = "{}";
  CHECK(wire::append_request(out, request));
  CHECK(out.view() == "PATCH /v1/x?y=1 HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
                      "Content-Length: 2\r\n\r\n{}");
  for (const auto* method : {"POST", "PUT"}) {
    out.clear();
    request = {};
    request.method = method;
    CHECK(wire::append_request(out, request));
    CHECK(out.view().ends_with("Content-Length: 0\r\n\r\n")); // a body is expected of these
  }
}

TEST_CASE("a request that would break apart is not written") {
  byte_buffer out;
  client_request request;
  const std::array bad_name{header_field{"a b", "c"}};
  const std::array bad_value{header_field{"a", "b\r\nc"}};
  SECTION("method") {
    request.method = "G T";
  }
  SECTION("target") {
    request.target = "/a b";
  }
  SECTION("empty target") {
    request.target = "";
  }
  SECTION("host") {
    request.host = "a\nb";
  }
  SECTION("name") {
    request.headers = bad_name;
  }
  SECTION("value") {
    request.headers = bad_value;
  }
  CHECK_FALSE(wire::append_request(out, request));
  CHECK(out.empty());
}

TEST_CASE("a response with a length") {
  const auto got = read_both_ways("HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n"
                                  "Content-Length: 5\r\n\r\nhello");
  CHECK(got.last == event::done);
  CHECK(got.status == 404);
  CHECK(got.phrase == "Not Found");
  CHECK(got.content_type == "text/plain");
  CHECK(got.body == "hello");
  CHECK(got.reusable);
}

TEST_CASE("a chunked response") {
  const auto got = read_both_ways("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
                                  "2\r\nab\r\n1\r\nc\r\n0\r\nX: y\r\n\r\n");
  CHECK(got.last == event::done);
  CHECK(got.body == "abc");
  CHECK(got.reusable);
}

TEST_CASE("a response until close") {
  const auto got = read_both_ways("HTTP/1.1 200 \r\n\r\nabc");
  CHECK(got.last == event::done);
  CHECK(got.body == "abc");
  CHECK(got.phrase.empty());
  CHECK_FALSE(got.reusable);
}

TEST_CASE("a status line may end after the status") {
  const auto got = read_both_ways("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n");
  CHECK(got.last == event::done);
  CHECK(got.phrase.empty());
}

TEST_CASE("responses without a body") {
  const auto [start, asked] = GENERATE(table<std::string, request_kind>({
      {"HTTP/1.1 204 No Content\r\n\r\n", request_kind::ordinary},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", request_kind::ordinary},
      {"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", request_kind::head},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", request_kind::ordinary},
      {"HTTP/1.1 101 Switching Protocols\r\n\r\n", request_kind::ordinary},
  }));
  const auto got = read_both_ways(start, asked, false);
  CHECK(got.last == event::done);
  CHECK(got.body.empty());
}

TEST_CASE("informational responses are passed over") {
  const auto got = read_both_ways("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: "
                                  "x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
  CHECK(got.status == 200);
  CHECK(got.body == "x");
}

TEST_CASE("whether the connection can be used again") {
  const auto [start, reusable] = GENERATE(table<std::string, bool>({
      {"HTTP/1.1 204 x\r\n\r\n", true},
      {"HTTP/1.1 204 x\r\nConnection: close\r\n\r\n", false},
      {"HTTP/1.0 204 x\r\n\r\n", false},
      {"HTTP/1.0 204 x\r\nConnection: Keep-Alive\r\n\r\n", true},
  }));
  CHECK(read_both_ways(start, request_kind::ordinary, false).reusable == reusable);
}

TEST_CASE("a response cut short is an error") {
  const auto text = GENERATE(as<std::string>{},
                             "",
                             "HTTP/1.1 200 OK\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
  const auto got = read_both_ways(text);
  CHECK(got.last == event::error);
  CHECK_FALSE(got.reason.empty());
}

TEST_CASE("the end of a finished response is no error") {
  client_response_reader reader;
  const auto text = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"s;
  CHECK(reader.next(text).status == event::head);
  CHECK(reader.end_of_input().status == event::done);
  CHECK(reader.next("").status == event::done);
  CHECK(reader.end_of_input().status == event::done);
}

TEST_CASE("garbage is an error") {
  const auto text = GENERATE(as<std::string>{},
                             "HTTP/2.0 200 OK\r\n\r\n",
                             "HTTP/1.1 20\r\n\r\n",
                             "HTTP/1.1_200 OK\r\n\r\n",
                             "HTTP/1.1 2x0 OK\r\n\r\n",
                             "HTTP/1.1 099 OK\r\n\r\n",
                             "HTTP/1.1 2000 OK\r\n\r\n",
                             "\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nfoo\r\n\r\n",
                             "HTTP/1.1 200 OK\r\na b: c\r\n\r\n",
                             "HTTP/1.1 200 OK\r\na: b\nc\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: "
                             "1\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx");
  const auto got = read_both_ways(text, request_kind::ordinary, false);
  INFO(text);
  CHECK(got.last == event::error);
  CHECK_FALSE(got.reason.empty());
}

TEST_CASE("heads have limits") {
  const auto long_head = "HTTP/1.1 200 OK\r\nX: " + std::string(40'000, 'y');
  CHECK(read_pieces(std::array{long_head}, request_kind::ordinary, false).last == event::error);
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 101; ++i) {
    many += "A: b\r\n";
  }
  CHECK(read_both_ways(many + "\r\n").last == event::error);
}
