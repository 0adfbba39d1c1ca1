// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/php/class_spec.hpp"

#include <algorithm>
#include <memory>
#include <string>

namespace kraken::containers {

namespace {

bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_identifier(std::string_view word) noexcept {
  return !word.empty() && is_letter(word.front()) &&
         std::ranges::all_of(word, [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

} // namespace

bool is_class_name(std::string_view name) noexcept {
  const bool spaced = name.find('\\') != std::string_view::npos;
  if (name.empty() || (!spaced && (name.front() < 'A' || name.front() > 'Z'))) {
    return false;
  }
  if (name.front() == '\\') {
    name.remove_prefix(1);
  }
  for (auto end = name.find('\\'); end != std::string_view::npos; end = name.find('\\')) {
    if (!is_identifier(name.substr(0, end))) {
      return false;
    }
    name.remove_prefix(end + 1);
  }
  return is_identifier(name);
}

result<model::child_spec>
class_spec(std::string_view alias, std::string_view name, const config::php_options& options) {
  model::child_spec spec;
  spec.id = alias;
  spec.kind = "php";
  spec.name = name;
  spec.start = {std::string{name}};
  spec.options = std::make_shared<const config::php_spec_options>(options);
  if (auto checked = model::check(spec); !checked) {
    return fail(checked.error());
  }
  return spec;
}

} // namespace kraken::containers
