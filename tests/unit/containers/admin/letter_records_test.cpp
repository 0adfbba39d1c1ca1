// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which dead letters are shown, and that the command table knows every reason.
#include "containers/admin/letter_records.hpp"

#include "console/command_table.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace kraken;
using actor::dead_reason;

namespace {

std::vector<std::string> targets(const std::vector<console::letter_record>& records) {
  std::vector<std::string> out;
  for (const auto& one : records) {
    out.push_back(one.to);
  }
  return out;
}

} // namespace

TEST_CASE("dead letters by target and reason, the newest") {
  using list = std::vector<std::string>;
  actor::dead_letters dead;
  dead.add("Main/a", "Main/web/w1", dead_reason::full);
  dead.add("", "nobody", dead_reason::no_such);
  dead.add("Main/a", "Main/web", dead_reason::closed);
  dead.add("Main/a", "Main/other", dead_reason::full);
  CHECK(targets(containers::letter_records(dead, "", "", 100)) ==
        list{"Main/web/w1", "nobody", "Main/web", "Main/other"});
  CHECK(targets(containers::letter_records(dead, "web", "", 100)) ==
        list{"Main/web/w1", "Main/web"});
  CHECK(targets(containers::letter_records(dead, "w?", "", 100)) == list{"Main/web/w1"});
  CHECK(targets(containers::letter_records(dead, "", "full", 100)) ==
        list{"Main/web/w1", "Main/other"});
  CHECK(targets(containers::letter_records(dead, "", "", 2)) == list{"Main/web", "Main/other"});
  CHECK(containers::letter_records(dead, "", "", 0).empty());
  const auto one = containers::letter_records(dead, "nobody", "no_such", 1).at(0);
  CHECK(one.id == 2);
  CHECK(one.from.empty());
  CHECK(one.reason == "no_such");
  CHECK(one.unix_ms > 0);
}

TEST_CASE("the command table names every reason a letter can die of") {
  const auto& flags = console::find_command("dead:list")->flags;
  const auto reason = std::ranges::find(flags, "reason", &console::flag_row::name);
  REQUIRE(reason != flags.end());
  REQUIRE(reason->choices.size() == actor::dead_reasons);
  for (std::size_t i = 0; i < actor::dead_reasons; ++i) {
    CHECK(reason->choices[i] == to_string(static_cast<dead_reason>(i)));
  }
}
