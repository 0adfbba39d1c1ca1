// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Matching rules against causes and reading their solvers.
#include "kraken/model/local_rules.hpp"

#include "kraken/base/limits.hpp"
#include "kraken/base/nearest.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace kraken::model {

namespace {

constexpr std::string_view exit_prefix{"exit:"};
constexpr std::string_view signal_prefix{"signal:"};

std::string_view without_root_namespace(std::string_view name) noexcept {
  return name.starts_with('\\') ? name.substr(1) : name;
}

bool matches_class(std::string_view match, const cause& why) {
  const auto same = [match](std::string_view name) {
    return !name.empty() && without_root_namespace(name) == match;
  };
  return same(why.type) || std::ranges::any_of(why.parents, same);
}

bool matches_key(std::string_view match, const cause& why) {
  const std::string key = why.key();
  if (match == key || match == to_string(why.kind)) {
    return true;
  }
  if (match.starts_with(exit_prefix)) {
    const bool ended = why.kind == cause_kind::exit_normal || why.kind == cause_kind::exit_code;
    return ended && match == "exit:*";
  }
  if (match.starts_with(signal_prefix) && why.kind == cause_kind::signal) {
    const std::string_view wanted = match.substr(signal_prefix.size());
    return wanted == "*" || wanted == signal_name(why.code);
  }
  return false;
}

/// `*`, or a number from `least` to `most`.
bool is_number_or_star(std::string_view text, int least, int most) noexcept {
  if (text == "*") {
    return true;
  }
  int number = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  return parsed.ec == std::errc{} && parsed.ptr == end && number >= least && number <= most;
}

bool is_signal(std::string_view text) noexcept {
  constexpr int signals = 64;
  if (is_number_or_star(text, 1, signals)) {
    return true;
  }
  for (int number = 1; number <= signals; ++number) {
    if (!text.empty() && signal_name(number) == text) {
      return true;
    }
  }
  return false;
}

result<void> check_match(std::string_view match) {
  constexpr int exit_code_max = 255;
  std::string_view wanted;
  if (match.empty()) {
    wanted = "an exception class, a cause or '*'";
  } else if (match.starts_with(exit_prefix)) {
    if (!is_number_or_star(match.substr(exit_prefix.size()), 0, exit_code_max)) {
      wanted = "'exit:' with 0..255 or '*'";
    }
  } else if (match.starts_with(signal_prefix)) {
    if (!is_signal(match.substr(signal_prefix.size()))) {
      wanted = "'signal:' with 1..64, a name such as SIGSEGV, or '*'";
    }
  } else if (match == "exit" || match == "signal") {
    wanted = "a number or '*' after it, as in 'exit:*'";
  }
  if (wanted.empty()) {
    return {};
  }
  return fail(errc::invalid_argument,
              "rule '" + std::string{match} + "': expected " + std::string{wanted});
}

error unknown_solver(std::string_view match, std::string_view solver) {
  std::vector<std::string_view> known;
  for (const auto& row : directive_table) {
    known.push_back(row.name);
  }
  for (const auto& row : solver_table) {
    known.push_back(row.name);
  }
  std::string text = "rule '" + std::string{match} + "': unknown directive '";
  text.append(solver).append("'");
  if (const auto near = nearest(solver, known)) {
    text.append(" (did you mean '").append(*near).append("'?)");
  }
  return error{errc::invalid_argument, std::move(text)};
}

result<void> check_solvers(const local_rule& rule) {
  const auto fault = [&rule](const std::string& text) {
    return fail(errc::invalid_argument, "rule '" + rule.match + "': " + text);
  };
  if (rule.solvers.empty()) {
    return fault("no directive");
  }
  if (rule.solvers.size() > limits::solvers_max) {
    return fault("more than " + std::to_string(limits::solvers_max) + " solvers");
  }
  for (const auto& name : rule.solvers) {
    const solver_row* row = find_solver(name);
    if (row == nullptr) {
      return fail(unknown_solver(rule.match, name));
    }
    if (is_final(*row) && &name != &rule.solvers.back()) {
      return fault("nothing runs after '" + name + "'");
    }
  }
  return {};
}

} // namespace

bool matches(std::string_view match, const cause& why) {
  const std::string_view wanted = without_root_namespace(match);
  return wanted == "*" || matches_class(wanted, why) || matches_key(wanted, why);
}

local_plan plan_for(std::span<const local_rule> rules, const cause& why) {
  local_plan out;
  const auto rule = std::ranges::find_if(
      rules, [&why](const local_rule& one) { return matches(one.match, why); });
  bool decides = false;
  if (rule != rules.end()) {
    out.matched = rule->match;
    out.ruled = true;
    for (const auto& name : rule->solvers) {
      const solver_row* row = find_solver(name);
      if (row != nullptr) { // check() rejects others; here the cause is escalated rather than lost
        out.steps.push_back(row);
        decides = decides || row->act != solver_act::log;
      }
    }
  }
  if (!decides) {
    out.steps.push_back(&default_solver());
  }
  return out;
}

result<void> check(std::span<const local_rule> rules) {
  for (const auto& rule : rules) {
    if (auto fine = check_match(rule.match); !fine) {
      return fine;
    }
    if (auto fine = check_solvers(rule); !fine) {
      return fine;
    }
  }
  return {};
}

} // namespace kraken::model
