// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "php_values.hpp"
#include "php_api.hpp"

#include <array>

namespace kraken::php {

namespace {

template <class Each>
void each_response_header(Each each) {
  zend_llist_position at = nullptr;
  auto* const headers = &SG(sapi_headers).headers;
  for (auto* line = static_cast<sapi_header_struct*>(zend_llist_get_first_ex(headers, &at));
       line != nullptr;
       line = static_cast<sapi_header_struct*>(zend_llist_get_next_ex(headers, &at))) {
    const std::string_view text{line->header, line->header_len};
    const auto colon = text.find(':');
    if (colon != std::string_view::npos) {
      each(wire::header_field{text.substr(0, colon), wire::trim_blanks(text.substr(colon + 1))});
    }
  }
}

} // namespace

void add_request_headers(carrier& serving, zval* into) noexcept {
  for (const auto& field : serving.link().request().headers) {
    zend_string* const name = zend_string_alloc(field.name.size(), false);
    wire::copy_canonical(field.name, ZSTR_VAL(name));
    ZSTR_VAL(name)[field.name.size()] = '\0';
    zval value;
    auto* const before = zend_symtable_find(Z_ARRVAL_P(into), name);
    if (before == nullptr) {
      ZVAL_STRINGL(&value, field.value.data(), field.value.size());
    } else {
      ZVAL_STR(&value,
               zend_string_concat3(Z_STRVAL_P(before),
                                   Z_STRLEN_P(before),
                                   field.name == "cookie" ? "; " : ", ",
                                   2,
                                   field.value.data(),
                                   field.value.size()));
    }
    zend_symtable_update(Z_ARRVAL_P(into), name, &value);
    zend_string_release(name);
  }
}

void add_response_headers(zval* into) noexcept {
  each_response_header([into](const wire::header_field& field) {
    zval value;
    ZVAL_STRINGL(&value, field.value.data(), field.value.size());
    zend_symtable_str_update(Z_ARRVAL_P(into), field.name.data(), field.name.size(), &value);
  });
}

void add_welcome(const wire::worker_welcome& welcome, zval* into) noexcept {
  add_assoc_stringl(into, "alias", welcome.alias.data(), welcome.alias.size());
  add_assoc_long(into, "generation", static_cast<zend_long>(welcome.generation));
  add_assoc_long(into, "protocol", static_cast<zend_long>(welcome.protocol));
  add_assoc_long(into, "request_timeout_ms", static_cast<zend_long>(welcome.request_timeout_ms));
  add_assoc_long(into, "frame_bytes_max", static_cast<zend_long>(welcome.frame_bytes_max));
  zval args;
  array_init(&args);
  for (const auto& [name, value] : welcome.args) {
    add_assoc_stringl_ex(&args, name.data(), name.size(), value.data(), value.size());
  }
  add_assoc_zval(into, "args", &args);
}

void send_hints(carrier& serving) noexcept {
  if (!serving.has_request() || !serving.answer().held()) {
    return;
  }
  constexpr std::size_t hints_max = 64;
  std::array<wire::header_field, hints_max> fields;
  std::size_t count = 0;
  each_response_header([&](const wire::header_field& field) {
    if (count < hints_max && wire::is_token(field.name) && wire::is_safe_value(field.value)) {
      fields[count++] = field;
    }
  });
  serving.answer().hints({fields.data(), count});
}

} // namespace kraken::php
