// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The text of the metrics page.
#include "containers/admin/metrics_page.hpp"

#include "board_record.hpp"

#include <catch2/catch.hpp>

using namespace kraken;
using containers::metrics_page;
using containers::test::board_record;
using model::phase;

TEST_CASE("samples of a name stand together, in the order of first mention") {
  metrics_page page;
  page.add("b_total", metrics_page::type::counter, "B.", {{"pool", "x"}}, 3);
  page.add("a", metrics_page::type::gauge, "A.", {}, 0.5);
  page.add("b_total", metrics_page::type::counter, "ignored", {{"pool", "y\"\\\n"}}, 4);
  CHECK(page.text() == "# HELP b_total B.\n"
                       "# TYPE b_total counter\n"
                       "b_total{pool=\"x\"} 3\n"
                       "b_total{pool=\"y\\\"\\\\\\n\"} 4\n"
                       "# HELP a A.\n"
                       "# TYPE a gauge\n"
                       "a 0.5\n");
}

TEST_CASE("an empty page is empty") {
  CHECK(metrics_page{}.text().empty());
}

TEST_CASE("the page shows every container and counts them by state") {
  actor::status_board board;
  board.publish(board_record("", "Main", phase::ready, "supervisor"), 1);
  auto worker = board_record("Main", "w1", phase::backing_off);
  worker.restarts = 2;
  worker.recycles = 1;
  auto live = std::make_shared<model::gauges>();
  live->requests.set(7);
  live->busy.set(1);
  live->memory_bytes.set(4096);
  worker.live = live;
  board.publish(std::move(worker), 1);
  metrics_page page;
  page.add_containers(board);
  const auto text = page.text();
  CAPTURE(text);
  const auto has = [&](const std::string& line) {
    return text.find(line + "\n") != std::string::npos;
  };
  const std::string of = "{container=\"Main/w1\",kind=\"worker\"} ";
  CHECK(has("kraken_container_ready{container=\"Main\",kind=\"supervisor\"} 1"));
  CHECK(has("kraken_container_ready" + of + "0"));
  CHECK(has("kraken_container_restarts_total" + of + "2"));
  CHECK(has("kraken_container_recycles_total" + of + "1"));
  CHECK(has("kraken_container_requests" + of + "7"));
  CHECK(has("kraken_container_busy" + of + "1"));
  CHECK(has("kraken_container_memory_bytes" + of + "4096"));
  CHECK(has("kraken_containers{state=\"started\"} 1"));
  CHECK(has("kraken_containers{state=\"failed\"} 1"));
  CHECK(has("kraken_containers{state=\"created\"} 0"));
  CHECK(has("kraken_containers{state=\"stopped\"} 0"));
  CHECK(has("kraken_containers{state=\"destroyed\"} 0"));
}

TEST_CASE("dead letters are counted by reason, those of no letter too") {
  actor::dead_letters dead;
  dead.add("", "nobody", actor::dead_reason::no_such);
  metrics_page page;
  page.add_letters(dead);
  const auto text = page.text();
  CHECK(text.find("kraken_dead_letters_total{reason=\"no_such\"} 1\n") != std::string::npos);
  CHECK(text.find("kraken_dead_letters_total{reason=\"node_down\"} 0\n") != std::string::npos);
}
