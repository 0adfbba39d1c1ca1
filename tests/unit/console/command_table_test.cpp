// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The command table is whole and consistent.
#include "console/command_table.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <catch2/catch.hpp>

namespace console = kraken::console;
using kraken::errc;

TEST_CASE("every verb of the framework is there with its arguments and flags") {
  struct expected {
    const char* name;
    std::vector<std::string> arguments;
    bool flags;
  };

  const std::vector<std::string> none{};
  const std::vector<std::string> alias{"alias"};
  const std::vector<std::string> child{"parent", "alias"};
  const std::vector<std::string> make{"parent", "alias", "name"};
  const std::vector<expected> verbs{
      {"project:create", none, true},      {"project:destroy", none, true},
      {"project:start", none, false},      {"project:stop", none, false},
      {"project:status", none, false},     {"arch:start", alias, false},
      {"arch:stop", alias, false},         {"arch:status", alias, false},
      {"container:start", alias, false},   {"container:stop", alias, false},
      {"container:destroy", alias, false}, {"container:status", alias, false},
      {"runtime:exists", child, false},    {"runtime:start", child, false},
      {"runtime:stop", child, false},      {"runtime:destroy", child, true},
      {"process:create", make, true},      {"process:exists", child, false},
      {"process:start", child, false},     {"process:stop", child, false},
      {"process:destroy", child, true},    {"thread:create", make, true},
      {"thread:exists", child, false},     {"thread:start", child, false},
      {"thread:stop", child, false},       {"thread:destroy", child, true},
      {"server:ping", none, false},
  };
  REQUIRE(verbs.size() == 27);
  for (const auto& verb : verbs) {
    INFO(verb.name);
    const console::command_row* row = console::find_command(verb.name);
    REQUIRE(row != nullptr);
    std::vector<std::string> names;
    for (const auto& argument : row->arguments) {
      names.emplace_back(argument.name);
      CHECK(argument.required);
    }
    CHECK(names == verb.arguments);
    CHECK(row->flags.empty() != verb.flags);
  }
}

TEST_CASE("rows of the command table are consistent") {
  std::set<std::string_view> names;
  for (const console::command_row& row : console::commands()) {
    INFO(row.name);
    CHECK(names.insert(row.name).second);
    CHECK_FALSE(row.summary.empty());
    CHECK(row.examples.find("kraken") != std::string_view::npos);
    CHECK((row.runs == console::place::view) == row.shows.has_value());
    if (row.runs == console::place::daemon) {
      CHECK_FALSE(row.success.empty());
      CHECK_FALSE(row.failure.empty());
    }
    if (row.runs == console::place::daemon || row.runs == console::place::view) {
      CHECK(std::count(row.errors.begin(), row.errors.end(), errc::unreachable) == 1);
    }
    bool optional_seen = false;
    for (const auto& argument : row.arguments) {
      CHECK((!argument.required || !optional_seen));
      optional_seen = optional_seen || !argument.required;
      CHECK((argument.type == console::value_type::word) == !argument.choices.empty());
    }
    for (const auto& flag : row.flags) {
      CHECK((flag.type == console::value_type::word) == !flag.choices.empty());
      CHECK((flag.type == console::value_type::flag) == flag.metavar.empty());
      for (const auto& global : console::global_flags()) {
        // A row may say more exactly what a flag of every command means for it.
        CHECK((flag.name != global.name || flag.type == global.type));
        CHECK((flag.brief == 0 || flag.brief != global.brief));
      }
    }
  }
}

TEST_CASE("an unknown command names the nearest one") {
  CHECK(console::require_command("tre").error().context ==
        "there is no command 'tre' (did you mean 'tree'?)");
  CHECK(console::require_command("process:crate").error().context ==
        "there is no command 'process:crate' (did you mean 'process:create'?)");
  CHECK(console::require_command("xyzzy").error().context == "there is no command 'xyzzy'");
}
