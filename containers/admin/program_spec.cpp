// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Splitting of a command line without a shell.
#include "containers/admin/program_spec.hpp"

#include <string>

namespace kraken::containers {

result<model::child_spec> program_spec(std::string_view alias, std::string_view name) {
  model::child_spec spec;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (const char c : name) {
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word.push_back(c);
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t') {
      if (in_word) {
        spec.start.push_back(std::exchange(word, {}));
        in_word = false;
      }
    } else {
      word.push_back(c);
      in_word = true;
    }
  }
  if (quote != 0) {
    return fail(errc::invalid_argument, "the name '" + std::string{name} + "' has an open quote");
  }
  if (in_word) {
    spec.start.push_back(std::move(word));
  }
  if (spec.start.empty() || name == "null") {
    return fail(errc::invalid_argument, "Name of new process cannot be null.");
  }
  spec.id = alias;
  spec.kind = "process";
  spec.name = name;
  if (auto checked = model::check(spec); !checked) {
    return fail(checked.error());
  }
  return spec;
}

} // namespace kraken::containers
