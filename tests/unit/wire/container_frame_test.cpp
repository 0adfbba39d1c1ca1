// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Frames between containers against their golden vectors, and broken ones.
#include "kraken/wire/container_frame.hpp"

#include "kraken/wire/msgpack_stream.hpp"
#include "vector_file.hpp"

#include <catch2/catch.hpp>

using kraken::errc;
using kraken::test::from_hex;
using kraken::test::to_hex;
using kraken::wire::byte_buffer;
using kraken::wire::frame_type;
namespace wire = kraken::wire;

namespace {

const std::string& golden_letter(const std::string& name) {
  static const auto frames = kraken::test::read_worker_frames();
  const auto found = frames.find(name);
  REQUIRE(found != frames.end());
  return found->second;
}

wire::worker_frame frame_of(const std::string& name) {
  wire::worker_frame frame;
  const auto& bytes = golden_letter(name);
  REQUIRE(wire::split_frame(bytes, frame).consumed == bytes.size());
  return frame;
}

std::string is_golden(const byte_buffer& out, const std::string& name) {
  return to_hex(out.view()) == to_hex(golden_letter(name)) ? "" : name + ": " + to_hex(out.view());
}

const std::string map_n1 = from_hex("81a16e01");
const std::string list_two = from_hex("9201a374776f");

} // namespace

TEST_CASE("what the daemon says between containers are the golden bytes") {
  byte_buffer out;
  SECTION("MESSAGE") {
    REQUIRE(wire::append_message(out, "Main/a", map_n1));
    CHECK(is_golden(out, "message_in").empty());
  }
  SECTION("CALL") {
    REQUIRE(wire::append_call(out, {2, "Main/a", list_two, 1'500, "id-7"}));
    CHECK(is_golden(out, "call_in").empty());
  }
  SECTION("REPLY") {
    REQUIRE(wire::append_reply(out, frame_type::reply, 2, wire::reply_status::done, "\xc3"));
    CHECK(is_golden(out, "reply").empty());
    out.clear();
    wire::append_reply_failure(out, frame_type::reply, 2, {"DomainError", "no such user", "17"});
    CHECK(is_golden(out, "reply_failed").empty());
    out.clear();
    REQUIRE(wire::append_reply(out, frame_type::reply, 2, wire::reply_status::cancelled, ""));
    CHECK(is_golden(out, "reply_cancelled").empty());
    out.clear();
    REQUIRE(wire::append_reply(out, frame_type::reply, 2, wire::reply_status::unfinished, ""));
    CHECK(is_golden(out, "reply_unfinished").empty());
  }
  SECTION("COMMAND and RESULT") {
    REQUIRE(wire::append_command(out, {3, "Main/a", "cmd:ping", "", 22'500}));
    CHECK(is_golden(out, "command_in").empty());
    out.clear();
    REQUIRE(wire::append_command(out, {3, "Main/a", "cmd:ping", "\x80", 22'500}));
    CHECK(is_golden(out, "command_in").empty());
    out.clear();
    REQUIRE(wire::append_reply(
        out, frame_type::result, 3, wire::reply_status::done, from_hex("a4706f6e67")));
    CHECK(is_golden(out, "result").empty());
  }
  SECTION("STATE, NOTICE, RESUME") {
    wire::append_state(out, 4, "ready");
    CHECK(is_golden(out, "state").empty());
    out.clear();
    wire::append_notice(out, "Main/b", 2, "exit code 255");
    CHECK(is_golden(out, "notice").empty());
    out.clear();
    wire::append_resume(out);
    CHECK(is_golden(out, "resume").empty());
    out.clear();
    wire::append_drain(out, "destroy");
    CHECK(is_golden(out, "drain_destroy").empty());
  }
}

TEST_CASE("what a worker says to other containers") {
  SECTION("MESSAGE") {
    const auto frame = frame_of("message");
    CHECK(frame.stream == 4);
    const auto said = wire::decode_message(frame.payload);
    REQUIRE(said);
    CHECK(said->to.name == "b");
    CHECK_FALSE(said->to.many);
    CHECK(said->mode == 3);
    CHECK(said->value == map_n1);
    const auto many = wire::decode_message(frame_of("message_many").payload);
    REQUIRE(many);
    CHECK(many->to.many);
    CHECK(many->to.list == std::vector<std::string_view>{"a", "web/*"});
    CHECK(many->value == "\xc0");
  }
  SECTION("CALL") {
    const auto said = wire::decode_call(frame_of("call").payload);
    REQUIRE(said);
    CHECK(said->to.name == "b");
    CHECK(said->mode == 0);
    CHECK(said->value == list_two);
    CHECK(said->timeout_ms == 1'500);
    CHECK(said->id == "id-7");
  }
  SECTION("REPLY and RESULT") {
    const auto done = wire::decode_reply(frame_of("reply").payload);
    REQUIRE(done);
    CHECK(done->status == wire::reply_status::done);
    CHECK(done->value == "\xc3");
    const auto failed = wire::decode_reply(frame_of("reply_failed").payload);
    REQUIRE(failed);
    CHECK(failed->status == wire::reply_status::failed);
    const auto why = wire::decode_reply_failure(failed->value);
    REQUIRE(why);
    CHECK(why->type == "DomainError");
    CHECK(why->message == "no such user");
    CHECK(why->code == "17");
    CHECK(wire::decode_reply(frame_of("reply_unfinished").payload)->status ==
          wire::reply_status::unfinished);
    CHECK(wire::decode_reply(frame_of("result").payload)->value == from_hex("a4706f6e67"));
  }
  SECTION("a code that is no text is none") {
    const auto why = wire::decode_reply_failure(from_hex("93a14ba16d11"));
    REQUIRE(why);
    CHECK(why->code.empty());
  }
  SECTION("COMMAND") {
    const auto said = wire::decode_worker_command(frame_of("command").payload);
    REQUIRE(said);
    CHECK(said->to.name.empty());
    CHECK(said->name == "process:create");
    CHECK(said->params == from_hex("81a5616c696173a142"));
    CHECK(said->timeout_ms == 0);
  }
  SECTION("WATCH") {
    CHECK(wire::decode_watch(frame_of("watch").payload)->on);
    CHECK_FALSE(wire::decode_watch(frame_of("unwatch").payload)->on);
    CHECK(wire::decode_watch(frame_of("watch").payload)->target == "b");
  }
  SECTION("FAIL is written as FATAL") {
    CHECK(frame_of("fail").type == wire::frame_fail);
    CHECK(wire::decode_fatal(frame_of("fail").payload)->message == "boom");
  }
}

TEST_CASE("elements of a later version are ignored") {
  CHECK(wire::decode_message(from_hex("94a162000107"))->value == "\x01");
  CHECK(wire::decode_watch(from_hex("94a162c381a1610191c0"))->on);
}

TEST_CASE("broken frames between containers") {
  struct row {
    const char* what;
    std::string hex;
    bool message = false, call = false, reply = false, command = false, watch = false,
         failure = false;
  };
  const auto at =
      GENERATE(row{"empty", ""},
               row{"no array", "c0"},
               row{"too short", "91a162"},
               row{"cut short", "93a16200"},
               row{.what = "a target that is no text", .hex = "93010001", .reply = true},
               row{"a list with a number", "9391010001"},
               row{"a list cut short", "93dc00"},
               row{"a list with a number in front of more", "93920161610001"},
               row{"mode 4", "93a1620401"},
               row{"status 4", "920401"},
               row{.what = "a command without a map", .hex = "94a162a1630100", .failure = true},
               row{"a watch with a number", "92a16201"},
               row{"bytes after the end", "92a162c3c0"},
               row{"a skipped element cut short", "93a162c3a5"});
  CAPTURE(at.what);
  const auto bytes = from_hex(at.hex);
  CHECK(wire::decode_message(bytes).has_value() == at.message);
  CHECK(wire::decode_call(bytes).has_value() == at.call);
  CHECK(wire::decode_reply(bytes).has_value() == at.reply);
  CHECK(wire::decode_worker_command(bytes).has_value() == at.command);
  CHECK(wire::decode_watch(bytes).has_value() == at.watch);
  CHECK(wire::decode_reply_failure(bytes).has_value() == at.failure);
}

TEST_CASE("what a broken frame between containers is called") {
  CHECK(wire::decode_message("").error().code == errc::protocol_error);
  CHECK(wire::decode_call("").error().context.find("CALL") == 0);
}

TEST_CASE("values larger than a frame are not begun") {
  const std::string huge(kraken::limits::frame_bytes_max, 'x');
  byte_buffer out;
  CHECK_FALSE(wire::append_message(out, "a", huge));
  CHECK_FALSE(wire::append_call(out, {1, "a", huge, 0, ""}));
  CHECK_FALSE(wire::append_command(out, {1, "a", "b", huge, 0}));
  CHECK_FALSE(wire::append_reply(out, frame_type::reply, 1, wire::reply_status::done, huge));
  CHECK(out.size() == 0);
  wire::append_reply_failure(out, frame_type::reply, 1, {"", huge, "x"});
  CHECK(out.size() < huge.size());
}
