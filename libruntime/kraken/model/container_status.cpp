// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Adding up of live numbers, names, and the bounded history of failures.
#include "kraken/model/container_status.hpp"

#include "kraken/base/limits.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace kraken::model {

std::int64_t gauges::sum(metric gauges::*which) const noexcept {
  std::int64_t total = (this->*which).get();
  for (const auto& part : parts) {
    total += part->sum(which);
  }
  return total;
}

failure_history with_failure(const failure_history& before, past_failure latest) {
  auto made = std::make_shared<std::vector<past_failure>>();
  if (before != nullptr) {
    const auto kept =
        before->size() < limits::failures_kept ? before->size() : limits::failures_kept - 1;
    made->assign(before->end() - static_cast<std::ptrdiff_t>(kept), before->end());
  }
  made->push_back(std::move(latest));
  return made;
}

namespace {

constexpr std::array<std::string_view, 3> companion_words{"none", "successor", "predecessor"};

} // namespace

std::string_view to_string(companion value) noexcept {
  return companion_words[static_cast<std::size_t>(value)];
}

companion companion_of(std::string_view word) noexcept {
  const auto found = std::find(companion_words.begin(), companion_words.end(), word);
  return found == companion_words.end() ? companion::none
                                        : static_cast<companion>(found - companion_words.begin());
}

} // namespace kraken::model
