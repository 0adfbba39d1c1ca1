// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The `args` of a container's definition as its class reads them. Remembers what was read, so
/// that a misspelt one is told and not ignored.
#pragma once

#include "kraken/base/units.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kraken::native {

/// An argument is missing, unknown or not of its form; the text names it and its value.
class argument_error : public std::invalid_argument {
public:
  using std::invalid_argument::invalid_argument;
};

/// Arguments by name. Reading one that was not given yields `otherwise`.
/// @thread not shared
class arguments {
public:
  explicit arguments(const std::map<std::string, std::string>& given) : given_(given) {}

  [[nodiscard]] bool has(std::string_view name) const { return given_.contains(std::string(name)); }

  [[nodiscard]] std::string text(std::string_view name, std::string otherwise = {});
  /// @throw argument_error when it was not given
  [[nodiscard]] std::string required(std::string_view name);
  /// @throw argument_error for anything but a whole number from `min` to `max`; likewise below
  [[nodiscard]] std::int64_t number(std::string_view name,
                                    std::int64_t otherwise,
                                    std::int64_t min = 0,
                                    std::int64_t max = INT64_MAX);
  [[nodiscard]] milliseconds duration(std::string_view name, milliseconds otherwise); ///< `10s`
  [[nodiscard]] bytes size(std::string_view name, bytes otherwise);                   ///< `64M`
  [[nodiscard]] bool truth(std::string_view name, bool otherwise); ///< `true` or `false`

  /// @throw argument_error naming one that nobody read, and the nearest name that was
  void expect_all_read() const;

private:
  /// Null when it was not given.
  [[nodiscard]] const std::string* take(std::string_view name);

  const std::map<std::string, std::string>& given_;
  std::set<std::string, std::less<>> read_;
};

} // namespace kraken::native
