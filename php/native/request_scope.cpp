// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. Everything here can be left by longjmp: nothing that needs a destructor.
#include "request_scope.hpp"

#include "last_words.hpp"
#include "output_scope.hpp"
#include "php/native/link/file_answer.hpp"
#include "php/native/variables/plain_variables.hpp"
#include "php_api.hpp"
#include "sapi.hpp"

#include <string_view>

namespace kraken::php {

namespace {

/// What of PHP's own tables each request needs; looked up once, for they do not change.
struct known_entries {
  // Their request ends with ours: the session is written, the filter's copies are dropped.
  zend_module_entry* session;
  zend_module_entry* filter;
  zend_ini_entry* session_functions;
  zend_ini_entry* time_limit;
};

zend_module_entry* module_named(std::string_view name) noexcept {
  return static_cast<zend_module_entry*>(
      zend_hash_str_find_ptr(&module_registry, name.data(), name.size()));
}

zend_ini_entry* setting_named(std::string_view name) noexcept {
  return static_cast<zend_ini_entry*>(
      zend_hash_str_find_ptr(EG(ini_directives), name.data(), name.size()));
}

const known_entries& known() noexcept {
  static const known_entries all{module_named("session"),
                                 module_named("filter"),
                                 setting_named("session.save_handler"),
                                 setting_named("max_execution_time")};
  return all;
}

void start_request_of(zend_module_entry* module) {
  if (module != nullptr && module->request_startup_func != nullptr) {
    module->request_startup_func(module->type, module->module_number);
  }
}

void end_request_of(zend_module_entry* module) {
  if (module != nullptr && module->request_shutdown_func != nullptr) {
    module->request_shutdown_func(module->type, module->module_number);
  }
}

void forget_setting(zend_ini_entry* entry, int stage) noexcept {
  if (entry != nullptr && entry->modified) {
    zend_restore_ini_entry(entry->name, stage);
  }
}

// The session drops the functions that store it when a request ends, but the setting would go on to
// name them, and no later session could start.
void forget_session_functions() {
  forget_setting(known().session_functions, ZEND_INI_STAGE_DEACTIVATE);
}

/// How the session extension was left by the start of its request.
struct session_start {
  bool known = false;
  const ps_module* stored_by = nullptr;
};

session_start& last_session_start() noexcept {
  static session_start last; // beside PHP's own session globals
  return last;
}

// As its request's start leaves it, and as its end would: most requests have no session.
bool session_is_untouched() noexcept {
  const auto& now = *static_cast<const php_ps_globals*>(known().session->globals_ptr);
  const auto& before = last_session_start();
  return before.known && now.mod == before.stored_by && !now.auto_start &&
         now.session_status == php_session_none && now.id == nullptr && now.mod_data == nullptr &&
         now.session_vars == nullptr && Z_TYPE(now.http_session_vars) == IS_UNDEF &&
         !now.set_handler && !now.in_save_handler && !now.mod_user_is_open && now.define_sid &&
         Z_TYPE(now.mod_user_names.name.ps_open) == IS_UNDEF &&
         !known().session_functions->modified;
}

void start_session_request() {
  if (known().session == nullptr || session_is_untouched()) {
    return;
  }
  start_request_of(known().session);
  const auto& now = *static_cast<const php_ps_globals*>(known().session->globals_ptr);
  last_session_start() = {true, now.mod};
}

void end_session_request() {
  if (known().session != nullptr && !session_is_untouched()) {
    end_request_of(known().session);
    forget_session_functions();
  }
}

// Shutdown functions the script registered while it booted: they are its own, not a request's.
HashTable*& kept_shutdown_functions() noexcept {
  static HashTable* kept = nullptr; // beside BG(user_shutdown_function_names), whose twin it is
  return kept;
}

/// Of the superglobals, those that begin anew with each request; `_ENV` and `GLOBALS` are of the
/// process. Looked up once: PHP makes them all when it starts.
struct known_globals {
  zend_auto_global *get, *post, *cookie, *files, *server, *request, *session;
};

zend_auto_global* global_named(std::string_view name) noexcept {
  return static_cast<zend_auto_global*>(
      zend_hash_str_find_ptr(CG(auto_globals), name.data(), name.size()));
}

const known_globals& globals() noexcept {
  static const known_globals all{global_named("_GET"),
                                 global_named("_POST"),
                                 global_named("_COOKIE"),
                                 global_named("_FILES"),
                                 global_named("_SERVER"),
                                 global_named("_REQUEST"),
                                 global_named("_SESSION")};
  return all;
}

void refill(zend_auto_global& global) {
  if (!global.jit ||
      !global.armed) { // else no code compiled so far has named it: PHP makes it then
    global.armed = global.auto_global_callback(global.name);
  }
}

/// What was made for the request before, where scripts see it still: PHP holds it twice, so nobody
/// could write to it, only to a copy in its place.
/// @return null: they see something else
HashTable* still_seen(const zend_auto_global& global, int track) noexcept {
  const zval& made = PG(http_globals)[track];
  if (Z_TYPE(made) != IS_ARRAY) {
    return nullptr;
  }
  const zval* const seen = zend_hash_find_known_hash(&EG(symbol_table), global.name);
  return seen != nullptr && Z_TYPE_P(seen) == IS_ARRAY && Z_ARR_P(seen) == Z_ARR(made) ? Z_ARR(made)
                                                                                       : nullptr;
}

bool is_empty_still(const zend_auto_global& global, int track) noexcept {
  const auto* const made = still_seen(global, track);
  return made != nullptr && zend_hash_num_elements(made) == 0;
}

// The others are replaced by their callbacks; this one fills what it finds.
void forget_files() {
  zval& files = PG(http_globals)[TRACK_VARS_FILES];
  zval_ptr_dtor_nogc(&files);
  ZVAL_UNDEF(&files);
}

void refill_superglobals(carrier& serving) {
  const auto& all = globals();
  const auto refill_pairs = [&serving](zend_auto_global& global, int track, plain_source from) {
    auto* const made = still_seen(global, track);
    if (made == nullptr || !refresh_plain_variables(serving, made, from)) {
      refill(global);
    }
  };
  // PHP takes a body for POST only; uploads come with it.
  const bool no_form = serving.method() != "POST";
  const bool no_files = no_form && is_empty_still(*all.files, TRACK_VARS_FILES);
  if (!no_files) {
    forget_files(); // before the form that brings them
  }
  if (all.session != nullptr) {
    zend_hash_del(&EG(symbol_table), all.session->name);
  }
  refill_pairs(*all.get, TRACK_VARS_GET, plain_source::query);
  if (!no_form || !is_empty_still(*all.post, TRACK_VARS_POST)) {
    refill(*all.post);
  }
  refill_pairs(*all.cookie, TRACK_VARS_COOKIE, plain_source::cookies);
  refill(*all.server);
  refill(*all.request);
  if (!no_files) {
    refill(*all.files);
  }
}

bool is_input(const php_stream& stream) noexcept {
  return std::string_view{stream.ops->label} == "Input";
}

// Streams live as long as PHP's own request, here as long as the worker: the body's is ours to
// close. What the script opened as php://input reads from it without holding it, so that goes
// first.
void close_body() {
  php_stream* const body = std::exchange(SG(request_info).request_body, nullptr);
  if (body == nullptr) {
    return;
  }
  zval* each = nullptr;
  ZEND_HASH_FOREACH_VAL(&EG(regular_list), each) {
    zend_resource* const resource = Z_RES_P(each);
    if (resource->type == php_file_le_stream() && resource->ptr != nullptr &&
        is_input(*static_cast<php_stream*>(resource->ptr))) {
      zend_list_close(resource);
    }
  }
  ZEND_HASH_FOREACH_END();
  php_stream_free(body, PHP_STREAM_FREE_CLOSE);
}

void forget_last_error() {
  PG(last_error_type) = 0;
  PG(last_error_lineno) = 0;
  if (PG(last_error_message) != nullptr) {
    zend_string_release(std::exchange(PG(last_error_message), nullptr));
  }
  if (PG(last_error_file) != nullptr) {
    zend_string_release(std::exchange(PG(last_error_file), nullptr));
  }
}

void run_shutdown_functions(carrier& serving) {
  php_call_shutdown_functions();
  php_free_shutdown_functions();
  BG(user_shutdown_function_names) = std::exchange(kept_shutdown_functions(), nullptr);
  if (CG(unclean_shutdown)) { // PHP goes on after what was fatal there, and has left our frame
    zend_bailout();
  }
  settle_late_exception(serving);
}

// A callback that fails has filtered nothing: on_write() has dropped what PHP then passed on.
void end_all_output(carrier& serving) {
  end_output(script_part::is_over);
  if (EG(exception) != nullptr) {
    php_output_set_status(PHP_OUTPUT_DISABLED); // the report is for the log
    settle_late_exception(serving);
  }
}

// An end of the loop that comes next is none of this request's.
void forget_failure() {
  EG(exit_status) = 0;
  if (last_error_is_deadly()) {
    forget_last_error();
  }
}

} // namespace

void turn_into_error() noexcept {
  constexpr int first_error = 400;
  constexpr zend_intptr_t failed = 500;
  if (!SG(headers_sent) && SG(sapi_headers).http_response_code < first_error) {
    sapi_header_op(SAPI_HEADER_SET_STATUS, reinterpret_cast<void*>(failed));
  }
}

// php-fpm asks no handler of exceptions for what PHP calls after the script either.
void settle_late_exception(carrier& serving) {
  if (EG(exception) == nullptr) {
    return;
  }
  if (zend_is_unwind_exit(EG(exception)) || zend_is_graceful_exit(EG(exception))) {
    serving.wants_recycle = true; // no `finally` ran
    zend_clear_exception();
    return;
  }
  turn_into_error();
  zend_exception_error(EG(exception), E_ERROR);
  EG(exception) = nullptr; // consumed by the report
}

void enter_idle(carrier& serving) noexcept {
  describe_request(serving);
  start_output();
  sapi_activate();
  // Not "sent": settings of the session may be made only before that.
  SG(request_info).no_headers = true;
}

void leave_idle() noexcept {
  php_output_end_all();
  php_output_deactivate();
  sapi_deactivate();
}

void begin_request(carrier& serving) {
  kept_shutdown_functions() = BG(user_shutdown_function_names);
  BG(user_shutdown_function_names) = nullptr;
  forget_last_error();
  describe_request(serving);
  if (!serving.authorization().empty()) {
    php_handle_auth_data(serving.authorization().c_str());
  }
  start_output();
  SG(request_info).no_headers = false;
  sapi_activate();
  // An answer to HEAD is made like the one to GET, so that its length is true.
  SG(request_info).headers_only = false;
  SG(post_read) = SG(request_info).content_length == 0; // or PHP looks once more at the end
  start_output_handlers();
  refill_superglobals(serving);
  start_session_request();
  start_request_of(known().filter);
  if (EG(timeout_seconds) != 0) {
    zend_set_timeout(EG(timeout_seconds), 0);
  }
}

void leave_shutdown_functions() noexcept {
  auto* const before = std::exchange(kept_shutdown_functions(), nullptr);
  auto*& own = BG(user_shutdown_function_names);
  if (before == nullptr || own == nullptr) {
    own = own == nullptr ? before : own;
    return;
  }
  zval* each = nullptr;
  ZEND_HASH_FOREACH_VAL(before, each) {
    zend_hash_next_index_insert(own, each);
  }
  ZEND_HASH_FOREACH_END();
  before->pDestructor = nullptr; // they are the other's now
  zend_array_destroy(before);
}

void finish_early(carrier& serving) {
  end_output(script_part::goes_on);
  php_header();
  send_named_file(serving.answer(), serving.link().request());
  serving.answer().finish_early(wire::worker_after::keep, zend_memory_usage(true));
}

void end_request(carrier& serving) {
  run_shutdown_functions(serving);
  end_all_output(serving);
  end_session_request();
  end_request_of(known().filter);
  php_header();
  settle_late_exception(serving);
  send_named_file(serving.answer(), serving.link().request());
  // The wish travels with the head; one that comes after it goes with the next answer.
  const bool leaves = serving.answer().held() && std::exchange(serving.wants_recycle, false);
  const auto after = leaves ? wire::worker_after::recycle : wire::worker_after::keep;
  serving.answer().finish(after, zend_memory_usage(true));
  stop_output();
  close_body();
  sapi_deactivate();
  serving.close_request();
  forget_failure();
  if (EG(timeout_seconds) != 0) { // set_time_limit() was for this request
    forget_setting(known().time_limit, ZEND_INI_STAGE_RUNTIME);
    zend_unset_timeout();
  }
}

} // namespace kraken::php
