// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Answers of commands that take their time: whole or as a stream, to clients that stay or go.
#include "containers/admin/command_answers.hpp"

#include "../fake_exchange.hpp"
#include "support/loop_thread.hpp"

#include <catch2/catch.hpp>

using namespace kraken;
using namespace kraken::containers;
using namespace kraken::containers::test;

namespace {

struct answering {
  answering() {
    on.call([&] { answers = std::make_unique<command_answers>(on.loop()); });
  }
  ~answering() {
    on.call([&] { answers.reset(); });
  }

  test_support::loop_thread on;
  std::unique_ptr<command_answers> answers;
};

} // namespace

TEST_CASE("a stream shows what goes on and ends with the answer") {
  answering a;
  fake_exchange client;
  command_answers::number number = 0;
  a.on.call([&] {
    number = a.answers->begin(client, answer_form::stream, [] { return "1 of 2 ready"; });
    a.answers->progress(number, "at \"it\"");
  });
  CHECK(client.streaming_begun);
  REQUIRE(a.on.eventually([&] {
    return client.text.find("event: progress\ndata: {\"text\":\"1 of 2 ready\"}\n") !=
           std::string::npos;
  }));
  CHECK(client.text.find("event: progress\ndata: {\"text\":\"at \\\"it\\\"\"}\n") !=
        std::string::npos);
  a.on.call([&] {
    a.answers->reply(number, {"Done.", true, {}});
    a.answers->reply(number, {"Again.", true, {}});
  });
  CHECK(client.ends == 1);
  CHECK(client.text.find("event: reply\ndata: {\"ok\":true,\"text\":\"Done.\"") !=
        std::string::npos);
  CHECK(client.text.find("Again.") == std::string::npos);
}

TEST_CASE("a stream tells a failure, too; a drain ends it without") {
  answering a;
  fake_exchange refused;
  fake_exchange drained;
  a.on.call([&] {
    const auto number = a.answers->begin(refused, answer_form::stream, {});
    a.answers->refuse(number, {error{errc::not_found, "no"}, "kraken tree"});
    static_cast<void>(a.answers->begin(drained, answer_form::stream, {}));
    a.answers->end_streams();
  });
  CHECK(refused.text.find("event: error\ndata: {\"ok\":false") != std::string::npos);
  CHECK(refused.ends == 1);
  CHECK(drained.ends == 1);
  CHECK(drained.text.find("event:") == std::string::npos);
}

TEST_CASE("a client that went before the answer is not touched") {
  answering a;
  a.on.call([&] {
    auto client = std::make_unique<fake_exchange>();
    const auto number = a.answers->begin(*client, answer_form::whole, {});
    a.answers->abandon(*client);
    client.reset();
    a.answers->progress(number, "x");
    a.answers->reply(number, {"Done.", true, {}});
    a.answers->refuse(number, {error{errc::timeout, ""}, ""});
    a.answers->end_streams();
  });
}
