// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Collects samples by metric name and gives the Prometheus text of them. Knows no source of
/// numbers; the serializer library stays in the .cpp.
#pragma once

#include "kraken/actor/dead_letters.hpp"
#include "kraken/actor/status_board.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kraken::containers {

/// @thread not shared
class metrics_page {
public:
  enum class type : std::uint8_t { counter, gauge };

  using labels = std::vector<std::pair<std::string, std::string>>;

  metrics_page();
  ~metrics_page();

  /// @param name  with unit and `_total` as Prometheus wants them, e.g. `kraken_restarts_total`
  /// @param help  one sentence; the first of a name counts
  void add(std::string_view name, type kind, std::string_view help, labels which, double value);

  /// State, restarts, requests and memory of every container.
  void add_containers(const actor::status_board& board);

  /// How many letters died of each reason.
  void add_letters(const actor::dead_letters& dead);

  /// The page in exposition format 0.0.4.
  [[nodiscard]] std::string text() const;

private:
  struct content;
  std::unique_ptr<content> content_;
};

} // namespace kraken::containers
