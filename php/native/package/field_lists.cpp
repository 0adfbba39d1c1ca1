// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. PHP may leave these functions by longjmp: nothing here has a destructor.
#include "field_lists.hpp"

#include "kraken/wire/http1_field.hpp"
#include "php/native/php_api.hpp"
#include "php/native/variables/kept_names.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace kraken::php {

namespace {

// Clients choose the names: so many are kept, and none that is longer, nor values that are.
constexpr std::uint32_t names_max = 256;
constexpr std::size_t name_bytes_max = 64;
constexpr std::size_t value_bytes_max = 256;

/// A name, and the list of the one value that it had last.
struct kept_field {
  zend_string* lower;
  zend_string* canonical;
  zend_array* last;          ///< null: none is kept
  std::uint64_t seen_in = 0; ///< the array made last that has it
};

/// What has been made so far, and where the names stood in the request before: clients repeat
/// themselves.
struct field_memory {
  std::uint64_t made = 0;
  std::array<kept_field*, 32> order{};
};

field_memory& memory() noexcept {
  static field_memory one;
  return one;
}

std::string_view text_of(const zend_string* text) noexcept {
  return {ZSTR_VAL(text), ZSTR_LEN(text)};
}

HashTable& kept_fields() noexcept {
  static HashTable* const all = [] {
    auto* const made = static_cast<HashTable*>(pemalloc(sizeof(HashTable), true));
    zend_hash_init(made, names_max, nullptr, nullptr, true);
    return made;
  }();
  return *all;
}

zend_string* canonical(std::string_view name) {
  auto* const made = zend_string_alloc(name.size(), false);
  wire::copy_canonical(name, ZSTR_VAL(made));
  ZSTR_VAL(made)[name.size()] = '\0';
  return made;
}

// A name like a number is one in an array of PHP's.
bool may_be_a_number(std::string_view name) noexcept {
  return name.front() <= '9' && (name.front() >= '0' || name.front() == '-');
}

/// @return null: it is not kept
kept_field* kept(std::string_view name) {
  auto& all = kept_fields();
  if (zval* const found = zend_hash_str_find(&all, name.data(), name.size())) {
    return static_cast<kept_field*>(Z_PTR_P(found));
  }
  if (zend_hash_num_elements(&all) >= names_max || name.size() > name_bytes_max || name.empty() ||
      may_be_a_number(name)) {
    return nullptr;
  }
  auto* const upper = canonical(name);
  auto* const made = static_cast<kept_field*>(pemalloc(sizeof(kept_field), true));
  *made = {permanent_string(name), permanent_string(text_of(upper)), nullptr};
  zend_string_release(upper);
  zend_hash_add_new_ptr(&all, made->lower, made);
  return made;
}

kept_field* kept_at(std::size_t place, std::string_view name) {
  auto& order = memory().order;
  if (place >= order.size()) {
    return kept(name);
  }
  if (order[place] == nullptr || text_of(order[place]->lower) != name) {
    auto* const found = kept(name);
    if (found == nullptr) {
      return nullptr;
    }
    order[place] = found;
  }
  return order[place];
}

zend_array* list_of(std::string_view value) {
  auto* const made = zend_new_array(1);
  zend_hash_real_init_packed(made);
  zval text;
  ZVAL_STR(&text, zend_string_init_fast(value.data(), value.size()));
  zend_hash_next_index_insert_new(made, &text);
  return made;
}

bool is_list_of(const zend_array* list, std::string_view value) noexcept {
  return value == text_of(Z_STR_P(list->arPacked));
}

// Clients say most things as they, or others, said them last. Who got such a list and writes to it
// writes to a copy.
zend_array* shared_list(kept_field& field, std::string_view value) {
  if (field.last != nullptr && is_list_of(field.last, value)) {
    GC_ADDREF(field.last);
    return field.last;
  }
  auto* const made = list_of(value);
  if (value.size() <= value_bytes_max) {
    if (auto* const before = std::exchange(field.last, made)) {
      zend_array_release(before);
    }
    GC_ADDREF(made);
  }
  return made;
}

void append(zval& list, std::string_view value) {
  SEPARATE_ARRAY(&list);
  zval text;
  ZVAL_STR(&text, zend_string_init_fast(value.data(), value.size()));
  zend_hash_next_index_insert_new(Z_ARR(list), &text);
}

void add_kept(zend_array* into, kept_field& field, zend_string* key, std::string_view value) {
  if (field.seen_in == memory().made) {
    append(*zend_hash_find_known_hash(into, key), value);
    return;
  }
  field.seen_in = memory().made;
  zval list;
  ZVAL_ARR(&list, shared_list(field, value));
  if (into->nNumUsed == into->nTableSize) {
    zend_hash_extend(into, 2 * into->nTableSize, false); // what appends makes no room
  }
  _zend_hash_append(into, key, &list);
}

void add_rare(zend_array* into, zend_string* key, std::string_view value) {
  zval* const before = zend_symtable_find(into, key);
  if (before != nullptr) {
    append(*before, value);
    return;
  }
  zval list;
  ZVAL_ARR(&list, list_of(value));
  zend_symtable_update(into, key, &list);
}

} // namespace

cookie_lines make_field_lists(wire::slab_request_fields fields, field_names how, zval* into) {
  constexpr std::uint32_t count_most = 16; // to begin with
  const bool lower = how == field_names::lower;
  auto* const made =
      zend_new_array(static_cast<std::uint32_t>(std::min<std::size_t>(fields.most(), count_most)));
  ZVAL_ARR(into, made);
  zend_hash_real_init_mixed(made);
  ++memory().made;
  cookie_lines seen;
  std::size_t place = 0;
  for (wire::header_field each; fields.next(each); ++place) {
    if (!lower && each.name == "host") {
      continue;
    }
    if (each.name == "cookie" && ++seen.count == 1) {
      seen.first = each.value;
    }
    if (auto* const field = kept_at(place, each.name)) {
      add_kept(made, *field, lower ? field->lower : field->canonical, each.value);
      continue;
    }
    auto* const name =
        lower ? zend_string_init(each.name.data(), each.name.size(), false) : canonical(each.name);
    add_rare(made, name, each.value);
    zend_string_release(name);
  }
  return seen;
}

} // namespace kraken::php
