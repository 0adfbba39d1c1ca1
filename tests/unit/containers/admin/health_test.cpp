// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Table of trees and what keeps them from being ready.
#include "containers/admin/health.hpp"

#include "board_record.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace kraken::containers::test {

namespace {

using model::phase;

struct shown {
  std::string parent;
  std::string alias;
  phase at;
  std::string kind = "process";
};

std::string reasons_of(const std::vector<shown>& tree) {
  std::vector<actor::status_ptr> records;
  for (const auto& each : tree) {
    records.push_back(std::make_shared<const model::container_status>(
        board_record(each.parent, each.alias, each.at, each.kind)));
  }
  return unready_reasons(records);
}

const shown root{"", "Main", phase::ready, "supervisor"};

} // namespace

TEST_CASE("a node without a root is not ready: its socket opens before its tree") {
  CHECK(reasons_of({}) == "the containers have not been created yet\n");
}

TEST_CASE("the root must be ready whatever its phase") {
  CHECK(reasons_of({root}).empty());
  CHECK(reasons_of({{"", "Main", phase::idle}}) == "Main is idle\n");
  CHECK(reasons_of({{"", "Main", phase::starting}}) == "Main is starting\n");
  CHECK(reasons_of({{"", "Main", phase::ended}}) == "Main is ended: it was stopped\n");
}

TEST_CASE("what is meant to serve and does not keeps the node from being ready") {
  for (const auto at :
       {phase::starting, phase::draining, phase::stopping, phase::held, phase::backing_off}) {
    CHECK(reasons_of({root, {"Main", "a", at}}) ==
          "Main/a is " + std::string{model::to_string(at)} + "\n");
  }
  CHECK(reasons_of({root, {"Main", "a", phase::starting}, {"Main", "b", phase::held}}) ==
        "Main/a is starting\nMain/b is held\n");
}

TEST_CASE("a pool that waits for its workers says what is wrong with one of them") {
  const auto shown_of = [](phase worker, model::cause_kind why) {
    auto failing = board_record("Main/web", "w2", worker, "worker");
    model::cause last;
    last.kind = why;
    last.message = "no database";
    failing.last_cause = last;
    const std::vector<actor::status_ptr> records{
        std::make_shared<const model::container_status>(
            board_record("", "Main", phase::ready, "supervisor")),
        std::make_shared<const model::container_status>(
            board_record("Main", "web", phase::starting, "pool")),
        std::make_shared<const model::container_status>(
            board_record("Main/web", "w1", phase::starting, "worker")),
        std::make_shared<const model::container_status>(std::move(failing))};
    return unready_reasons(records);
  };
  for (const auto at : {phase::backing_off, phase::starting}) {
    CHECK(shown_of(at, model::cause_kind::exception) == "Main/web is starting: w2 is " +
                                                            std::string{model::to_string(at)} +
                                                            " after exception: no database\n");
  }
  CHECK(shown_of(phase::ready, model::cause_kind::exception) == "Main/web is starting\n");
  CHECK(shown_of(phase::starting, model::cause_kind::recycle) == "Main/web is starting\n");
}

TEST_CASE("what was stopped, never started or given up does not count") {
  CHECK(reasons_of({root, {"Main", "a", phase::ended}}).empty());
  CHECK(reasons_of({root, {"Main", "a", phase::idle}}).empty());
  CHECK(reasons_of({root, {"Main", "a", phase::parked}}).empty());
  CHECK(reasons_of({root, {"Main/web", "w1", phase::starting, "worker"}}).empty());
}

TEST_CASE("what was stopped names no failure that came before") {
  const auto failed_once = [](std::string parent, std::string alias, phase at) {
    auto out = board_record(std::move(parent), std::move(alias), at, "process");
    model::cause why;
    why.kind = model::cause_kind::exit_code;
    why.code = 3;
    out.last_cause = why;
    out.failures = model::with_failure(nullptr, {{}, 1, why.kind, why.text(), 0});
    return std::make_shared<const model::container_status>(std::move(out));
  };
  const auto of = [](std::vector<actor::status_ptr> records) { return unready_reasons(records); };
  CHECK(of({failed_once("", "Main", phase::ended), failed_once("Main", "a", phase::ended)}) ==
        "Main is ended: it was stopped\n");
  CHECK(of({failed_once("", "Main", phase::stopping), failed_once("Main", "a", phase::stopping)}) ==
        "Main is stopping\nMain/a is stopping\n");
  CHECK(of({std::make_shared<const model::container_status>(
                board_record("", "Main", phase::starting, "supervisor")),
            failed_once("Main", "a", phase::ended),
            failed_once("Main", "b", phase::backing_off)}) ==
        "Main is starting: b is backing_off after exit code 3\n"
        "Main/b is backing_off after exit code 3\n");

  auto done = board_record("", "Main", phase::ended, "process");
  model::cause normal;
  normal.kind = model::cause_kind::exit_normal;
  done.last_cause = normal;
  CHECK(of({std::make_shared<const model::container_status>(done)}) == "Main is ended\n");
}

TEST_CASE("a parked pool counts: nobody answers its requests") {
  CHECK(reasons_of({root, {"Main", "web", phase::parked, "pool"}}) == "Main/web is parked\n");
}

TEST_CASE("who is tried again says why, and names those that wait for it") {
  auto sidecar = board_record("Main", "sidecar", phase::backing_off, "process");
  model::cause slow;
  slow.kind = model::cause_kind::start_timeout;
  slow.message = "not ready within 3s";
  sidecar.last_cause = slow;
  const std::vector<actor::status_ptr> records{
      std::make_shared<const model::container_status>(
          board_record("", "Main", phase::starting, "supervisor")),
      std::make_shared<const model::container_status>(std::move(sidecar)),
      std::make_shared<const model::container_status>(
          board_record("Main", "http", phase::idle, "http")),
      std::make_shared<const model::container_status>(
          board_record("Main", "web", phase::idle, "pool"))};
  CHECK(unready_reasons(records) ==
        "Main is starting: sidecar is backing_off after not ready in time: not ready within 3s\n"
        "Main/sidecar is backing_off after not ready in time: not ready within 3s; waiting for it: "
        "http, web\n");
}

TEST_CASE("what is parked is named with what to do, and keeps nobody from being ready") {
  auto failed = board_record("Main", "a", phase::parked, "process");
  model::cause why;
  why.kind = model::cause_kind::exit_code;
  why.code = 3;
  failed.last_cause = why;
  const std::vector<actor::status_ptr> records{
      std::make_shared<const model::container_status>(
          board_record("", "Main", phase::ready, "supervisor")),
      std::make_shared<const model::container_status>(failed)};
  CHECK(unready_reasons(records).empty());
  CHECK(parked_ones(records) ==
        "Main/a is parked after exit code 3; it does not count, start it with: "
        "kraken container:start Main/a\n");
  CHECK(parked_ones(std::span{records}.first(1)).empty());
}

} // namespace kraken::containers::test
