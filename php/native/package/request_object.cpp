// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. PHP may leave these functions by longjmp: nothing here has a destructor.
#include "request_object.hpp"

#include "field_lists.hpp"
#include "kraken/wire/slab_request.hpp"
#include "php/native/php_api.hpp"
#include "php/native/variables/kept_names.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

namespace kraken::php {

namespace {

/// Properties that are made here, in the order of their names.
enum part : std::size_t {
  method,
  target,
  path,
  query,
  version,
  scheme,
  host,
  remote,
  local,
  body,
  timeout,
  cookie,
  headers,
  all, ///< made anew each time: it is given away
  part_count
};

constexpr std::array<std::string_view, part_count> part_names{"method",
                                                              "target",
                                                              "path",
                                                              "query",
                                                              "version",
                                                              "scheme",
                                                              "host",
                                                              "remote",
                                                              "local",
                                                              "body",
                                                              "timeout",
                                                              "cookie",
                                                              "headers",
                                                              "all"};

/// Keys of `all`, in the order in which applications see them; `headers` stands between.
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

struct property {
  zend_string* name; ///< interned, as code names it
  std::uint32_t offset;
};

/// What is found out about the class once.
struct request_class {
  zend_class_entry* entry = nullptr;
  std::array<property, part_count> parts{};
  std::uint32_t frame = 0;
  std::uint32_t form = 0;
  std::array<zend_string*, array_elements.size()> keys{};
  zend_object_handlers handlers{};
};

request_class& known() noexcept {
  static request_class one; // beside the class table it is about
  return one;
}

bool find(zend_class_entry* of, std::string_view name, property& out) {
  auto* const key = zend_string_init(name.data(), name.size(), false);
  const auto* const bucket =
      reinterpret_cast<const Bucket*>(zend_hash_find(&of->properties_info, key));
  zend_string_release(key);
  if (bucket == nullptr) {
    return false;
  }
  const auto* const info = static_cast<const zend_property_info*>(Z_PTR(bucket->val));
  out = {bucket->key, info->offset};
  return (info->flags & ZEND_ACC_STATIC) == 0;
}

/// What was read last. Most requests are asked for something, and one after the other.
struct read_request {
  const char* from = nullptr;
  wire::slab_request parts;
  bool walked = false; ///< its fields, and these were among them:
  cookie_lines cookies;
  zend_object* unused = nullptr; ///< one that nobody has any more, to be the next
};

read_request& last_read() noexcept {
  static read_request one;
  return one;
}

/// Its failure has a text, and a text a destructor.
bool read(std::string_view bytes) noexcept {
  auto& last = last_read();
  const auto request = wire::read_slab_request(bytes);
  last.from = request ? bytes.data() : nullptr;
  last.walked = false;
  if (request) {
    last.parts = *request;
  }
  return request.has_value();
}

/// @param bytes of an object that lives
const wire::slab_request& parts_of(std::string_view bytes) noexcept {
  if (last_read().from != bytes.data()) {
    static_cast<void>(read(bytes)); // it could be read when the object was made
  }
  return last_read().parts;
}

using text_member = std::string_view wire::slab_request::*;

/// The first parts, which are texts as they stand there.
constexpr std::array<text_member, remote> plain_texts{&wire::slab_request::method,
                                                      &wire::slab_request::target,
                                                      &wire::slab_request::path,
                                                      &wire::slab_request::query,
                                                      &wire::slab_request::version,
                                                      &wire::slab_request::scheme,
                                                      &wire::slab_request::host};

std::string_view text_of(const wire::slab_request& request, part which) noexcept {
  if (which < remote) {
    return request.*plain_texts[which];
  }
  return which == remote  ? wire::remote_end(request.ends)
         : which == local ? wire::local_end(request.ends)
                          : request.body;
}

/// Of the few that nearly all requests have.
/// @return null: it is none
zend_string* usual_text(std::string_view text) noexcept {
  static const std::array<zend_string*, 5> texts{permanent_string("GET"),
                                                 permanent_string("1.1"),
                                                 permanent_string("http"),
                                                 permanent_string("https"),
                                                 permanent_string("POST")};
  for (auto* const each : texts) {
    if (text.size() == ZSTR_LEN(each) && text.front() == ZSTR_VAL(each)[0] &&
        text == std::string_view{ZSTR_VAL(each), ZSTR_LEN(each)}) {
      return each;
    }
  }
  return nullptr;
}

void set_text(zval* at, std::string_view text) {
  ZVAL_STR(at, zend_string_init_fast(text.data(), text.size()));
}

void set_usual_text(zval* at, std::string_view text) {
  if (auto* const usual = text.empty() ? nullptr : usual_text(text)) {
    ZVAL_INTERNED_STR(at, usual);
  } else {
    set_text(at, text);
  }
}

// All lines of it as one, as `header()` gives them.
void set_cookie(zval* at, wire::slab_request_fields fields) {
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

void set_fields(zval* at, const wire::slab_request& request, field_names how) {
  last_read().cookies = make_field_lists(request.fields, how, at);
  last_read().walked = true;
}

/// @param request the one that was read last
void set_part(zval* at, const wire::slab_request& request, part which) {
  if (which == headers) {
    set_fields(at, request, field_names::lower);
  } else if (which == timeout) {
    ZVAL_LONG(at, static_cast<zend_long>(request.timeout_ms));
  } else if (which == cookie && last_read().walked && last_read().cookies.count <= 1) {
    set_text(at, last_read().cookies.first);
  } else if (which == cookie) {
    set_cookie(at, request.fields);
  } else if (which == method || which == version || which == scheme) {
    set_usual_text(at, text_of(request, which));
  } else {
    set_text(at, text_of(request, which));
  }
}

zval* place_of(zend_object* request, part which) noexcept {
  return OBJ_PROP(request, known().parts[which].offset);
}

void set_all(zval* at, zend_object* of, const wire::slab_request& request) {
  auto* const made = zend_new_array(array_elements.size());
  ZVAL_ARR(at, made); // of the caller, before anything else can fail
  zend_hash_real_init_mixed(made);
  for (std::size_t i = 0; i < array_elements.size(); ++i) {
    zval value;
    const auto from = array_elements[i].from;
    const zval* const before = place_of(of, from);
    if (from == headers) {
      set_fields(&value, request, field_names::as_sent_by_most);
    } else if (Z_TYPE_P(before) != IS_UNDEF) {
      ZVAL_COPY(&value, before);
    } else {
      set_part(&value, request, from);
    }
    _zend_hash_append(made, known().keys[i], &value);
  }
}

std::string_view bytes_of(zend_object* request) noexcept {
  const zval* const kept = OBJ_PROP(request, known().frame);
  return {Z_STRVAL_P(kept), Z_STRLEN_P(kept)};
}

void make_part(zend_object* request, part which) {
  set_part(place_of(request, which), parts_of(bytes_of(request)), which);
}

zval* read_property(zend_object* request, zend_string* name, int type, void** cache, zval* into) {
  if (known().parts[all].name == name) {
    if (zend_get_executed_scope() == known().entry) { // it is private
      set_all(into, request, parts_of(bytes_of(request)));
      return into;
    }
    return zend_std_read_property(request, name, type, cache, into);
  }
  for (std::size_t i = 0; i < all; ++i) {
    if (known().parts[i].name == name) {
      const auto which = static_cast<part>(i);
      if (Z_TYPE_P(place_of(request, which)) == IS_UNDEF) {
        make_part(request, which);
      }
      break;
    }
  }
  return zend_std_read_property(request, name, type, cache, into);
}

void make_every_part(zend_object* request) {
  for (std::size_t i = 0; i < all; ++i) { // what is behind is put together from these
    const auto which = static_cast<part>(i);
    if (Z_TYPE_P(place_of(request, which)) == IS_UNDEF) {
      make_part(request, which);
    }
  }
}

HashTable* get_properties(zend_object* request) {
  make_every_part(request);
  return zend_std_get_properties(request);
}

// The copy is an object like any other, and complete.
zend_object* clone(zend_object* request) {
  make_every_part(request);
  return zend_objects_clone_obj(request);
}

// As object_init_ex() has it; the defaults are constants, none of which is counted.
zend_object* empty_object() {
  auto* const of = known().entry;
  auto* const made = zend_objects_new(of);
  std::memcpy(made->properties_table,
              CE_DEFAULT_PROPERTIES_TABLE(of),
              sizeof(zval) * static_cast<std::size_t>(of->default_properties_count));
  return made;
}

// What a later version might add must not be shared by all.
bool has_plain_defaults(zend_class_entry* of) {
  if (zend_update_class_constants(of) == FAILURE) {
    return false;
  }
  const zval* const first = CE_DEFAULT_PROPERTIES_TABLE(of);
  return std::none_of(first, first + of->default_properties_count, [](const zval& each) {
    return Z_REFCOUNTED(each);
  });
}

} // namespace

bool know_request_class(zend_class_entry* of) {
  auto& it = known();
  if (it.entry == of) {
    return true;
  }
  property frame{};
  property form{};
  bool whole = find(of, "frame", frame) && find(of, "form", form);
  for (std::size_t i = 0; i < part_count; ++i) {
    whole = whole && find(of, part_names[i], it.parts[i]);
  }
  if (!whole || !has_plain_defaults(of)) {
    return false;
  }
  for (std::size_t i = 0; i < array_elements.size(); ++i) {
    it.keys[i] = permanent_string(array_elements[i].key);
  }
  it.frame = frame.offset;
  it.form = form.offset;
  it.handlers = *zend_get_std_object_handlers();
  it.handlers.read_property = read_property;
  it.handlers.get_properties = get_properties;
  it.handlers.clone_obj = clone;
  it.entry = of;
  return true;
}

bool make_request(std::string_view bytes, zval* into) {
  auto* const copy = zend_string_init(bytes.data(), bytes.size(), false);
  if (!read({ZSTR_VAL(copy), ZSTR_LEN(copy)})) {
    zend_string_release(copy);
    return false;
  }
  auto* const before = std::exchange(last_read().unused, nullptr);
  ZVAL_OBJ(into, before != nullptr ? before : empty_object());
  Z_OBJ_P(into)->handlers = &known().handlers;
  ZVAL_STR(OBJ_PROP(Z_OBJ_P(into), known().frame), copy);
  return true;
}

void make_framed_request(std::string_view frame, zval* into) {
  auto* const copy = zend_string_init(frame.data(), frame.size(), false);
  ZVAL_OBJ(into, empty_object());
  ZVAL_STR(OBJ_PROP(Z_OBJ_P(into), known().frame), copy);
}

void end_request_object(zval* request) {
  auto* const object = Z_OBJ_P(request);
  const bool nobody_has_it = GC_REFCOUNT(object) == 1 && object->properties == nullptr &&
                             (GC_FLAGS(object) & IS_OBJ_WEAKLY_REFERENCED) == 0;
  if (!nobody_has_it || object->handlers != &known().handlers || has_form(request) ||
      last_read().unused != nullptr) {
    zval_ptr_dtor(request);
    return;
  }
  for (std::size_t i = 0; i < all; ++i) {
    zval* const at = place_of(object, static_cast<part>(i));
    if (Z_TYPE_P(at) != IS_UNDEF) {
      zval_ptr_dtor(at);
      ZVAL_UNDEF(at);
    }
  }
  zval* const bytes = OBJ_PROP(object, known().frame);
  zend_string_release(Z_STR_P(bytes));
  ZVAL_EMPTY_STRING(bytes);
  last_read().from = nullptr;
  last_read().unused = object;
}

bool has_form(const zval* request) noexcept {
  return Z_TYPE_P(OBJ_PROP(Z_OBJ_P(request), known().form)) == IS_OBJECT;
}

} // namespace kraken::php
