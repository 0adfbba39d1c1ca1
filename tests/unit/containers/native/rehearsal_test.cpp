// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The kit for tests of native containers does what a daemon does, at once and on virtual time.
#include "kraken/native/rehearsal.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

namespace kraken::native {

namespace {

using phase = rehearsal::phase;

/// One container that uses what there is.
class worker final : public container {
public:
  using container::container;

  void config(arguments& given) override {
    if (given.truth("broken", false)) {
      throw std::runtime_error("no disk");
    }
  }

  behaviour construct() override {
    behaviour first;
    first
        .on_message([this](const message& what) {
          const auto word = what.as<std::string>().value_or("");
          if (word == "break") {
            throw std::domain_error("broken");
          }
          if (word == "later") {
            CHECK(self().stash(what));
          } else if (word == "now") {
            become_ready();
          }
        })
        .on_command("total", [this] { return total_; })
        .on_command("relay",
                    [this](request what) {
                      auto held = std::make_shared<request>(std::move(what));
                      self().request(
                          "other", 1, [held](const actor::answer& got) { held->pass_on(got); });
                    })
        .on_command(
            "watch",
            [this] { self().watch("other", [this](const actor::notice&) { total_ += 100; }); })
        .on_command("tick",
                    [this] {
                      static_cast<void>(self().start_timer(
                          "t", timing::fixed_rate, seconds{10}, [this] { ++total_; }));
                    })
        .on_command("kid",
                    [this] {
                      self().create(
                          native_child("kid", "Kid"),
                          [this](const result<model::reply>& made) { total_ += made ? 1'000 : 0; });
                    })
        .on_command("door", [this] { outside = self().way_back(); });
    return first;
  }

  static inline door outside; // NOLINT: what another thread would hold

private:
  void become_ready() {
    behaviour next;
    next.on_message([this](const std::string&) { ++total_; }).on_command("total", [this] {
      return total_;
    });
    self().become(std::move(next));
    self().unstash_all();
  }

  int total_ = 0;
};

int total_of(rehearsal& run) {
  const auto got = value_of<int>(*run.ask(0, "total"));
  REQUIRE(got);
  return *got;
}

rehearsal::phase started(std::map<std::string, std::string> args) {
  return rehearsal(container_class::of<worker>("Worker"), std::move(args)).state();
}

} // namespace

TEST_CASE("a rehearsal takes the steps of a start, and tells why one failed") {
  CHECK(started({}) == phase::ready);
  CHECK(started({{"unknown", "1"}}) == phase::failed);
  rehearsal run(container_class::of<worker>("Worker"), {{"broken", "true"}});
  CHECK(run.state() == phase::failed);
  REQUIRE(run.failure());
  CHECK(run.failure()->kind == model::cause_kind::start_error);
  CHECK(run.failure()->message == "no disk");
  run.restart();
  CHECK(run.generation() == 2);
  CHECK(run.state() == phase::failed);
}

TEST_CASE("in a rehearsal time moves only when told to, and no timer is missed") {
  rehearsal run(container_class::of<worker>("Worker"));
  static_cast<void>(run.ask(0, "tick"));
  run.advance(milliseconds{9'999});
  CHECK(total_of(run) == 0);
  run.advance(milliseconds{1});
  CHECK(total_of(run) == 1);
  run.advance(seconds{3'600});
  CHECK(total_of(run) == 361);
  run.restart();
  run.advance(seconds{3'600});
  CHECK(total_of(run) == 0);
}

TEST_CASE("in a rehearsal the test answers for everybody else") {
  rehearsal run(container_class::of<worker>("Worker"));
  const auto first = run.ask(0, "relay");
  const auto second = run.ask(0, "relay");
  auto sent = run.take_sent();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].to == "other");
  CHECK(*sent[0].as<int>() == 1);
  CHECK_FALSE(first->final());
  run.answer(sent[0], 42);
  run.refuse(sent[1], error(errc::not_found, "nobody"));
  CHECK(*value_of<int>(*first) == 42);
  CHECK(value_of<int>(*second).error().code == errc::not_found);
  run.answer(sent[0], 43); // nobody waits any more
  CHECK(*value_of<int>(*first) == 42);
  static_cast<void>(run.ask(0, "watch"));
  run.gone("other");
  run.gone("other");
  CHECK(total_of(run) == 100);
  static_cast<void>(run.ask(0, "kid"));
  auto orders = run.take_orders();
  REQUIRE(orders.size() == 1);
  CHECK(orders[0].what.spec->id == "kid");
  run.carry_out(orders[0], model::reply{});
  CHECK(total_of(run) == 1'100);
}

TEST_CASE("in a rehearsal letters wait as in a mailbox") {
  rehearsal run(container_class::of<worker>("Worker"));
  run.send(std::string("later"));
  run.send(std::string("later"));
  CHECK(run.waiting() == 2);
  run.send(std::string("break"));
  CHECK(run.state() == phase::failed);
  CHECK(run.failure()->type == "std::domain_error");
  run.send(std::string("later"));
  CHECK(run.waiting() == 3);
  run.restart(); // puts them back, and stashes them again
  CHECK(run.state() == phase::ready);
  CHECK(run.waiting() == 3);
  run.send(std::string("now"));
  CHECK(run.waiting() == 0);
  CHECK(total_of(run) == 3);
  CHECK(run.ask(0, "none")->why.code == "unhandled");
  run.send(7);
  CHECK(run.unhandled() == 2);
  run.stop();
  CHECK(run.state() == phase::ended);
}

TEST_CASE("a rehearsed failure may be continued; a door works until the incarnation is gone") {
  rehearsal run(container_class::of<worker>("Worker"));
  static_cast<void>(run.ask(0, "door"));
  run.send(std::string("break"));
  run.resume();
  CHECK(run.state() == phase::ready);
  CHECK(run.generation() == 1);
  int came = 0;
  worker::outside([&] { ++came; });
  run.run();
  CHECK(came == 1);
  run.restart();
  worker::outside([&] { ++came; });
  run.run();
  CHECK(came == 1);
  worker::outside = nullptr;
}

} // namespace kraken::native
