// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. PHP may leave these functions by longjmp: nothing here has a destructor.
#include "request_parts.hpp"

#include "php/native/php_api.hpp"
#include "php/native/variables/kept_names.hpp"

#include <cstdint>
#include <cstring>
#include <utility>

namespace kraken::php {

namespace {

/// Keys of `all`, in the order in which applications see them.
struct array_element {
  std::string_view key;
  part from;
};

constexpr std::array<array_element, 11> array_elements{{{"method", method},
                                                        {"uri", target},
                                                        {"path", path},
                                                        {"query", query},
                                                        {"headers", headers},
                                                        {"body", body},
                                                        {"remote_addr", remote},
                                                        {"host", host},
                                                        {"scheme", scheme},
                                                        {"protocol", version},
                                                        {"timeout_ms", timeout}}};

/// What nearly all requests say as the one before: made once. Longer ones are not kept.
struct repeated_texts {
  zend_string *method = nullptr, *version = nullptr, *scheme = nullptr, *host = nullptr,
              *local = nullptr;
};

constexpr std::size_t repeated_bytes_max = 256;

repeated_texts& last() noexcept {
  static repeated_texts one;
  return one;
}

/// An array with the keys, and nulls; its copies are copies of its memory.
zend_array*& prototype() noexcept {
  static zend_array* one = nullptr;
  return one;
}

void set_text(zval* at, std::string_view text) {
  ZVAL_STR(at, zend_string_init_fast(text.data(), text.size()));
}

void set_new_repeated_text(zval* at, std::string_view text, zend_string*& before) {
  if (text.empty() || text.size() > repeated_bytes_max) {
    set_text(at, text);
    return;
  }
  // The string that the literals of scripts are, where there is one: they are compared to it.
  auto* const made = zend_string_init_existing_interned(text.data(), text.size(), false);
  ZVAL_STR(at, made);
  if (auto* const forgotten = std::exchange(before, zend_string_copy(made))) {
    zend_string_release(forgotten);
  }
}

void set_repeated_text(zval* at, std::string_view text, zend_string*& before) {
  if (before != nullptr && ZSTR_LEN(before) == text.size() &&
      std::memcmp(ZSTR_VAL(before), text.data(), text.size()) == 0) {
    ZVAL_STR_COPY(at, before);
    return;
  }
  set_new_repeated_text(at, text, before);
}

// All lines of it as one, as `header()` gives them.
void set_cookie_lines(zval* at, wire::slab_request_fields fields) {
  ZVAL_EMPTY_STRING(at);
  bool any = false;
  for (wire::header_field each; fields.next(each);) {
    if (each.name != "cookie") {
      continue;
    }
    auto* const joined =
        any ? zend_string_concat3(
                  Z_STRVAL_P(at), Z_STRLEN_P(at), "; ", 2, each.value.data(), each.value.size())
            : zend_string_init_fast(each.value.data(), each.value.size());
    zval_ptr_dtor_str(at);
    ZVAL_STR(at, joined);
    any = true;
  }
}

void set_cookie(zval* at, const request_source& from) {
  if (from.walked && from.cookies.count <= 1) {
    set_text(at, from.cookies.first);
  } else {
    set_cookie_lines(at, from.texts.fields());
  }
}

void set_fields(zval* at, request_source& from, field_names how) {
  from.cookies = make_field_lists(from.texts.fields(), how, at);
  from.walked = true;
}

template <part Which>
void set(zval* at, request_source& from) {
  namespace text = wire::slab_text;
  const auto& texts = from.texts;
  if constexpr (Which == method) {
    set_repeated_text(at, texts.of(text::method), last().method);
  } else if constexpr (Which == version) {
    set_repeated_text(at, texts.of(text::version), last().version);
  } else if constexpr (Which == scheme) {
    set_repeated_text(at, texts.of(text::scheme), last().scheme);
  } else if constexpr (Which == host) {
    set_repeated_text(at, texts.of(text::host), last().host);
  } else if constexpr (Which == local) {
    set_repeated_text(at, wire::local_end(texts.of(text::ends)), last().local);
  } else if constexpr (Which == remote) {
    set_text(at, wire::remote_end(texts.of(text::ends)));
  } else if constexpr (Which == target) {
    set_text(at, texts.of(text::target));
  } else if constexpr (Which == path) {
    set_text(at, texts.of(text::path));
  } else if constexpr (Which == query) {
    set_text(at, texts.of(text::query));
  } else if constexpr (Which == body) {
    set_text(at, texts.of(text::body));
  } else if constexpr (Which == timeout) {
    ZVAL_LONG(at, static_cast<zend_long>(texts.timeout_ms()));
  } else if constexpr (Which == cookie) {
    set_cookie(at, from);
  } else {
    set_fields(at, from, field_names::lower);
  }
}

template <std::size_t Index>
void set_element(Bucket* elements, request_source& from, const zval* parts) {
  constexpr auto which = array_elements[Index].from;
  zval* const at = &elements[Index].val;
  if constexpr (which == headers) {
    set_fields(at, from, field_names::as_sent_by_most);
  } else if (Z_TYPE(parts[which]) != IS_UNDEF) {
    ZVAL_COPY(at, &parts[which]);
  } else {
    set<which>(at, from);
  }
}

zend_array* copy_of_prototype() {
  const auto* const from = prototype();
  auto* const made = static_cast<zend_array*>(emalloc(sizeof(zend_array)));
  std::memcpy(made, from, sizeof(zend_array));
  GC_SET_REFCOUNT(made, 1);
  auto* const data = static_cast<char*>(emalloc(HT_SIZE(from)));
  std::memcpy(data, HT_GET_DATA_ADDR(from), HT_USED_SIZE(from));
  HT_SET_DATA_ADDR(made, data);
  return made;
}

template <std::size_t... Index>
void set_elements(Bucket* elements,
                  request_source& from,
                  const zval* parts,
                  std::index_sequence<Index...>) {
  (set_element<Index>(elements, from, parts), ...);
}

} // namespace

void make_part(zval* at, request_source& from, part which) {
  static constexpr std::array<void (*)(zval*, request_source&), all> makers{set<method>,
                                                                            set<target>,
                                                                            set<path>,
                                                                            set<query>,
                                                                            set<version>,
                                                                            set<scheme>,
                                                                            set<host>,
                                                                            set<remote>,
                                                                            set<local>,
                                                                            set<body>,
                                                                            set<timeout>,
                                                                            set<cookie>,
                                                                            set<headers>};
  makers[which](at, from);
}

void make_all(zval* at, request_source& from, const zval* parts) {
  auto* const made = copy_of_prototype();
  ZVAL_ARR(at, made); // of the caller, before anything else can fail
  set_elements(made->arData, from, parts, std::make_index_sequence<array_elements.size()>{});
}

void prepare_all() {
  auto* const made = zend_new_array(array_elements.size());
  zend_hash_real_init_mixed(made);
  zval nothing;
  ZVAL_NULL(&nothing);
  for (const auto& each : array_elements) {
    _zend_hash_append(made, literal_string(each.key), &nothing);
  }
  prototype() = made;
}

} // namespace kraken::php
