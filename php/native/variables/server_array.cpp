// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. PHP may leave these by longjmp when memory runs out: a table is whole at every
/// step then, and no frame here holds what has a destructor.
#include "server_array.hpp"

#include "kept_names.hpp"
#include "php/native/php_api.hpp"
#include "php/native/sapi.hpp"
#include "plain_variables.hpp"
#include "server_prototype.hpp"

#include <array>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kraken::php {

namespace {

using make_global = bool (*)(zend_string*);

/// What is kept from one `$_SERVER` to the next. As PHP's own tables, of this process.
struct server_keeper {
  make_global phps_own = nullptr;
  server_prototype prototype;
  kept_names names;
  kept_name https, path_info, path_translated, user, auth_user, auth_password, auth_digest;
  server_values values;

  // Of the last one.
  HashTable* table = nullptr; ///< null: it cannot be used again
  std::size_t prototype_made = 0;
  const script_place* script = nullptr;
  std::vector<kept_names::entry*> fields; ///< in the order in which they came

  // Of this one.
  std::uint64_t request = 0; ///< its number
  bool once = false;         ///< its table is not like others
  std::string rare_name, rare_value;
};

server_keeper& keeper() {
  static server_keeper all;
  return all;
}

bool has_text(const zval& value, std::string_view text) {
  return Z_TYPE(value) == IS_STRING && std::string_view{Z_STRVAL(value), Z_STRLEN(value)} == text;
}

// Most of it is what it was for the last request.
void put(zval& place, std::string_view text) {
  if (!has_text(place, text)) {
    auto* const made = zend_string_init_fast(text.data(), text.size());
    zval before;
    ZVAL_COPY_VALUE(&before, &place);
    ZVAL_STR(&place, made);
    zval_ptr_dtor_nogc(&before);
  }
}

void put(zval& place, zval& value) {
  const bool same =
      Z_TYPE(place) == Z_TYPE(value) && Z_TYPE(place) >= IS_LONG && Z_LVAL(place) == Z_LVAL(value);
  if (!same) {
    zval before;
    ZVAL_COPY_VALUE(&before, &place);
    ZVAL_COPY_DEREF(&place, &value);
    zval_ptr_dtor(&before);
  }
}

/// The places of a table behind those that all requests have.
class optional_places {
public:
  optional_places(server_keeper& keeper, HashTable* table) noexcept
      : keeper_(keeper), table_(table), first_(keeper.prototype.table()->nNumUsed), at_(first_) {}

  void add(kept_name& name, std::string_view text) {
    name.seen_by = keeper_.request;
    if ((keeper_.prototype.mixed() || keeper_.once) && put_elsewhere(name, text)) {
      return;
    }
    name.place = at_;
    if (at_ < table_->nNumUsed && table_->arData[at_].key == name.key) {
      put(table_->arData[at_].val, text);
    } else {
      cut();
      append(name.key, text);
    }
    ++at_;
  }

  /// As HTTP says of fields that are repeated.
  void join(const kept_names::entry& entry, std::string_view text) {
    zval& place = table_->arData[entry.second.place].val;
    const std::string_view between = entry.first == "cookie" ? "; " : ", ";
    auto* const made = zend_string_concat3(
        Z_STRVAL(place), Z_STRLEN(place), between.data(), between.size(), text.data(), text.size());
    zval_ptr_dtor_str(&place);
    ZVAL_STR(&place, made);
  }

  /// One whose name is not kept.
  void add_rare(std::string_view name, std::string_view text) {
    cut();
    keeper_.once = true;
    zval value;
    ZVAL_STR(&value, zend_string_init_fast(text.data(), text.size()));
    zend_hash_str_update(table_, name.data(), name.size(), &value);
    at_ = table_->nNumUsed;
  }

  /// Drops what the last request had more than this one.
  void cut() {
    while (table_->nNumUsed > at_) {
      zend_hash_del_bucket(table_, table_->arData + table_->nNumUsed - 1);
    }
  }

private:
  // Where the environment, or a field with another name, is called the same.
  [[nodiscard]] bool put_elsewhere(kept_name& name, std::string_view text) {
    zval* const found = zend_hash_find_known_hash(table_, name.key);
    if (found == nullptr) {
      return false;
    }
    const auto place =
        static_cast<std::uint32_t>(reinterpret_cast<Bucket*>(found) - table_->arData);
    if (place >= first_ && !keeper_.once) {
      return false; // of the last request
    }
    cut();
    keeper_.once = true;
    name.place = place;
    put(*found, text);
    return true;
  }

  void append(zend_string* key, std::string_view text) {
    if (table_->nNumUsed == table_->nTableSize) {
      zend_hash_extend(table_, table_->nTableSize * 2, false);
    }
    zval value;
    ZVAL_STR(&value, zend_string_init_fast(text.data(), text.size()));
    _zend_hash_append_ex(table_, key, &value, true);
  }

  server_keeper& keeper_;
  HashTable* table_;
  std::uint32_t first_;
  std::uint32_t at_;
};

kept_names::entry* entry_of(server_keeper& keeper, std::size_t index, std::string_view field) {
  // The same client sends the same fields.
  if (index < keeper.fields.size()) {
    auto* const last = keeper.fields[index];
    if (last != nullptr && last->first == field) {
      return last;
    }
    return keeper.fields[index] = keeper.names.of(field);
  }
  return keeper.fields.emplace_back(keeper.names.of(field));
}

void add_fields(server_keeper& keeper,
                std::span<const wire::header_field> fields,
                optional_places& places) {
  std::size_t index = 0;
  for (const auto& field : fields) {
    auto* const entry = entry_of(keeper, index++, field.name);
    if (entry == nullptr) {
      if (passed_on(field.name)) {
        places.add_rare(variable_name(field.name, keeper.rare_name),
                        joined_header(fields, field.name, keeper.rare_value));
      }
    } else if (entry->second.key == nullptr) {
      continue;
    } else if (entry->second.seen_by == keeper.request) {
      places.join(*entry, field.value);
    } else {
      places.add(entry->second, field.value);
    }
  }
}

void add_if(optional_places& places, kept_name& name, const char* text) {
  if (text != nullptr) {
    places.add(name, text);
  }
}

void add_client(server_keeper& keeper, optional_places& places) {
  const auto& info = SG(request_info);
  add_if(places, keeper.user, info.auth_user);
  add_if(places, keeper.auth_user, info.auth_user);
  add_if(places, keeper.auth_password, info.auth_password);
  add_if(places, keeper.auth_digest, info.auth_digest);
}

void add_optional(carrier& serving, server_keeper& keeper, HashTable* table) {
  optional_places places{keeper, table};
  const auto& values = keeper.values;
  if (values.secure()) {
    places.add(keeper.https, "on");
  }
  if (!values.path_info().empty()) {
    places.add(keeper.path_info, values.path_info());
    places.add(keeper.path_translated, values.path_translated());
  }
  add_client(keeper, places);
  add_fields(keeper, serving.link().request().headers, places);
  places.cut();
}

/// What `register_argc_argv` adds in worker mode; nowhere else is there a command line.
struct argument_globals {
  zval* list = nullptr;
  zval* count = nullptr;

  [[nodiscard]] bool found() const noexcept { return list != nullptr && count != nullptr; }
};

argument_globals find_arguments() {
  return {zend_hash_find_ind(&EG(symbol_table), ZSTR_KNOWN(ZEND_STR_ARGV)),
          zend_hash_find_ind(&EG(symbol_table), ZSTR_KNOWN(ZEND_STR_ARGC))};
}

void fill(carrier& serving,
          server_keeper& keeper,
          const argument_globals& given,
          HashTable* table,
          server_values::wanted what) {
  const auto& prototype = keeper.prototype;
  keeper.values.read(serving.link().request(), serving.answering(), serving.said_of_body(), what);
  Bucket* const all = table->arData;
  const bool whole = what == server_values::wanted::of_script;
  const auto put_all = [&](std::size_t index, std::size_t end) {
    for (; index < end; ++index) {
      put(all[prototype.place(index)].val, keeper.values.at(index));
    }
  };
  put_all(whole ? 0 : first_of_request, first_of_site);
  if (whole || !keeper.values.same_site()) { // else they stand in the last one's table
    put_all(first_of_site, behind_site);
  }
  put_all(behind_site, variable_names.size());
  const auto time = sapi_get_request_time();
  ZVAL_DOUBLE(&all[prototype.exact_time()].val, time);
  ZVAL_LONG(&all[prototype.time()].val, zend_dval_to_lval(time));
  if (given.found()) {
    put(all[prototype.argument_list()].val, *given.list);
    put(all[prototype.argument_count()].val, *given.count);
  }
  add_optional(serving, keeper, table);
}

/// The table of the last request, where nobody else has it: PHP holds it twice, so no script could
/// write to it, only to a copy in its place.
HashTable* unused_table(const server_keeper& keeper, const carrier& serving, zend_string* name) {
  const zval& held = PG(http_globals)[TRACK_VARS_SERVER];
  if (keeper.table == nullptr || Z_TYPE(held) != IS_ARRAY || Z_ARR(held) != keeper.table ||
      GC_REFCOUNT(keeper.table) != 2 || GC_IS_RECURSIVE(keeper.table) ||
      keeper.prototype_made != keeper.prototype.made() || keeper.script != &serving.answering()) {
    return nullptr;
  }
  const zval* const seen = zend_hash_find_known_hash(&EG(symbol_table), name);
  return seen != nullptr && Z_TYPE_P(seen) == IS_ARRAY && Z_ARR_P(seen) == keeper.table
             ? keeper.table
             : nullptr;
}

void replace(zval& place, const zval& by) {
  zval before;
  ZVAL_COPY_VALUE(&before, &place);
  ZVAL_COPY(&place, &by);
  zval_ptr_dtor(&before);
}

void show(zend_string* name, HashTable* table) {
  zval& held = PG(http_globals)[TRACK_VARS_SERVER];
  zval made;
  ZVAL_ARR(&made, table);
  if (zval* const seen = zend_hash_find_known_hash(&EG(symbol_table), name)) {
    // What a script has put there may have a destructor, which sees and changes what is old.
    replace(*seen, held);
    replace(*seen, made);
  } else {
    Z_ADDREF(made);
    zend_hash_add_new(&EG(symbol_table), name, &made);
  }
  zval_ptr_dtor(&held);
  ZVAL_ARR(&held, table);
}

bool applications_see_all() {
  static const bool as_sent = values_are_unfiltered() && PG(variables_order) != nullptr &&
                              std::strpbrk(PG(variables_order), "sS") != nullptr;
  return as_sent;
}

// In the place of PHP's own, as far as it goes.
bool make_server_array(zend_string* name) {
  auto& kept = keeper();
  if (SG(server_context) == nullptr || !current_carrier().has_request() ||
      !applications_see_all()) {
    kept.table = nullptr;
    return kept.phps_own(name);
  }
  auto& serving = current_carrier();
  const bool has_arguments = serving.mode() == run_mode::worker;
  const auto given = has_arguments ? find_arguments() : argument_globals{};
  const auto which =
      has_arguments ? server_prototype::arguments::with : server_prototype::arguments::without;
  if (given.found() != has_arguments || (has_arguments && !PG(register_argc_argv)) ||
      !kept.prototype.follow_environment(which)) {
    kept.table = nullptr;
    return kept.phps_own(name);
  }
  ++kept.request;
  kept.once = false;
  auto* const again = unused_table(kept, serving, name);
  kept.table = nullptr; // until it is whole
  auto* const table = again != nullptr ? again : zend_array_dup(kept.prototype.table());
  fill(serving,
       kept,
       given,
       table,
       again != nullptr ? server_values::wanted::of_request : server_values::wanted::of_script);
  if (!kept.once) {
    kept.table = table;
    kept.prototype_made = kept.prototype.made();
    kept.script = &serving.answering();
  }
  if (again == nullptr) {
    show(name, table);
  }
  if (!has_arguments && PG(register_argc_argv)) {
    php_build_argv(SG(request_info).query_string, &PG(http_globals)[TRACK_VARS_SERVER]);
  }
  return false; // each request asks for it anew
}

} // namespace

void make_server_arrays() {
  constexpr std::string_view name = "_SERVER";
  auto* const global = static_cast<zend_auto_global*>(
      zend_hash_str_find_ptr(CG(auto_globals), name.data(), name.size()));
  if (global == nullptr) {
    return;
  }
  auto& kept = keeper();
  kept.phps_own = std::exchange(global->auto_global_callback, make_server_array);
  kept.names.make_usual();
  kept.https.key = permanent_string("HTTPS");
  kept.path_info.key = permanent_string("PATH_INFO");
  kept.path_translated.key = permanent_string("PATH_TRANSLATED");
  kept.user.key = permanent_string("REMOTE_USER");
  kept.auth_user.key = permanent_string("PHP_AUTH_USER");
  kept.auth_password.key = permanent_string("PHP_AUTH_PW");
  kept.auth_digest.key = permanent_string("PHP_AUTH_DIGEST");
}

void add_user(zval* into) {
  constexpr std::string_view name = "REMOTE_USER";
  if (const char* const user = SG(request_info).auth_user) {
    zval text;
    ZVAL_STRING(&text, user);
    zend_hash_str_update(Z_ARRVAL_P(into), name.data(), name.size(), &text);
  }
}

} // namespace kraken::php
