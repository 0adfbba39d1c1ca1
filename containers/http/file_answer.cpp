// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/http/file_answer.hpp"

#include "kraken/wire/http1_file.hpp"

#include <algorithm>

namespace kraken::containers {

namespace {

constexpr std::string_view end_of_line = "\r\n";

} // namespace

void each_field(std::string_view head,
                const std::function<void(std::string_view name, std::string_view value)>& take) {
  auto at = head.find(end_of_line);
  while (at != std::string_view::npos) {
    head.remove_prefix(at + end_of_line.size());
    at = head.find(end_of_line);
    const auto line = head.substr(0, at);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) {
      return; // the blank line
    }
    auto value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    take(line.substr(0, colon), value);
  }
}

std::string wished_file(std::string_view answer) {
  std::string out;
  each_field(answer, [&out](std::string_view name, std::string_view value) {
    if (out.empty() && wire::names_a_file(name)) {
      out = value;
    }
  });
  return out;
}

} // namespace kraken::containers
