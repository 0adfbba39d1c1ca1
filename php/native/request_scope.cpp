// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. Everything here can be left by longjmp: nothing that needs a destructor.
#include "request_scope.hpp"

#include "php_api.hpp"
#include "sapi.hpp"

#include <array>
#include <string_view>

namespace kraken::php {

namespace {

/// What of PHP's own tables each request needs; looked up once, for they do not change.
struct known_entries {
  // Their request ends with ours: the session is written, the filter's copies are dropped.
  std::array<zend_module_entry*, 2> modules;
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
  static const known_entries all{{module_named("session"), module_named("filter")},
                                 setting_named("session.save_handler"),
                                 setting_named("max_execution_time")};
  return all;
}

template <class Step>
void each_module(Step step) {
  for (auto* const module : known().modules) {
    if (module != nullptr) {
      step(*module);
    }
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

// Shutdown functions the script registered while it booted: they are its own, not a request's.
HashTable*& kept_shutdown_functions() noexcept {
  static HashTable* kept = nullptr; // beside BG(user_shutdown_function_names), whose twin it is
  return kept;
}

// What no code compiled so far has named need not be made: PHP makes it when some does.
void refill(zend_auto_global& global, std::string_view name) {
  if ((global.jit && global.armed) || name == "_ENV" || name == "GLOBALS") {
    return; // the latter are of the process
  }
  if (global.auto_global_callback != nullptr) {
    global.armed = global.auto_global_callback(global.name);
  } else {
    global.armed = false;
  }
}

void refill_superglobals() {
  // The others are replaced by their callbacks; these two nobody else empties.
  zval& files = PG(http_globals)[TRACK_VARS_FILES];
  zval_ptr_dtor_nogc(&files);
  ZVAL_UNDEF(&files);
  zend_hash_str_del(&EG(symbol_table), "_SESSION", sizeof("_SESSION") - 1);
  void* each = nullptr;
  ZEND_HASH_FOREACH_PTR(CG(auto_globals), each) {
    auto& global = *static_cast<zend_auto_global*>(each);
    refill(global, {ZSTR_VAL(global.name), ZSTR_LEN(global.name)});
  }
  ZEND_HASH_FOREACH_END();
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

void start_output() {
  php_output_activate();
  PG(header_is_being_sent) = false;
  PG(connection_status) = PHP_CONNECTION_NORMAL;
}

// As php_request_startup() does it.
void start_output_handlers() {
  if (PG(expose_php)) {
    sapi_add_header(
        const_cast<char*>(SAPI_PHP_VERSION_HEADER), sizeof(SAPI_PHP_VERSION_HEADER) - 1, 1);
  }
  if (PG(output_handler) != nullptr && PG(output_handler)[0] != '\0') {
    zval handler;
    ZVAL_STRING(&handler, PG(output_handler));
    php_output_start_user(&handler, 0, PHP_OUTPUT_HANDLER_STDFLAGS);
    zval_ptr_dtor(&handler);
  } else if (PG(output_buffering) != 0) {
    const auto size = PG(output_buffering) > 1 ? static_cast<std::size_t>(PG(output_buffering)) : 0;
    php_output_start_user(nullptr, size, PHP_OUTPUT_HANDLER_STDFLAGS);
  } else if (PG(implicit_flush)) {
    php_output_set_implicit_flush(1);
  }
}

} // namespace

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
  start_output_handlers();
  refill_superglobals();
  each_module([](zend_module_entry& module) {
    if (module.request_startup_func != nullptr) {
      module.request_startup_func(module.type, module.module_number);
    }
  });
}

void break_request() noexcept {
  php_call_shutdown_functions();
  php_free_shutdown_functions();
  BG(user_shutdown_function_names) = std::exchange(kept_shutdown_functions(), nullptr);
}

void finish_early(carrier& serving) {
  php_output_end_all();
  php_header();
  serving.answer().finish_early(wire::worker_after::keep, zend_memory_usage(true));
}

void end_request(carrier& serving) {
  break_request();
  php_output_end_all();
  each_module([](zend_module_entry& module) {
    if (module.request_shutdown_func != nullptr) {
      module.request_shutdown_func(module.type, module.module_number);
    }
  });
  forget_session_functions();
  php_header();
  // The wish travels with the head; one that comes after it goes with the next answer.
  const bool leaves = serving.answer().held() && std::exchange(serving.wants_recycle, false);
  const auto after = leaves ? wire::worker_after::recycle : wire::worker_after::keep;
  serving.answer().finish(after, zend_memory_usage(true));
  php_output_deactivate();
  close_body();
  sapi_deactivate();
  serving.close_request();
  if (EG(timeout_seconds) != 0) { // set_time_limit() was for this request
    zend_unset_timeout();
    forget_setting(known().time_limit, ZEND_INI_STAGE_RUNTIME);
  }
}

} // namespace kraken::php
