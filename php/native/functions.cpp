// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. PHP may leave these functions by longjmp: nothing here has a destructor.
#include "functions.hpp"

#include "fork_point.hpp"
#include "php/native/package/package_turn.hpp"
#include "php_api.hpp"
#include "php_values.hpp"
#include "request_scope.hpp"
#include "sapi.hpp"
#include "worker_turn.hpp"

#include <arpa/inet.h>

namespace kraken::php {

namespace {

// A frame without stream and payload.
constexpr std::string_view empty_welcome{"\0\0\0\x08\x02\0\0\0\0\0\0\0", 12};

bool is_worker_at_rest(const char* called) {
  const auto& serving = current_carrier();
  if (serving.mode() != run_mode::worker) {
    zend_throw_error(
        nullptr,
        "%s() is for worker scripts (carrier: native); this one is run for each request (carrier: "
        "classic)",
        called);
    return false;
  }
  if (serving.script_speaks) {
    zend_throw_error(nullptr, "%s() and Kraken\\Worker do not go together", called);
    return false;
  }
  if (serving.has_request()) {
    zend_throw_error(nullptr, "%s() cannot be called while a request is handled", called);
    return false;
  }
  return true;
}

ZEND_FUNCTION(handle) {
  zend_fcall_info handler;
  zend_fcall_info_cache cache;
  ZEND_PARSE_PARAMETERS_START(1, 1)
  Z_PARAM_FUNC(handler, cache)
  ZEND_PARSE_PARAMETERS_END();
  if (!is_worker_at_rest("Kraken\\handle")) {
    RETURN_THROWS();
  }
  handle_all(current_carrier(), handler, cache);
}

ZEND_FUNCTION(frankenphp_handle_request) {
  zend_fcall_info handler;
  zend_fcall_info_cache cache;
  ZEND_PARSE_PARAMETERS_START(1, 1)
  Z_PARAM_FUNC(handler, cache)
  ZEND_PARSE_PARAMETERS_END();
  if (!is_worker_at_rest("frankenphp_handle_request")) {
    RETURN_THROWS();
  }
  RETURN_BOOL(handle_one(current_carrier(), handler, cache));
}

ZEND_FUNCTION(onFork) {
  zend_fcall_info hook;
  zend_fcall_info_cache cache;
  ZEND_PARSE_PARAMETERS_START(1, 1)
  Z_PARAM_FUNC(hook, cache)
  ZEND_PARSE_PARAMETERS_END();
  on_fork(current_carrier(), &hook.function_name);
}

ZEND_FUNCTION(fastcgi_finish_request) {
  ZEND_PARSE_PARAMETERS_NONE();
  auto& serving = current_carrier();
  if (!serving.has_request() || !serving.answer().open()) {
    RETURN_FALSE;
  }
  finish_early(serving);
  RETURN_TRUE;
}

ZEND_FUNCTION(headers_send) {
  zend_long status = 200;
  ZEND_PARSE_PARAMETERS_START(0, 1)
  Z_PARAM_OPTIONAL
  Z_PARAM_LONG(status)
  ZEND_PARSE_PARAMETERS_END();
  constexpr zend_long early_hints = 103;
  auto& serving = current_carrier();
  if (status == early_hints) {
    send_hints(serving);
  } else {
    SG(sapi_headers).http_response_code = static_cast<int>(status);
    php_header();
    sapi_flush();
  }
  RETURN_LONG(SG(sapi_headers).http_response_code);
}

ZEND_FUNCTION(apache_request_headers) {
  ZEND_PARSE_PARAMETERS_NONE();
  array_init(return_value);
  auto& serving = current_carrier();
  if (serving.has_request()) {
    add_request_headers(serving, return_value);
  }
}

ZEND_FUNCTION(apache_response_headers) {
  ZEND_PARSE_PARAMETERS_NONE();
  array_init(return_value);
  add_response_headers(return_value);
}

// For Kraken's PHP package, whose workers speak the protocol themselves and with the same code
// whatever carries them.

/// What the daemon said first. From here on the script has the connection. `rehearses`: in a
/// template that has requests for itself these come first, and nothing is said yet; `receive` gives
/// them, then an empty WELCOME, after which the script calls this once more.
ZEND_FUNCTION(attach) {
  bool rehearses_first = false;
  ZEND_PARSE_PARAMETERS_START(0, 1)
  Z_PARAM_OPTIONAL
  Z_PARAM_BOOL(rehearses_first)
  ZEND_PARSE_PARAMETERS_END();
  auto& serving = current_carrier();
  if (serving.mode() != run_mode::worker) {
    zend_throw_error(nullptr,
                     "Kraken\\Worker is for worker scripts (carrier: native or program); this one "
                     "is run for each request (carrier: classic)");
    RETURN_THROWS();
  }
  if (serving.ready_told) {
    zend_throw_error(nullptr, "the connection to the daemon is in use");
    RETURN_THROWS();
  }
  if (rehearses_first && rehearses(serving)) {
    serving.script_speaks = true;
    serving.link().tell(serving.warm);
    array_init(return_value);
    return;
  }
  if (!begin_work(serving)) {
    RETURN_THROWS();
  }
  ask_for_another(serving);
  serving.script_speaks = true;
  array_init(return_value);
  add_welcome(serving.welcome, return_value);
}

/// The next frame as it came; '' at the end of the connection.
ZEND_FUNCTION(receive) {
  ZEND_PARSE_PARAMETERS_NONE();
  auto& serving = current_carrier();
  if (serving.door != nullptr) { // who asks has answered the one before
    judge_rehearsal(serving);
    if (!rehearses(serving)) {
      RETURN_STRINGL(empty_welcome.data(), empty_welcome.size());
    }
    rehearse_next(serving);
  }
  const auto bytes = serving.link().receive();
  RETURN_STRINGL(bytes.data(), bytes.size());
}

bool is_package_at_rest() {
  const auto& serving = current_carrier();
  if (!serving.script_speaks) {
    zend_throw_error(nullptr, "Kraken\\Native\\serve() is for who has attached");
    return false;
  }
  if (package_request() != nullptr) {
    zend_throw_error(nullptr, "requests cannot be served while one is handled");
    return false;
  }
  return true;
}

/// Whether `serve` knows the classes of the package that has asked; else that moves frames itself.
ZEND_FUNCTION(serves) {
  ZEND_PARSE_PARAMETERS_NONE();
  const bool known = knows_package();
  RETURN_BOOL(known && EG(exception) == nullptr);
}

/// Says that requests may come, and how.
ZEND_FUNCTION(ready) {
  ZEND_PARSE_PARAMETERS_NONE();
  static_cast<void>(current_carrier().link().ready());
}

/// Requests until the daemon wants this process gone; true: it was a template's rehearsal, and
/// `attach` is to be called once more.
ZEND_FUNCTION(serve) {
  zend_fcall_info handler, settle, flush, reset = empty_fcall_info;
  zend_fcall_info_cache handler_cache, settle_cache, flush_cache, reset_cache;
  ZEND_PARSE_PARAMETERS_START(4, 4)
  Z_PARAM_FUNC(handler, handler_cache)
  Z_PARAM_FUNC(settle, settle_cache)
  Z_PARAM_FUNC(flush, flush_cache)
  Z_PARAM_FUNC_OR_NULL(reset, reset_cache)
  ZEND_PARSE_PARAMETERS_END();
  if (!is_package_at_rest()) {
    RETURN_THROWS();
  }
  package_calls calls{
      {&handler, &handler_cache}, {&settle, &settle_cache}, {&flush, &flush_cache}, {}};
  if (ZEND_FCI_INITIALIZED(reset)) {
    calls.reset = {&reset, &reset_cache};
  }
  RETURN_BOOL(serve_package(current_carrier(), calls));
}

/// The request whose handler runs, or died; null: none.
ZEND_FUNCTION(serving) {
  ZEND_PARSE_PARAMETERS_NONE();
  const zval* const request = package_request();
  if (request != nullptr) {
    RETURN_COPY(request);
  }
}

/// What frames call it; four bytes, as in their headers.
ZEND_FUNCTION(stream) {
  ZEND_PARSE_PARAMETERS_NONE();
  const auto number = htonl(current_carrier().link().stream());
  RETURN_STRINGL(reinterpret_cast<const char*>(&number), sizeof number);
}

/// Requests that `serve` has begun.
ZEND_FUNCTION(requests) {
  ZEND_PARSE_PARAMETERS_NONE();
  RETURN_LONG(static_cast<zend_long>(package_requests()));
}

ZEND_FUNCTION(recycle) {
  ZEND_PARSE_PARAMETERS_NONE();
  recycle_package();
}

/// Looks, without waiting, whether nobody wants the answer to the open request any more.
ZEND_FUNCTION(abandoned) {
  ZEND_PARSE_PARAMETERS_NONE();
  RETURN_BOOL(current_carrier().link().abandoned());
}

ZEND_FUNCTION(readable) {
  ZEND_PARSE_PARAMETERS_NONE();
  RETURN_BOOL(current_carrier().link().readable());
}

ZEND_FUNCTION(send) {
  char* bytes = nullptr;
  std::size_t count = 0;
  ZEND_PARSE_PARAMETERS_START(1, 1)
  Z_PARAM_STRING(bytes, count)
  ZEND_PARSE_PARAMETERS_END();
  RETURN_BOOL(current_carrier().link().send(std::string_view{bytes, count}));
}

ZEND_BEGIN_ARG_INFO_EX(arginfo_handler, 0, 0, 1)
ZEND_ARG_TYPE_INFO(0, handler, IS_CALLABLE, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_hook, 0, 0, 1)
ZEND_ARG_TYPE_INFO(0, hook, IS_CALLABLE, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_status, 0, 0, 0)
ZEND_ARG_TYPE_INFO(0, status, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_bytes, 0, 0, 1)
ZEND_ARG_TYPE_INFO(0, bytes, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_attach, 0, 0, 0)
ZEND_ARG_TYPE_INFO(0, rehearses, _IS_BOOL, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_serve, 0, 0, 4)
ZEND_ARG_TYPE_INFO(0, handler, IS_CALLABLE, 0)
ZEND_ARG_TYPE_INFO(0, settle, IS_CALLABLE, 0)
ZEND_ARG_TYPE_INFO(0, flush, IS_CALLABLE, 0)
ZEND_ARG_TYPE_INFO(0, reset, IS_CALLABLE, 1)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_none, 0, 0, 0)
ZEND_END_ARG_INFO()

// The rows have no commas of their own.
// clang-format off
const zend_function_entry functions[] = {
    ZEND_NS_NAMED_FE("Kraken", handle, ZEND_FN(handle), arginfo_handler)
    ZEND_NS_NAMED_FE("Kraken", onFork, ZEND_FN(onFork), arginfo_hook)
    ZEND_NS_NAMED_FE("Kraken\\Native", attach, ZEND_FN(attach), arginfo_attach)
    ZEND_NS_NAMED_FE("Kraken\\Native", receive, ZEND_FN(receive), arginfo_none)
    ZEND_NS_NAMED_FE("Kraken\\Native", readable, ZEND_FN(readable), arginfo_none)
    ZEND_NS_NAMED_FE("Kraken\\Native", send, ZEND_FN(send), arginfo_bytes)
    ZEND_NS_NAMED_FE("Kraken\\Native", serves, ZEND_FN(serves), arginfo_none)
    ZEND_NS_NAMED_FE("Kraken\\Native", ready, ZEND_FN(ready), arginfo_none)
    ZEND_NS_NAMED_FE("Kraken\\Native", serve, ZEND_FN(serve), arginfo_serve)
    ZEND_NS_NAMED_FE("Kraken\\Native", serving, ZEND_FN(serving), arginfo_none)
    ZEND_NS_NAMED_FE("Kraken\\Native", stream, ZEND_FN(stream), arginfo_none)
    ZEND_NS_NAMED_FE("Kraken\\Native", requests, ZEND_FN(requests), arginfo_none)
    ZEND_NS_NAMED_FE("Kraken\\Native", recycle, ZEND_FN(recycle), arginfo_none)
    ZEND_NS_NAMED_FE("Kraken\\Native", abandoned, ZEND_FN(abandoned), arginfo_none)
    ZEND_FE(frankenphp_handle_request, arginfo_handler)
    ZEND_FE(fastcgi_finish_request, arginfo_none)
    ZEND_FALIAS(kraken_finish_request, fastcgi_finish_request, arginfo_none)
    ZEND_FALIAS(frankenphp_finish_request, fastcgi_finish_request, arginfo_none)
    ZEND_FE(headers_send, arginfo_status)
    ZEND_FE(apache_request_headers, arginfo_none)
    ZEND_FALIAS(getallheaders, apache_request_headers, arginfo_none)
    ZEND_FALIAS(frankenphp_request_headers, apache_request_headers, arginfo_none)
    ZEND_FE(apache_response_headers, arginfo_none)
    ZEND_FALIAS(frankenphp_response_headers, apache_response_headers, arginfo_none)
    ZEND_FE_END};
// clang-format on

} // namespace

_zend_module_entry* native_functions() noexcept {
  static zend_module_entry module = {STANDARD_MODULE_HEADER,
                                     "kraken",
                                     functions,
                                     nullptr,
                                     nullptr,
                                     nullptr,
                                     nullptr,
                                     nullptr,
                                     KRAKEN_VERSION,
                                     STANDARD_MODULE_PROPERTIES};
  return &module;
}

} // namespace kraken::php
