// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Errors as values: the one table of error codes, `error`, and `result<T>`.
/// Does not log, does not throw, and knows no transport: exit codes and HTTP
/// statuses are columns of the table, not behaviour.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace kraken {

/// Every failure the product reports. One byte, because CAF 0.17.6 carries
/// error codes as `uint8_t` (bridged in `actor/error_bridge.hpp`).
enum class errc : std::uint8_t {
  none = 0,
  invalid_argument,
  invalid_transition,
  already_exists,
  not_found,
  ambiguous,
  busy,
  conflict,
  timeout,
  canceled,
  refused,
  unreachable,
  permission_denied,
  limit_exceeded,
  mailbox_full,
  not_started,
  container_failed,
  container_destroyed,
  restart_intensity_exceeded,
  start_failed,
  parse_error,
  protocol_error,
  unsupported,
  system_error,
  already_running,
  internal,
};

/// One row per code: the single source of the name, the sentence, the console's
/// exit code, the admin API's HTTP status and whether trying again can help.
struct errc_row {
  errc code;
  std::string_view name;
  std::string_view text;
  int exit_code;   ///< sysexits-like; 0..255, see docs/reference/errors.md
  int http_status; ///< 400..599
  bool retryable;
};

// clang-format off
inline constexpr std::array errc_table{
  errc_row{errc::none, "none", "no error", 0, 200, false},
  errc_row{errc::invalid_argument, "invalid_argument", "an argument is not acceptable",
           2, 400, false},
  errc_row{errc::invalid_transition, "invalid_transition",
           "the container's state does not allow this", 5, 409, false},
  errc_row{errc::already_exists, "already_exists", "the alias is taken by another container",
           5, 409, false},
  errc_row{errc::not_found, "not_found", "nothing has this name", 3, 404, false},
  errc_row{errc::ambiguous, "ambiguous", "the short alias names more than one container",
           2, 409, false},
  errc_row{errc::busy, "busy", "another change of the same thing is under way", 5, 409, true},
  errc_row{errc::conflict, "conflict", "the change contradicts what is there", 5, 409, false},
  errc_row{errc::timeout, "timeout", "no answer within the time allowed", 1, 504, true},
  errc_row{errc::canceled, "canceled", "the caller or a stop gave up the operation", 1, 503, true},
  errc_row{errc::refused, "refused", "the other side refused", 1, 403, false},
  errc_row{errc::unreachable, "unreachable", "no daemon or node answers there", 4, 503, true},
  errc_row{errc::permission_denied, "permission_denied", "this user may not do that",
           1, 403, false},
  errc_row{errc::limit_exceeded, "limit_exceeded", "a named limit would be exceeded",
           1, 413, false},
  errc_row{errc::mailbox_full, "mailbox_full", "the mailbox or queue is at its capacity",
           1, 503, true},
  errc_row{errc::not_started, "not_started", "the container is not started", 5, 503, true},
  errc_row{errc::container_failed, "container_failed", "the container failed while it had the work",
           1, 502, true},
  errc_row{errc::container_destroyed, "container_destroyed", "the container is gone",
           3, 410, false},
  errc_row{errc::restart_intensity_exceeded, "restart_intensity_exceeded",
           "more restarts than the budget allows", 1, 503, false},
  errc_row{errc::start_failed, "start_failed", "the incarnation did not become ready",
           1, 503, true},
  errc_row{errc::parse_error, "parse_error", "the text does not follow its grammar", 2, 400, false},
  errc_row{errc::protocol_error, "protocol_error", "the peer broke the protocol", 1, 502, false},
  errc_row{errc::unsupported, "unsupported", "not supported in this build or mode", 2, 501, false},
  errc_row{errc::system_error, "system_error", "the operating system refused", 1, 500, false},
  errc_row{errc::already_running, "already_running", "another daemon holds this socket",
           73, 409, false},
  errc_row{errc::internal, "internal", "a bug in Kraken", 70, 500, false},
};
// clang-format on

/// The row of a code.
/// @param code any enumerator
/// @return     its row; `internal`'s row for a value outside the enum
/// @thread     any (pure)
[[nodiscard]] constexpr const errc_row& row_of(errc code) noexcept {
  const auto index = static_cast<std::size_t>(code);
  return index < errc_table.size() ? errc_table[index] : errc_table[errc_table.size() - 1];
}

[[nodiscard]] constexpr std::string_view to_string(errc code) noexcept {
  return row_of(code).name;
}

namespace detail {
constexpr bool errc_table_is_dense() {
  for (std::size_t i = 0; i < errc_table.size(); ++i) {
    if (static_cast<std::size_t>(errc_table[i].code) != i) {
      return false;
    }
  }
  return true;
}
static_assert(errc_table_is_dense(), "row i of errc_table must describe code i");
} // namespace detail

/// A failure with its place: what (code), where and with which value (context).
/// Copies are cheap enough for error paths only.
struct error {
  errc code = errc::none;
  std::string context;                          ///< full sentence naming value and place
  std::shared_ptr<const error> cause = nullptr; ///< what led to it, innermost last

  error() = default;
  explicit error(errc c, std::string what = {}) : code(c), context(std::move(what)) {}
  error(errc c, std::string what, error because)
      : code(c), context(std::move(what)),
        cause(std::make_shared<const error>(std::move(because))) {}

  /// The whole chain as one line: `not_found: no container 'T9' (parse_error: ...)`.
  [[nodiscard]] std::string text() const;
};

/// A value or the reason there is none.
template <class T>
using result = tl::expected<T, error>;

/// Shorthand for returning an error from a function that gives a `result`.
[[nodiscard]] inline tl::unexpected<error> fail(errc code, std::string context = {}) {
  return tl::unexpected<error>(error{code, std::move(context)});
}

[[nodiscard]] inline tl::unexpected<error> fail(error e) {
  return tl::unexpected<error>(std::move(e));
}

/// The current `errno` as an error: `system_error: <what>: <strerror>`.
/// @param what the call and its object, e.g. `open '/run/kraken'`
/// @thread     any
[[nodiscard]] error errno_error(std::string what);
[[nodiscard]] error errno_error(std::string what, int errno_value);

} // namespace kraken
