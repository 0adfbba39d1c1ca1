// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The registered native classes by name. Fixed once the daemon runs.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/model/child_spec.hpp"
#include "kraken/native/container_class.hpp"

#include <map>
#include <string>
#include <string_view>

namespace kraken::containers {

/// @thread any, after the last `add`
class class_catalogue {
public:
  /// @param origin where they come from, for the error: `this program`, a file's name
  /// @error errc::already_exists naming the class and both origins; errc::invalid_argument for
  ///        one without name or `make`. Those before it are added.
  [[nodiscard]] result<void> add(native::container_classes classes, const std::string& origin);

  /// @error errc::not_found naming the nearest, or all there are
  [[nodiscard]] result<const native::container_class*> find(std::string_view name) const;

  /// Whether a definition names a class; what `start` holds besides is an error.
  [[nodiscard]] result<void> check(const model::child_spec& spec) const;

private:
  struct entry {
    native::container_class made;
    std::string origin;
  };

  std::map<std::string, entry, std::less<>> classes_;
};

/// The class that a definition names: `start`, else `name`.
[[nodiscard]] std::string_view class_of(const model::child_spec& spec) noexcept;

} // namespace kraken::containers
