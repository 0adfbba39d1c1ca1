// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "filter_telling.hpp"

#include "php/native/php_api.hpp"
#include "php/native/sapi.hpp"
#include "plain_variables.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace kraken::php {

namespace {

// Nothing passes the filter extension here, so what it would read is told to it when it is asked.
constexpr std::array<std::string_view, 3> filter_functions{
    "filter_has_var", "filter_input", "filter_input_array"};

using function_body = void (*)(zend_execute_data*, zval*);

/// As PHP has them; null: there is no such function. As PHP's own tables, of this process.
std::array<function_body, filter_functions.size()>& filter_bodies() {
  static std::array<function_body, filter_functions.size()> all{};
  return all;
}

void tell_filter(carrier& serving) {
  if (!serving.has_request()) {
    return;
  }
  tell_filter_of_variables(serving);
  if (std::exchange(serving.filter_told, true)) {
    return;
  }
  const auto& variables = serving.variables();
  for (std::size_t index = 0; index < variables.size(); ++index) {
    const auto each = variables.at(index);
    auto* value = estrndup(each.value, each.value_bytes);
    std::size_t bytes = each.value_bytes;
    static_cast<void>(sapi_module.input_filter(PARSE_SERVER, each.name, &value, bytes, &bytes));
    efree(value);
  }
}

template <std::size_t which>
void told_first(zend_execute_data* execute_data, zval* return_value) {
  tell_filter(current_carrier());
  filter_bodies()[which](execute_data, return_value);
}

} // namespace

void inform_filter_when_asked() {
  constexpr std::array<function_body, filter_functions.size()> ours{
      told_first<0>, told_first<1>, told_first<2>};
  for (std::size_t which = 0; which < filter_functions.size(); ++which) {
    const auto name = filter_functions[which];
    auto* const known = static_cast<zend_function*>(
        zend_hash_str_find_ptr(CG(function_table), name.data(), name.size()));
    if (known != nullptr && known->type == ZEND_INTERNAL_FUNCTION) {
      filter_bodies()[which] = std::exchange(known->internal_function.handler, ours[which]);
    }
  }
}

} // namespace kraken::php
