// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Families and samples; text by prometheus-cpp's serializer.
#include "containers/admin/metrics_page.hpp"

#include "kraken/model/lifecycle.hpp"

#include <map>
#include <utility>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace kraken::containers {

struct metrics_page::content {
  std::vector<prometheus::MetricFamily> families; // in the order of first mention
  std::map<std::string, std::size_t, std::less<>> index;
};

metrics_page::metrics_page() : content_(std::make_unique<content>()) {}

metrics_page::~metrics_page() = default;

void metrics_page::add(
    std::string_view name, type kind, std::string_view help, labels which, double value) {
  const auto found = content_->index.find(name);
  auto place = content_->families.size();
  if (found != content_->index.end()) {
    place = found->second;
  } else {
    content_->index.emplace(name, place);
    auto& family = content_->families.emplace_back();
    family.name = name;
    family.help = help;
    family.type =
        kind == type::counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
  }
  prometheus::ClientMetric sample;
  for (auto& [key, text] : which) {
    sample.label.push_back({std::move(key), std::move(text)});
  }
  if (kind == type::counter) {
    sample.counter.value = value;
  } else {
    sample.gauge.value = value;
  }
  content_->families[place].metric.push_back(std::move(sample));
}

void metrics_page::add_containers(const actor::status_board& board) {
  std::map<std::string, int> in_state;
  for (const auto each : model::all_states) {
    in_state[std::string{model::to_string(each)}] = 0;
  }
  for (const auto& status : board.list()) {
    ++in_state[std::string{model::to_string(status->in)}];
    const labels of{{"container", status->path}, {"kind", status->kind}};
    add("kraken_container_ready",
        type::gauge,
        "1 while the container serves.",
        of,
        status->at == model::phase::ready ? 1 : 0);
    add("kraken_container_restarts_total",
        type::counter,
        "Restarts after failures since the container was created.",
        of,
        static_cast<double>(status->restarts));
    add("kraken_container_recycles_total",
        type::counter,
        "Planned replacements.",
        of,
        static_cast<double>(status->recycles));
    if (status->live) {
      add("kraken_container_requests",
          type::gauge,
          "Requests answered by the current incarnation.",
          of,
          static_cast<double>(status->live->sum(&model::gauges::requests)));
      add("kraken_container_busy",
          type::gauge,
          "1 while working on a request.",
          of,
          static_cast<double>(status->live->sum(&model::gauges::busy)));
      add("kraken_container_memory_bytes",
          type::gauge,
          "Resident memory last seen.",
          of,
          static_cast<double>(status->live->sum(&model::gauges::memory_bytes)));
    }
  }
  for (const auto& [name, count] : in_state) {
    add("kraken_containers", type::gauge, "Containers by state.", {{"state", name}}, count);
  }
}

void metrics_page::add_letters(const actor::dead_letters& dead) {
  for (std::size_t i = 0; i < actor::dead_reasons; ++i) {
    const auto why = static_cast<actor::dead_reason>(i);
    add("kraken_dead_letters_total",
        type::counter,
        "Messages that nobody handled, by reason.",
        {{"reason", std::string{to_string(why)}}},
        static_cast<double>(dead.total(why)));
  }
}

std::string metrics_page::text() const {
  return prometheus::TextSerializer{}.Serialize(content_->families);
}

} // namespace kraken::containers
