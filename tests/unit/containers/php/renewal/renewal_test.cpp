// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A renewal as tables: its stages, what is done with the one whose turn it is, what follows from
/// its end; and who stands in line when somebody asks again.
#include "containers/php/renewal/renewal.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using kraken::containers::renewal;
using kraken::containers::renewal_candidate;
using kraken::containers::renewal_end;
using kraken::containers::renewal_facts;
using kraken::containers::renewal_step;
using kraken::containers::renewal_verdict;
using kraken::containers::renewed;
using kind = renewal_facts::kind;
using names = std::vector<std::string>;

namespace {

const std::vector<renewal_candidate> everyone{
    {.id = "w1", .as = renewal_candidate::rank::does_not_serve},
    {.id = "w2", .as = renewal_candidate::rank::serves},
    {.id = "template", .as = renewal_candidate::rank::forks_others},
    {.id = "w3", .as = renewal_candidate::rank::serves}};

constexpr renewal_end booted{.ended = renewal_end::how::replaced, .proven = true};
constexpr renewal_end not_there{.ended = renewal_end::how::not_there};
constexpr renewal_end not_booted{.ended = renewal_end::how::did_not_boot};
constexpr renewal_end not_booted_but_proven{.ended = renewal_end::how::did_not_boot,
                                            .proven = true};
constexpr renewal_end template_not_booted{.ended = renewal_end::how::did_not_boot,
                                          .is_template = true};

/// Who has a turn from now on, when each boots.
names turns_of(renewal& in) {
  names out;
  while (const auto* const first = in.first()) {
    out.push_back(*first);
    in.pass();
  }
  return out;
}

} // namespace

TEST_CASE("renewal: every event in every stage") {
  using stage = kraken::containers::renewal_stage;
  using event = kraken::containers::renewal_event;
  struct row {
    stage from;
    event on;
    stage to;
  };
  const auto each = GENERATE(values<row>({
      {stage::resting, event::asked, stage::under_way},
      {stage::resting, event::one_ended, stage::resting},
      {stage::resting, event::line_ended, stage::resting},
      {stage::under_way, event::asked, stage::asked_again},
      {stage::under_way, event::one_ended, stage::under_way},
      {stage::under_way, event::line_ended, stage::resting},
      {stage::asked_again, event::asked, stage::asked_again},
      {stage::asked_again, event::one_ended, stage::under_way},
      {stage::asked_again, event::line_ended, stage::resting},
  }));
  CAPTURE(static_cast<int>(each.from), static_cast<int>(each.on));
  CHECK(next(each.from, each.on) == each.to);
}

TEST_CASE("renewal: what is done with the one whose turn it is") {
  struct row {
    const char* what;
    renewed scope;
    bool new_code;
    renewal_facts about;
    renewal_step step;
  };
  constexpr auto outdated = renewed::outdated;
  constexpr auto all = renewed::all;
  using step = renewal_step;
  const auto each = GENERATE(values<row>({
      {"up to date", outdated, false, {}, step::pass},
      {"up to date, but failed", outdated, false, {.failed = true}, step::pass},
      {"outdated", outdated, false, {.outdated = true}, step::recycle},
      {"outdated and failed", outdated, false, {.outdated = true, .failed = true}, step::start},
      {"all", all, false, {}, step::recycle},
      {"all, failed with the same", all, false, {.failed = true}, step::recycle},
      {"all, failed with old code", all, true, {.failed = true}, step::start},
      {"all, new code", all, true, {}, step::recycle},
      {"template", all, false, {.of = kind::template_there}, step::recycle},
      {"template refused", all, false, {.of = kind::template_there, .refused = true}, step::start},
      {"template failed", all, true, {.of = kind::template_there, .failed = true}, step::start},
      {"template up to date", outdated, false, {.of = kind::template_there}, step::pass},
      {"no template yet",
       outdated,
       false,
       {.of = kind::template_missing, .outdated = true},
       step::make},
      {"template for nobody",
       outdated,
       false,
       {.of = kind::template_unwanted, .outdated = true},
       step::remove},
      {"template was wanted once", all, true, {.of = kind::no_template}, step::pass},
  }));
  CAPTURE(each.what);
  renewal tested;
  if (each.new_code) {
    tested.code_changed();
  }
  REQUIRE(tested.ask(each.scope, everyone));
  CHECK(tested.begin(each.about) == each.step);
}

TEST_CASE("renewal: what follows from the end of one") {
  struct row {
    const char* what;
    bool had_failed;
    bool new_code;
    bool asked_again;
    renewal_end end;
    renewal_verdict verdict;
  };
  using verdict = renewal_verdict;
  const auto each = GENERATE(values<row>({
      {"booted", false, false, false, booted, verdict::go_on},
      {"gone", false, false, false, not_there, verdict::go_on},
      {"asked again, booted", false, false, true, booted, verdict::go_on},
      {"first that fails", false, false, false, not_booted, verdict::undo_and_end},
      {"others boot with that", false, false, false, not_booted_but_proven, verdict::undo_and_end},
      {"asked again, fails", false, false, true, not_booted, verdict::undo_and_go_on},
      {"had failed, others boot", true, false, false, not_booted_but_proven, verdict::go_on},
      {"had failed, others boot, new code",
       true,
       true,
       false,
       not_booted_but_proven,
       verdict::undo_and_end},
      {"had failed, is the first to try", true, false, false, not_booted, verdict::undo_and_end},
      {"template", false, false, false, template_not_booted, verdict::undo_and_end},
      {"template had failed", true, false, false, template_not_booted, verdict::go_on},
      {"template had failed, new code",
       true,
       true,
       false,
       template_not_booted,
       verdict::undo_and_end},
  }));
  CAPTURE(each.what);
  renewal tested;
  if (each.new_code) {
    tested.code_changed();
  }
  REQUIRE(tested.ask(renewed::all, everyone));
  static_cast<void>(tested.begin({.failed = each.had_failed}));
  if (each.asked_again) {
    REQUIRE_FALSE(tested.ask(renewed::all, everyone));
  }
  CHECK(tested.judge(each.end) == each.verdict);
}

TEST_CASE("renewal: the template goes first, those that do not serve go last") {
  renewal tested;
  CHECK(tested.rests());
  CHECK(tested.ask(renewed::all, everyone));
  CHECK_FALSE(tested.rests());
  CHECK(tested.left() == 4);
  CHECK(turns_of(tested) == names{"template", "w2", "w3", "w1"});
}

TEST_CASE("renewal: who asks again has all in line once more, behind the one whose turn it is") {
  renewal tested;
  REQUIRE(tested.ask(renewed::all, everyone));
  tested.pass(); // the template has been replaced
  CHECK_FALSE(tested.ask(renewed::all, everyone));
  CHECK_FALSE(tested.ask(renewed::all, everyone));
  CHECK(turns_of(tested) == names{"w2", "template", "w2", "w3", "w1"});
}

TEST_CASE("renewal: one failure is forgiven for being asked again, the next one is not") {
  renewal tested;
  REQUIRE(tested.ask(renewed::all, everyone));
  REQUIRE_FALSE(tested.ask(renewed::all, everyone));
  CHECK(tested.judge(not_booted) == renewal_verdict::undo_and_go_on);
  CHECK(tested.judge(not_booted) == renewal_verdict::undo_and_end);
}

TEST_CASE("renewal: the wider scope counts until it rests") {
  renewal tested;
  REQUIRE(tested.ask(renewed::outdated, everyone));
  CHECK(tested.begin({}) == renewal_step::pass);
  REQUIRE_FALSE(tested.ask(renewed::all, everyone));
  CHECK(tested.begin({}) == renewal_step::recycle);
  REQUIRE_FALSE(tested.ask(renewed::outdated, everyone));
  CHECK(tested.begin({}) == renewal_step::recycle);
  tested.end();
  CHECK(tested.rests());
  CHECK(tested.first() == nullptr);
  REQUIRE(tested.ask(renewed::outdated, everyone));
  CHECK(tested.begin({}) == renewal_step::pass);
}

TEST_CASE("renewal: new code is new until it has settled") {
  renewal tested;
  CHECK_FALSE(tested.code_settled());
  tested.code_changed();
  CHECK(tested.code_is_new());
  CHECK(tested.code_settled());
  CHECK_FALSE(tested.code_is_new());
}

TEST_CASE("renewal: who has waited long enough waits for one that boots only") {
  renewal tested;
  CHECK_FALSE(tested.is_enough(true));
  tested.wait_for_one();
  CHECK_FALSE(tested.is_enough(false));
  CHECK(tested.is_enough(true));
  tested.wait_for_all();
  CHECK_FALSE(tested.is_enough(true));
}
