// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The two lanes of an actor, and the actor around them: order, rest, end, and that neither an
/// exception nor a stray message ends it.
#include "kraken/actor/shard/hosted_actor.hpp"
#include "kraken/actor/shard/system_config.hpp"
#include "kraken/base/log.hpp"

#include "caf/actor_system.hpp"
#include "caf/allowed_unsafe_message_type.hpp"
#include "caf/exit_reason.hpp"
#include "caf/scheduler/test_coordinator.hpp"
#include "caf/system_messages.hpp"
#include "catch2/catch.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace kraken;
using caf::intrusive::inbox_result;

namespace {

caf::mailbox_element_ptr text(std::string what, caf::message_priority how) {
  return caf::make_mailbox_element(nullptr, caf::make_message_id(how), {}, std::move(what));
}

caf::mailbox_element_ptr ahead(std::string what) {
  return text(std::move(what), caf::message_priority::high);
}

caf::mailbox_element_ptr behind(std::string what) {
  return text(std::move(what), caf::message_priority::normal);
}

std::string next_of(actor::lanes& from) {
  const auto next = from.take();
  return next == nullptr ? "-" : next->content().get_as<std::string>(0);
}

/// Keeps what it is told and throws when it is told to.
class diary final : public actor::hosted_actor {
public:
  diary(caf::actor_config& config, std::vector<std::string>& into)
      : actor::hosted_actor(config, nullptr), into_(into) {}

  void on_exit() override { into_.emplace_back("exit"); }

protected:
  beginning begin() override {
    into_.emplace_back("begin");
    throw std::runtime_error("at once");
  }
  bool receive(caf::mailbox_element& what) override {
    const auto* const said = actor::message_in<std::string>(what);
    if (said == nullptr) {
      return false;
    }
    into_.push_back(*said);
    if (*said == "throw") {
      throw std::runtime_error("as told");
    }
    if (*said == "throw a number") {
      throw 1;
    }
    if (*said == "quit") {
      quit();
    }
    return true;
  }
  void on_exception(const std::string& what) override { into_.push_back("! " + what); }

private:
  std::vector<std::string>& into_;
};

/// Two of them under the test coordinator.
struct desk_with_diary {
  desk_with_diary() {
    log::settings silent;
    silent.threshold = log::level::off;
    static_cast<void>(log::configure(silent));
    actor::release_logger();
  }

  void put(caf::mailbox_element_ptr what) {
    caf::actor_cast<caf::actor_control_block*>(who)->enqueue(std::move(what), nullptr);
  }
  std::vector<std::string> run() {
    scheduler.run();
    return std::exchange(seen, {});
  }

  std::vector<std::string> seen;
  actor::system_config config{actor::scheduling::testing};
  caf::actor_system system{config};
  caf::scheduler::test_coordinator& scheduler =
      dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  caf::actor who = system.spawn<diary>(seen);
};

} // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<int>)

TEST_CASE("the lifecycle lane is taken first, each lane in its order") {
  actor::lanes all;
  CHECK(all.put(behind("a")) == inbox_result::success);
  CHECK(all.put(behind("b")) == inbox_result::success);
  CHECK(all.put(ahead("1")) == inbox_result::success);
  CHECK(next_of(all) == "1");
  CHECK(next_of(all) == "a");
  CHECK(all.put(ahead("2")) == inbox_result::success); // also before what has been sorted in
  CHECK(all.put(behind("c")) == inbox_result::success);
  CHECK(all.put(ahead("3")) == inbox_result::success);
  CHECK(next_of(all) == "2");
  CHECK(next_of(all) == "3");
  CHECK(next_of(all) == "b");
  CHECK(next_of(all) == "c");
  CHECK(next_of(all) == "-");
}

TEST_CASE("lanes rest only when nothing waits, and the first message ends the rest") {
  actor::lanes all;
  CHECK(all.put(behind("a")) == inbox_result::success);
  CHECK(all.put(behind("b")) == inbox_result::success);
  CHECK_FALSE(all.rest());
  CHECK(next_of(all) == "a");
  CHECK_FALSE(all.rest());
  CHECK(next_of(all) == "b");
  CHECK(all.rest());
  CHECK(all.put(ahead("1")) == inbox_result::unblocked_reader);
  CHECK(all.put(ahead("2")) == inbox_result::success);
  CHECK(next_of(all) == "1");
  CHECK_FALSE(all.rest());
}

TEST_CASE("closed lanes destroy what waits and what comes") {
  const auto held = std::make_shared<int>(1);
  const auto holding = [&held](caf::message_priority how) {
    return caf::make_mailbox_element(nullptr, caf::make_message_id(how), {}, held);
  };
  actor::lanes all;
  CHECK(all.put(holding(caf::message_priority::high)) == inbox_result::success);
  CHECK(all.put(holding(caf::message_priority::high)) == inbox_result::success);
  CHECK(all.put(holding(caf::message_priority::normal)) == inbox_result::success);
  all.take().reset(); // the others are sorted in
  CHECK(all.put(holding(caf::message_priority::normal)) == inbox_result::success);
  CHECK(held.use_count() == 4);
  all.close();
  CHECK(held.use_count() == 1);
  CHECK(all.put(holding(caf::message_priority::high)) == inbox_result::queue_closed);
  CHECK(held.use_count() == 1);
  all.close();
}

TEST_CASE("what several threads put in is taken once, in the order of each") {
  constexpr int each = 20'000;
  actor::lanes all;
  const auto fill = [&all](int from) {
    for (int i = 0; i < each; ++i) {
      static_cast<void>(all.put(caf::make_mailbox_element(
          nullptr, caf::make_message_id(caf::message_priority(i % 2)), {}, from, i)));
    }
  };
  std::jthread first(fill, 0);
  std::jthread second(fill, 1);
  int last[2][2] = {{-1, -1}, {-1, -1}};
  for (int taken = 0; taken < 2 * each;) {
    if (const auto next = all.take()) {
      const auto from = next->content().get_as<int>(0);
      const auto number = next->content().get_as<int>(1);
      auto& before = last[from][number % 2];
      REQUIRE(number > before);
      before = number;
      ++taken;
    }
  }
  CHECK(all.rest());
}

TEST_CASE("neither an exception nor a stray message ends an actor") {
  desk_with_diary at;
  CHECK(at.run() == std::vector<std::string>{"begin", "! at once"});
  at.put(behind("throw"));
  at.put(behind("throw a number"));
  at.put(caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, 17));
  at.put(caf::make_mailbox_element(
      nullptr, caf::make_message_id(), {}, caf::exit_msg{{}, caf::exit_reason::kill}));
  at.put(behind("on"));
  CHECK(at.run() == std::vector<std::string>{"throw",
                                             "! as told",
                                             "throw a number",
                                             "! an exception that is no std::exception",
                                             "on"});
}

TEST_CASE("an actor that quits takes no further message and is gone") {
  desk_with_diary at;
  at.put(behind("later"));
  at.put(ahead("quit"));
  CHECK(at.run() == std::vector<std::string>{"begin", "! at once", "quit", "exit"});
  at.put(behind("too late"));
  CHECK(at.run().empty());
  CHECK(at.system.registry().running() == 0);
}

TEST_CASE("an actor nobody holds any more goes without having quit") {
  desk_with_diary at;
  static_cast<void>(at.run());
  at.who = nullptr;
  CHECK(at.seen == std::vector<std::string>{"exit"});
}
