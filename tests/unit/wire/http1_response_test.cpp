// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Responses byte for byte: framing by version, method and status; what an application may say.
#include "kraken/wire/http1_response.hpp"

#include "vector_file.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <string>

using namespace std::string_literals;
using kraken::wire::body_framing;
using kraken::wire::byte_buffer;
using kraken::wire::connection_after;
using kraken::wire::header_field;
using kraken::wire::response_context;
using kraken::wire::response_writer;
using verdict = kraken::wire::response_writer::verdict;
namespace wire = kraken::wire;

namespace {

constexpr std::string_view sample_date = "Sun, 06 Nov 1994 08:49:37 GMT";

response_context context_of(unsigned minor,
                            std::string_view method = "GET",
                            connection_after after = connection_after::keep) {
  response_context context;
  context.date = sample_date;
  context.version_minor = static_cast<std::uint8_t>(minor);
  context.head = method == "HEAD";
  context.after = after;
  return context;
}

} // namespace

TEST_CASE("the common response") {
  byte_buffer out;
  response_writer writer{out, context_of(1)};
  writer.begin(200);
  CHECK(writer.field("Content-Type", "text/html") == verdict::written);
  CHECK(writer.field("X-Empty", "") == verdict::written);
  CHECK(writer.end_with_body("hello") == body_framing::length);
  CHECK(writer.after() == connection_after::keep);
  CHECK(out.view() == "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Empty: \r\n"
                      "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 5\r\n\r\nhello");
}

TEST_CASE("framing follows version, method and status") {
  struct row {
    unsigned minor;
    std::string method;
    int status;
    body_framing streamed;
    std::string head; ///< what follows the date in a response with the body `hi`
    std::string stream_head;
  };

  const auto at =
      GENERATE(row{1,
                   "GET",
                   200,
                   body_framing::chunked,
                   "Content-Length: 2\r\n\r\nhi",
                   "Transfer-Encoding: chunked\r\n\r\n"},
               row{0,
                   "GET",
                   200,
                   body_framing::close,
                   "Connection: keep-alive\r\nContent-Length: 2\r\n\r\nhi",
                   "Connection: close\r\n\r\n"},
               row{1, "HEAD", 200, body_framing::none, "Content-Length: 2\r\n\r\n", "\r\n"},
               row{1, "GET", 204, body_framing::none, "\r\n", "\r\n"},
               row{1, "GET", 304, body_framing::none, "\r\n", "\r\n"},
               row{1, "HEAD", 204, body_framing::none, "\r\n", "\r\n"},
               row{1, "HEAD", 304, body_framing::none, "\r\n", "\r\n"},
               row{0,
                   "HEAD",
                   200,
                   body_framing::none,
                   "Connection: keep-alive\r\nContent-Length: 2\r\n\r\n",
                   "Connection: keep-alive\r\n\r\n"});
  INFO(at.method << " " << at.status << " 1." << at.minor);
  const std::string start = "HTTP/1.1 " + std::to_string(at.status) + " " +
                            std::string{wire::reason_phrase(at.status)} +
                            "\r\nDate: " + std::string{sample_date} + "\r\n";
  byte_buffer out;
  response_writer whole{out, context_of(at.minor, at.method)};
  whole.begin(at.status);
  const auto framing = whole.end_with_body("hi");
  CHECK((framing == body_framing::length) == out.view().ends_with("hi"));
  CHECK(out.view() == start + at.head);
  out.clear();
  response_writer streamed{out, context_of(at.minor, at.method)};
  streamed.begin(at.status);
  CHECK(streamed.end_streaming() == at.streamed);
  CHECK(out.view() == start + at.stream_head);
  CHECK((streamed.after() == connection_after::close) == (at.streamed == body_framing::close));
}

TEST_CASE("closing is said") {
  byte_buffer out;
  response_writer writer{out, context_of(1, "GET", connection_after::close)};
  writer.begin(404);
  CHECK(writer.end_with_length(1'234'567) == body_framing::length);
  CHECK(out.view() == "HTTP/1.1 404 Not Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                      "Connection: close\r\nContent-Length: 1234567\r\n\r\n");
}

TEST_CASE("what belongs to the server is dropped, in any case of letters") {
  const auto name = GENERATE(as<std::string>{},
                             "Content-Length",
                             "TRANSFER-ENCODING",
                             "connection",
                             "Keep-Alive",
                             "Upgrade");
  byte_buffer out;
  response_writer writer{out, context_of(1)};
  writer.begin(200);
  const auto before = out.size();
  CHECK(writer.field(name, "1") == verdict::dropped);
  CHECK(out.size() == before);
}

TEST_CASE("names of the same length are the application's") {
  const auto name = GENERATE(as<std::string>{},
                             "Vary",
                             "Server",
                             "X-Trace",
                             "X-Trace-Id",
                             "Accept-Ranges1",
                             "X-Seventeen-Bytes",
                             "Location");
  byte_buffer out;
  response_writer writer{out, context_of(1)};
  writer.begin(200);
  CHECK(writer.field(name, "v") == verdict::written);
  CHECK(out.view().ends_with(name + ": v\r\n"));
}

TEST_CASE("words of the status are the application's, when they come first") {
  const auto line_of = [](int status, std::initializer_list<header_field> fields) {
    byte_buffer out;
    out.append("before ");
    response_writer writer{out, context_of(1)};
    writer.begin(status);
    for (const auto& each : fields) {
      CHECK(writer.field(each.name, each.value) ==
            (each.name == "X" ? verdict::written : verdict::dropped));
    }
    writer.end_with_body("");
    const auto text = out.view();
    CHECK(text.find("tatus:") == std::string_view::npos);
    return std::string{text.substr(0, text.find('\r'))};
  };
  CHECK(line_of(404, {{"Status", "404 Nope, really"}, {"X", "1"}}) ==
        "before HTTP/1.1 404 Nope, really");
  CHECK(line_of(200, {{"status", "200 Fine"}}) == "before HTTP/1.1 200 Fine");
  CHECK(line_of(404, {{"status", "404 One"}, {"status", "404 Two"}}) == "before HTTP/1.1 404 One");
  CHECK(line_of(404, {{"X", "1"}, {"status", "404 Late"}}) == "before HTTP/1.1 404 Not Found");
  for (const auto* other : {"500 Nope", "404", "404 ", "40x Nope", "404Nope", "4 Nope", ""}) {
    CHECK(line_of(404, {{"status", other}}) == "before HTTP/1.1 404 Not Found");
  }
}

TEST_CASE("an application's date replaces ours, once") {
  byte_buffer out;
  response_writer writer{out, context_of(1)};
  writer.begin(200);
  CHECK(writer.field("date", "yesterday") == verdict::written);
  CHECK(writer.field("Date", "today") == verdict::dropped);
  writer.end_with_body("");
  CHECK(out.view() == "HTTP/1.1 200 OK\r\ndate: yesterday\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("a date of another length is written as it is") {
  byte_buffer out;
  response_writer writer{out, {.date = "now"}};
  writer.begin(200);
  writer.end_with_body("");
  CHECK(out.view() == "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("a response that would break apart is refused and leaves no trace") {
  using pair = std::pair<std::string, std::string>;
  const auto [name, value] = GENERATE(values<pair>({{"", "v"},
                                                    {"a b", "v"},
                                                    {"a:", "v"},
                                                    {"a\r\nb", "v"},
                                                    {"\xe4", "v"},
                                                    {"a", "v\r\nSet-Cookie: x"},
                                                    {"a", "v\n"},
                                                    {"a", "v\r"},
                                                    {"a", "v\0w"s}}));
  byte_buffer out;
  out.append("earlier");
  response_writer writer{out, context_of(1)};
  writer.begin(200);
  CHECK(writer.field("X", "fine\t\x01\xff") == verdict::written);
  CHECK(writer.field(name, value) == verdict::refused);
  writer.abandon();
  CHECK(out.view() == "earlier");
}

TEST_CASE("HEAD may tell the length GET would have") {
  const auto [given, line] = GENERATE(table<std::string, std::string>({
      {"123", "Content-Length: 123\r\n"},
      {"", ""},
      {"12x", ""},
      {"-1", ""},
      {"99999999999999999999", ""},
  }));
  byte_buffer out;
  response_writer writer{out, context_of(1, "HEAD")};
  writer.begin(200);
  CHECK(writer.field("Content-Length", given) == verdict::dropped);
  CHECK(writer.end_with_body("") == body_framing::none);
  CHECK(out.view() ==
        "HTTP/1.1 200 OK\r\nDate: " + std::string{sample_date} + "\r\n" + line + "\r\n");
}

TEST_CASE("chunks") {
  byte_buffer out;
  wire::append_chunk(out, "hello");
  wire::append_chunk(out, "");
  wire::append_chunk(out, std::string(255, 'x'));
  wire::append_last_chunk(out);
  CHECK(out.view() == "5\r\nhello\r\nff\r\n" + std::string(255, 'x') + "\r\n0\r\n\r\n");
}

TEST_CASE("early hints") {
  byte_buffer out;
  out.append("x");
  const std::array good{header_field{"Link", "</a.css>; rel=preload"},
                        header_field{"Content-Length", "5"},
                        header_field{"Date", "now"}};
  CHECK(wire::append_early_hints(out, good));
  CHECK(out.view() == "xHTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n");
  const std::array bad_name{header_field{"Link", "a"}, header_field{"a b", "c"}};
  const std::array bad_value{header_field{"Link", "a\nb"}};
  out.clear();
  CHECK_FALSE(wire::append_early_hints(out, bad_name));
  CHECK_FALSE(wire::append_early_hints(out, bad_value));
  CHECK(out.empty());
}

TEST_CASE("canned errors") {
  byte_buffer out;
  wire::append_error(out, context_of(1, "GET", connection_after::close), 400, "bare CR");
  CHECK(out.view() == "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
                      "X-Content-Type-Options: nosniff\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                      "Connection: close\r\nContent-Length: 21\r\n\r\nBad Request: bare CR\n");
  out.clear();
  wire::append_error(out, context_of(1), 503, "", 7);
  CHECK(out.view() ==
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "X-Content-Type-Options: nosniff\r\nRetry-After: 7\r\n"
        "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 20\r\n\r\n"
        "Service Unavailable\n");
  out.clear();
  wire::append_error(out, context_of(1, "HEAD"), 502, "x");
  CHECK(out.view().ends_with("Content-Length: 15\r\n\r\n"));
}

TEST_CASE("phrases") {
  CHECK(wire::reason_phrase(200) == "OK");
  CHECK(wire::reason_phrase(431) == "Request Header Fields Too Large");
  CHECK(wire::reason_phrase(599) == "Unknown");
}
