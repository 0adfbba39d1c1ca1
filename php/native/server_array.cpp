// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. PHP may leave these by longjmp when memory runs out: what is kept is whole then,
/// and no frame here holds what has a destructor.
#include "server_array.hpp"

#include "php/native/variables/plain_variables.hpp"
#include "php_api.hpp"
#include "sapi.hpp"

#include <array>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include <unistd.h>

namespace kraken::php {

namespace {

// REQUEST_TIME, argv and the like, which PHP adds.
constexpr std::uint32_t others = 8;

/// A string of PHP's; made anew when the text is another.
class kept_string {
public:
  [[nodiscard]] bool is(std::string_view text) const {
    return made_ != nullptr && made_->len == text.size() &&
           std::memcmp(made_->val, text.data(), text.size()) == 0;
  }

  zend_string* with(std::string_view text) {
    if (!is(text)) {
      auto* const next = zend_string_init(text.data(), text.size(), false);
      zend_string_hash_val(next);
      if (made_ != nullptr) {
        zend_string_release(made_);
      }
      made_ = next;
    }
    return made_;
  }

  [[nodiscard]] zend_string* get() const noexcept { return made_; }

private:
  zend_string* made_ = nullptr; ///< goes with PHP's memory
};

struct kept_setting {
  kept_string line, name, value;
  bool passes = false; ///< PHP takes it for a variable
};

struct kept_variable {
  kept_string name, value;
};

/// Of the last `$_SERVER`. As PHP's own tables, of this process.
struct kept_server {
  /// The memory of their strings is gone.
  void forget() noexcept {
    settings.clear();
    variables.clear();
  }

  std::vector<kept_setting> settings;
  std::vector<kept_variable> variables;
};

kept_server& last_server() {
  static kept_server all;
  return all;
}

void set(HashTable* into, zend_string* name, zend_string* value) {
  zval text;
  ZVAL_STR_COPY(&text, value);
  zend_hash_update(into, name, &text);
}

void read_setting(kept_setting& into, std::string_view line) {
  const auto equals = line.find('=');
  const auto name = line.substr(0, equals);
  // As php_import_environment_variables() has it; nor are there digits that would be an index.
  into.passes = equals != std::string_view::npos && !name.empty() &&
                name.find_first_of(" .[") == std::string_view::npos &&
                (name.front() < '0' || name.front() > '9') && name.front() != '-';
  if (into.passes) {
    into.name.with(name);
    into.value.with(line.substr(equals + 1));
  }
  into.line.with(line);
}

void add_environment(std::vector<kept_setting>& kept, HashTable* into) {
  std::size_t index = 0;
  for (char** each = environ; each != nullptr && *each != nullptr; ++each, ++index) {
    if (index == kept.size()) {
      kept.emplace_back();
    }
    auto& setting = kept[index];
    const std::string_view line{*each};
    if (!setting.line.is(line)) {
      read_setting(setting, line);
    }
    if (setting.passes) {
      set(into, setting.name.get(), setting.value.get());
    }
  }
}

void add_variables(std::vector<kept_variable>& kept, const variable_list& all, HashTable* into) {
  if (kept.size() < all.size()) {
    kept.resize(all.size());
  }
  for (std::size_t index = 0; index < all.size(); ++index) {
    const auto each = all.at(index);
    auto& variable = kept[index];
    set(into,
        variable.name.with({each.name, each.name_bytes}),
        variable.value.with({each.value, each.value_bytes}));
  }
}

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

bool fill_server_array(carrier& serving, zval* into) {
  static const bool changes = !values_are_unfiltered();
  if (changes) {
    serving.filter_told = true;
    return false;
  }
  const auto& variables = serving.variables();
  auto& kept = last_server();
  if (serving.mode() == run_mode::classic) {
    kept.forget(); // each request has memory of its own
  }
  auto* const table = Z_ARRVAL_P(into);
  zend_hash_extend(
      table, static_cast<std::uint32_t>(variables.size() + kept.settings.size()) + others, false);
  add_environment(kept.settings, table);
  add_variables(kept.variables, variables, table);
  add_user(into);
  return true;
}

void add_user(zval* into) {
  constexpr std::string_view name = "REMOTE_USER";
  if (const char* const user = SG(request_info).auth_user) {
    zval text;
    ZVAL_STRING(&text, user);
    zend_hash_str_update(Z_ARRVAL_P(into), name.data(), name.size(), &text);
  }
}

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
