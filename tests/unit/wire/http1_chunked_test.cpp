// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The chunked decoder where the request table does not reach: steps, reuse and exact limits.
#include "kraken/wire/http1_chunked.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace std::string_literals;
using kraken::wire::chunked_decoder;
using kraken::wire::chunked_limits;
using step_kind = kraken::wire::chunked_decoder::step::kind;

namespace {

struct decoded_body {
  step_kind last = step_kind::need_more;
  int http_status = 0;
  std::string body;
  std::string rest;
};

decoded_body decode_all(chunked_decoder& decoder, std::string_view input) {
  decoded_body out;
  do {
    const auto step = decoder.next(input);
    input.remove_prefix(step.consumed);
    out.body += step.data;
    out.last = step.status;
    out.http_status = step.http_status;
  } while (out.last == step_kind::data);
  out.rest = input;
  return out;
}

decoded_body decode_fresh(std::string_view input, const chunked_limits& bounds = {}) {
  chunked_decoder decoder{bounds};
  return decode_all(decoder, input);
}

} // namespace

TEST_CASE("data comes out in views and what follows is left alone") {
  const auto got = decode_fresh("5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nA: b\r\n\r\nGET");
  CHECK(got.last == step_kind::done);
  CHECK(got.body == "hello world");
  CHECK(got.rest == "GET");
}

TEST_CASE("a finished decoder says so again and can start over") {
  chunked_decoder decoder;
  CHECK(decode_all(decoder, "0\r\n\r\n").last == step_kind::done);
  const auto again = decoder.next("1\r\na\r\n");
  CHECK(again.status == step_kind::done);
  CHECK(again.consumed == 0);
  decoder.reset();
  CHECK(decode_all(decoder, "1\r\na\r\n0\r\n\r\n").body == "a");
}

TEST_CASE("the largest size is a size") {
  chunked_decoder decoder;
  const auto got = decode_all(decoder, "ffffFFFFffffFFFF\r\nabc");
  CHECK(got.last == step_kind::need_more);
  CHECK(got.body == "abc");
}

TEST_CASE("what a size promises is known before it comes") {
  chunked_decoder decoder;
  CHECK(decoder.promised() == 0);
  static_cast<void>(decode_all(decoder, "ff"));
  CHECK(decoder.promised() == 0); // it may go on
  static_cast<void>(decode_all(decoder, "\r\n"));
  CHECK(decoder.promised() == 255);
  static_cast<void>(decode_all(decoder, "abc"));
  CHECK(decoder.promised() == 252);
  static_cast<void>(decode_all(decoder, std::string(252, 'x')));
  CHECK(decoder.promised() == 0);
}

TEST_CASE("limits of extensions and trailers are exact and count per chunk") {
  chunked_limits bounds;
  bounds.extension_bytes = 3;
  bounds.trailer_bytes = 10; // `A: b` CRLF `C:` and the CR of the end
  bounds.trailer_fields = 2;
  CHECK(decode_fresh("1;abc\r\na\r\n1;abc\r\nb\r\n0\r\n\r\n", bounds).body == "ab");
  CHECK(decode_fresh("1;abcd\r\na\r\n0\r\n\r\n", bounds).http_status == 400);
  CHECK(decode_fresh("0\r\nA: b\r\n\r\n", bounds).last == step_kind::done);
  CHECK(decode_fresh("0\r\nA: bcd\r\n\r\n", bounds).last == step_kind::done);
  CHECK(decode_fresh("0\r\nA: bcde\r\n\r\n", bounds).http_status == 431);
  bounds.trailer_bytes = 100;
  CHECK(decode_fresh("0\r\nA:\r\nB:\r\n\r\n", bounds).last == step_kind::done);
  CHECK(decode_fresh("0\r\nA:\r\nB:\r\nC:\r\n\r\n", bounds).http_status == 431);
}
