// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/base/words.hpp"

#include <utility>

namespace kraken {

result<std::vector<std::string>> split_words(std::string_view line) {
  std::vector<std::string> out;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (const char c : line) {
    if (quote != 0 && c == quote) {
      quote = 0;
    } else if (quote != 0) {
      word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c != ' ' && c != '\t') {
      word += c;
      in_word = true;
    } else if (std::exchange(in_word, false)) {
      out.push_back(std::exchange(word, {}));
    }
  }
  if (quote != 0) {
    return fail(errc::invalid_argument, "'" + std::string{line} + "' has an open quote");
  }
  if (in_word) {
    out.push_back(std::move(word));
  }
  return out;
}

} // namespace kraken
