// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The Narya dialect: bytes as its engine sends them, and every tolerance its workers rely on.
#include "kraken/wire/narya_frame.hpp"

#include "vector_file.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <memory>

using namespace std::string_literals;
using kraken::errc;
using kraken::test::from_hex;
using kraken::test::to_hex;
using kraken::wire::byte_buffer;
using kraken::wire::header_field;
using kraken::wire::narya_request;
using kraken::wire::narya_response;
using kraken::wire::request_head;
using kraken::wire::split_outcome;
namespace wire = kraken::wire;

namespace {

/// @param text outlives the head, which points into it
std::unique_ptr<request_head> narya_head(std::string_view text) {
  auto head = std::make_unique<request_head>();
  wire::request_parser parser;
  REQUIRE(parser.parse(text, *head).status == wire::parse_outcome::kind::done);
  return head;
}

narya_request sample_request(const request_head& head) {
  narya_request request;
  request.id = 1;
  request.head = &head;
  request.path = "/";
  request.remote = "127.0.0.1:5";
  request.timeout_ms = 30'000;
  request.worker_id = 3;
  return request;
}

using line_list = std::vector<std::pair<std::string, std::string>>;

line_list lines_of_response(const narya_response& response) {
  line_list lines;
  wire::narya_headers headers{response};
  for (header_field field; headers.next(field);) {
    lines.emplace_back(field.name, field.value);
  }
  return lines;
}

/// A response map with status 200 and one more pair.
std::string with_pair(std::string_view hex) {
  return from_hex("82 a6737461747573 ccc8") + from_hex(hex);
}

} // namespace

TEST_CASE("a narya request is the engine's bytes") {
  const auto head = narya_head("GET /?x=1 HTTP/1.1\r\nHost: h\r\naccept: */*\r\n\r\n");
  auto request = sample_request(*head);
  request.uri = "/a?x=1";
  request.path = "/a";
  byte_buffer out;
  REQUIRE(wire::append_narya_request(out, request));
  CHECK(to_hex(out.view()) ==
        to_hex(from_hex(
            "000000ab 8d a26964cf0000000000000001 a66d6574686f64a3474554 a3757269a62f613f783d31 "
            "a470617468a22f61 a57175657279a3783d31 a76865616465727381a641636365707491a32a2f2a "
            "a4626f6479c400 ab72656d6f74655f61646472ab3132372e302e302e313a35 a4686f7374a168 "
            "a6736368656d65a468747470 aa74696d656f75745f6d73cd7530 a9776f726b65725f696403 "
            "af72756e74696d655f76657273696f6ea5322e302e30")));
}

TEST_CASE("worker 0 has no id, repeated headers share a key, Host is left out") {
  const auto head = narya_head(
      "POST /p HTTP/1.0\r\nX-CUSTOM-id: 1\r\nX-Other-Nam: 9\r\nHost: h\r\nx-custom-ID: 2\r\n"
      "Content-Length: 2\r\n\r\n");
  auto request = sample_request(*head);
  request.worker_id = 0;
  request.body = "hi";
  byte_buffer out;
  REQUIRE(wire::append_narya_request(out, request));
  std::string_view payload;
  REQUIRE(wire::split_narya_frame(out.view(), payload).status == split_outcome::kind::done);
  CHECK(payload.find("worker_id") == std::string_view::npos);
  CHECK(to_hex(payload).find(to_hex(
            from_hex("a7686561646572 73 83 ab") + "X-Custom-Id" + from_hex("92a131a132 ab") +
            "X-Other-Nam" + from_hex("91a139 ae") + "Content-Length" + from_hex("91a132"))) !=
        std::string::npos);
  CHECK(payload.find(from_hex("a4626f6479c402") + "hi") != std::string_view::npos);
  CHECK(payload[0] == '\x8c');
  CHECK(payload.find(from_hex("a3757269a2") + "/p") != std::string_view::npos);
}

TEST_CASE("a worker that is known later is the last word of the frame") {
  const auto head = narya_head("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  auto request = sample_request(*head);
  request.worker_id = wire::narya_worker_later;
  byte_buffer out;
  out.append("before");
  REQUIRE(wire::append_narya_request(out, request));
  wire::put_narya_worker(out, 0);
  wire::put_narya_worker(out, 258);
  std::string_view payload;
  REQUIRE(wire::split_narya_frame(out.view().substr(6), payload).status ==
          split_outcome::kind::done);
  CHECK(payload[0] == '\x8d');
  CHECK(payload.ends_with(from_hex("a9776f726b65725f6964 ce00000102")));
  CHECK(out.view().ends_with(payload));
}

TEST_CASE("names that only look alike stay apart") {
  const auto head = narya_head("GET / HTTP/1.1\r\nHost: h\r\nXa-bx: 1\r\nXc-bx: 2\r\n"
                               "xA-BX: 3\r\nxa-bX: 4\r\n\r\n");
  byte_buffer out;
  REQUIRE(wire::append_narya_request(out, sample_request(*head)));
  CHECK(to_hex(out.view())
            .find(to_hex(from_hex("82 a5") + "Xa-Bx" + from_hex("93a131a133a134 a5") + "Xc-Bx" +
                         from_hex("91a132"))) != std::string::npos);
}

TEST_CASE("later SDKs get protocol and server too") {
  const auto [minor, text] =
      GENERATE(table<std::string, std::string>({{"1.0", "1.0"}, {"1.1", "1.1"}}));
  const std::string bytes = "GET / HTTP/" + minor + "\r\nHost: h\r\n\r\n";
  const auto head = narya_head(bytes);
  auto request = sample_request(*head);
  const std::array server{header_field{"REQUEST_METHOD", "GET"}, header_field{"HTTPS", "off"}};
  request.server = server;
  request.keys = narya_request::key_set::extended;
  byte_buffer out;
  REQUIRE(wire::append_narya_request(out, request));
  CHECK(out.view()[4] == '\x8f');
  CHECK(out.view().find(from_hex("a870726f746f636f6ca3") + text + from_hex("a6736572766572 82 ae") +
                        "REQUEST_METHOD") != std::string_view::npos);
}

TEST_CASE("a narya request is at most 10 MiB") {
  const auto head = narya_head("POST / HTTP/1.1\r\nHost: h\r\n\r\n");
  auto request = sample_request(*head);
  byte_buffer out;
  REQUIRE(wire::append_narya_request(out, request));
  const std::size_t bare = out.size() - 4; // its empty body has a head of 2 bytes, a large one 5
  const std::string body(kraken::limits::narya_frame_bytes_max, 'x');
  out.clear();
  request.body = std::string_view{body}.substr(0, body.size() - bare - 3);
  REQUIRE(wire::append_narya_request(out, request));
  CHECK(out.size() - 4 == kraken::limits::narya_frame_bytes_max);
  out.clear();
  request.body = std::string_view{body}.substr(0, body.size() - bare - 2);
  CHECK_FALSE(wire::append_narya_request(out, request));
  request.body = body;
  CHECK_FALSE(wire::append_narya_request(out, request));
  const std::string more = body + body;
  request.body = more;
  CHECK_FALSE(wire::append_narya_request(out, request));
  CHECK(out.empty());
}

TEST_CASE("narya frames are split at their length") {
  std::string_view payload;
  CHECK(wire::split_narya_frame("", payload).needed == 4);
  CHECK(wire::split_narya_frame(from_hex("000000"), payload).status ==
        split_outcome::kind::need_more);
  CHECK(wire::split_narya_frame(from_hex("00000003 80"), payload).needed == 2);
  CHECK(wire::split_narya_frame(from_hex("00000000"), payload).status ==
        split_outcome::kind::bad_length);
  CHECK(wire::split_narya_frame(from_hex("00a00000"), payload).status ==
        split_outcome::kind::need_more);
  CHECK(wire::split_narya_frame(from_hex("00a00001"), payload).status ==
        split_outcome::kind::bad_length);
  const auto two = from_hex("00000001 80 00000001");
  const auto split = wire::split_narya_frame(two, payload);
  CHECK(split.status == split_outcome::kind::done);
  CHECK(split.consumed == 5);
  CHECK(payload == "\x80");
}

TEST_CASE("the response the SDK really sends is understood") {
  const auto payload =
      from_hex("86a2696401a6737461747573ccc8a76865616465727381a15891a131a4626f6479a26869a5"
               "6572726f72a0a55f6d65746184a97265715f636f756e7401a96d656d5f7573616765ce00200000"
               "a86d656d5f7065616bce00200000a772656379636c65c2");
  const auto response = wire::decode_narya_response(payload, 1);
  REQUIRE(response);
  CHECK(response->status == 200);
  CHECK(lines_of_response(*response) == line_list{{"X", "1"}});
  CHECK(response->body == "hi");
  CHECK(response->error.empty());
  CHECK_FALSE(response->recycle);
  CHECK(response->memory_bytes == 0x200000);
}

TEST_CASE("a status may come as many types") {
  const auto [hex, status] = GENERATE(table<std::string, int>({
      {"ccc8", 200},
      {"cd00c9", 201},
      {"d100ca", 202},             // int 16
      {"cb4069600000000000", 203}, // float 64
      {"ca434c0000", 204},         // float 32
      {"a3323035", 205},           // "205"
      {"cc64", 100},
      {"cd0257", 599},
      {"cc63", 0},   // 99
      {"cd0258", 0}, // 600
      {"ff", 0},
      {"c0", 0},
      {"c3", 0},
      {"90", 0},
      {"a0", 0},
      {"a478323030", 0},
      {"a432303078", 0},         // "200x"
      {"cb7ff8000000000000", 0}, // NaN
      {"cb7fefffffffffffff", 0},
      {"cfffffffffffffffff", 0},
      {"c1", 0},
  }));
  INFO(hex);
  const auto payload = from_hex("81 a6737461747573") + from_hex(hex);
  const auto response = wire::decode_narya_response(payload, 1);
  CHECK((response ? response->status : 0) == status);
  if (!response) {
    CHECK(response.error().code == errc::protocol_error);
    CHECK(response.error().context.find("status") != std::string::npos);
  }
}

TEST_CASE("headers may come as many types") {
  const auto [hex, lines] = GENERATE(table<std::string, line_list>({
      {"80", {}},
      {"90", {}}, // what PHP makes of []
      {"c0", {}},
      {"81a15891a131", {{"X", "1"}}},
      {"81a158a131", {{"X", "1"}}},   // scalar
      {"81a158c40131", {{"X", "1"}}}, // bin
      {"81a1589407ffc3c2", {{"X", "7"}, {"X", "-1"}, {"X", "1"}, {"X", ""}}},
      {"81a15892cb3ff8000000000000c0", {{"X", "1.5"}, {"X", ""}}},
      {"83a15890a15991a131a15a90", {{"Y", "1"}}}, // a name without values
  }));
  INFO(hex);
  const auto payload = with_pair("a768656164657273" + hex);
  const auto response = wire::decode_narya_response(payload, 1);
  REQUIRE(response);
  CHECK(lines_of_response(*response) == lines);
}

TEST_CASE("what is no header is refused") {
  const auto hex = GENERATE(as<std::string>{},
                            "91a158",
                            "a158",
                            "8101a131",
                            "81a15880",
                            "81a1589190",
                            "81a15891c70101ff",
                            "81a158",
                            "81a15892a131",
                            "df0000ffff",
                            "81a15891d40001",
                            "8207a131a131",
                            "81a1589391a0a0a0");
  INFO(hex);
  const auto response = wire::decode_narya_response(with_pair("a768656164657273" + hex), 1);
  REQUIRE_FALSE(response);
  CHECK(response.error().code == errc::protocol_error);
}

TEST_CASE("body, error, id and _meta have their tolerances") {
  CHECK(wire::decode_narya_response(with_pair("a4626f6479c0"), 1)->body.empty());
  CHECK(wire::decode_narya_response(with_pair("a4626f6479c40178"), 1)->body == "x");
  CHECK_FALSE(wire::decode_narya_response(with_pair("a4626f64799101"), 1));
  CHECK_FALSE(wire::decode_narya_response(with_pair("a4626f647901"), 1));
  CHECK(wire::decode_narya_response(with_pair("a56572726f72c0"), 1)->error.empty());
  CHECK(wire::decode_narya_response(with_pair("a2696401"), 1));
  CHECK(wire::decode_narya_response(with_pair("a26964c0"), 1));
  CHECK_FALSE(wire::decode_narya_response(with_pair("a2696402"), 1));
  CHECK_FALSE(wire::decode_narya_response(with_pair("a26964a131"), 0));
  CHECK_FALSE(wire::decode_narya_response(with_pair("a26964a131"), 1));
  CHECK(wire::decode_narya_response(with_pair("07c0"), 1));                 // key is no text
  CHECK(wire::decode_narya_response(with_pair("a37a7a7a81a16192c0c0"), 1)); // unknown key
  CHECK_FALSE(wire::decode_narya_response(with_pair("a2696401c0"), 1));     // bytes behind
  CHECK_FALSE(wire::decode_narya_response("", 1));
  CHECK_FALSE(wire::decode_narya_response(from_hex("c0"), 1));
}

TEST_CASE("recycle is what PHP takes for true") {
  const auto [hex, recycle] = GENERATE(table<std::string, bool>({
      {"c0", false},
      {"90", false},
      {"80", false},
      {"81a772656379636c65c3", true},
      {"81a772656379636c65c2", false},
      {"81a772656379636c6501", true},
      {"81a772656379636c6500", false},
      {"81a772656379636c65ff", true},
      {"81a772656379636c65a131", true},
      {"81a772656379636c65a130", false},
      {"81a772656379636c65a0", false},
      {"81a772656379636c65c0", false},
      {"8207c3a772656379636c65c3", true},
      {"82a3616161c3a96d656d5f7573616765a131", false}, // odd memory: not told
  }));
  INFO(hex);
  const auto payload = with_pair("a55f6d657461" + hex);
  const auto response = wire::decode_narya_response(payload, 1);
  REQUIRE(response);
  CHECK(response->recycle == recycle);
  CHECK(response->memory_bytes == 0);
}

TEST_CASE("a broken pair before another is seen") {
  CHECK_FALSE(wire::decode_narya_response(from_hex("8207c1c0c0"), 1));
  CHECK_FALSE(wire::decode_narya_response(with_pair("a55f6d6574618207c1c0c0"), 1));
}

TEST_CASE("a list with elements is no map") {
  CHECK_FALSE(wire::decode_narya_response(with_pair("a55f6d6574619101"), 1));
}

TEST_CASE("an error text makes everything else irrelevant") {
  const auto payload = from_hex("83 a56572726f72a4626f6f6d a6737461747573c0"
                                "a76865616465727381a15891a131");
  const auto response = wire::decode_narya_response(payload, 1);
  REQUIRE(response);
  CHECK(response->status == 500);
  CHECK(response->error == "boom");
  CHECK(lines_of_response(*response).empty());
}
