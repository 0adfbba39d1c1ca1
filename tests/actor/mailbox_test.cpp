// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The user lane: admission, gates, overflow policies, dead letters; alone and in a container.
#include "tree_fixture.hpp"

#include "kraken/actor/mailbox.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using actor::dead_reason;
using actor::letter;
using actor::mailbox;
using model::overflow;
using model::phase;
using model::verb;

namespace {

using verdict = actor::seat::verdict;
using presence = actor::seat::presence;

letter mail(std::string body) {
  letter made;
  made.from = std::make_shared<const std::string>("Main/sender");
  made.mode = actor::delivery::buffer_online;
  made.body = std::make_shared<const std::string>(std::move(body));
  return made;
}

/// A mailbox with its seat, as a container has them.
struct lane {
  explicit lane(model::mailbox_spec spec)
      : seat(std::make_shared<actor::seat>("Main/a", spec, dead)), box(seat) {
    seat->show(presence::online);
  }

  verdict offer(std::string body) {
    const auto how = seat->admit(actor::delivery::standard);
    if (how == verdict::sent) {
      box.add(mail(std::move(body)));
    }
    return how;
  }

  std::shared_ptr<actor::dead_letters> dead = std::make_shared<actor::dead_letters>();
  std::shared_ptr<actor::seat> seat;
  mailbox box;
};

} // namespace

TEST_CASE("who is admitted when: by presence and mode") {
  struct row {
    presence now;
    actor::delivery mode;
    verdict how;
  };
  using actor::delivery;
  const auto at = GENERATE(row{presence::online, delivery::standard, verdict::sent},
                           row{presence::online, delivery::buffer_offline, verdict::sent},
                           row{presence::online, delivery::buffer, verdict::sent},
                           row{presence::away, delivery::standard, verdict::refused},
                           row{presence::away, delivery::buffer_offline, verdict::refused},
                           row{presence::away, delivery::buffer_online, verdict::buffered},
                           row{presence::away, delivery::buffer, verdict::buffered},
                           row{presence::closed, delivery::standard, verdict::refused},
                           row{presence::closed, delivery::buffer, verdict::refused});
  std::shared_ptr<actor::dead_letters> dead = std::make_shared<actor::dead_letters>();
  actor::seat seat("Main/a", {10, overflow::reject}, dead);
  seat.show(at.now);
  CHECK(seat.admit(at.mode) == at.how);
  CHECK(seat.lane().depth == (at.how == verdict::refused ? 0 : 1));
}

TEST_CASE("a closed mailbox rejects, a held one keeps, an open one gives in order") {
  lane to({10, overflow::reject});
  to.box.set(mailbox::gate::closed);
  static_cast<void>(to.offer("early"));
  CHECK(to.dead->total(dead_reason::closed) == 1);
  to.box.set(mailbox::gate::held);
  CHECK(to.offer("1") == verdict::sent);
  CHECK(to.offer("2") == verdict::sent);
  CHECK_FALSE(to.box.take(time_point{}));
  to.box.set(mailbox::gate::open);
  CHECK(*to.box.take(time_point{})->body == "1");
  CHECK(to.seat->lane().depth == 1);
  CHECK(*to.box.take(time_point{})->body == "2");
  CHECK_FALSE(to.box.take(time_point{}));
  CHECK(to.seat->lane().depth == 0);
}

TEST_CASE("overflow policies: verdict and dead letters") {
  struct row {
    overflow policy;
    verdict answer;
    std::string first;
    std::uint64_t dead;
    int rejected;
  };
  const auto at = GENERATE(row{overflow::reject, verdict::full, "1", 0, 1},
                           row{overflow::drop_newest, verdict::dropped, "1", 0, 1},
                           row{overflow::drop_oldest, verdict::sent, "2", 1, 1},
                           row{overflow::block, verdict::must_wait, "1", 0, 0});
  lane to({2, at.policy});
  to.box.set(mailbox::gate::open);
  CHECK(to.offer("1") == verdict::sent);
  CHECK(to.offer("2") == verdict::sent);
  CHECK(to.offer("3") == at.answer);
  CHECK(to.box.size() == 2);
  CHECK(to.seat->lane().depth == 2);
  CHECK(to.seat->lane().rejected == at.rejected);
  CHECK(*to.box.take(time_point{})->body == at.first);
  CHECK(to.dead->total(dead_reason::full) == at.dead);
}

TEST_CASE("drop_oldest is bounded for what is still under way, too") {
  std::shared_ptr<actor::dead_letters> dead = std::make_shared<actor::dead_letters>();
  constexpr std::uint32_t large = 2 * limits::mailbox_under_way;
  for (const auto& [capacity, bound] :
       {std::pair{2U, 2 + limits::mailbox_under_way}, {large, 2 * std::size_t{large}}}) {
    actor::seat seat("Main/a", {capacity, overflow::drop_oldest}, dead);
    seat.show(presence::online);
    std::size_t sent = 0;
    while (seat.admit(actor::delivery::standard) == verdict::sent) {
      ++sent;
    }
    CHECK(sent == bound);
    CHECK(seat.admit(actor::delivery::standard) == verdict::full);
  }
}

TEST_CASE("messages past their time are buried when their turn comes") {
  lane to({10, overflow::reject});
  to.box.set(mailbox::gate::open);
  static_cast<void>(to.seat->admit(actor::delivery::standard));
  auto late = mail("late");
  late.expires = time_point{seconds{5}};
  to.box.add(std::move(late));
  static_cast<void>(to.offer("next"));
  CHECK(*to.box.take(time_point{seconds{5}})->body == "next");
  CHECK(to.dead->total(dead_reason::expired) == 1);
}

TEST_CASE("dead letters: a ring of the last, a count of all") {
  actor::dead_letters dead(3);
  for (int i = 0; i < 10; ++i) {
    dead.add("from", "to" + std::to_string(i), dead_reason::no_such);
  }
  CHECK(dead.total() == 10);
  REQUIRE(dead.list().size() == 3);
  CHECK(dead.list().front().to == "to7");
  CHECK(dead.list().front().number == 8);
}

TEST_CASE("dead letters are told one by one, but a flood of one reason once a second") {
  virtual_clock clock;
  std::vector<std::string> told;
  actor::dead_letters dead(3, &clock);
  dead.tell([&](const actor::dead_letter& what, std::uint64_t untold) {
    told.push_back(what.to + " " + std::string(to_string(what.why)) + " " + std::to_string(untold));
  });
  for (int i = 0; i < 5; ++i) {
    dead.add("from", "a" + std::to_string(i), dead_reason::full);
  }
  dead.add("from", "b", dead_reason::no_such);
  CHECK(told == std::vector<std::string>{"a0 full 0", "b no_such 0"});
  clock.advance(limits::dead_letter_told_every);
  dead.add("from", "c", dead_reason::full);
  dead.add("from", "d", dead_reason::full);
  CHECK(told.back() == "c full 4");
  clock.advance(limits::dead_letter_told_every);
  dead.add("from", "e", dead_reason::full);
  CHECK(told.back() == "e full 1");
  CHECK(told.size() == 4);
}

TEST_CASE_METHOD(tree_fixture, "a dead letter is an event of the container it was sent to") {
  start(supervisor("Main", {leaf("a")}));
  const auto before = tree->board.last_seq();
  CHECK_FALSE(host_of("Main/a").send({.to = "nobody"}));
  const auto events = tree->board.events_since(before);
  REQUIRE(events.size() == 1);
  CHECK(events[0].note == "dead_letter");
  CHECK(events[0].path == "nobody");
  CHECK(events[0].details == std::vector<std::pair<std::string, std::string>>{
                                 {"sender", "Main/a"}, {"reason", "no_such"}});
}

TEST_CASE_METHOD(tree_fixture, "messages wait over a failure and its backoff, in order") {
  start(supervisor("Main", {leaf("a")}));
  crash("Main/a");
  crash("Main/a");
  REQUIRE(phase("Main/a") == phase::backing_off);
  take_trace();
  for (int i = 1; i <= 100; ++i) {
    CHECK(*post("Main/a", mail(std::to_string(i))) == actor::posted::buffered);
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
  static_cast<void>(post("Main/a", mail("boom")));
  static_cast<void>(post("Main/a", mail("after")));
  take_trace();
  becomes_ready("Main/a");
  CHECK(took() == "receive boom a#1, kill a#1, start a#2, receive after a#2");
  CHECK(tree->dead->total(dead_reason::in_flight) == 1);
  CHECK(status("Main/a").restarts == 1);
}

TEST_CASE_METHOD(tree_fixture, "stopped: refused; destroyed: what was queued is dead") {
  start(supervisor("Main", {leaf("a")}));
  becomes_unready("Main/a");
  static_cast<void>(post("Main/a", mail("queued")));
  ask(verb::stop, "a");
  CHECK(post("Main/a", mail("too late")).error().code == errc::not_started);
  CHECK(tree->dead->total(dead_reason::closed) == 1);
  ask(verb::destroy, "a");
  CHECK(tree->dead->total(dead_reason::closed) == 2);
}

TEST_CASE_METHOD(tree_fixture, "what an incarnation does not take is a dead letter, not an error") {
  start(supervisor("Main", {leaf("a")}));
  static_cast<void>(post("Main/a", mail("unknown")));
  static_cast<void>(post("Main", mail("a supervisor takes none")));
  CHECK(tree->dead->total(dead_reason::unhandled) == 2);
  CHECK(phase("Main/a") == phase::ready);
  CHECK(status("Main/a").restarts == 0);
}

TEST_CASE_METHOD(tree_fixture, "the lifecycle lane overtakes a long queue of messages") {
  start(supervisor("Main", {leaf("a")}));
  becomes_unready("Main/a");
  for (int i = 0; i < 1'000; ++i) {
    static_cast<void>(post("Main/a", mail("x")));
  }
  on.trace.clear();
  on.on_receive = [this] {
    actor::instruction stop;
    stop.what = actor::instruction::act::stop;
    actor::tell(tree->shells.at("Main/a")->shell(), stop);
    on.on_receive = nullptr;
  };
  becomes_ready("Main/a");
  CHECK(take_trace().size() < 100);
  CHECK(phase("Main/a") == phase::ended);
}

} // namespace kraken::actor_test
