// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. PHP may leave these functions by longjmp: nothing here has a destructor.
#include "package_turn.hpp"

#include "php/native/fork_point.hpp"
#include "php/native/php_api.hpp"
#include "php/native/variables/kept_names.hpp"
#include "request_object.hpp"
#include "returned_answer.hpp"

#include <string_view>

namespace kraken::php {

namespace {

struct package_state {
  zval request{}; ///< undefined: none is open
  std::uint64_t requests = 0;
  bool recycles = false;
  int output_level = 0; ///< with the package's own buffer, which is empty between requests
};

package_state& state() noexcept {
  static package_state one; // what the package would keep in statics
  return one;
}

zend_class_entry* class_named(std::string_view name) {
  auto* const text = zend_string_init(name.data(), name.size(), false);
  auto* const found = zend_lookup_class(text);
  zend_string_release(text);
  return found;
}

zend_string* release_name() {
  static zend_string* const name = permanent_string("release");
  return name;
}

template <std::size_t Count>
void call(const php_callable& what, zval (&arguments)[Count], zval* returned) {
  auto& info = *what.what;
  info.params = arguments;
  info.param_count = Count;
  info.retval = returned;
  ZVAL_UNDEF(returned);
  static_cast<void>(zend_call_function(&info, what.where)); // who fails has thrown
}

void call(const php_callable& what) {
  auto& info = *what.what;
  zval returned;
  info.params = nullptr;
  info.param_count = 0;
  info.retval = &returned;
  ZVAL_UNDEF(&returned);
  static_cast<void>(zend_call_function(&info, what.where));
  zval_ptr_dtor(&returned);
}

bool script_ends() noexcept {
  return EG(exception) != nullptr &&
         (zend_is_unwind_exit(EG(exception)) || zend_is_graceful_exit(EG(exception)));
}

/// @return false: there is none
bool take_request(daemon_link& link) {
  auto& request = state().request;
  if (const auto bytes = link.unread(); !bytes.empty()) {
    if (!make_request(bytes, &request)) {
      link.refuse_slab();
      return false;
    }
    return true;
  }
  const auto frame = link.whole_frame();
  if (!frame.empty()) {
    make_framed_request(frame, &request);
  }
  return !frame.empty();
}

void settle(const package_calls& calls, zval* returned) {
  zval arguments[3];
  ZVAL_COPY_VALUE(&arguments[0], &state().request);
  ZVAL_NULL(&arguments[1]);
  ZVAL_NULL(&arguments[2]);
  if (EG(exception) != nullptr) {
    ZVAL_OBJ_COPY(&arguments[2], EG(exception));
    zend_clear_exception();
  } else {
    ZVAL_COPY_VALUE(&arguments[1], returned);
  }
  zval nothing;
  call(calls.settle, arguments, &nothing);
  zval_ptr_dtor(&nothing);
  zval_ptr_dtor(&arguments[2]);
}

// Most handlers print nothing.
bool has_output() noexcept {
  return php_output_get_level() != state().output_level || OG(active) == nullptr ||
         OG(active)->buffer.used != 0;
}

// The answer has left: nobody waits for this.
void close_request(const package_calls& calls) {
  auto& open = state().request;
  zval request;
  ZVAL_COPY_VALUE(&request, &open);
  ZVAL_UNDEF(&open);
  if (has_form(&request)) {
    zval nothing;
    zend_call_method_if_exists(Z_OBJ(request), release_name(), &nothing, 0, nullptr);
  }
  if (EG(exception) == nullptr && has_output()) {
    call(calls.flush);
    state().output_level = php_output_get_level();
  }
  end_request_object(&request);
}

/// @return false: an exception, or an exit, ends the script
bool serve_one(daemon_link& link, const package_calls& calls) {
  auto& now = state();
  ++now.requests;
  zval arguments[1];
  ZVAL_COPY_VALUE(&arguments[0], &now.request);
  zval returned;
  // It is no garbage while it is held here, and need not be looked at when the handler lets go.
  GC_ADD_FLAGS(Z_OBJ(now.request), GC_NOT_COLLECTABLE);
  call(calls.handler, arguments, &returned);
  GC_DEL_FLAGS(Z_OBJ(now.request), GC_NOT_COLLECTABLE);
  if (script_ends()) {
    return false; // the request stays open: it is what the end interrupted
  }
  const auto after = now.recycles ? wire::worker_after::recycle : wire::worker_after::keep;
  if (EG(exception) != nullptr || !put_returned(link, &returned, after, zend_memory_usage(true))) {
    settle(calls, &returned);
  }
  if (EG(exception) != nullptr) {
    return false;
  }
  link.request_done();
  close_request(calls);
  zval_ptr_dtor(&returned);
  if (EG(exception) == nullptr && calls.reset.what != nullptr) {
    call(calls.reset);
  }
  return EG(exception) == nullptr;
}

} // namespace

bool knows_package() {
  auto* const request = class_named("Kraken\\Request");
  auto* const response = class_named("Kraken\\Response");
  return request != nullptr && response != nullptr && know_request_class(request) &&
         know_response_class(response);
}

bool serve_package(carrier& serving, package_calls& calls) {
  auto& link = serving.link();
  auto& now = state();
  now.requests = 0;
  now.output_level = php_output_get_level();
  while (true) {
    if (serving.door != nullptr) { // who comes here has answered the one before
      judge_rehearsal(serving);
      if (!rehearses(serving)) {
        return true;
      }
      rehearse_next(serving);
    }
    if (link.wait(daemon_link::reading::later) != daemon_link::event::request) {
      return false;
    }
    if (!take_request(link)) {
      link.request_done();
    } else if (!serve_one(link, calls)) {
      return false;
    }
  }
}

const zval* package_request() noexcept {
  const auto& request = state().request;
  return Z_TYPE(request) == IS_OBJECT ? &request : nullptr;
}

std::uint64_t package_requests() noexcept {
  return state().requests;
}

void recycle_package() noexcept {
  state().recycles = true;
}

} // namespace kraken::php
