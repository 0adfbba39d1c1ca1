// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. The handler may be left by longjmp: nothing on its way has a destructor.
#include "worker_turn.hpp"

#include "fork_point.hpp"
#include "last_words.hpp"
#include "php_api.hpp"
#include "request_scope.hpp"
#include "sapi.hpp"

#include <chrono>
#include <ctime>

namespace kraken::php {

namespace {

constexpr int broken_exit = 255;

// zend_user_exception_handler() drops what the handler throws where a frame waits for it; php-fpm,
// where none does, reports that.
void call_exception_handler() {
  zval thrown;
  ZVAL_OBJ(&thrown, std::exchange(EG(exception), nullptr));
  zval handler;
  ZVAL_COPY_VALUE(&handler, &EG(user_exception_handler));
  zend_stack_push(&EG(user_exception_handlers), &handler);
  ZVAL_UNDEF(&EG(user_exception_handler)); // it may set another
  zval returned;
  ZVAL_UNDEF(&returned);
  if (call_user_function(nullptr, nullptr, &handler, &returned, 1, &thrown) == SUCCESS) {
    zval_ptr_dtor(&returned);
  }
  zval_ptr_dtor(&thrown);
  if (Z_TYPE(EG(user_exception_handler)) == IS_UNDEF) {
    const auto* const before = static_cast<zval*>(zend_stack_top(&EG(user_exception_handlers)));
    if (before != nullptr) {
      ZVAL_COPY_VALUE(&EG(user_exception_handler), before);
      zend_stack_del_top(&EG(user_exception_handlers));
    }
  }
}

/// @return false: the script is dying, within its request
bool settle_exception(carrier& serving) {
  if (zend_is_unwind_exit(EG(exception)) || zend_is_graceful_exit(EG(exception))) {
    // Out of memory ends a script like `exit` where it can.
    if (last_error_is_deadly() || serving.forked) {
      return false;
    }
    // What the handler held is in no known state: no `finally` ran.
    serving.wants_recycle = true;
    zend_clear_exception();
    return true;
  }
  if (Z_TYPE(EG(user_exception_handler)) != IS_UNDEF) {
    call_exception_handler();
  }
  settle_late_exception(serving);
  return true;
}

bool garbage_is_due(carrier& serving) {
  return serving.garbage.due(zend_memory_usage(false)) && gc_enabled();
}

std::chrono::nanoseconds cpu_time() noexcept {
  timespec now{};
  static_cast<void>(::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now));
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

// While idle: nobody waits for it. A destructor may throw, and nobody is left to catch that but the
// log.
/// @return false: a destructor has called `exit`
bool collect_garbage(carrier& serving) {
  const auto used = zend_memory_usage(false);
  const auto began = cpu_time();
  gc_collect_cycles();
  serving.garbage.collected(used, zend_memory_usage(false), cpu_time() - began);
  if (EG(exception) == nullptr) {
    return true;
  }
  if (zend_is_unwind_exit(EG(exception)) || zend_is_graceful_exit(EG(exception))) {
    return false;
  }
  zend_exception_error(EG(exception), E_WARNING);
  EG(exception) = nullptr; // consumed by the report
  return true;
}

enum class outcome : std::uint8_t {
  served,
  over, ///< no request came, and none will
  dies, ///< within its request
};

bool get_ready(carrier& serving) {
  if (!serving.begun && !begin_work(serving)) {
    return false;
  }
  leave_idle();
  if (!std::exchange(serving.ready_told, true)) {
    static_cast<void>(serving.link().ready());
  }
  return true;
}

outcome serve_next(carrier& serving, zend_fcall_info& handler, zend_fcall_info_cache& cache) {
  if (serving.left != nullptr) { // what waits now may be another worker's in a moment
    serving.link().before_rest([&serving] { ask_for_another(serving); });
  }
  if (serving.link().wait() != daemon_link::event::request) {
    return outcome::over;
  }
  serving.open_request(serving.script);
  begin_request(serving);
  zval returned;
  ZVAL_UNDEF(&returned);
  handler.retval = &returned;
  serving.ends_at_gone = true;
  if (zend_call_function(&handler, &cache) == SUCCESS) {
    zval_ptr_dtor(&returned);
  }
  serving.ends_at_gone = false;
  if (EG(exception) != nullptr && !settle_exception(serving)) {
    return outcome::dies;
  }
  end_request(serving);
  if (serving.forked) { // what is behind the loop is for the worker
    zend_throw_unwind_exit();
    return outcome::dies;
  }
  ask_for_another(serving);
  return outcome::served;
}

// Before a template forks.
outcome rehearse_one(carrier& serving, zend_fcall_info& handler, zend_fcall_info_cache& cache) {
  leave_idle();
  rehearse_next(serving);
  const auto came = serve_next(serving, handler, cache);
  if (came != outcome::dies) {
    enter_idle(serving);
    judge_rehearsal(serving);
  }
  return came;
}

} // namespace

bool handle_one(carrier& serving, zend_fcall_info& handler, zend_fcall_info_cache& cache) {
  if (rehearses(serving)) {
    return rehearse_one(serving, handler, cache) == outcome::served;
  }
  if (!get_ready(serving)) {
    return false;
  }
  const auto came = serve_next(serving, handler, cache);
  if (came != outcome::dies) {
    enter_idle(serving);
  }
  return came == outcome::served && (!garbage_is_due(serving) || collect_garbage(serving));
}

void handle_all(carrier& serving, zend_fcall_info& handler, zend_fcall_info_cache& cache) {
  auto came = outcome::served;
  while (rehearses(serving) && came == outcome::served) {
    came = rehearse_one(serving, handler, cache);
  }
  if (came != outcome::served || !get_ready(serving)) {
    return;
  }
  while (came == outcome::served && EG(exception) == nullptr) {
    came = serve_next(serving, handler, cache);
    if (came == outcome::served && garbage_is_due(serving)) {
      enter_idle(serving);
      if (!collect_garbage(serving)) {
        return;
      }
      leave_idle();
    }
  }
  if (came != outcome::dies) {
    enter_idle(serving);
  }
}

int run_worker(carrier& serving, int argc, char** argv) {
  SG(options) |= SAPI_OPTION_NO_CHDIR;
  SG(request_info).argc = argc;
  SG(request_info).argv = argv;
  SG(request_info).path_translated = serving.script.file.data();
  describe_request(serving);
  if (php_request_startup() == FAILURE) {
    return broken_exit;
  }
  SG(request_info).no_headers = true;

  zend_file_handle file;
  zend_stream_init_filename(&file, serving.script.file.c_str());
  file.primary_script = true;
  php_execute_script(&file);
  zend_destroy_file_handle(&file);
  serving.ends_at_gone = false; // the handler may have been left by longjmp

  const bool died_in_request = serving.has_request();
  // A loop that ends after so many requests, as FrankenPHP's do, wants a new process.
  const bool had_enough = serving.ready_told && EG(exit_status) == 0 && !last_error_is_deadly();
  const bool speaks = serving.script_speaks && serving.door == nullptr;
  const bool ends = serving.link().draining() || had_enough;
  const bool intended = serving.forked || speaks || (ends && !died_in_request);
  if (!intended) {
    say_last_words(serving);
  }
  int code = EG(exit_status);
  if (died_in_request) {
    // The frames are gone, but out of memory has left its exception: nothing is written beside one.
    EG(current_execute_data) = nullptr;
    zend_clear_exception();
    leave_shutdown_functions();
    code = code == 0 && !serving.forked ? broken_exit : code;
  }
  php_request_shutdown(nullptr);
  if (died_in_request) {
    serving.answer().finish(wire::worker_after::keep, 0);
    serving.close_request();
  }
  return intended && !speaks && !serving.forked ? 0 : code;
}

} // namespace kraken::php
