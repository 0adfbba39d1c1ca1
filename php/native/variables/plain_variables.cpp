// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. PHP may leave these by longjmp when memory runs out: no frame here holds what
/// has a destructor.
#include "plain_variables.hpp"

#include "php/native/php_api.hpp"
#include "php/native/sapi.hpp"
#include "plain_pairs.hpp"

#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace kraken::php {

namespace {

// As a superglobal, and beside them.
constexpr std::uint32_t held_by_php = 2;

// The first of a name counts among cookies, the last one in a query.
void keep(HashTable* into, const plain_pair& pair, int what) {
  zval value;
  ZVAL_STRINGL_FAST(&value, pair.value.data(), pair.value.size());
  if (what == PARSE_GET) {
    zend_hash_str_update(into, pair.name.data(), pair.name.size(), &value);
  } else if (zend_hash_str_add(into, pair.name.data(), pair.name.size(), &value) == nullptr) {
    zval_ptr_dtor_str(&value);
  }
}

/// @return null: it is not plain, or more than PHP takes
HashTable* made_of(std::string_view text, const pair_rules& rules, int what) {
  auto* const made = zend_new_array(0);
  plain_pair_reader reader{text, rules};
  zend_long count = 0;
  for (plain_pair pair; reader.next(pair);) {
    if (++count > PG(max_input_vars)) {
      break;
    }
    keep(made, pair, what);
  }
  if (reader.whole() && count <= PG(max_input_vars)) {
    return made;
  }
  zend_array_destroy(made);
  return nullptr;
}

bool is_usual_separator(const char* separators) noexcept {
  return separators[0] == query_rules.separator && separators[1] == '\0';
}

bool make_array(carrier& serving, int what) {
  const bool query = what == PARSE_GET;
  if (query && !is_usual_separator(PG(arg_separator).input)) {
    return false;
  }
  auto* const made = query ? made_of(serving.query(), query_rules, what)
                           : made_of(serving.cookies(), cookie_rules, what);
  if (made == nullptr) {
    return false;
  }
  zval& place = PG(http_globals)[query ? TRACK_VARS_GET : TRACK_VARS_COOKIE];
  zval_ptr_dtor_nogc(&place);
  ZVAL_ARR(&place, made);
  (query ? serving.filter_lacks_query : serving.filter_lacks_cookies) = true;
  return true;
}

bool is_another(const zval& place, std::string_view text) noexcept {
  return Z_TYPE(place) != IS_STRING || std::string_view{Z_STRVAL(place), Z_STRLEN(place)} != text;
}

/// Gives an array new values.
/// @return false: its names are others, or other values; it is to be replaced
bool put_values(HashTable* table, std::string_view text, const pair_rules& rules) {
  plain_pair_reader reader{text, rules};
  std::uint32_t at = 0;
  for (plain_pair pair; reader.next(pair); ++at) {
    if (at == table->nNumUsed) {
      return false;
    }
    auto& place = table->arData[at];
    if (place.key == nullptr ||
        std::string_view{ZSTR_VAL(place.key), ZSTR_LEN(place.key)} != pair.name) {
      return false;
    }
    if (is_another(place.val, pair.value)) {
      zval before;
      ZVAL_COPY_VALUE(&before, &place.val);
      ZVAL_STR(&place.val, zend_string_init_fast(pair.value.data(), pair.value.size()));
      zval_ptr_dtor(&before);
    }
  }
  return reader.whole() && at == table->nNumUsed;
}

// In PHP's place, as far as it goes.
void treat_data(int what, char* text, zval* into) {
  const bool known = what == PARSE_GET || what == PARSE_COOKIE;
  if (!known || SG(server_context) == nullptr || !current_carrier().has_request() ||
      !make_array(current_carrier(), what)) {
    php_default_treat_data(what, text, into);
  }
}

// PHP's parser tells the filter what it finds; the array that scripts know stays.
void parse_again(int what, int track) {
  zval& seen = PG(http_globals)[track];
  zval kept;
  ZVAL_COPY_VALUE(&kept, &seen);
  ZVAL_UNDEF(&seen);
  php_default_treat_data(what, nullptr, nullptr);
  zval_ptr_dtor_nogc(&seen);
  ZVAL_COPY_VALUE(&seen, &kept);
}

} // namespace

bool values_are_unfiltered() {
  constexpr std::string_view setting = "filter.default";
  const char* const filter = zend_ini_string(setting.data(), setting.size(), 0);
  return filter == nullptr || *filter == '\0' || std::strcmp(filter, "unsafe_raw") == 0;
}

void read_plain_variables() {
  if (values_are_unfiltered() && sapi_module.treat_data == php_default_treat_data) {
    sapi_register_treat_data(treat_data);
  }
}

bool refresh_plain_variables(carrier& serving, _zend_array* made, plain_source from) {
  const bool query = from == plain_source::query;
  const auto text = query ? serving.query() : std::string_view{serving.cookies()};
  if (text.empty() && zend_hash_num_elements(made) == 0) {
    return true;
  }
  if (sapi_module.treat_data != treat_data || GC_REFCOUNT(made) != held_by_php ||
      GC_IS_RECURSIVE(made) || (GC_FLAGS(made) & GC_IMMUTABLE) != 0 || HT_IS_PACKED(made) ||
      HT_HAS_ITERATORS(made) || made->nNumUsed != made->nNumOfElements ||
      (query && !is_usual_separator(PG(arg_separator).input)) ||
      !put_values(made, text, query ? query_rules : cookie_rules)) {
    return false;
  }
  (query ? serving.filter_lacks_query : serving.filter_lacks_cookies) = true;
  return true;
}

void tell_filter_of_variables(carrier& serving) {
  if (std::exchange(serving.filter_lacks_query, false)) {
    parse_again(PARSE_GET, TRACK_VARS_GET);
  }
  if (std::exchange(serving.filter_lacks_cookies, false)) {
    parse_again(PARSE_COOKIE, TRACK_VARS_COOKIE);
  }
}

} // namespace kraken::php
