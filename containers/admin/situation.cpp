// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/admin/situation.hpp"

#include "kraken/model/lifecycle.hpp"

#include <algorithm>

namespace kraken::containers {

std::string situation_text(std::string_view path, std::span<const actor::status_ptr> children) {
  if (children.empty()) {
    return {};
  }
  const auto count = [&](model::phase which) {
    return std::ranges::count_if(children, [&](const auto& each) { return each->at == which; });
  };
  std::string out = std::string{path} + ": " + std::to_string(count(model::phase::ready)) + " of " +
                    std::to_string(children.size()) + " ready";
  for (const auto& row : model::phase_table) {
    const auto number = count(row.value);
    if (row.value != model::phase::ready && number > 0) {
      out += ", " + std::to_string(number) + " " + std::string{row.name};
    }
  }
  return out;
}

std::string
renewal_text(std::string_view path, std::span<const actor::status_ptr> children, time_point since) {
  if (children.empty()) {
    return {};
  }
  const auto renewed = std::ranges::count_if(children, [since](const auto& each) {
    return each->at == model::phase::ready && each->up_since >= since;
  });
  return std::string{path} + ": " + std::to_string(renewed) + " of " +
         std::to_string(children.size()) + " renewed";
}

} // namespace kraken::containers
