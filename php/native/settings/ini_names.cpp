// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "ini_names.hpp"

#include "kraken/base/nearest.hpp"
#include "php/native/php_api.hpp"

#include <algorithm>
#include <vector>

namespace kraken::php {

namespace {

bool is_known(std::string_view name) noexcept {
  return zend_hash_str_find(EG(ini_directives), name.data(), name.size()) != nullptr;
}

// Sorted: of two that are equally near the same one is named each time.
std::vector<std::string_view> all_names() {
  std::vector<std::string_view> out;
  zend_string* name = nullptr;
  ZEND_HASH_MAP_FOREACH_STR_KEY(EG(ini_directives), name) {
    out.emplace_back(ZSTR_VAL(name), ZSTR_LEN(name));
  }
  ZEND_HASH_FOREACH_END();
  std::ranges::sort(out);
  return out;
}

} // namespace

bool is_ini_name(std::string_view name) noexcept {
  return is_known(name) || name == "extension" || name == "zend_extension" ||
         (name.starts_with("opcache.") && !is_known("opcache.enable"));
}

std::string unknown_ini_text(std::string_view name) {
  auto out = "there is no PHP setting '" + std::string{name} + "'";
  if (const auto near = nearest(name, all_names())) {
    out.append(" (did you mean '").append(*near).append("'?)");
  }
  return out;
}

} // namespace kraken::php
