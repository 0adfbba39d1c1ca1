// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The endpoints of the Narya runtime, byte by byte but for the time of day.
#include "containers/admin/narya_status.hpp"

#include "../fake_exchange.hpp"
#include "board_record.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace kraken;
using namespace kraken::containers;
using namespace kraken::containers::test;
using model::phase;

namespace {

class narya_endpoints {
public:
  narya_endpoints() {
    board.publish(board_record("", "Main", phase::ready, "supervisor"), 1);
    board.publish(board_record("Main", "web", phase::ready, "pool"), 1);
  }

  void worker(const std::string& alias, phase at, std::int64_t busy = 0, std::int64_t done = 0) {
    auto record = board_record("Main/web", alias, at);
    record.pid = 100;
    record.since = clock.now();
    auto live = std::make_shared<model::gauges>();
    live->busy.set(busy);
    live->requests.set(done);
    record.live = live;
    board.publish(std::move(record), ++rank_);
  }

  /// Status and, after a blank, the body.
  std::string get(std::string_view path) {
    narya_status status{board, clock, [] {
                          return narya_numbers{.requests = 9,
                                               .success = 7,
                                               .failed = 2,
                                               .active = 1,
                                               .min_workers = 2,
                                               .max_workers = 4};
                        }};
    fake_exchange to;
    wire::request_facts facts;
    facts.path = path;
    status.submit(to, facts, net::retry_policy::none);
    CHECK(to.ends == 1);
    return std::to_string(to.status) + " " + to.text.substr(to.text.find("\r\n\r\n") + 4);
  }

  actor::status_board board;
  virtual_clock clock;

private:
  std::uint64_t rank_ = 0;
};

/// Each `"start_time":"2026-01-02T03:04:05Z"` becomes TIME.
std::string without_times(std::string text) {
  const std::string key = "\"start_time\":\"";
  for (auto at = text.find(key); at != std::string::npos; at = text.find(key)) {
    const auto end = text.find('"', at + key.size());
    CHECK(end - at - key.size() == 20);
    CHECK(text[end - 1] == 'Z');
    text.replace(at, end + 1 - at, "TIME");
  }
  return text;
}

} // namespace

TEST_CASE("health counts the workers that serve, and those with nothing to do") {
  narya_endpoints narya;
  CHECK(narya.get("/health") == "503 No active workers\n");
  narya.worker("w1", phase::ready);
  narya.worker("w2", phase::ready, 1);
  narya.worker("w3", phase::starting);
  CHECK(narya.get("/health") == "200 {\"status\":\"ok\",\"workers\":2,\"active\":1}");
  CHECK(narya.get("/narya/health") == narya.get("/health"));
}

TEST_CASE("the list of workers is the one the runtime gives") {
  narya_endpoints narya;
  narya.worker("w1", phase::ready, 1, 5);
  narya.worker("w2", phase::ready);
  narya.worker("w10", phase::starting);
  narya.worker("w11", phase::backing_off);
  narya.worker("wrong", phase::ready); // not numbered by a pool
  narya.clock.advance(90s);
  const auto text = without_times(narya.get("/debug/workers"));
  const auto row = [](int id, const std::string& state, int count) {
    return "{\"id\":" + std::to_string(id) + ",\"pid\":100,\"state\":\"" + state +
           "\",\"request_count\":" + std::to_string(count) + ",TIME,\"uptime_secs\":90}";
  };
  CHECK(text == "200 {\"min_workers\":2,\"max_workers\":4,\"active_workers\":4,"
                "\"available_workers\":2,\"total_requests\":9,\"workers\":[" +
                    row(0, "busy", 5) + "," + row(1, "idle", 0) + "," + row(9, "starting", 0) +
                    "," + row(10, "dead", 0) + "," + row(0, "idle", 0) + "]}");
}

TEST_CASE("the metrics have the names the runtime gives them") {
  narya_endpoints narya;
  narya.worker("w1", phase::ready);
  narya.worker("w2", phase::ready, 1);
  const auto text = narya.get("/metrics");
  CAPTURE(text);
  for (const std::string line : {"narya_requests_total 9",
                                 "narya_requests_success 7",
                                 "narya_requests_error 2",
                                 "narya_pool_requests_total 9",
                                 "narya_requests_active 1",
                                 "narya_workers_active 2",
                                 "narya_workers_available 1",
                                 "narya_workers_min 2",
                                 "narya_workers_max 4"}) {
    CAPTURE(line);
    CHECK(text.find("\n" + line + "\n") != std::string::npos);
  }
}
