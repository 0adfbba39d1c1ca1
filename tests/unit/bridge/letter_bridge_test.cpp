// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Letters to frames and back, against the golden vectors, with a recording host.
#include "kraken/bridge/letter_bridge.hpp"

#include "unit/containers/quiet_host.hpp"
#include "unit/wire/vector_file.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <utility>

namespace kraken::bridge {

namespace {

class no_executor final : public executor {
public:
  void post(std::function<void()>) override {}
  [[nodiscard]] bool on_this_thread() const noexcept override { return true; }
};

/// Keeps what it is asked and answers when told to.
class recording_host final : public containers::test::quiet_host {
public:
  explicit recording_host(executor& on) : quiet_host(on, "Main/a") {}

  result<actor::posted> send(const actor::draft& what) override {
    said.push_back("send " + std::string(what.to) + " " + test::to_hex(*what.body) + " mode " +
                   std::to_string(static_cast<int>(what.mode)));
    return what.to == "nobody" ? result<actor::posted>(fail(errc::not_found, "no container"))
                               : actor::posted::sent;
  }
  actor::call_id request(const actor::draft& what, actor::answer_callback done) override {
    said.push_back("request " + std::string(what.to) + " " + test::to_hex(*what.body) + " " +
                   std::to_string(what.timeout.count()) + " " + std::string(what.id));
    waiting.push_back(std::move(done));
    return waiting.size();
  }
  actor::call_id command(const actor::draft& what, actor::answer_callback done) override {
    said.push_back("command " + std::string(what.to) + " " + std::string(what.name));
    waiting.push_back(std::move(done));
    return waiting.size();
  }
  void cancel_request(actor::call_id which) override {
    said.push_back("cancel " + std::to_string(which));
  }
  std::vector<std::string> matching(std::string_view) override { return {"Main/x", "Main/y"}; }
  void hold_letters() override { said.push_back("hold"); }
  void release_letters() override { said.push_back("release"); }
  void watch(std::string_view target) override { said.push_back("watch " + std::string(target)); }
  void unwatch(std::string_view target) override {
    said.push_back("unwatch " + std::string(target));
  }

  [[nodiscard]] std::string took() {
    REQUIRE(said.size() == 1);
    auto one = said.front();
    said.clear();
    return one;
  }

  std::deque<std::string> said;
  std::vector<actor::answer_callback> waiting;
};

struct bridge_fixture {
  bridge_fixture()
      : shell(nothing), between(
                            shell,
                            out,
                            [this] { ++flushes; },
                            [](std::string_view name) { return name == "process:create"; }) {}

  /// What the bridge makes of a golden frame.
  result<bool> take(const std::string& name) { return take_bytes(golden.at(name)); }
  result<bool> take_bytes(const std::string& bytes) {
    wire::worker_frame frame;
    REQUIRE(wire::split_frame(bytes, frame).consumed == bytes.size());
    return between.take(frame);
  }
  [[nodiscard]] std::string wrote() {
    auto hex = test::to_hex(out.view());
    out.clear();
    return hex;
  }
  [[nodiscard]] std::string hex_of(const std::string& name) const {
    return test::to_hex(golden.at(name));
  }

  std::map<std::string, std::string> golden = test::read_worker_frames();
  no_executor nothing;
  recording_host shell;
  wire::byte_buffer out;
  int flushes = 0;
  letter_bridge between;
};

actor::letter letter_of(actor::letter_kind kind, std::string hex) {
  actor::letter made;
  made.kind = kind;
  made.from = std::make_shared<const std::string>("Main/a");
  made.body = std::make_shared<const std::string>(test::from_hex(hex));
  made.timeout = milliseconds{1'500};
  return made;
}

} // namespace

TEST_CASE_METHOD(bridge_fixture, "a worker's message goes out and is told what became of it") {
  CHECK(*take("message"));
  CHECK(shell.took() == "send b 81a16e01 mode 3");
  CHECK(wrote() == "0000000b"
                   "4200000000000004"
                   "920001");
  CHECK(flushes == 1);
}

TEST_CASE_METHOD(bridge_fixture, "many targets, globs among them, and nobody asked for an answer") {
  CHECK(*take("message_many"));
  CHECK(shell.said.size() == 3);
  CHECK(shell.said.back() == "send Main/y c0 mode 0");
  CHECK(out.size() == 0);
}

TEST_CASE_METHOD(bridge_fixture, "a worker's call is answered on its stream, after signs of life") {
  CHECK(*take("call"));
  CHECK(shell.took() == "request b 9201a374776f 1500 id-7");
  shell.waiting.at(0)(actor::answer::unfinished());
  CHECK(wrote() == "0000000b"
                   "4200000000000009"
                   "9203c0");
  shell.waiting.at(0)(actor::answer::of(std::make_shared<const std::string>("\xc3")));
  CHECK(wrote() == "0000000b"
                   "4200000000000009"
                   "9200c3");
  CHECK(*take("call")); // the stream is free again
}

TEST_CASE_METHOD(bridge_fixture, "a worker takes its call back") {
  CHECK(*take("call"));
  shell.said.clear();
  CHECK(*take_bytes(test::from_hex("00000008"
                                   "1300000000000009")));
  CHECK(shell.took() == "cancel 1");
  CHECK_FALSE(*take_bytes(test::from_hex("00000008"
                                         "1300000000000001")));
}

TEST_CASE_METHOD(bridge_fixture, "a stream in use is refused, the call on it goes on") {
  CHECK(*take("call"));
  CHECK(*take("call"));
  CHECK(shell.said.size() == 1);
  CHECK(wrote().find(test::to_hex("invalid_argument")) != std::string::npos);
}

TEST_CASE_METHOD(bridge_fixture, "a call to many is answered once, by a map") {
  // ["web/*", 0, nil, 0, ""] on stream 9
  CHECK(*take_bytes(test::from_hex("00000013"
                                   "4100000000000009"
                                   "95a57765622f2a00c000a0")));
  REQUIRE(shell.waiting.size() == 2);
  shell.waiting.at(1)(actor::answer::cancelled());
  CHECK(out.size() == 0);
  shell.waiting.at(0)(actor::answer::of(actor::failure{"E", "m", "c"}));
  // [0, {"Main/x": [1, ["E", "m", "c"]], "Main/y": [2, nil]}]
  CHECK(wrote() == "00000025"
                   "4200000000000009"
                   "920082a64d61696e2f78920193a145a16da163a64d61696e2f79"
                   "9202c0");
}

TEST_CASE_METHOD(bridge_fixture,
                 "commands: the daemon's are left to it, others go to their target") {
  CHECK_FALSE(*take("command"));
  // ["b", "process:create", {}, 0] is a verb, ["b", "cmd:ping", {}, 0] is not
  CHECK_FALSE(*take_bytes(test::from_hex("0000001c"
                                         "4300000000000003"
                                         "94a162ae70726f636573733a6372656174658000")));
  CHECK(*take_bytes(test::from_hex("00000016"
                                   "4300000000000003"
                                   "94a162a8636d643a70696e678000")));
  CHECK(shell.took() == "command b cmd:ping");
  shell.waiting.at(0)(
      actor::answer::of(std::make_shared<const std::string>(test::from_hex("a4706f6e67"))));
  CHECK(wrote() == hex_of("result"));
}

TEST_CASE_METHOD(bridge_fixture, "letters become frames, replies answer them") {
  CHECK(between.receive(
      *std::make_unique<actor::letter>(letter_of(actor::letter_kind::message, "81a16e01"))));
  CHECK(wrote() == hex_of("message_in"));
  auto first = letter_of(actor::letter_kind::request, "c0");
  CHECK(between.receive(first));
  out.clear();
  auto call = letter_of(actor::letter_kind::request, "9201a374776f");
  call.id = "id-7";
  CHECK(between.receive(call));
  CHECK(wrote() == hex_of("call_in"));
  auto command = letter_of(actor::letter_kind::command, "80");
  command.name = "cmd:ping";
  command.timeout = milliseconds{22'500};
  CHECK(between.receive(command));
  CHECK(wrote() == hex_of("command_in"));
  CHECK(*take("reply"));
  CHECK(*take("reply")); // of a request that is answered: harmless
}

TEST_CASE_METHOD(bridge_fixture, "watches and notices") {
  CHECK(*take("watch"));
  CHECK(shell.took() == "watch b");
  CHECK(*take("unwatch"));
  CHECK(shell.took() == "unwatch b");
  between.noticed({"Main/b", 2, "exit code 255"});
  CHECK(wrote() == hex_of("notice"));
}

TEST_CASE_METHOD(bridge_fixture, "a process that does not read holds letters back") {
  auto large = letter_of(actor::letter_kind::message, "c0");
  large.body = std::make_shared<const std::string>(2U << 20U, '\xc0');
  CHECK(between.receive(large));
  CHECK(shell.took() == "hold");
  CHECK(between.receive(large));
  CHECK(shell.said.empty());
  between.drained();
  CHECK(shell.took() == "release");
  between.drained();
  CHECK(shell.said.empty());
}

TEST_CASE_METHOD(bridge_fixture, "a process that can not be understood, and frames of others") {
  CHECK_FALSE(take_bytes(test::from_hex("00000009"
                                        "4000000000000000"
                                        "c0")));
  CHECK_FALSE(*take("ready"));
  CHECK_FALSE(*take("state"));
}

TEST_CASE_METHOD(bridge_fixture, "after the end of the socket nothing is written") {
  between.close();
  auto late = letter_of(actor::letter_kind::message, "c0");
  CHECK_FALSE(between.receive(late));
  between.noticed({"Main/b", 2, ""});
  CHECK(*take("message"));
  CHECK(out.size() == 0);
}

} // namespace kraken::bridge
