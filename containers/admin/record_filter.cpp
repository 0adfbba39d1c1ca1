// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/admin/record_filter.hpp"

#include "kraken/model/alias.hpp"

#include <algorithm>

namespace kraken::containers {

namespace {

std::vector<std::string> words_between_commas(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (!word.empty()) {
      out.emplace_back(word);
    }
  }
  return out;
}

} // namespace

record_filter record_filter::of_words(std::string_view of, std::string_view types) {
  return {words_between_commas(of), words_between_commas(types)};
}

result<void> record_filter::resolve(const actor::status_board& board) {
  for (auto& each : targets) {
    if (model::is_glob(each)) {
      continue;
    }
    const auto found = board.resolve(each);
    if (!found) {
      return fail(found.error());
    }
    each = (*found)->path;
  }
  return {};
}

bool record_filter::wants(std::string_view path) const noexcept {
  return targets.empty() || std::ranges::any_of(targets, [&](const std::string& each) {
           return model::is_part_of(path, each);
         });
}

bool record_filter::wants(std::string_view path, std::string_view type) const noexcept {
  return wants(path) && (types.empty() || std::ranges::any_of(types, [&](const std::string& each) {
                           return model::matches_glob(each, type);
                         }));
}

} // namespace kraken::containers
