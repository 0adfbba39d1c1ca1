// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. PHP may leave these functions by longjmp: nothing here has a destructor.
#include "returned_answer.hpp"

#include "kraken/wire/http1_field.hpp"
#include "kraken/wire/slab_answer.hpp"
#include "php/native/php_api.hpp"
#include "php/native/variables/kept_names.hpp"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace kraken::php {

namespace {

constexpr zend_long status_min = 200;
constexpr zend_long status_max = 599;
constexpr zend_long status_usual = 200;

/// Where the class has them.
struct response_class {
  zend_class_entry* entry = nullptr;
  std::uint32_t status = 0, headers = 0, body = 0;
  std::array<zend_string*, 3> keys{}; ///< the same in an array
};

response_class& known() noexcept {
  static response_class one; // beside the class table it is about
  return one;
}

/// Any of them may be of another type, or null.
struct returned_parts {
  const zval* status = nullptr;
  const zval* headers = nullptr;
  const zval* body = nullptr;
};

/// The fields of the answer before, as a slab has them, and the array that they were made of. It is
/// held, so nobody else can write to it.
struct encoded_fields {
  zend_array* of = nullptr;
  wire::byte_buffer bytes;
};

encoded_fields& last() noexcept {
  static encoded_fields one;
  return one;
}

bool offset_of(zend_class_entry* of, std::string_view name, std::uint32_t& out) {
  const auto* const info = static_cast<const zend_property_info*>(
      zend_hash_str_find_ptr(&of->properties_info, name.data(), name.size()));
  out = info == nullptr ? 0 : info->offset;
  return info != nullptr && (info->flags & ZEND_ACC_STATIC) == 0;
}

std::string_view text_of(const zend_string* text) noexcept {
  return {ZSTR_VAL(text), ZSTR_LEN(text)};
}

// [status, headers, body]; what is behind is ignored, what is missing has its usual value.
bool list_parts(zend_array* list, returned_parts& out) noexcept {
  if (!zend_array_is_list(list)) {
    return false;
  }
  out = {
      zend_hash_index_find(list, 0), zend_hash_index_find(list, 1), zend_hash_index_find(list, 2)};
  return true;
}

const zval** part_named(const zend_string* name, returned_parts& of) noexcept {
  const auto& keys = known().keys;
  const std::array<const zval**, 3> parts{&of.status, &of.headers, &of.body};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (name == keys[i]) {
      return parts[i];
    }
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (zend_string_equal_content(name, keys[i])) {
      return parts[i];
    }
  }
  return nullptr;
}

// Nothing but these keys.
bool keyed_parts(zend_array* map, returned_parts& out) noexcept {
  zend_string* name = nullptr;
  const zval* value = nullptr;
  ZEND_HASH_MAP_FOREACH_STR_KEY_VAL(map, name, value) {
    const auto** const at = name == nullptr ? nullptr : part_named(name, out);
    if (at == nullptr) {
      return false;
    }
    *at = value;
  }
  ZEND_HASH_FOREACH_END();
  return zend_hash_num_elements(map) != 0;
}

bool parts_of(const zval* returned, returned_parts& out) {
  if (Z_TYPE_P(returned) == IS_ARRAY) {
    auto* const array = Z_ARR_P(returned);
    if (!HT_IS_PACKED(array) && keyed_parts(array, out)) {
      return true;
    }
    const zval* const first = zend_hash_index_find(array, 0);
    return first != nullptr && Z_TYPE_P(first) == IS_LONG && list_parts(array, out);
  }
  if (Z_TYPE_P(returned) != IS_OBJECT || Z_OBJCE_P(returned) != known().entry) {
    return false;
  }
  auto* const object = Z_OBJ_P(returned);
  out = {OBJ_PROP(object, known().status),
         OBJ_PROP(object, known().headers),
         OBJ_PROP(object, known().body)};
  return true;
}

bool put_field(wire::byte_buffer& to, std::string_view name, std::string_view value) {
  if (!wire::is_token(name) || !wire::is_safe_value(value)) {
    return false;
  }
  char* const at = to.prepare(wire::slab_field_head_bytes + name.size() + value.size());
  to.commit(static_cast<std::size_t>(wire::put_slab_field(at, name, value) - at));
  return true;
}

bool put_value(wire::byte_buffer& to, std::string_view name, const zval* value) {
  if (Z_TYPE_P(value) == IS_STRING) {
    return put_field(to, name, text_of(Z_STR_P(value)));
  }
  if (Z_TYPE_P(value) != IS_LONG) {
    return false;
  }
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), Z_LVAL_P(value)).ptr;
  return put_field(to, name, {digits.data(), static_cast<std::size_t>(end - digits.data())});
}

bool put_values(wire::byte_buffer& to, std::string_view name, const zval* values) {
  if (Z_TYPE_P(values) != IS_ARRAY) {
    return put_value(to, name, values);
  }
  const zval* each = nullptr;
  ZEND_HASH_FOREACH_VAL(Z_ARR_P(values), each) {
    if (!put_value(to, name, each)) {
      return false;
    }
  }
  ZEND_HASH_FOREACH_END();
  return true;
}

// [name, value]
bool put_pair(wire::byte_buffer& to, const zval* pair) {
  if (Z_TYPE_P(pair) != IS_ARRAY) {
    return false;
  }
  const zval* const name = zend_hash_index_find(Z_ARR_P(pair), 0);
  const zval* const value = zend_hash_index_find(Z_ARR_P(pair), 1);
  return name != nullptr && value != nullptr && Z_TYPE_P(name) == IS_STRING &&
         put_values(to, text_of(Z_STR_P(name)), value);
}

// What is no string, or a reference that may be another tomorrow, is for the package.
bool encode(zend_array* headers, wire::byte_buffer& to) {
  to.clear();
  zend_string* name = nullptr;
  const zval* value = nullptr;
  ZEND_HASH_FOREACH_STR_KEY_VAL(headers, name, value) {
    if (!(name != nullptr ? put_values(to, text_of(name), value) : put_pair(to, value))) {
      return false;
    }
  }
  ZEND_HASH_FOREACH_END();
  return true;
}

void let_go(encoded_fields& fields) {
  auto* const before = std::exchange(fields.of, nullptr);
  if (before != nullptr && (GC_FLAGS(before) & GC_IMMUTABLE) == 0) {
    zend_array_release(before);
  }
}

// Most answers of an application have the same few header fields.
bool fields_of(const zval* headers, std::string_view& out) {
  auto& fields = last();
  if (headers == nullptr) {
    out = {};
    return true;
  }
  if (Z_TYPE_P(headers) != IS_ARRAY) {
    return false;
  }
  auto* const array = Z_ARR_P(headers);
  if (array != fields.of) {
    let_go(fields);
    if (!encode(array, fields.bytes)) {
      return false;
    }
    fields.of = array;
    if ((GC_FLAGS(array) & GC_IMMUTABLE) == 0) {
      GC_ADDREF(array);
    }
  }
  out = fields.bytes.view();
  return true;
}

} // namespace

bool know_response_class(zend_class_entry* of) {
  auto& it = known();
  response_class made;
  if (!offset_of(of, "status", made.status) || !offset_of(of, "headers", made.headers) ||
      !offset_of(of, "body", made.body)) {
    return false;
  }
  made.entry = of;
  made.keys = {literal_string("status"), literal_string("headers"), literal_string("body")};
  it = made;
  return true;
}

bool put_returned(daemon_link& link,
                  const zval* returned,
                  wire::worker_after after,
                  std::uint64_t memory_bytes) {
  const auto room = link.answer_room();
  returned_parts parts;
  if (room.empty() || !parts_of(returned, parts)) {
    return false;
  }
  const bool usual_status = parts.status == nullptr;
  if ((!usual_status && Z_TYPE_P(parts.status) != IS_LONG) ||
      (parts.body != nullptr && Z_TYPE_P(parts.body) != IS_STRING)) {
    return false;
  }
  const auto status = usual_status ? status_usual : Z_LVAL_P(parts.status);
  std::string_view fields;
  if (status < status_min || status > status_max || !fields_of(parts.headers, fields)) {
    return false;
  }
  const auto body = parts.body == nullptr ? std::string_view{} : text_of(Z_STR_P(parts.body));
  if (!wire::put_slab_answer(room, static_cast<int>(status), fields, body, after, memory_bytes)) {
    return false;
  }
  link.answered_in_place();
  return true;
}

} // namespace kraken::php
