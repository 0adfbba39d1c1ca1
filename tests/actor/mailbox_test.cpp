// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The user lane: admission, gates, overflow policies, dead letters; alone and in a container.
#include "tree_fixture.hpp"

#include "kraken/actor/mailbox.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using actor::admission;
using actor::dead_reason;
using actor::letter;
using actor::mailbox;
using model::overflow;
using model::phase;
using model::verb;

namespace {

letter mail(std::string body) {
  letter made;
  made.from = "Main/sender";
  made.body = std::make_shared<const std::string>(std::move(body));
  return made;
}

admission offer(mailbox& box, std::string body) {
  auto what = mail(std::move(body));
  return box.offer(what);
}

} // namespace

TEST_CASE("a closed mailbox rejects, a held one keeps, an open one gives in order") {
  actor::dead_letters dead;
  mailbox box({10, overflow::reject}, "Main/a", dead);
  CHECK(offer(box, "early") == admission::rejected);
  CHECK(dead.total(dead_reason::closed) == 1);
  box.set(mailbox::gate::held);
  CHECK(offer(box, "1") == admission::accepted);
  CHECK(offer(box, "2") == admission::accepted);
  CHECK_FALSE(box.take(time_point{}));
  box.set(mailbox::gate::open);
  CHECK(*box.take(time_point{})->body == "1");
  CHECK(*box.take(time_point{})->body == "2");
  CHECK_FALSE(box.take(time_point{}));
}

TEST_CASE("overflow policies: result and dead letters") {
  struct row {
    overflow policy;
    admission answer;
    std::string first;
    std::uint64_t dead;
  };
  const auto at = GENERATE(row{overflow::reject, admission::rejected, "1", 1},
                           row{overflow::drop_newest, admission::dropped, "1", 1},
                           row{overflow::drop_oldest, admission::dropped, "2", 1},
                           row{overflow::block, admission::must_wait, "1", 0});
  actor::dead_letters dead;
  mailbox box({2, at.policy}, "Main/a", dead);
  box.set(mailbox::gate::open);
  CHECK(offer(box, "1") == admission::accepted);
  CHECK(offer(box, "2") == admission::accepted);
  CHECK(offer(box, "3") == at.answer);
  CHECK(box.size() == 2);
  CHECK(*box.take(time_point{})->body == at.first);
  CHECK(dead.total(dead_reason::full) == at.dead);
}

TEST_CASE("messages past their time are buried when their turn comes") {
  actor::dead_letters dead;
  mailbox box({10, overflow::reject}, "Main/a", dead);
  box.set(mailbox::gate::open);
  std::optional<errc> told;
  auto late = mail("late");
  late.expires = time_point{seconds{5}};
  late.settled = [&](const result<void>& how) { told = how.error().code; };
  static_cast<void>(box.offer(late));
  static_cast<void>(offer(box, "next"));
  CHECK(*box.take(time_point{seconds{5}})->body == "next");
  CHECK(told == errc::timeout);
  CHECK(dead.total(dead_reason::expired) == 1);
}

TEST_CASE("dead letters: a ring of the last, a count of all") {
  actor::dead_letters dead(3);
  for (int i = 0; i < 10; ++i) {
    dead.add("from", "to" + std::to_string(i), dead_reason::no_such);
  }
  CHECK(dead.total() == 10);
  REQUIRE(dead.list().size() == 3);
  CHECK(dead.list().front().to == "to7");
}

TEST_CASE_METHOD(tree_fixture, "messages wait over a failure and its backoff, in order") {
  start(supervisor("Main", {leaf("a")}));
  crash("Main/a");
  crash("Main/a");
  REQUIRE(phase("Main/a") == phase::backing_off);
  take_trace();
  for (int i = 1; i <= 100; ++i) {
    deliver("Main/a", mail(std::to_string(i)));
  }
  CHECK(took().empty());
  advance(milliseconds{100});
  const auto trace = take_trace();
  REQUIRE(trace.size() == 101);
  CHECK(trace[0] == "start a#3");
  for (std::size_t i = 1; i <= 100; ++i) {
    CHECK(trace[i] == "receive " + std::to_string(i) + " a#3");
  }
}

TEST_CASE_METHOD(tree_fixture, "a message that kills is not delivered again; those behind it are") {
  start(supervisor("Main", {leaf("a")}));
  becomes_unready("Main/a");
  std::optional<errc> told;
  auto boom = mail("boom");
  boom.settled = [&](const result<void>& how) { told = how ? errc::none : how.error().code; };
  deliver("Main/a", boom);
  deliver("Main/a", mail("after"));
  take_trace();
  becomes_ready("Main/a");
  CHECK(took() == "receive boom a#1, kill a#1, start a#2, receive after a#2");
  CHECK(told == errc::container_failed);
  CHECK(tree->dead.total(dead_reason::in_flight) == 1);
  CHECK(status("Main/a").restarts == 1);
}

TEST_CASE_METHOD(tree_fixture,
                 "stopped: refused; destroyed: what was queued is dead, with an answer") {
  start(supervisor("Main", {leaf("a")}));
  becomes_unready("Main/a");
  std::optional<errc> told;
  auto queued = mail("queued");
  queued.settled = [&](const result<void>& how) { told = how.error().code; };
  deliver("Main/a", queued);
  ask(verb::stop, "a");
  deliver("Main/a", mail("too late"));
  CHECK(tree->dead.total(dead_reason::closed) == 1);
  CHECK_FALSE(told);
  ask(verb::destroy, "a");
  CHECK(told == errc::container_destroyed);
  CHECK(tree->dead.total(dead_reason::closed) == 2);
}

TEST_CASE_METHOD(tree_fixture, "what an incarnation does not take is a dead letter, not an error") {
  start(supervisor("Main", {leaf("a")}));
  deliver("Main/a", mail("unknown"));
  deliver("Main", mail("a supervisor takes none"));
  CHECK(tree->dead.total(dead_reason::unhandled) == 2);
  CHECK(phase("Main/a") == phase::ready);
  CHECK(status("Main/a").restarts == 0);
}

TEST_CASE_METHOD(tree_fixture, "the lifecycle lane overtakes a long queue of messages") {
  start(supervisor("Main", {leaf("a")}));
  becomes_unready("Main/a");
  for (int i = 0; i < 1'000; ++i) {
    deliver("Main/a", mail("x"));
  }
  on.trace.clear();
  on.on_receive = [this] {
    actor::instruction stop;
    stop.what = actor::instruction::act::stop;
    actor::tell(tree->registry.with([](auto& shells) { return shells["Main/a"]; }), stop);
    on.on_receive = nullptr;
  };
  becomes_ready("Main/a");
  CHECK(take_trace().size() < 100);
  CHECK(phase("Main/a") == phase::ended);
}

} // namespace kraken::actor_test
