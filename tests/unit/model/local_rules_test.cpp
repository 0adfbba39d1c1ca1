// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which rule matches which cause, the plan it makes, and which rules are rejected.
#include "kraken/model/local_rules.hpp"

#include <catch2/catch.hpp>

namespace model = kraken::model;
using model::cause_kind;
using model::local_rule;
using rule_list = std::vector<local_rule>;

namespace {

model::cause ended(cause_kind kind, int code = 0) {
  model::cause why;
  why.kind = kind;
  why.code = code;
  return why;
}

model::cause thrown(std::string type, std::vector<std::string> parents = {}) {
  model::cause why;
  why.kind = cause_kind::exception;
  why.type = std::move(type);
  why.parents = std::move(parents);
  return why;
}

/// `match: solver solver`.
std::string words(const model::local_plan& plan) {
  std::string out = plan.matched + ":";
  for (const auto* step : plan.steps) {
    out.append(" ").append(step->name);
  }
  return out;
}

} // namespace

TEST_CASE("local rules: what matches") {
  auto [match, why, expected] = GENERATE(table<std::string, model::cause, bool>({
      {"*", ended(cause_kind::none), true},
      {"DomainError", thrown("DomainError"), true},
      {"\\DomainError", thrown("DomainError"), true},
      {"App\\Oops", thrown("\\App\\Oops"), true},
      {"Throwable", thrown("DomainError", {"Exception", "Throwable"}), true},
      {"RuntimeError", thrown("DomainError", {"Exception"}), false},
      {"exception", thrown("DomainError"), true},
      {"exit:255", ended(cause_kind::exit_code, 255), true},
      {"exit:254", ended(cause_kind::exit_code, 255), false},
      {"exit:*", ended(cause_kind::exit_code, 3), true},
      {"exit:*", ended(cause_kind::exit_normal), true},
      {"exit:0", ended(cause_kind::exit_normal), true},
      {"exit:*", ended(cause_kind::signal, 9), false},
      {"signal:9", ended(cause_kind::signal, 9), true},
      {"signal:SIGKILL", ended(cause_kind::signal, 9), true},
      {"signal:SIGSEGV", ended(cause_kind::signal, 9), false},
      {"signal:*", ended(cause_kind::signal, 11), true},
      {"timeout", ended(cause_kind::signal, 11), false},
      {"signal:*", ended(cause_kind::exit_code, 11), false},
      {"oom", ended(cause_kind::out_of_memory), true},
      {"timeout", ended(cause_kind::timeout), true},
      {"timeout", ended(cause_kind::start_timeout), false},
      {"start", ended(cause_kind::start_timeout), true},
      {"start", ended(cause_kind::start_error), true},
      {"probe", ended(cause_kind::probe), true},
      {"protocol", ended(cause_kind::protocol), true},
      {"child", ended(cause_kind::child), true},
      {"shared_fate", ended(cause_kind::shared_fate), true},
      {"node_down", ended(cause_kind::node_down), true},
      {"recycle", ended(cause_kind::recycle), true},
      {"exit_code", ended(cause_kind::exit_code, 3), true},
      {"exit_code", ended(cause_kind::exit_normal), false},
      {"start_timeout", ended(cause_kind::start_timeout), true},
      {"start_timeout", ended(cause_kind::start_error), false},
      {"", thrown(""), false},
      {"DomainError", thrown("", {"", "DomainError"}), true},
  }));
  CAPTURE(match, why.text());
  CHECK(model::matches(match, why) == expected);
}

TEST_CASE("local rules: the first match decides, the default escalates") {
  const rule_list both{{"DomainError", {"continue"}}, {"*", {"stop"}}};
  CHECK(words(model::plan_for(both, thrown("DomainError"))) == "DomainError: continue");
  CHECK(words(model::plan_for(both, thrown("Other"))) == "*: stop");
  CHECK(model::plan_for(both, thrown("Other")).ruled);
  CHECK(words(model::plan_for(rule_list{}, thrown("Other"))) == "*: escalate");
  CHECK_FALSE(model::plan_for(rule_list{}, thrown("Other")).ruled);
  const rule_list reversed{{"*", {"stop"}}, {"DomainError", {"continue"}}};
  CHECK(words(model::plan_for(reversed, thrown("DomainError"))) == "*: stop");
}

TEST_CASE("local rules: solvers keep their order, a plan that decides nothing escalates") {
  auto [solvers, plan] = GENERATE(table<std::vector<std::string>, std::string>({
      {{"CmdLog", "ContainerDestroy"}, "*: CmdLog ContainerDestroy"},
      {{"CmdLog"}, "*: CmdLog escalate"},
      {{"RuntimeRecreate", "ContainerContinue"}, "*: RuntimeRecreate ContainerContinue"},
      {{"unheard of", "stop"}, "*: stop"},
      {{"unheard of"}, "*: escalate"},
  }));
  const rule_list one{{"*", solvers}};
  CHECK(words(model::plan_for(one, thrown("E"))) == plan);
}

TEST_CASE("local rules: faults") {
  auto [match, solvers, fault] =
      GENERATE(table<std::string, std::vector<std::string>, std::string>({
          {"*", {"continue", "CmdLog"}, ""},
          {"exit:255", {"stop"}, ""},
          {"exit:*", {"stop"}, ""},
          {"signal:64", {"stop"}, ""},
          {"signal:SIGSEGV", {"stop"}, ""},
          {"", {"stop"}, "rule '': expected an exception class, a cause or '*'"},
          {"exit:256", {"stop"}, "rule 'exit:256': expected 'exit:' with 0..255 or '*'"},
          {"exit:-1", {"stop"}, "rule 'exit:-1': expected 'exit:' with 0..255 or '*'"},
          {"exit:x", {"stop"}, "rule 'exit:x': expected 'exit:' with 0..255 or '*'"},
          {"exit:1x", {"stop"}, "rule 'exit:1x': expected 'exit:' with 0..255 or '*'"},
          {"exit", {"stop"}, "rule 'exit': expected a number or '*' after it, as in 'exit:*'"},
          {"signal", {"stop"}, "rule 'signal': expected a number or '*' after it, as in 'exit:*'"},
          {"signal:SIGFOO",
           {"stop"},
           "rule 'signal:SIGFOO': expected 'signal:' with 1..64, a name such as SIGSEGV, or '*'"},
          {"signal:",
           {"stop"},
           "rule 'signal:': expected 'signal:' with 1..64, a name such as SIGSEGV, or '*'"},
          {"*", {}, "rule '*': no directive"},
          {"*", std::vector<std::string>(16, "CmdLog"), ""},
          {"*", std::vector<std::string>(17, "CmdLog"), "rule '*': more than 16 solvers"},
          {"*", {"RuntimeRecreate", "ContainerContinue"}, ""},
          {"*", {"CmdLog", "CmdEscalate"}, ""},
          {"*", {"CmdEscalate", "CmdLog"}, "rule '*': nothing runs after 'CmdEscalate'"},
          {"E", {"CmdSolve", "stop"}, "rule 'E': nothing runs after 'CmdSolve'"},
          {"E", {"destroy", "escalate"}, "rule 'E': nothing runs after 'destroy'"},
          {"E", {"destroy", "destroy"}, "rule 'E': nothing runs after 'destroy'"},
          {"E", {"restrat"}, "rule 'E': unknown directive 'restrat' (did you mean 'restart'?)"},
          {"E", {"CmdLogg"}, "rule 'E': unknown directive 'CmdLogg' (did you mean 'CmdLog'?)"},
          {"E", {"zzzzzzz"}, "rule 'E': unknown directive 'zzzzzzz'"},
      }));
  const rule_list one{{match, solvers}};
  const auto checked = model::check(one);
  CAPTURE(match);
  REQUIRE(checked.has_value() == fault.empty());
  if (!checked) {
    CHECK(checked.error().context == fault);
  }
}
