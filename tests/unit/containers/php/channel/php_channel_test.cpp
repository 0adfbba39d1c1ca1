// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a container in PHP says, right and wrong, and the orders it gets.
#include "containers/php/channel/php_channel.hpp"

#include "../pool/pool_fixture.hpp"
#include "kraken/wire/msgpack.hpp"
#include "kraken/wire/worker_side_frame.hpp"

#include <catch2/catch.hpp>

using namespace kraken;
using namespace kraken::containers;
using namespace kraken::containers::test;
using kraken::test_support::loop_thread;

namespace {

struct noting_owner final : php_channel_owner {
  std::vector<std::string> notes;
  std::vector<std::pair<std::uint32_t, php_command>> commands;

  void program_ready() override { notes.emplace_back("ready"); }
  void program_failed(model::cause why) override { notes.push_back("failed " + why.text()); }
  void program_dying(model::cause why) override { notes.push_back("dying " + why.text()); }
  void program_alive() override {}
  result<bool> program_letter(const wire::worker_frame& frame) override {
    if (frame.payload == "\xc0") {
      return fail(errc::protocol_error, "nothing");
    }
    if (frame.type == wire::frame_type::command) {
      return false;
    }
    notes.push_back("letter " + std::to_string(static_cast<unsigned>(frame.type)));
    return true;
  }
  void program_drained() override {}
  void program_said(std::string_view level, std::string_view line) override {
    notes.push_back(std::string{level} + ": " + std::string{line});
  }
  void php_commands(std::uint32_t stream, php_command what) override {
    commands.emplace_back(stream, std::move(what));
  }
  void program_channel_ended(std::string why) override { notes.push_back("ended " + why); }
};

/// A frame as the process sends it.
wire::byte_buffer frame_of(unsigned type, std::uint32_t number, std::string_view payload) {
  wire::byte_buffer out;
  std::string head;
  for (const auto word : {static_cast<std::uint32_t>(payload.size() + 8), type << 24U, number}) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      head.push_back(static_cast<char>(word >> static_cast<unsigned>(shift)));
    }
  }
  out.append(head);
  out.append(payload);
  return out;
}

/// A value of a frame that came, as text.
std::string shown(std::string_view payload) {
  const auto value = wire::unpack_value(payload);
  REQUIRE(value);
  std::string out;
  const auto* const list = std::get_if<wire::msgpack_value::array>(&value->data);
  if (list == nullptr) {
    const auto* const then = value->find("then");
    return then == nullptr ? std::string{value->text("?")} : "then " + std::string{then->text()};
  }
  for (const auto& each : *list) {
    if (const auto* const inner = std::get_if<wire::msgpack_value::array>(&each.data)) {
      for (const auto& one : *inner) {
        out += std::string{one.text("?")} + "|";
      }
    } else {
      out += each.text().empty() ? std::to_string(each.number()) : std::string{each.text()};
      out += ' ';
    }
  }
  return out;
}

struct channel_fixture {
  loop_thread on;
  noting_owner owner;
  std::unique_ptr<php_channel> channel;
  std::unique_ptr<worker_end> end;

  channel_fixture() {
    unique_fd ours;
    unique_fd theirs;
    make_sockets(ours, theirs);
    end = std::make_unique<worker_end>(std::move(theirs));
    const bool opened = on.call([&] {
      channel = std::make_unique<php_channel>(on.loop(), std::move(ours), owner);
      return channel->welcome({.alias = "Main/T1", .generation = 2, .args = {}}).has_value();
    });
    REQUIRE(opened);
    CHECK(end->read()->type == wire::frame_type::welcome);
  }

  ~channel_fixture() {
    on.call([&] { channel.reset(); });
  }

  /// Everything noted once `what` was taken.
  std::vector<std::string> after(const wire::byte_buffer& what) {
    end->write(what);
    wire::byte_buffer ping;
    wire::append_ping(ping, 1);
    end->write(ping);
    end->read();
    return on.call([&] { return owner.notes; });
  }
};

} // namespace

TEST_CASE("a container in PHP reports readiness, failures, words and its last ones") {
  channel_fixture f;
  wire::byte_buffer out;
  wire::append_hello(out, {.protocol = 1, .pid = 1, .sdk = "test", .tier = "protocol"});
  wire::append_ready(out);
  wire::append_ready(out);
  wire::append_log(out, "warn", "careful", {});
  wire::append_fatal(
      out, {.type = "E", .message = "m", .file = "f", .line = 3, .trace = "t", .parents = {"P"}});
  CHECK(f.after(out) == std::vector<std::string>{"ready", "warn: careful", "dying E: m (f:3)"});
}

TEST_CASE("a failure the process lives on after is told from its last words") {
  channel_fixture f;
  wire::byte_buffer fatal;
  wire::append_fatal(
      fatal, {.type = "E", .message = "m", .file = "", .line = 0, .trace = "", .parents = {}});
  auto bytes = std::string{fatal.view()};
  bytes[4] = '\x4a'; // FAIL
  wire::byte_buffer out;
  out.append(bytes);
  CHECK(f.after(out) == std::vector<std::string>{"failed E: m"});
}

TEST_CASE("orders and answers leave as frames") {
  channel_fixture f;
  f.on.call([&] {
    f.channel->show_state(model::state::started, "ready");
    f.channel->resume();
    f.channel->ping();
    f.channel->answered(7, "Process has been created.");
    f.channel->answered(8, std::vector<std::string>{"a", "b"});
    f.channel->refused(9, error{errc::not_found, "no such"});
    f.channel->drain(actor::farewell::destroy);
  });
  using row = std::tuple<unsigned, std::uint32_t, std::string>;
  for (const auto& [type, number, text] : {row{0x47, 0, "4 ready "},
                                           row{0x4b, 0, ""},
                                           row{0x20, 0, "?"},
                                           row{0x44, 7, "0 Process has been created. "},
                                           row{0x44, 8, "0 a|b|"},
                                           row{0x44, 9, "1 |no such|not_found|"},
                                           row{0x22, 0, "then destroy"}}) {
    const auto got = f.end->read();
    REQUIRE(got);
    CHECK(static_cast<unsigned>(got->type) == type);
    CHECK(got->stream == number);
    CHECK((got->payload.empty() ? std::string{} : shown(got->payload)) == text);
  }
}

TEST_CASE("frames between containers go to the bridge") {
  channel_fixture f;
  wire::byte_buffer out;
  for (const unsigned type : {0x40U, 0x41U, 0x42U, 0x44U, 0x48U, 0x13U}) {
    out.append(frame_of(type, 1, "\x90").view());
  }
  CHECK(f.after(out) ==
        std::vector<std::string>{
            "letter 64", "letter 65", "letter 66", "letter 68", "letter 72", "letter 19"});
}

TEST_CASE("a command has a target, a name and parameters in words") {
  channel_fixture f;
  // ["", "process:create", {"alias": "B", "flags": 2, "n": -1, "deep": true}, 0]
  const auto good = frame_of(0x43,
                             5,
                             "\x94\xa0\xaeprocess:create\x84\xa5"
                             "alias\xa1"
                             "B\xa5"
                             "flags\x02\xa1n\xff\xa4"
                             "deep\xc3" +
                                 std::string(1, '\0'));
  CHECK(f.after(good).empty());
  const auto commands = f.on.call([&] { return f.owner.commands; });
  REQUIRE(commands.size() == 1);
  CHECK(commands[0].first == 5);
  CHECK(commands[0].second.name == "process:create");
  CHECK(commands[0].second.target.empty());
  CHECK(commands[0].second.params.at("alias") == "B");
  CHECK(commands[0].second.params.at("flags") == "2");
  CHECK(commands[0].second.params.at("n") == "-1");
  CHECK(commands[0].second.params.at("deep") == "true");
}

TEST_CASE("a command whose parameters are no words is refused, not punished") {
  channel_fixture f;
  f.end->write(frame_of(0x43, 6, "\x93\xa0\xa1x\x81\xa1k\x90"));
  const auto got = f.end->read();
  REQUIRE(got);
  CHECK(got->stream == 6);
  CHECK_THAT(shown(got->payload), Catch::Contains("invalid_argument"));
}

TEST_CASE("what breaks the protocol ends the channel and says why") {
  const auto [bytes, expected] = GENERATE(table<std::string, std::string>({
      {std::string("\0\0\0\1", 4), "ended a frame with an impossible length"},
      {std::string{frame_of(0x43, 1, "\xc0").view()}, "ended "},
      {std::string{frame_of(0x30, 0, "\xc0").view()}, "ended "},
      {std::string{frame_of(0x4a, 0, "\xc0").view()}, "ended "},
      {std::string{frame_of(0x01, 0, "\x81\xa8protocol\x09").view()},
       "ended unsupported: HELLO frame: protocol 9"},
  }));
  channel_fixture f;
  wire::byte_buffer out;
  out.append(bytes);
  f.end->write(out);
  CHECK_FALSE(f.end->read()); // closed
  const auto notes = f.on.call([&] { return f.owner.notes; });
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], Catch::StartsWith(expected));
}
