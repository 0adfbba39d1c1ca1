// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Timers of an incarnation on virtual time, and what becomes of an exception of a class of its
/// own.
#include "actor/tree_fixture.hpp"
#include "kraken/actor/thrown_type.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace kraken;
using namespace kraken::actor_test;

namespace {

class no_such_user : public std::domain_error {
public:
  using std::domain_error::domain_error;
};

struct named {
  virtual ~named() = default;
};

class named_fault final : public no_such_user, public named {
public:
  using no_such_user::no_such_user;
};

struct timed_tree : tree_fixture {
  explicit timed_tree(std::vector<model::local_rule> rules = {}) {
    auto worker = leaf("w");
    worker.local = std::move(rules);
    start(supervisor("Main", {worker}));
  }

  actor::timer after(milliseconds delay, std::function<void()> then) {
    auto& host = host_of("Main/w");
    return host.at(host.now() + delay, std::move(then));
  }
};

} // namespace

SCENARIO("an incarnation's timers run at their time, in order, unless cancelled") {
  timed_tree f;
  std::string ran;
  auto late = f.after(milliseconds{300}, [&] { ran += "late "; });
  static_cast<void>(f.after(milliseconds{100}, [&] { ran += "a "; }));
  static_cast<void>(f.after(milliseconds{100}, [&] { ran += "b "; }));
  f.advance(milliseconds{90});
  CHECK(ran.empty());
  f.advance(milliseconds{20});
  CHECK(ran == "a b ");
  f.host_of("Main/w").cancel(late);
  f.host_of("Main/w").cancel(late);
  f.advance(milliseconds{400});
  CHECK(ran == "a b ");
}

SCENARIO("a timer that sets the next one keeps going") {
  timed_tree f;
  int ran = 0;
  std::function<void()> again = [&] {
    ++ran;
    static_cast<void>(f.after(milliseconds{50}, again));
  };
  again();
  f.advance(milliseconds{510});
  CHECK(ran == 11);
}

SCENARIO("a timer never reaches the next incarnation") {
  timed_tree f;
  bool ran = false;
  static_cast<void>(f.after(milliseconds{200}, [&] { ran = true; }));
  f.crash("Main/w");
  f.advance(milliseconds{50});
  REQUIRE(f.status("Main/w").generation == 2);
  f.advance(milliseconds{300});
  CHECK_FALSE(ran);
}

SCENARIO("what a timer throws fails the container, by the name of its class") {
  timed_tree f;
  static_cast<void>(f.after(milliseconds{10}, [] { throw no_such_user("anna"); }));
  f.advance(milliseconds{50});
  const auto now = f.status("Main/w");
  CHECK(now.generation == 2);
  CHECK(now.restarts == 1);
  CHECK(now.last_cause->type.ends_with("no_such_user"));
  CHECK(now.last_cause->message == "anna");
}

SCENARIO("a local rule matches a base class of what was thrown") {
  timed_tree f({{"std::logic_error", {"continue"}}, {"*", {"escalate"}}});
  static_cast<void>(f.after(milliseconds{10}, [] { throw named_fault("anna"); }));
  f.advance(milliseconds{50});
  const auto now = f.status("Main/w");
  CHECK(now.generation == 1);
  CHECK(now.at == model::phase::ready);
  CHECK(now.last_cause->type.ends_with("named_fault"));
}

TEST_CASE("class names are the class and its bases, nearest first") {
  const auto simple = actor::class_names(typeid(std::exception));
  CHECK(simple == std::vector<std::string>{"std::exception"});
  const auto several = actor::class_names(typeid(named_fault));
  REQUIRE(several.size() == 6);
  CHECK(several[0].ends_with("::named_fault"));
  CHECK(several[1].ends_with("::no_such_user"));
  CHECK(several[2].ends_with("::named"));
  CHECK(several[3] == "std::domain_error");
  CHECK(several[4] == "std::logic_error");
  CHECK(several[5] == "std::exception");
  CHECK(actor::cause_of_unknown().key() == "exception");
}
