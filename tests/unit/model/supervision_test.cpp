// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// OTP's restart types, strategies and auto_shutdown as decision tables.
#include "kraken/model/supervision.hpp"

#include <catch2/catch.hpp>

namespace model = kraken::model;
using model::activity;
using model::auto_shutdown;
using model::cause_kind;
using model::child_view;
using model::decision;
using model::restart_type;
using model::strategy;
using names = std::vector<std::string>;

namespace {

model::cause because(cause_kind kind) {
  model::cause why;
  why.kind = kind;
  return why;
}

model::supervise_spec by(strategy how, auto_shutdown ends = auto_shutdown::never) {
  model::supervise_spec out;
  out.how = how;
  out.ends = ends;
  return out;
}

child_view child(std::string id,
                 restart_type restart = restart_type::permanent,
                 activity doing = activity::running) {
  return {.id = std::move(id), .restart = restart, .significant = false, .doing = doing};
}

child_view significant(std::string id, restart_type restart, activity doing = activity::running) {
  return {.id = std::move(id), .restart = restart, .significant = true, .doing = doing};
}

} // namespace

TEST_CASE("supervision: restart types and ends") {
  auto [type, kind, restarted] = GENERATE(table<restart_type, cause_kind, bool>({
      {restart_type::permanent, cause_kind::exit_normal, true},
      {restart_type::permanent, cause_kind::exit_code, true},
      {restart_type::permanent, cause_kind::start_error, true},
      {restart_type::transient, cause_kind::exit_normal, false},
      {restart_type::transient, cause_kind::exit_code, true},
      {restart_type::transient, cause_kind::signal, true},
      {restart_type::transient, cause_kind::start_timeout, true},
      {restart_type::temporary, cause_kind::exit_normal, false},
      {restart_type::temporary, cause_kind::exit_code, false},
  }));
  CAPTURE(model::to_string(type), model::to_string(kind));
  const std::vector children{child("a"), child("b", type), child("c")};
  const auto what = model::on_child_end(by(strategy::one_for_one), children, "b", because(kind));
  CHECK(what.what == (restarted ? decision::act::restart : decision::act::finish));
  CHECK(what.restart == (restarted ? names{"b"} : names{}));
  CHECK(what.drop == (type == restart_type::temporary ? names{"b"} : names{}));
  CHECK(what.stop.empty());
  CHECK_FALSE(what.shutdown);
}

SCENARIO("strategies choose the siblings, stop right to left and start left to right") {
  const std::vector children{child("a"), child("b"), child("c"), child("d")};
  const auto why = because(cause_kind::signal);
  GIVEN("one_for_one") {
    const auto what = model::on_child_end(by(strategy::one_for_one), children, "b", why);
    CHECK(what.stop.empty());
    CHECK(what.restart == names{"b"});
  }
  GIVEN("one_for_all") {
    const auto what = model::on_child_end(by(strategy::one_for_all), children, "b", why);
    CHECK(what.stop == names{"d", "c", "a"});
    CHECK(what.restart == names{"a", "b", "c", "d"});
  }
  GIVEN("rest_for_one") {
    const auto what = model::on_child_end(by(strategy::rest_for_one), children, "b", why);
    CHECK(what.stop == names{"d", "c"});
    CHECK(what.restart == names{"b", "c", "d"});
  }
  GIVEN("rest_for_one and the last child") {
    const auto what = model::on_child_end(by(strategy::rest_for_one), children, "d", why);
    CHECK(what.stop.empty());
    CHECK(what.restart == names{"d"});
  }
}

SCENARIO("bystanders of a group restart") {
  const auto why = because(cause_kind::exit_code);
  GIVEN("a temporary sibling") {
    const std::vector children{child("a"), child("t", restart_type::temporary), child("c")};
    const auto what = model::on_child_end(by(strategy::one_for_all), children, "a", why);
    THEN("it is stopped and not started again") {
      CHECK(what.stop == names{"c", "t"});
      CHECK(what.drop == names{"t"});
      CHECK(what.restart == names{"a", "c"});
    }
  }
  GIVEN("a temporary sibling whose turn has not come in an ordered start") {
    const std::vector children{child("a"),
                               child("t", restart_type::temporary, activity::restarting)};
    const auto what = model::on_child_end(by(strategy::one_for_all), children, "a", why);
    THEN("it is still started") {
      CHECK(what.stop.empty());
      CHECK(what.drop.empty());
      CHECK(what.restart == names{"a", "t"});
    }
  }
  GIVEN("siblings nobody wants to run") {
    const std::vector children{child("a"),
                               child("s", restart_type::permanent, activity::stopped),
                               child("p", restart_type::permanent, activity::parked),
                               child("t", restart_type::temporary, activity::stopped),
                               child("d")};
    const auto what = model::on_child_end(by(strategy::rest_for_one), children, "a", why);
    THEN("they are not resurrected") {
      CHECK(what.stop == names{"d"});
      CHECK(what.drop.empty());
      CHECK(what.restart == names{"a", "d"});
    }
  }
  GIVEN("a child that fails during the group's restart") {
    const std::vector children{child("a"),
                               child("b", restart_type::permanent, activity::running),
                               child("c", restart_type::permanent, activity::restarting)};
    THEN("one_for_all stops what was restarted and starts all again") {
      const auto what = model::on_child_end(by(strategy::one_for_all), children, "b", why);
      CHECK(what.stop == names{"a"});
      CHECK(what.restart == names{"a", "b", "c"});
    }
    THEN("rest_for_one keeps the earlier one") {
      const auto what = model::on_child_end(by(strategy::rest_for_one), children, "b", why);
      CHECK(what.stop.empty());
      CHECK(what.restart == names{"b", "c"});
    }
  }
}

TEST_CASE("supervision: a planned recycling concerns nobody else") {
  auto type = GENERATE(restart_type::permanent, restart_type::transient, restart_type::temporary);
  const std::vector children{child("a"), child("b", type), child("c")};
  const auto what =
      model::on_child_end(by(strategy::one_for_all), children, "b", because(cause_kind::recycle));
  CHECK(what == decision{.what = decision::act::replace, .stop = {}, .drop = {}, .restart = {"b"}});
}

TEST_CASE("supervision: a child that is not there changes nothing") {
  const std::vector children{child("a")};
  CHECK(model::on_child_end(
            by(strategy::one_for_all), children, "x", because(cause_kind::signal)) == decision{});
}

SCENARIO("auto_shutdown follows the significant children") {
  const std::vector children{significant("s", restart_type::transient),
                             significant("t", restart_type::temporary),
                             child("n")};
  const auto ends = [&](auto_shutdown mode,
                        std::string_view who,
                        cause_kind kind,
                        const std::vector<child_view>& all) {
    return model::on_child_end(by(strategy::one_for_one, mode), all, who, because(kind)).shutdown;
  };
  GIVEN("never") {
    CHECK_FALSE(ends(auto_shutdown::never, "s", cause_kind::exit_normal, children));
  }
  GIVEN("any_significant") {
    CHECK(ends(auto_shutdown::any_significant, "s", cause_kind::exit_normal, children));
    CHECK(ends(auto_shutdown::any_significant, "t", cause_kind::signal, children));
    CHECK_FALSE(ends(auto_shutdown::any_significant, "s", cause_kind::signal, children));
    const std::vector plain{child("n", restart_type::transient)};
    CHECK_FALSE(ends(auto_shutdown::any_significant, "n", cause_kind::exit_normal, plain));
  }
  GIVEN("all_significant") {
    CHECK_FALSE(ends(auto_shutdown::all_significant, "s", cause_kind::exit_normal, children));
    auto rest = children;
    rest[1].doing = activity::stopped;
    CHECK(ends(auto_shutdown::all_significant, "s", cause_kind::exit_normal, rest));
    rest[1].doing = activity::restarting;
    CHECK_FALSE(ends(auto_shutdown::all_significant, "s", cause_kind::exit_normal, rest));
  }
}

SCENARIO("the budget is spent") {
  const std::vector children{
      child("a"), child("b", restart_type::permanent, activity::restarting), child("c")};
  const names group{"b"};
  GIVEN("give_up: park") {
    const auto what = model::on_budget_spent(model::give_up::park, children, group);
    THEN("the group is parked, the siblings live") {
      CHECK(what == model::surrender{.park = {"b"}, .stop = {}});
    }
  }
  GIVEN("give_up: escalate") {
    const auto what = model::on_budget_spent(model::give_up::escalate, children, group);
    THEN("what runs is stopped, right to left") {
      CHECK(what == model::surrender{.park = {}, .stop = {"c", "a"}});
    }
  }
}

TEST_CASE("supervision: an escalated cause keeps its origin") {
  auto why = because(cause_kind::exit_code);
  why.code = 255;
  why.correlation = 7;
  why.detail = "stderr";
  const auto once = model::escalated(why, "Main/web/w1");
  CHECK(once.kind == cause_kind::child);
  CHECK(once.origin == "Main/web/w1");
  CHECK(once.correlation == 7);
  CHECK(once.detail == "stderr");
  CHECK(once.message == "'Main/web/w1' failed too often, last with: exit code 255");
  CHECK(once.text() == once.message);
  const auto twice = model::escalated(once, "Main/web");
  CHECK(twice.origin == "Main/web/w1");
  CHECK(twice.text() == once.message);
}

TEST_CASE("supervision: names") {
  CHECK(model::to_string(activity::running) == "running");
  CHECK(model::to_string(activity::restarting) == "restarting");
  CHECK(model::to_string(activity::stopped) == "stopped");
  CHECK(model::to_string(activity::parked) == "parked");
  CHECK(model::to_string(static_cast<activity>(99)) == "unknown");
  CHECK(model::to_string(decision::act::restart) == "restart");
  CHECK(model::to_string(decision::act::replace) == "replace");
  CHECK(model::to_string(decision::act::finish) == "finish");
  CHECK(model::to_string(static_cast<decision::act>(99)) == "unknown");
}
