// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Log facade: one event is a name and fields, never prose built by hand. Knows no sink;
/// `log.cpp` writes text or JSON lines through spdlog. Does not filter secrets: option
/// rows flagged secret are never handed over.
#pragma once

#include "kraken/base/result.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

namespace kraken::log {

enum class level : std::uint8_t { debug, info, warn, error, off };

enum class format : std::uint8_t { text, json };

[[nodiscard]] std::string_view to_string(level value) noexcept;

/// @param text debug | info | warn | warning | error | off, any case
[[nodiscard]] result<level> parse_level(std::string_view text);

template <class T>
concept whole_number = std::is_integral_v<T> && !std::is_same_v<T, bool>;

/// One named value of an event. Numbers and truth values stay numbers and truth values in JSON.
struct field {
  enum class kind : std::uint8_t { text, number, truth };

  std::string_view key;
  kind type = kind::text;
  std::string text;
  std::int64_t number = 0;

  field(std::string_view k, std::string_view v) : key(k), text(v) {}
  field(std::string_view k, const char* v) : key(k), text(v) {}
  field(std::string_view k, std::string v) : key(k), text(std::move(v)) {}
  field(std::string_view k, bool v) : key(k), type(kind::truth), number(v ? 1 : 0) {}

  template <whole_number T>
  field(std::string_view k, T v)
      : key(k), type(kind::number), number(static_cast<std::int64_t>(v)) {}
};

struct settings {
  level threshold = level::info;
  format style = format::text;
  std::string file; ///< empty: standard error
};

/// Opens the sink. Call before other threads log.
/// @error errc::system_error when the file cannot be opened; the old sink stays
[[nodiscard]] result<void> configure(const settings& wanted);

/// Opens the log file anew under the same name (after rotation). Standard error: no effect.
[[nodiscard]] result<void> reopen();

/// Lines that could not be written since the program began (full disk). How many is also the
/// event `log_lines_lost`, once writing succeeds again.
/// @thread any
[[nodiscard]] std::uint64_t lost() noexcept;

[[nodiscard]] bool enabled(level at) noexcept;

/// Writes one event line.
/// @param event  snake_case name from docs/reference/events.md, e.g. `container_failed`
/// @thread any
void write(level at, std::string_view event, std::initializer_list<field> fields);

inline void debug(std::string_view event, std::initializer_list<field> fields = {}) {
  if (enabled(level::debug)) {
    write(level::debug, event, fields);
  }
}

inline void info(std::string_view event, std::initializer_list<field> fields = {}) {
  write(level::info, event, fields);
}

inline void warn(std::string_view event, std::initializer_list<field> fields = {}) {
  write(level::warn, event, fields);
}

inline void error(std::string_view event, std::initializer_list<field> fields = {}) {
  write(level::error, event, fields);
}

} // namespace kraken::log
