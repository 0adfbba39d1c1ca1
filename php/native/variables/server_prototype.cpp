// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "server_prototype.hpp"

#include "kept_names.hpp"
#include "php/native/php_api.hpp"

#include <algorithm>
#include <functional>
#include <span>
#include <string_view>

#include <unistd.h>

namespace kraken::php {

namespace {

// For the header fields of most requests, so that the copy need not grow.
constexpr std::uint32_t fields_expected = 24;

/// As php_import_environment_variables() has it; nor are there digits that would be an index.
bool passes(std::string_view name) {
  return !name.empty() && name.find_first_of(" .[") == std::string_view::npos &&
         (name.front() < '0' || name.front() > '9') && name.front() != '-';
}

/// Named like one of the variables that only some requests have.
bool is_like_one_of_some(std::string_view name) {
  constexpr std::array<std::string_view, 4> beginnings{"HTTP", "PATH_", "PHP_AUTH_", "REMOTE_"};
  return std::ranges::any_of(beginnings,
                             [name](std::string_view each) { return name.starts_with(each); });
}

void set(HashTable* into, std::string_view name, const zval& value) {
  zval copy;
  ZVAL_COPY_VALUE(&copy, &value);
  zend_hash_update(into, permanent_string(name), &copy);
}

std::uint32_t place_of(HashTable* table, std::string_view name) {
  auto* const found = zend_hash_str_find(table, name.data(), name.size());
  return static_cast<std::uint32_t>(reinterpret_cast<Bucket*>(found) - table->arData);
}

} // namespace

// putenv() of PHP frees what it has put there before, so that another text may stand at the same
// address; nobody else does.
bool server_prototype::is_current() const noexcept {
  if (table_ == nullptr) {
    return false;
  }
  char* nothing = nullptr;
  char** each = environ != nullptr ? environ : &nothing;
  for (const char* const line : lines_) {
    if (*each++ != line) {
      return false;
    }
  }
  return zend_hash_num_elements(&BG(putenv_ht)) == 0 ||
         std::ranges::equal(texts_, std::span{environ, texts_.size()}, std::equal_to<>{});
}

bool server_prototype::follow_environment(arguments which) {
  if (is_current()) {
    return true;
  }
  if (made_ == made_most) {
    return false;
  }
  make(which);
  return true;
}

void server_prototype::add_environment() {
  lines_.clear();
  texts_.clear();
  mixed_ = false;
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
    const std::string_view text{*each};
    lines_.push_back(*each);
    texts_.emplace_back(text);
    const auto equals = text.find('=');
    const auto name = text.substr(0, equals);
    if (equals != std::string_view::npos && passes(name)) {
      zval value;
      ZVAL_INTERNED_STR(&value, permanent_string(text.substr(equals + 1)));
      set(table_, name, value);
      mixed_ = mixed_ || is_like_one_of_some(name);
    }
  }
  lines_.push_back(nullptr);
}

void server_prototype::make(arguments which) {
  constexpr std::string_view exact_time = "REQUEST_TIME_FLOAT", time = "REQUEST_TIME";
  constexpr std::string_view list = "argv", count = "argc";
  if (table_ != nullptr) {
    zend_hash_destroy(table_);
  } else {
    table_ = static_cast<HashTable*>(pemalloc(sizeof(HashTable), true));
  }
  ++made_;
  zend_hash_init(table_, 0, nullptr, nullptr, true);
  add_environment();
  zval empty;
  ZVAL_EMPTY_STRING(&empty);
  for (const auto name : variable_names) {
    set(table_, name, empty);
  }
  zval number;
  ZVAL_LONG(&number, 0);
  set(table_, exact_time, number);
  set(table_, time, number);
  if (which == arguments::with) {
    set(table_, list, empty);
    set(table_, count, number);
    argument_list_ = place_of(table_, list);
    argument_count_ = place_of(table_, count);
  }
  zend_hash_extend(table_, zend_hash_num_elements(table_) + fields_expected, false);
  exact_time_ = place_of(table_, exact_time);
  time_ = place_of(table_, time);
  for (std::size_t index = 0; index < variable_names.size(); ++index) {
    places_[index] = place_of(table_, variable_names[index]);
  }
  GC_ADD_FLAGS(table_, GC_IMMUTABLE); // its copies are copies of its memory
}

} // namespace kraken::php
