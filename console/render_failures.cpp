// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The failures a container remembers, for `inspect`.
#include "console/render.hpp"

#include <algorithm>
#include <chrono>

namespace kraken::console {

std::string render_failures(const model::container_status& container, time_point now) {
  std::string out;
  if (container.failures == nullptr) {
    return out;
  }
  for (auto one = container.failures->rbegin(); one != container.failures->rend(); ++one) {
    const auto ago = std::chrono::duration_cast<milliseconds>(now - one->at);
    out += (out.empty() ? "history     " : "            ") +
           short_duration(std::max(milliseconds{0}, ago)) + " ago, generation " +
           std::to_string(one->generation) + ": " + printable(one->text) + "\n";
  }
  return out;
}

} // namespace kraken::console
