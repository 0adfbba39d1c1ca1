// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Requests checked by the command table, and what they mean to the runtime.
#include "console/request.hpp"

#include <catch2/catch.hpp>

namespace console = kraken::console;
namespace model = kraken::model;
using kraken::errc;

namespace {

kraken::result<console::command_request> completed(const console::command_request& request) {
  return console::complete(*console::find_command(request.command), request);
}

model::command meaning(const console::command_request& request) {
  const auto whole = completed(request);
  REQUIRE(whole);
  const auto command = console::model_command(*console::find_command(request.command), *whole);
  REQUIRE(command);
  return *command;
}

} // namespace

TEST_CASE("defaults are filled in") {
  const auto whole =
      completed({"process:create", {{"parent", "Main"}, {"alias", "T1"}, {"name", "Test"}}, {}});
  REQUIRE(whole);
  CHECK(whole->flags.at("flags") == "CREATE_DEFAULT");
  CHECK(completed({"events", {}, {}})->flags.at("lines") == "100");
  CHECK_FALSE(completed({"events", {}, {}})->flags.contains("follow"));
}

TEST_CASE("requests that cannot be carried out say why") {
  struct row {
    console::command_request request;
    std::string context;
  };

  const auto given = GENERATE(values<row>({
      {{"scale", {{"alias", "web"}}, {}},
       "scale: argument 'count' is missing (usage: kraken scale ALIAS COUNT)"},
      {{"scale", {{"alias", "web"}, {"count", "-1"}}, {}},
       "scale: count: expected a number from 1 to 10000, got '-1'"},
      {{"scale", {{"alias", "web"}, {"count", "4294967296"}}, {}},
       "scale: count: expected a number from 1 to 10000, got '4294967296'"},
      {{"scale", {{"alias", "web"}, {"count", "10001"}}, {}},
       "scale: count: expected a number from 1 to 10000, got '10001'"},
      {{"scale", {{"alias", "web"}, {"count", "0"}}, {}},
       "scale: count: expected a number from 1 to 10000, got '0'"},
      {{"events", {}, {{"lines", "x"}}},
       "events: --lines: expected a whole number from 0 to 4294967295, got 'x'"},
      {{"scale", {{"alias", ""}, {"count", "1"}}, {}}, "scale: alias: must not be empty"},
      {{"ps", {{"alais", "web"}}, {}}, "ps: there is no argument 'alais'"},
      {{"project:create", {}, {{"flags", "4"}}},
       "project:create: --flags: Given flag option is invalid. expected one of CREATE_DEFAULT, "
       "CREATE_FORCE_SOFT, CREATE_FORCE_HARD, CREATE_FORCE, got '4'"},
      {{"thread:create",
        {{"parent", "Main"}, {"alias", "T1"}, {"name", "Test"}},
        {{"restart", "never"}}},
       "thread:create: --restart: expected one of permanent, transient, temporary, got 'never'"},
      {{"project:create", {}, {{"restart", "temporary"}}},
       "project:create: there is no flag '--restart'"},
      {{"events", {}, {{"folow", "true"}}},
       "events: there is no flag '--folow' (did you mean '--follow'?)"},
      {{"events", {}, {{"follow", "yes"}}},
       "events: --follow: is a switch and takes no value, got 'yes'"},
  }));
  CAPTURE(given.request.command);
  const auto whole = completed(given.request);
  REQUIRE_FALSE(whole);
  CHECK(whole.error().code == errc::invalid_argument);
  CHECK(whole.error().context == given.context);
}

TEST_CASE("a request becomes the runtime's command") {
  const model::command create = meaning({"process:create",
                                         {{"parent", "Main"}, {"alias", "T1"}, {"name", "Test"}},
                                         {{"flags", "CREATE_FORCE_HARD"}}});
  CHECK(create.what == model::verb::create);
  CHECK(create.target == "Main");
  CHECK(create.flags == model::force::hard);
  REQUIRE(create.spec);
  CHECK(create.spec->id == "T1");
  CHECK(create.spec->name == "Test");
  CHECK(create.spec->kind == "process");

  using enum model::restart_type;
  CHECK(create.spec->restart == permanent);
  for (const auto how : {permanent, transient, temporary}) {
    const auto once = meaning({"process:create",
                               {{"parent", "Main"}, {"alias", "T1"}, {"name", "Test"}},
                               {{"restart", std::string{model::to_string(how)}}}});
    REQUIRE(once.spec);
    CHECK(once.spec->restart == how);
  }

  const model::command destroy =
      meaning({"thread:destroy", {{"parent", "Main"}, {"alias", "T1"}}, {}});
  CHECK(destroy.what == model::verb::destroy);
  CHECK(destroy.target == "Main/T1");
  CHECK(destroy.flags == model::force::soft);
  CHECK_FALSE(destroy.keep);

  const model::command keep = meaning({"project:destroy", {}, {{"flags", "DESTROY_KEEP"}}});
  CHECK(keep.target.empty());
  CHECK(keep.keep);

  const model::command scale = meaning({"scale", {{"alias", "web"}, {"count", "8"}}, {}});
  CHECK(scale.what == model::verb::scale);
  CHECK(scale.count == 8);

  const model::command kill = meaning({"chaos:kill", {{"alias", "w1"}}, {{"signal", "SIGTERM"}}});
  CHECK(kill.what == model::verb::signal);
  CHECK(kill.target == "w1");
  CHECK(kill.count == 15);
  CHECK(meaning({"chaos:kill", {{"alias", "w1"}}, {}}).count == 9);

  CHECK(meaning({"arch:stop", {{"alias", "web"}}, {}}).what == model::verb::stop_tree);
  CHECK(console::model_command(*console::find_command("server:ping"), {}).error().code ==
        errc::unsupported);
}

TEST_CASE("force levels by name and by number") {
  const auto [command, given, level] = GENERATE(table<const char*, const char*, model::force>({
      {"project:create", "0", model::force::standard},
      {"project:create", "1", model::force::soft},
      {"project:create", "2", model::force::hard},
      {"project:create", "3", model::force::full},
      {"project:create", "CREATE_FORCE", model::force::full},
      {"project:destroy", "0", model::force::standard},
      {"project:destroy", "DESTROY_DEFAULT", model::force::standard},
      {"project:destroy", "1", model::force::soft},
      {"project:destroy", "2", model::force::hard},
      {"project:destroy", "3", model::force::full},
      {"project:destroy", "DESTROY_FORCE_HARD", model::force::hard},
  }));
  CAPTURE(command, given);
  const model::command meant = meaning({command, {}, {{"flags", given}}});
  CHECK(meant.flags == level);
  CHECK(meant.keep == (meant.what == model::verb::destroy && level == model::force::standard));
}

TEST_CASE("sentences name the container") {
  CHECK(console::sentence_of("Process [{alias}] is gone.", "T1") == "Process [T1] is gone.");
  CHECK(console::sentence_of("Runtime exists.", "T1") == "Runtime exists.");
}
