// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Requests and answers as they stand in shared memory: there and back, and everything that a
/// worker could have written there instead.
#include "kraken/wire/slab_answer.hpp"
#include "kraken/wire/slab_request.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

using namespace std::string_literals;
using namespace std::string_view_literals;
using kraken::errc;
using kraken::wire::byte_buffer;
using kraken::wire::header_field;
using kraken::wire::request_facts;
using kraken::wire::request_head;
namespace wire = kraken::wire;

namespace {

/// @param text outlives the head, which points into it
std::unique_ptr<request_head> parsed_head(std::string_view text) {
  auto head = std::make_unique<request_head>();
  wire::request_parser parser;
  REQUIRE(parser.parse(text, *head).status == wire::parse_outcome::kind::done);
  return head;
}

std::string slab_bytes_of(const request_facts& facts) {
  std::string out(wire::slab_request_room(facts), '\0');
  const auto bytes = wire::put_slab_request(out.data(), facts, facts.timeout_ms);
  REQUIRE(bytes <= out.size());
  out.resize(bytes);
  return out;
}

using field_list = std::vector<std::pair<std::string, std::string>>;

template <class Reader>
field_list fields_of(Reader reader) {
  field_list out;
  for (header_field field; reader.next(field);) {
    out.emplace_back(field.name, field.value);
  }
  return out;
}

field_list fields_in(std::string_view fields) {
  return fields_of(wire::slab_field_reader{fields});
}

void scribble(std::string& bytes, std::size_t at, std::uint32_t value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

} // namespace

TEST_CASE("a request in a slab reads as it was written", "[slab]") {
  const auto text =
      "POST /a%20b?c=d HTTP/1.1\r\nHost: shop.test\r\nX-Long-Name: 1\r\nX-Long-Name: 2\r\n\r\n"s;
  const auto head = parsed_head(text);
  request_facts facts;
  facts.head = head.get();
  facts.path = "/a b";
  facts.scheme = "https";
  facts.remote = "10.0.0.1:99";
  facts.body = "body\0x"sv;
  facts.timeout_ms = 30'000;
  facts.folders = "/srv/files\0"sv;
  const auto bytes = slab_bytes_of(facts);
  const auto read = wire::read_slab_request(bytes);
  REQUIRE(read);
  CHECK(read->method == "POST");
  CHECK(read->target == "/a%20b?c=d");
  CHECK(read->path == "/a b");
  CHECK(read->query == "c=d");
  CHECK(read->version == "1.1");
  CHECK(read->scheme == "https");
  CHECK(read->host == "shop.test");
  CHECK(read->ends == "10.0.0.1:99");
  CHECK(read->body == "body\0x"sv);
  CHECK(read->timeout_ms == 30'000);
  CHECK(read->folders == "/srv/files\0"sv);
  wire::slab_texts texts;
  REQUIRE(texts.look(bytes));
  CHECK(texts.of(wire::slab_text::method) == read->method);
  CHECK(texts.of(wire::slab_text::path) == read->path);
  CHECK(texts.of(wire::slab_text::ends) == read->ends);
  CHECK(texts.of(wire::slab_text::body) == read->body);
  CHECK(texts.timeout_ms() == read->timeout_ms);
  CHECK(texts.fields().most() == 3);
  CHECK(fields_of(texts.fields()) == fields_of(read->fields));
  CHECK(fields_of(read->fields) ==
        field_list{{"host", "shop.test"}, {"x-long-name", "1"}, {"x-long-name", "2"}});
}

TEST_CASE("what a head did not pass on is no field in a slab", "[slab]") {
  const auto text = "\r\nGET http://a.test HTTP/1.1\r\nHost: b.test\r\nProxy: p\r\n"
                    "X_A: u\r\nEmpty:\r\nX-A: v\r\n\r\nbody"s;
  const auto head = parsed_head(text);
  request_facts facts;
  facts.head = head.get();
  facts.path = head->path;
  facts.body = std::string_view{text}.substr(text.size() - 4);
  const auto bytes = slab_bytes_of(facts);
  const auto read = wire::read_slab_request(bytes);
  REQUIRE(read);
  CHECK(read->path == "/");
  CHECK(read->query.empty());
  CHECK(read->host == "a.test");
  CHECK(read->body == "body");
  CHECK(fields_of(read->fields) == field_list{{"host", "a.test"}, {"empty", ""}, {"x-a", "v"}});
}

TEST_CASE("a head that nobody has parsed reads from a slab as well", "[slab]") {
  const auto head = std::make_unique<request_head>();
  head->method_name = "GET";
  head->target = "/x?y";
  head->query = "y";
  head->host = "a";
  head->fields[0] = {"X-Name", "value"};
  head->field_count = 1;
  request_facts facts;
  facts.head = head.get();
  facts.path = "/x";
  const auto bytes = slab_bytes_of(facts);
  const auto read = wire::read_slab_request(bytes);
  REQUIRE(read);
  CHECK(read->method == "GET");
  CHECK(read->target == "/x?y");
  CHECK(read->query == "y");
  CHECK(read->host == "a");
  CHECK(fields_of(read->fields) == field_list{{"x-name", "value"}});
}

TEST_CASE("a path within the head is a place there, any other is copied", "[slab]") {
  const auto text = "GET /x HTTP/1.1\r\nHost: a\r\n\r\nbody"s;
  const auto head = parsed_head(text);
  const std::array<std::string_view, 4> paths{
      head->path, "/y", std::string_view{text}.substr(10), "body"};
  request_facts facts;
  facts.head = head.get();
  facts.path = paths.at(GENERATE(range<std::size_t>(0, 4)));
  const auto bytes = slab_bytes_of(facts);
  const auto read = wire::read_slab_request(bytes);
  REQUIRE(read);
  CHECK(read->path == facts.path);
}

TEST_CASE("the two ends of a connection are taken apart") {
  CHECK(wire::remote_end("a:1 b:2") == "a:1");
  CHECK(wire::local_end("a:1 b:2") == "b:2");
  CHECK(wire::remote_end("a:1") == "a:1");
  CHECK(wire::local_end("a:1").empty());
}

TEST_CASE("a slab's request is the same frame that a socket would carry", "[slab]") {
  const bool many = GENERATE(false, true);
  auto text = "GET / HTTP/1.0\r\nHost: a\r\n"s;
  for (int each = 0; many && each < 20; ++each) {
    text += "X-" + std::to_string(each) + ": v\r\n";
  }
  text += "\r\n";
  const auto head = parsed_head(text);
  request_facts facts;
  facts.head = head.get();
  facts.path = "/";
  facts.version = many ? "2" : "";
  facts.folders = many ? "/srv/files\0"sv : ""sv;
  facts.remote = "10.0.0.1:99";
  facts.ends = GENERATE(""sv, "10.0.0.1:99 10.0.0.2:80"sv);
  byte_buffer direct;
  REQUIRE(wire::append_request_frame(direct, 5, facts));
  const auto bytes = slab_bytes_of(facts);
  const auto read = wire::read_slab_request(bytes);
  REQUIRE(read);
  byte_buffer again;
  REQUIRE(wire::append_request_frame(again, 5, *read));
  CHECK(again.view() == direct.view());
}

TEST_CASE("a slab's request says nothing of a body in a file; its frame does", "[slab]") {
  const auto head = parsed_head("PUT / HTTP/1.1\r\nHost: a\r\n\r\n");
  request_facts facts;
  facts.head = head.get();
  facts.path = "/";
  facts.stored_bytes = 5'000'000'000;
  byte_buffer direct;
  REQUIRE(wire::append_request_frame(direct, 5, facts));
  const auto bytes = slab_bytes_of(facts);
  byte_buffer again;
  REQUIRE(wire::append_request_frame(
      again, 5, wire::read_slab_request(bytes).value(), facts.stored_bytes));
  CHECK(again.view() == direct.view());
}

TEST_CASE("a slab's request that is too large for a frame is refused", "[slab]") {
  wire::slab_request request;
  const std::string body(kraken::limits::frame_bytes_max, 'x');
  request.body = body;
  byte_buffer out;
  CHECK_FALSE(wire::append_request_frame(out, 1, request));
  CHECK(out.empty());
}

TEST_CASE("a slab's request whose lengths lie is refused", "[slab]") {
  const auto text = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n"s;
  const auto head = parsed_head(text);
  request_facts facts;
  facts.head = head.get();
  auto bytes = slab_bytes_of(facts);
  wire::slab_texts texts;
  CHECK(wire::read_slab_request(std::string_view{bytes}.substr(0, 20)).error().code ==
        errc::protocol_error);
  CHECK_FALSE(texts.look(std::string_view{bytes}.substr(0, 20)));
  const auto length = GENERATE(range(0, 22));
  scribble(bytes, static_cast<std::size_t>(length) * 4, 0xffff'fff0U);
  CHECK(wire::read_slab_request(bytes).error().code == errc::protocol_error);
  CHECK_FALSE(texts.look(bytes));
}

TEST_CASE("a frame made of scribbled fields holds the whole ones only", "[slab]") {
  std::string places(32, '\0');
  const std::array<std::uint32_t, 4> good{0, 1, 1, 1};
  std::memcpy(places.data(), good.data(), sizeof good);
  std::memcpy(places.data() + sizeof good, good.data(), sizeof good);
  const auto number = GENERATE(range(4, 8)); // of the second
  scribble(places, static_cast<std::size_t>(number) * 4, 0xffff'ffffU);
  wire::slab_request request;
  request.fields = {places, "ab"};
  byte_buffer out;
  REQUIRE(wire::append_request_frame(out, 1, request));
  CHECK(fields_of(request.fields) == field_list{{"a", "b"}});
}

TEST_CASE("an answer in a slab reads as it was written", "[slab]") {
  std::array<char, 256> area{};
  std::array<char, 64> fields{};
  const char* const end = wire::put_slab_field(
      wire::put_slab_field(fields.data(), "content-type", "text/plain"), "set-cookie", "a=b");
  const bool recycle = GENERATE(false, true);
  REQUIRE(wire::put_slab_answer(area,
                                201,
                                {fields.data(), static_cast<std::size_t>(end - fields.data())},
                                "hello world",
                                recycle ? wire::worker_after::recycle : wire::worker_after::keep,
                                123'456'789'012));
  byte_buffer copy;
  const auto read = wire::read_slab_answer({area.data(), area.size()}, copy);
  REQUIRE(read);
  CHECK(read->status == 201);
  CHECK(fields_in(read->fields) == std::vector<std::pair<std::string, std::string>>{
                                       {"content-type", "text/plain"}, {"set-cookie", "a=b"}});
  CHECK(read->body == "hello world");
  CHECK((read->after == wire::worker_after::recycle) == recycle);
  CHECK(read->memory_bytes == 123'456'789'012);
}

TEST_CASE("an answer that does not fit its slot writes nothing", "[slab]") {
  std::array<char, 64> area{};
  const auto put = [&](std::size_t fields, std::size_t body) {
    return wire::put_slab_answer(
        area, 200, std::string(fields, 'f'), std::string(body, 'b'), wire::worker_after::keep, 0);
  };
  CHECK_FALSE(put(33, 0));
  CHECK_FALSE(put(20, 13));
  CHECK_FALSE(put(0, 33));
  CHECK(area == std::array<char, 64>{});
  CHECK(put(20, 12));
  CHECK(area.back() == 'b');
}

TEST_CASE("what a worker may have written instead of an answer is refused", "[slab]") {
  std::string area(128, '\0');
  REQUIRE(wire::put_slab_answer(
      area, 200, "\1\0\0\0\1\0\0\0ab"sv, "body", wire::worker_after::keep, 0));
  byte_buffer copy;
  REQUIRE(wire::read_slab_answer(area, copy));
  const auto refused = [&](std::string_view what) {
    const auto read = wire::read_slab_answer(area, copy);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == errc::protocol_error);
    CHECK(read.error().text().find(what) != std::string::npos);
  };
  SECTION("no room") {
    area.resize(10);
    refused("no room");
  }
  SECTION("a status below") {
    scribble(area, 0, 199);
    refused("199");
  }
  SECTION("a status above") {
    scribble(area, 0, 1'000);
    refused("1000");
  }
  SECTION("fields beyond the slot") {
    scribble(area, 4, 1'000);
    refused("longer than its slot");
  }
  SECTION("a body beyond the slot") {
    scribble(area, 8, 0xffff'ffff);
    refused("longer than its slot");
  }
  SECTION("a field beyond the fields, which is for who reads them") {
    scribble(area, 32, 0xffff'ffff);
    const auto read = wire::read_slab_answer(area, copy);
    REQUIRE(read);
    wire::slab_field_reader fields{read->fields};
    header_field field;
    CHECK_FALSE(fields.next(field));
    CHECK_FALSE(fields.whole());
  }
}
