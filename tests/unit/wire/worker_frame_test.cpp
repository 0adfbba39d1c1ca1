// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The worker protocol against its golden vectors, in both directions, and against broken frames.
#include "kraken/wire/worker_frame.hpp"

#include "kraken/wire/msgpack_stream.hpp"
#include "kraken/wire/worker_side_frame.hpp"
#include "vector_file.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <memory>

using namespace std::string_literals;
using namespace std::string_view_literals;
using kraken::errc;
using kraken::test::from_hex;
using kraken::test::to_hex;
using kraken::wire::byte_buffer;
using kraken::wire::frame_type;
using kraken::wire::header_field;
using kraken::wire::request_facts;
using kraken::wire::request_head;
using kraken::wire::split_outcome;
using kraken::wire::worker_frame;
namespace wire = kraken::wire;

namespace {

const std::string& golden(const std::string& name) {
  static const auto frames = kraken::test::read_worker_frames();
  const auto found = frames.find(name);
  REQUIRE(found != frames.end());
  return found->second;
}

/// The frame that `bytes` are, nothing less and nothing more.
worker_frame only_frame(std::string_view bytes) {
  worker_frame frame;
  const auto split = wire::split_frame(bytes, frame);
  REQUIRE(split.status == split_outcome::kind::done);
  REQUIRE(split.consumed == bytes.size());
  return frame;
}

/// @param text outlives the head, which points into it
std::unique_ptr<request_head> head_of(std::string_view text) {
  auto head = std::make_unique<request_head>();
  wire::request_parser parser;
  REQUIRE(parser.parse(text, *head).status == wire::parse_outcome::kind::done);
  return head;
}

using field_list = std::vector<std::pair<std::string, std::string>>;

field_list list_of(const wire::flat_headers& headers) {
  field_list list;
  for (const auto field : headers) {
    list.emplace_back(field.name, field.value);
  }
  return list;
}

} // namespace

TEST_CASE("the daemon's frames are the golden bytes") {
  byte_buffer out;
  SECTION("WELCOME") {
    const std::vector<std::pair<std::string, std::string>> args{{"env", "test"}, {"mode", "fast"}};
    wire::welcome_facts facts;
    facts.alias = "Main/web/w1";
    facts.generation = 3;
    facts.request_timeout_ms = 30'000;
    facts.args = args;
    wire::append_welcome(out, facts);
    CHECK(to_hex(out.view()) == to_hex(golden("welcome")));
    out.clear();
    wire::welcome_facts bare;
    bare.alias = "w";
    wire::append_welcome(out, bare);
    CHECK(to_hex(out.view()) == to_hex(golden("welcome_no_args")));
  }
  SECTION("REQUEST") {
    const auto get = head_of("GET /hello%20world?a=1&b=2 HTTP/1.1\r\nHost: example.com\r\n"
                             "Accept: */*\r\n\r\n");
    request_facts facts;
    facts.head = get.get();
    facts.path = "/hello world";
    facts.remote = "127.0.0.1:50000";
    facts.timeout_ms = 30'000;
    REQUIRE(wire::append_request_frame(out, 1, facts));
    CHECK(to_hex(out.view()) == to_hex(golden("request_get")));
    CHECK(out.size() <= wire::request_frame_bytes_max(facts));
    out.clear();
    const auto post = head_of("POST /submit HTTP/1.0\r\nHost: shop.example:8443\r\n"
                              "CONTENT-TYPE: application/octet-stream\r\nX-Twice: one\r\n"
                              "x-twice: two\r\nContent-Length: 5\r\n\r\n");
    facts = {};
    facts.head = post.get();
    facts.path = "/submit";
    facts.scheme = "https";
    facts.body = "\x00\xff\r\n\x7f"sv;
    REQUIRE(wire::append_request_frame(out, 0xffff'ffff, facts));
    CHECK(to_hex(out.view()) == to_hex(golden("request_post")));
    out.clear();
    const auto put = head_of("PUT /file HTTP/1.1\r\nHost: h\r\nContent-Length: 67108864\r\n\r\n");
    facts = {};
    facts.head = put.get();
    facts.path = "/file";
    facts.remote = "127.0.0.1:50000";
    facts.timeout_ms = 30'000;
    facts.stored_bytes = 67'108'864;
    REQUIRE(wire::append_request_frame(out, 3, facts));
    CHECK(to_hex(out.view()) == to_hex(golden("request_stored")));
    CHECK(out.size() <= wire::request_frame_bytes_max(facts));
  }
  SECTION("control") {
    wire::append_cancel(out, 7);
    CHECK(out.view() == golden("cancel"));
    out.clear();
    wire::append_ping(out, 77);
    CHECK(out.view() == golden("ping"));
    out.clear();
    wire::append_pong(out, only_frame(golden("ping")).payload);
    CHECK(out.view() == golden("pong"));
    out.clear();
    wire::append_pong(out, only_frame(golden("ping_empty")).payload);
    CHECK(out.view() == golden("pong_empty"));
    out.clear();
    wire::append_drain(out);
    CHECK(out.view() == golden("drain"));
  }
}

TEST_CASE("frames follow what is already in the buffer") {
  byte_buffer out;
  wire::append_cancel(out, 7);
  wire::append_ping(out, 77);
  CHECK(out.view() == golden("cancel") + golden("ping"));
}

TEST_CASE("the worker's frames are the golden bytes and are read back") {
  byte_buffer out;
  SECTION("HELLO") {
    wire::append_hello(out, {1, 4242, "kraken-php 0.1", "protocol"});
    CHECK(to_hex(out.view()) == to_hex(golden("hello")));
    const auto hello = wire::decode_hello(only_frame(golden("hello")).payload);
    REQUIRE(hello);
    CHECK(hello->protocol == 1);
    CHECK(hello->pid == 4242);
    CHECK(hello->sdk == "kraken-php 0.1");
    CHECK(hello->tier == "protocol");
  }
  SECTION("READY") {
    wire::append_ready(out);
    CHECK(out.view() == golden("ready"));
    CHECK(only_frame(golden("ready")).type == frame_type::ready);
  }
  SECTION("RESPONSE") {
    const auto frame = only_frame(golden("response"));
    CHECK(frame.type == frame_type::response);
    CHECK(frame.stream == 1);
    CHECK_FALSE(frame.more);
    CHECK_FALSE(frame.recycle);
    const auto response = wire::decode_response(frame.payload);
    REQUIRE(response);
    CHECK(response->status == 200);
    CHECK(response->headers.size() == 3);
    CHECK(list_of(response->headers) ==
          field_list{{"Content-Type", "text/plain"}, {"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}});
    CHECK(response->body == "Hello");
    CHECK(response->memory_bytes == 2'097'152U);
  }
  SECTION("RESPONSE variants") {
    const auto binary = wire::decode_response(only_frame(golden("response_bin")).payload);
    REQUIRE(binary);
    CHECK(binary->body == "\x00\xff"sv);
    CHECK_FALSE(binary->memory_bytes);
    CHECK(list_of(binary->headers).empty());
    wire::append_response(out, 2, 404, {}, "\x00\xff"sv);
    CHECK(out.view() == golden("response_bin"));
    out.clear();
    const std::array fields{header_field{"Content-Type", "text/event-stream"}};
    wire::append_response(out, 7, 200, fields, "one", std::nullopt, wire::response_part::first);
    CHECK(out.view() == golden("response_more"));
    CHECK(only_frame(golden("response_more")).more);
    CHECK(only_frame(golden("response_recycle")).recycle);
    out.clear();
    wire::append_response(
        out, 3, 204, {}, "", 4096, wire::response_part::whole, wire::worker_after::recycle);
    CHECK(only_frame(out.view()).recycle);
    CHECK(wire::decode_response(only_frame(out.view()).payload)->memory_bytes == 4096U);
  }
  SECTION("COMPLETE") {
    wire::append_response(out, 3, 200, {}, "a", std::nullopt, wire::response_part::complete);
    CHECK((only_frame(out.view()).complete && only_frame(out.view()).more));
    out.clear();
    wire::append_chunk_frame(out, 3, "a", wire::chunk_part::complete);
    CHECK((only_frame(out.view()).complete && only_frame(out.view()).more));
    CHECK_FALSE(only_frame(golden("response_more")).complete);
  }
  SECTION("CHUNK") {
    wire::append_chunk_frame(out, 7, "two", wire::chunk_part::more);
    CHECK(out.view() == golden("chunk"));
    CHECK(wire::decode_chunk(only_frame(golden("chunk")).payload).value() == "two");
    out.clear();
    wire::append_chunk_frame(out, 7, "", wire::chunk_part::last);
    CHECK(out.view() == golden("chunk_last"));
    CHECK(wire::decode_chunk(only_frame(golden("chunk_last")).payload).value().empty());
  }
  SECTION("LOG") {
    const std::array context{header_field{"key", "k1"}, header_field{"tries", "3"}};
    wire::append_log(out, "warn", "cache miss", context);
    CHECK(to_hex(out.view()) == to_hex(golden("log")));
    const auto log = wire::decode_log(only_frame(golden("log")).payload);
    REQUIRE(log);
    CHECK(log->level == "warn");
    CHECK(log->message == "cache miss");
    wire::msgpack_reader reader{log->context};
    CHECK(reader.read_map() == 2);
  }
  SECTION("FATAL") {
    wire::worker_fatal last{
        "LogicException", "boom", "/app/worker.php", 42, "#0 {main}", {"Exception", "Throwable"}};
    wire::append_fatal(out, last);
    CHECK(to_hex(out.view()) == to_hex(golden("fatal")));
    const auto fatal = wire::decode_fatal(only_frame(golden("fatal")).payload);
    REQUIRE(fatal);
    CHECK(fatal->type == "LogicException");
    CHECK(fatal->message == "boom");
    CHECK(fatal->file == "/app/worker.php");
    CHECK(fatal->line == 42);
    CHECK(fatal->trace == "#0 {main}");
    CHECK(fatal->parents == last.parents);
  }
}

TEST_CASE("a worker reads the daemon's frames") {
  const auto welcome = wire::decode_welcome(only_frame(golden("welcome")).payload);
  REQUIRE(welcome);
  CHECK(welcome->alias == "Main/web/w1");
  CHECK(welcome->protocol == 1);
  CHECK(welcome->generation == 3);
  CHECK(welcome->request_timeout_ms == 30'000);
  CHECK(welcome->frame_bytes_max == 16'777'216);
  CHECK(welcome->args.at("mode") == "fast");
  const auto frame = only_frame(golden("request_post"));
  CHECK(frame.stream == 0xffff'ffff);
  const auto request = wire::decode_request(frame.payload);
  REQUIRE(request);
  CHECK(request->method == "POST");
  CHECK(request->target == "/submit");
  CHECK(request->path == "/submit");
  CHECK(request->query.empty());
  CHECK(request->version == "1.0");
  CHECK(request->scheme == "https");
  CHECK(request->host == "shop.example:8443");
  CHECK(request->remote.empty());
  CHECK(list_of(request->headers).at(3) == std::pair{"x-twice"s, "two"s});
  CHECK(request->body == "\x00\xff\r\n\x7f"sv);
  CHECK(request->timeout_ms == 0);
  CHECK(request->stored_bytes == 0);
  const auto stored = wire::decode_request(only_frame(golden("request_stored")).payload);
  REQUIRE(stored);
  CHECK(stored->body.empty());
  CHECK(stored->timeout_ms == 30'000);
  CHECK(stored->stored_bytes == 67'108'864);
}

TEST_CASE("a request whose body is in a file can be put together again") {
  const std::size_t size = GENERATE(1U, 200U, 300U, 70'000U);
  const auto head = head_of("PUT /file HTTP/1.1\r\nHost: h\r\nContent-Type: a/b\r\n\r\n");
  const std::string body(size, 'x');
  request_facts facts;
  facts.head = head.get();
  facts.path = "/file";
  facts.timeout_ms = 7;
  facts.folders = GENERATE(""sv, "/srv/a\0"sv);
  facts.body = body;
  byte_buffer usual;
  REQUIRE(wire::append_request_frame(usual, 3, facts));
  facts.body = {};
  facts.stored_bytes = size;
  byte_buffer beside;
  REQUIRE(wire::append_request_frame(beside, 3, facts));
  const auto request = wire::decode_request(only_frame(beside.view()).payload);
  REQUIRE(request);
  byte_buffer again;
  char* const room = wire::append_request_with_room(again, 3, *request);
  body.copy(room, size);
  CHECK(to_hex(again.view()) == to_hex(usual.view()));
}

TEST_CASE("a worker is told its place in a slab, and says that it takes requests there") {
  byte_buffer out;
  wire::welcome_facts facts;
  facts.alias = "w";
  CHECK_FALSE(facts.slab_worker);
  facts.slab_worker = 255;
  wire::append_welcome(out, facts);
  const auto welcome = wire::decode_welcome(only_frame(out.view()).payload);
  REQUIRE(welcome);
  CHECK(welcome->slab_worker == 255U);
  CHECK(welcome->alias == "w");
  const auto from = GENERATE(wire::worker_intake::socket, wire::worker_intake::slab);
  out.clear();
  wire::append_ready(out, from);
  CHECK(only_frame(out.view()).pulls == (from == wire::worker_intake::slab));
}

TEST_CASE("frames are cut out of a stream wherever it is split") {
  std::string stream;
  for (const auto& [name, bytes] : kraken::test::read_worker_frames()) {
    stream += bytes;
    worker_frame frame;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto part = wire::split_frame(std::string_view{bytes}.substr(0, size), frame);
      INFO(name << " cut to " << size);
      CHECK(part.status == split_outcome::kind::need_more);
      CHECK(part.consumed == 0);
      CHECK(part.needed > 0);
      CHECK(size + part.needed <= std::max<std::size_t>(bytes.size(), wire::worker_header_bytes));
    }
  }
  std::size_t frames = 0;
  for (std::string_view rest = stream; !rest.empty(); ++frames) {
    worker_frame frame;
    const auto split = wire::split_frame(rest, frame);
    REQUIRE(split.status == split_outcome::kind::done);
    rest.remove_prefix(split.consumed);
  }
  CHECK(frames == kraken::test::read_worker_frames().size());
}

TEST_CASE("a length outside its range is refused before anything is waited for") {
  const auto [length, status] = GENERATE(table<std::string, split_outcome::kind>({
      {"00000000", split_outcome::kind::bad_length},
      {"00000007", split_outcome::kind::bad_length},
      {"00000008", split_outcome::kind::need_more},
      {"01000000", split_outcome::kind::need_more},
      {"01000001", split_outcome::kind::bad_length},
      {"ffffffff", split_outcome::kind::bad_length},
  }));
  worker_frame frame;
  INFO(length);
  CHECK(wire::split_frame(from_hex(length), frame).status == status);
  CHECK(wire::split_frame(from_hex("00000009 20 00 0000 00000000 c0"), frame, 8).status ==
        split_outcome::kind::bad_length);
}

TEST_CASE("unknown types and reserved bits are passed on") {
  const auto bytes = from_hex("00000008 7e fc ffff 00000005");
  const auto frame = only_frame(bytes);
  CHECK(static_cast<int>(frame.type) == 0x7e);
  CHECK_FALSE(frame.more);
  CHECK_FALSE(frame.recycle);
  CHECK(frame.stream == 5);
}

TEST_CASE("a request above the frame limit is not begun") {
  const auto head = head_of("POST / HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string body(kraken::limits::frame_bytes_max, 'x');
  request_facts facts;
  facts.head = head.get();
  facts.path = "/";
  facts.version = "2";
  facts.body = body;
  byte_buffer out;
  CHECK_FALSE(wire::append_request_frame(out, 1, facts));
  CHECK(out.empty());
  facts.body = std::string_view{body}.substr(0, 70'000);
  REQUIRE(wire::append_request_frame(out, 1, facts));
  const auto request = wire::decode_request(only_frame(out.view()).payload);
  REQUIRE(request);
  CHECK(request->body.size() == 70'000);
  CHECK(request->version == "2");
}

TEST_CASE("long header lists keep their order and their case folding") {
  std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 40; ++i) {
    text += "X-Rather-LONG-Name-@-Z[]"s.substr(0, 18) + std::to_string(i) + ": " +
            std::string(static_cast<std::size_t>(i * 20), 'v') + "\r\n";
  }
  text += "\r\n";
  const auto head = head_of(text);
  request_facts facts;
  facts.head = head.get();
  facts.path = "/";
  byte_buffer out;
  REQUIRE(wire::append_request_frame(out, 9, facts));
  const auto request = wire::decode_request(only_frame(out.view()).payload);
  REQUIRE(request);
  const auto headers = list_of(request->headers);
  REQUIRE(headers.size() == 41);
  CHECK(headers[40].first == "x-rather-long-name39");
  CHECK(headers[40].second.size() == 780);
}

TEST_CASE("a request tells the folders of its route") {
  const auto head = head_of("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  request_facts facts;
  facts.head = head.get();
  facts.folders = "/srv/a\0/srv/b\0"sv;
  byte_buffer out;
  REQUIRE(wire::append_request_frame(out, 1, facts));
  const auto request = wire::decode_request(only_frame(out.view()).payload);
  REQUIRE(request);
  CHECK(request->folders == facts.folders);
}

TEST_CASE("a request may tell the address of the server") {
  const auto head = head_of("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  request_facts facts;
  facts.head = head.get();
  facts.ends = GENERATE(""sv, "10.0.0.1:99 10.0.0.2:80"sv);
  byte_buffer out;
  REQUIRE(wire::append_request_frame(out, 1, facts));
  const auto request = wire::decode_request(only_frame(out.view()).payload);
  CHECK(request->local == (facts.ends.empty() ? "" : "10.0.0.2:80"));
}

TEST_CASE("an answer may say which part of a file is its body") {
  byte_buffer out;
  const header_field field{"a", "b"};
  wire::append_file_response(out,
                             7,
                             206,
                             {&field, 1},
                             {0x1'0000'0002, 3},
                             42,
                             wire::response_part::complete,
                             wire::worker_after::recycle);
  const auto frame = only_frame(out.view());
  CHECK((frame.file && frame.more && frame.complete && frame.recycle && frame.stream == 7));
  const auto response = wire::decode_response(frame.payload);
  REQUIRE(response);
  CHECK((response->status == 206 && response->headers.size() == 1));
  CHECK(response->memory_bytes == 42);
  const auto part = wire::decode_file_extent(response->body);
  REQUIRE(part);
  CHECK((part->first == 0x1'0000'0002 && part->count == 3));
}

TEST_CASE("a part of a file is two numbers, the second not 0") {
  const auto refused = [](std::string_view body) {
    const auto got = wire::decode_file_extent(body);
    return !got && got.error().code == errc::protocol_error;
  };
  CHECK(refused(""));
  CHECK(refused(std::string(15, '\1')));
  CHECK(refused(std::string(17, '\1')));
  CHECK(refused(std::string(16, '\0')));
  CHECK_FALSE(refused(std::string(15, '\0') + '\1'));
}

TEST_CASE("a header larger than any HTTP/1 limit still fits a frame") {
  const auto head = std::make_unique<request_head>(); // as another HTTP version may fill it
  const std::string value(70'000, 'v');
  head->fields[0] = {"X", value};
  head->field_count = 1;
  request_facts facts;
  facts.head = head.get();
  byte_buffer out;
  REQUIRE(wire::append_request_frame(out, 1, facts));
  const auto request = wire::decode_request(only_frame(out.view()).payload);
  REQUIRE(request);
  CHECK(list_of(request->headers).at(0).second.size() == value.size());
}

TEST_CASE("broken payloads are errors, not guesses") {
  const auto [frame, hex] = GENERATE(table<std::string, std::string>({
      {"hello", ""},
      {"hello", "c0"},
      {"hello", "81a870726f746f636f6ca131"}, // protocol "1"
      {"hello", "81a870726f746f636f6c01c0"}, // bytes behind the map
      {"hello", "81a870726f746f636f6c"},     // no value
      {"hello", "df7fffffff"},               // two billion pairs
      {"response", ""},
      {"response", "92ccc890"},
      {"response", "93a332303090a0"},     // status "200"
      {"response", "93cc6390a0"},         // 99
      {"response", "93cd03e890a0"},       // 1000
      {"response", "93ccc880a0"},         // headers as map
      {"response", "93ccc891a158a0"},     // a name without value
      {"response", "93ccc892a15801a0"},   // value is no text
      {"response", "93ccc890c0"},         // body nil
      {"response", "93ccc890a5"},         // body cut short
      {"response", "93ccc890c6ffffffff"}, // body of 4 GiB
      {"response", "93ccc8ddffffffff"},   // headers of 4 billion
      {"response", "93ccc890a0c0"},       // bytes behind
      {"response", "94ccc890a0ff"},       // memory -1
      {"response", "95ccc890a001"},       // element missing
      {"response", "93ccc89401a0a0a0a0"}, // a broken name before others
      {"response", "98ccc890a001c1c0c0"}, // a broken element before others
      {"hello", "8207c1c0c0"},            // a broken pair before another
      {"chunk", ""},
      {"chunk", "01"},
      {"chunk", "a0a0"},
      {"log", "c0"},
      {"log", "91a0"},
      {"log", "92a001"},
      {"log", "92a0a0c0"},
      {"fatal", "c0"},
      {"fatal", "95a0a0a000a0"},
      {"fatal", "96a0a0a0a0a090"}, // line "": no number
      {"fatal", "96a0a0a000a091"},
      {"fatal", "96a0a0a000a09001"},
      {"welcome", "c0"},
      {"welcome", "81a461726773a0"},
      {"welcome", "80c0"},
      {"welcome", "8207c0c0c0"}, // a key that is no text
      {"welcome", "81a46172677382 07c0c0c0"},
      {"fatal", "96a0a0a000a0930101a0"},
      {"request", "c0"},
      {"request",
       "9ba0a0a0a0a0a0a0a0c40191c400"
       "00"},
      {"request", "9ba0a0a0a0a0a0a0a0c40290c0c40000"},
      {"request", "9ba0a0a0a0a0a0a0a0c40391a0a0c40000"},
      {"request", "9ba0a0a0a0a0a0a0a0c40291a0c40000"},
      {"request", "9ba0a0a0a0a0a0a0a0c40190c40000c0"},
      {"request", "9ba0a0a0a0a0a0a0a0c40190c400a0"},
      {"request", "9ea0a0a0a0a0a0a0a0c40190c40000c1c0c0"},
      {"request", "9ba0a0a0a0a0a0a0a0c4059401a0a0a0c40000"},
  }));
  INFO(frame << " " << hex);
  const std::string payload = from_hex(hex);
  errc code = errc::none;
  if (frame == "hello") {
    const auto got = wire::decode_hello(payload);
    code = got ? errc::none : got.error().code;
  } else if (frame == "response") {
    const auto got = wire::decode_response(payload);
    code = got ? errc::none : got.error().code;
  } else if (frame == "chunk") {
    const auto got = wire::decode_chunk(payload);
    code = got ? errc::none : got.error().code;
  } else if (frame == "log") {
    const auto got = wire::decode_log(payload);
    code = got ? errc::none : got.error().code;
  } else if (frame == "fatal") {
    const auto got = wire::decode_fatal(payload);
    code = got ? errc::none : got.error().code;
  } else if (frame == "welcome") {
    const auto got = wire::decode_welcome(payload);
    code = got ? errc::none : got.error().code;
  } else {
    const auto got = wire::decode_request(payload);
    code = got ? errc::none : got.error().code;
  }
  CHECK(code == errc::protocol_error);
}

TEST_CASE("another protocol version is named") {
  const auto got = wire::decode_hello(from_hex("81a870726f746f636f6c02"));
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::unsupported);
  CHECK(got.error().context.find("protocol 2") != std::string::npos);
  CHECK_FALSE(wire::decode_hello(from_hex("80"))); // none at all
}

TEST_CASE("hello: whether the worker takes letters") {
  const auto with = wire::decode_hello(from_hex("82a870726f746f636f6c01 a76c657474657273c3"));
  REQUIRE(with);
  CHECK(with->letters);
  const auto without = wire::decode_hello(from_hex("81a870726f746f636f6c01"));
  REQUIRE(without);
  CHECK_FALSE(without->letters);
  CHECK_FALSE(wire::decode_hello(from_hex("82a870726f746f636f6c01 a76c65747465727301")));
}

TEST_CASE("what a later version adds is ignored") {
  // Unknown keys, one of them no text.
  CHECK(wire::decode_hello(from_hex("83a870726f746f636f6c01 0793c0c0c0 a36e657781a16101")));
  CHECK(wire::decode_welcome(from_hex("81a36e657791a161")));
  const auto response = wire::decode_response(from_hex("96ccc890a0c091c0a0"));
  REQUIRE(response);
  CHECK_FALSE(response->memory_bytes); // nil: not told
  CHECK(wire::decode_log(from_hex("94a0a080c0")));
  CHECK(wire::decode_fatal(from_hex("97a0a0a0ffa090c0")));
  CHECK(wire::decode_request(from_hex("9fa0a0a0a0a0a0a0a0c40190c4000000a12fa0c0")));
  CHECK_FALSE(
      wire::decode_request(from_hex("dc0010a0a0a0a0a0a0a0a0c40190c4000000a0a0"))); // cut off
}

TEST_CASE("a log line has a known level and a context that is a map") {
  const auto [hex, level, has_context] = GENERATE(table<std::string, std::string, bool>({
      {"93a56465627567a080", "debug", true},
      {"93a46e6f7465a080", "info", true},
      {"93a46e6f7465a090", "info", false},
      {"92a56572726f72a0", "error", false},
      {"93a4696e666fa0c0", "info", false},
  }));
  const std::string payload = from_hex(hex);
  const auto log = wire::decode_log(payload);
  REQUIRE(log);
  CHECK(log->level == level);
  CHECK(!log->context.empty() == has_context);
}
