// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. PHP may leave these by longjmp: nothing that needs a destructor.
#include "output_scope.hpp"

#include "php_api.hpp"

#include <cstddef>
#include <utility>

namespace kraken::php {

namespace {

/// The buffer that `output_buffering` asks for. Making one and taking it apart costs as much as
/// many an answer, so one request leaves it to the next.
struct output_buffer {
  php_output_handler* open = nullptr; ///< by this request; PHP's, who may have closed it since
  php_output_handler* kept = nullptr; ///< ours, until it is opened again
  int flags = 0;                      ///< of a new one, as are these:
  std::size_t chunk = 0;
  std::size_t room = 0;
};

output_buffer& own_buffer() noexcept {
  static output_buffer all; // beside PHP's own output globals
  return all;
}

void start_buffer(std::size_t size) {
  auto& own = own_buffer();
  own.open = std::exchange(own.kept, nullptr);
  if (own.open != nullptr) {
    own.open->flags = own.flags;
    own.open->buffer.used = 0;
    // php_output_handler_start() looks for others it could not stand beside: there are none, and
    // it has done so when this was new.
    own.open->level = 0;
    zend_stack_push(&OG(handlers), &own.open);
    OG(active) = own.open;
    return;
  }
  if (php_output_start_user(nullptr, size, PHP_OUTPUT_HANDLER_STDFLAGS) == SUCCESS) {
    own.open = OG(active);
    own.flags = own.open->flags;
    own.chunk = own.open->size;
    own.room = own.open->buffer.size;
  }
}

// A script may have closed ours, and what it opened then may stand where ours was.
bool is_like_new(const php_output_handler& buffer) {
  constexpr int unlike_ours = PHP_OUTPUT_HANDLER_USER | PHP_OUTPUT_HANDLER_DISABLED;
  const auto& own = own_buffer();
  return (buffer.flags & unlike_ours) == 0 && buffer.size == own.chunk &&
         buffer.buffer.size == own.room;
}

// As php_output_write() does it where nothing is open, and no script is to be told from where.
void pass_on(const char* text, std::size_t bytes) {
  if (!SG(headers_sent) && !php_header()) {
    OG(flags) |= PHP_OUTPUT_DISABLED;
  }
  if ((OG(flags) & PHP_OUTPUT_DISABLED) == 0) {
    sapi_module.ub_write(text, bytes);
    OG(flags) |= PHP_OUTPUT_SENT;
  }
}

// Kept by stop_output(), and nothing has begun since.
bool stack_is_kept() noexcept {
  return OG(flags) == 0 && OG(handlers).elements != nullptr && OG(handlers).top == 0;
}

} // namespace

void start_output() {
  if (stack_is_kept()) {
    OG(flags) = PHP_OUTPUT_ACTIVATED;
  } else {
    php_output_activate();
  }
  PG(header_is_being_sent) = false;
  PG(connection_status) = PHP_CONNECTION_NORMAL;
}

// php_output_deactivate() frees the stack, which is the first thing the next request would make.
void stop_output() {
  if (OG(handlers).top != 0 || OG(active) != nullptr || OG(running) != nullptr ||
      (OG(flags) & PHP_OUTPUT_ACTIVATED) == 0 || !SG(headers_sent)) {
    php_output_deactivate();
    return;
  }
  OG(flags) = 0;
  OG(output_start_lineno) = 0;
  if (OG(output_start_filename) != nullptr) {
    zend_string_release(std::exchange(OG(output_start_filename), nullptr));
  }
}

// As php_output_end_all() does it: where nothing else is open, what is in the buffer is passed on.
void end_output(script_part script) {
  auto& own = own_buffer();
  auto* const only = std::exchange(own.open, nullptr);
  if (only == nullptr || OG(active) != only || OG(running) != nullptr || OG(handlers).top != 1 ||
      !is_like_new(*only)) {
    php_output_end_all();
    return;
  }
  zend_stack_del_top(&OG(handlers));
  OG(active) = nullptr;
  own.kept = only; // before the write, which may not come back
  if (only->buffer.used == 0) {
    return;
  }
  if (script == script_part::is_over && (OG(flags) & PHP_OUTPUT_IMPLICITFLUSH) == 0) {
    pass_on(only->buffer.data, only->buffer.used);
  } else {
    php_output_write(only->buffer.data, only->buffer.used);
  }
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
    start_buffer(size);
  } else if (PG(implicit_flush)) {
    php_output_set_implicit_flush(1);
  }
}

} // namespace kraken::php
