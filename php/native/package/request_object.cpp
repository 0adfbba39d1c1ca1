// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. PHP may leave these functions by longjmp: nothing here has a destructor.
#include "request_object.hpp"

#include "php/native/php_api.hpp"
#include "request_parts.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

namespace kraken::php {

namespace {

/// What stands before PHP's object of a request that is not in a frame.
struct request_object {
  request_source source;
  std::uint32_t made; ///< a bit for each part that may be defined, and `written`
  std::uint32_t room; ///< for `bytes`
  zend_string* bytes; ///< of the request; also the property that is the frame elsewhere
  zend_object std;    ///< its properties follow
};

// By code of the class, or bound to it: who knows what was. No request takes such an object over.
constexpr std::uint32_t written = 1U << 31U;

request_object& whole(zend_object* request) noexcept {
  return *reinterpret_cast<request_object*>(reinterpret_cast<char*>(request) -
                                            offsetof(request_object, std));
}

/// What is found out about the class once.
struct request_class {
  zend_class_entry* entry = nullptr;
  std::array<zend_string*, part_count> names{}; ///< interned, as code names them
  std::uint32_t first = 0;                      ///< offset of the first part; the others follow
  std::uint32_t frame = 0;
  std::uint32_t form = 0;
  zend_object_handlers handlers{};
};

request_class& known() noexcept {
  static request_class one; // beside the class table it is about
  return one;
}

/// One that nobody has any more, to be the next.
zend_object*& unused() noexcept {
  static zend_object* one = nullptr;
  return one;
}

struct property {
  zend_string* name;
  std::uint32_t offset;
};

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

zval* parts_of(zend_object* request) noexcept {
  return OBJ_PROP(request, known().first);
}

/// @return `part_count`, or more: it is none
std::size_t part_at(std::uintptr_t offset) noexcept {
  return (offset - known().first) / sizeof(zval);
}

void make(zend_object* request, part which) {
  auto& mine = whole(request);
  mine.made |= 1U << which;
  make_part(parts_of(request) + which, mine.source, which);
}

// It is private: who names it elsewhere has to be told.
zval* read_as_named(zend_object* request, zend_string* name, int type, void** cache, zval* into) {
  const auto& names = known().names;
  const auto found = std::find(names.begin(), names.end(), name);
  const auto which = static_cast<part>(found - names.begin());
  if (which == all && zend_get_executed_scope() == known().entry) {
    make_all(into, whole(request).source, parts_of(request));
    zval nothing;
    static_cast<void>(zend_std_read_property(request, name, BP_VAR_IS, cache, &nothing));
    return into;
  }
  if (which < all && Z_TYPE(parts_of(request)[which]) == IS_UNDEF) {
    make(request, which);
  }
  return zend_std_read_property(request, name, type, cache, into);
}

// Where code has been before, it has left in its cache what it found.
zval* read_property(zend_object* request, zend_string* name, int type, void** cache, zval* into) {
  if (cache == nullptr || CACHED_PTR_EX(cache) != known().entry) {
    return read_as_named(request, name, type, cache, into);
  }
  const auto which = part_at(reinterpret_cast<std::uintptr_t>(CACHED_PTR_EX(cache + 1)));
  if (which < all) {
    zval* const at = parts_of(request) + which;
    if (Z_TYPE_P(at) == IS_UNDEF) {
      make(request, static_cast<part>(which));
    }
    return at;
  }
  if (which == all) {
    make_all(into, whole(request).source, parts_of(request));
    return into;
  }
  return zend_std_read_property(request, name, type, cache, into);
}

zval* write_property(zend_object* request, zend_string* name, zval* value, void** cache) {
  whole(request).made |= written;
  return zend_std_write_property(request, name, value, cache);
}

zval* point_at_property(zend_object* request, zend_string* name, int type, void** cache) {
  whole(request).made |= written;
  return zend_std_get_property_ptr_ptr(request, name, type, cache);
}

void make_every_part(zend_object* request) {
  for (std::size_t i = 0; i < all; ++i) { // what is behind is put together from these
    if (Z_TYPE(parts_of(request)[i]) == IS_UNDEF) {
      make(request, static_cast<part>(i));
    }
  }
}

HashTable* get_properties(zend_object* request) {
  make_every_part(request);
  return zend_std_get_properties(request);
}

// What it has now: to look for garbage is no reason to make more.
HashTable* get_collectable(zend_object* request, zval** table, int* count) {
  if (request->properties != nullptr) {
    *table = nullptr;
    *count = 0;
    return zend_std_get_properties(request);
  }
  *table = request->properties_table;
  *count = request->ce->default_properties_count;
  return nullptr;
}

// The copy is an object like any other, and complete.
zend_object* clone(zend_object* request) {
  make_every_part(request);
  return zend_objects_clone_obj(request);
}

// As object_init_ex() has it; the defaults are constants, none of which is counted.
void set_defaults(zend_object* made) {
  std::memcpy(made->properties_table,
              CE_DEFAULT_PROPERTIES_TABLE(made->ce),
              sizeof(zval) * static_cast<std::size_t>(made->ce->default_properties_count));
}

zend_object* empty_object() {
  auto& made =
      *static_cast<request_object*>(zend_object_alloc(sizeof(request_object), known().entry));
  new (&made.source) request_source{};
  made.made = 0;
  made.room = 0;
  made.bytes = ZSTR_EMPTY_ALLOC();
  zend_object_std_init(&made.std, known().entry);
  set_defaults(&made.std);
  made.std.handlers = &known().handlers;
  ZVAL_STR(OBJ_PROP(&made.std, known().frame), made.bytes);
  return &made.std;
}

void free_object(zend_object* request) {
  zend_string_release(std::exchange(whole(request).bytes, ZSTR_EMPTY_ALLOC()));
  zend_object_std_dtor(request);
}

void drop_bytes(zend_object* request) {
  auto& mine = whole(request);
  zval* const seen = OBJ_PROP(request, known().frame);
  zval_ptr_dtor(seen);
  ZVAL_EMPTY_STRING(seen);
  zend_string_release(std::exchange(mine.bytes, ZSTR_EMPTY_ALLOC()));
  mine.room = 0;
}

/// Those of the request before are overwritten.
char* room_for(zend_object* request, std::size_t bytes) {
  auto& mine = whole(request);
  if (mine.room < bytes) {
    drop_bytes(request);
    const auto room = ZEND_MM_ALIGNED_SIZE_EX(bytes, std::size_t{256});
    mine.bytes = zend_string_alloc(room, false);
    mine.room = static_cast<std::uint32_t>(room);
    ZVAL_STR_COPY(OBJ_PROP(request, known().frame), mine.bytes);
  }
  zend_string_forget_hash_val(mine.bytes);
  ZSTR_LEN(mine.bytes) = bytes;
  ZSTR_VAL(mine.bytes)[bytes] = '\0';
  return ZSTR_VAL(mine.bytes);
}

/// Nobody but the object has them, where they are to be.
bool has_bytes_alone(zend_object* request) noexcept {
  const auto& mine = whole(request);
  const zval* const seen = OBJ_PROP(request, known().frame);
  return Z_TYPE_P(seen) == IS_STRING && Z_STR_P(seen) == mine.bytes && mine.room != 0 &&
         GC_REFCOUNT(mine.bytes) == 2;
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
  bool fits = find(of, "frame", frame) && find(of, "form", form);
  for (std::size_t i = 0; fits && i < part_count; ++i) {
    property each{};
    fits = find(of, part_names[i], each);
    it.first = i == 0 ? each.offset : it.first;
    fits = fits && part_at(each.offset) == i;
    it.names[i] = each.name;
  }
  if (!fits || !has_plain_defaults(of)) {
    return false;
  }
  prepare_all();
  it.frame = frame.offset;
  it.form = form.offset;
  it.handlers = *zend_get_std_object_handlers();
  it.handlers.offset = offsetof(request_object, std);
  it.handlers.read_property = read_property;
  it.handlers.write_property = write_property;
  it.handlers.get_property_ptr_ptr = point_at_property;
  it.handlers.get_properties = get_properties;
  it.handlers.get_gc = get_collectable;
  it.handlers.clone_obj = clone;
  it.handlers.free_obj = free_object;
  it.entry = of;
  return true;
}

bool make_request(std::string_view bytes, zval* into) {
  auto* const before = std::exchange(unused(), nullptr);
  auto* const made = before != nullptr ? before : empty_object();
  char* const copy = room_for(made, bytes.size());
  std::memcpy(copy, bytes.data(), bytes.size());
  auto& source = whole(made).source;
  source.walked = false;
  if (!source.texts.look({copy, bytes.size()})) {
    unused() = made;
    return false;
  }
  ZVAL_OBJ(into, made);
  return true;
}

void make_framed_request(std::string_view frame, zval* into) {
  auto* const copy = zend_string_init(frame.data(), frame.size(), false);
  auto* const made = zend_objects_new(known().entry);
  set_defaults(made);
  ZVAL_OBJ(into, made);
  ZVAL_STR(OBJ_PROP(made, known().frame), copy);
}

void end_request_object(zval* request) {
  auto* const object = Z_OBJ_P(request);
  const bool nobody_has_it = GC_REFCOUNT(object) == 1 && object->properties == nullptr &&
                             (GC_FLAGS(object) & IS_OBJ_WEAKLY_REFERENCED) == 0;
  if (!nobody_has_it || object->handlers != &known().handlers || has_form(request) ||
      unused() != nullptr || (whole(object).made & written) != 0) {
    zval_ptr_dtor(request);
    return;
  }
  auto& mine = whole(object);
  for (auto left = std::exchange(mine.made, 0U); left != 0; left &= left - 1) {
    zval* const at = parts_of(object) + std::countr_zero(left);
    i_zval_ptr_dtor(at);
    ZVAL_UNDEF(at);
  }
  if (!has_bytes_alone(object)) {
    drop_bytes(object);
  }
  unused() = object;
}

bool has_form(const zval* request) noexcept {
  return Z_TYPE_P(OBJ_PROP(Z_OBJ_P(request), known().form)) == IS_OBJECT;
}

} // namespace kraken::php
