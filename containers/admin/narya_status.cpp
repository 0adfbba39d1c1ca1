// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Texts of the Narya endpoints.
#include "containers/admin/narya_status.hpp"

#include "containers/admin/metrics_page.hpp"
#include "kraken/model/lifecycle.hpp"

#include <charconv>
#include <ctime>

namespace kraken::containers {

namespace {

void answer(net::exchange& to, int status, std::string_view type, std::string_view body) {
  wire::response_writer writer{to.output(), to.context()};
  writer.begin(status);
  static_cast<void>(writer.field("content-type", type));
  writer.end_with_body(body);
  to.answered(status, writer.after());
}

std::string_view word_for(const model::container_status& worker) {
  if (worker.at == model::phase::starting) {
    return "starting";
  }
  if (worker.at != model::phase::ready) {
    return "dead";
  }
  return worker.live && worker.live->sum(&model::gauges::busy) != 0 ? "busy" : "idle";
}

std::string rfc3339(std::int64_t seconds_ago) {
  const std::time_t at = std::time(nullptr) - seconds_ago;
  std::tm parts{};
  ::gmtime_r(&at, &parts);
  char text[32] = {};
  const auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text, length};
}

// `w12` is worker 11 in Narya's counting.
std::string slot_number(const std::string& alias) {
  std::uint32_t number = 0;
  const char* const end = alias.data() + alias.size();
  const bool numbered = alias.starts_with('w') &&
                        std::from_chars(alias.data() + 1, end, number).ptr == end && number != 0;
  return std::to_string(numbered ? number - 1 : 0);
}

} // namespace

void narya_status::submit(net::exchange& from,
                          const wire::request_facts& facts,
                          net::retry_policy /*retry*/) {
  auto path = facts.path;
  if (path.starts_with("/narya/")) {
    path.remove_prefix(6);
  }
  if (path == "/health") {
    health(from);
  } else if (path == "/metrics") {
    metrics(from);
  } else {
    workers(from);
  }
}

void narya_status::health(net::exchange& to) const {
  std::size_t total = 0;
  std::size_t idle = 0;
  for (const auto& each : board_.list()) {
    if (each->kind == "worker" && each->at == model::phase::ready) {
      ++total;
      idle += word_for(*each) == "idle" ? 1U : 0U;
    }
  }
  if (total == 0) {
    answer(to, 503, "text/plain; charset=utf-8", "No active workers\n");
    return;
  }
  answer(to,
         200,
         "application/json",
         "{\"status\":\"ok\",\"workers\":" + std::to_string(total) +
             ",\"active\":" + std::to_string(idle) + "}");
}

void narya_status::metrics(net::exchange& to) const {
  using type = metrics_page::type;
  const auto numbers = count_();
  double alive = 0;
  double idle = 0;
  for (const auto& each : board_.list()) {
    if (each->kind == "worker" && each->at == model::phase::ready) {
      ++alive;
      idle += word_for(*each) == "idle" ? 1 : 0;
    }
  }
  metrics_page page;
  page.add("narya_requests_total",
           type::counter,
           "Requests received.",
           {},
           static_cast<double>(numbers.requests));
  page.add("narya_requests_success",
           type::counter,
           "Requests answered below 500.",
           {},
           static_cast<double>(numbers.success));
  page.add("narya_requests_error",
           type::counter,
           "Requests answered 500 and above.",
           {},
           static_cast<double>(numbers.failed));
  page.add("narya_pool_requests_total",
           type::counter,
           "Requests given to the pool.",
           {},
           static_cast<double>(numbers.requests));
  page.add("narya_requests_active",
           type::gauge,
           "Requests being worked on.",
           {},
           static_cast<double>(numbers.active));
  page.add("narya_workers_active", type::gauge, "Workers that serve.", {}, alive);
  page.add("narya_workers_available", type::gauge, "Workers with nothing to do.", {}, idle);
  page.add("narya_workers_min", type::gauge, "Least number of workers.", {}, numbers.min_workers);
  page.add(
      "narya_workers_max", type::gauge, "Greatest number of workers.", {}, numbers.max_workers);
  answer(to, 200, "text/plain; version=0.0.4; charset=utf-8", page.text());
}

void narya_status::workers(net::exchange& to) const {
  const auto numbers = count_();
  std::size_t active = 0;
  std::size_t available = 0;
  std::string list;
  for (const auto& each : board_.list()) {
    if (each->kind != "worker") {
      continue;
    }
    const auto state = word_for(*each);
    active += state == "dead" ? 0U : 1U;
    available += state == "idle" ? 1U : 0U;
    const auto up = std::chrono::duration_cast<seconds>(clock_.now() - each->since).count();
    list += list.empty() ? "" : ",";
    list += "{\"id\":" + slot_number(each->alias) + ",\"pid\":" + std::to_string(each->pid) +
            ",\"state\":\"" + std::string{state} + "\",\"request_count\":" +
            std::to_string(each->live ? each->live->sum(&model::gauges::requests) : 0) +
            ",\"start_time\":\"" + rfc3339(up) + "\",\"uptime_secs\":" + std::to_string(up) + "}";
  }
  answer(to,
         200,
         "application/json",
         "{\"min_workers\":" + std::to_string(numbers.min_workers) + ",\"max_workers\":" +
             std::to_string(numbers.max_workers) + ",\"active_workers\":" + std::to_string(active) +
             ",\"available_workers\":" + std::to_string(available) + ",\"total_requests\":" +
             std::to_string(numbers.requests) + ",\"workers\":[" + list + "]}");
}

} // namespace kraken::containers
