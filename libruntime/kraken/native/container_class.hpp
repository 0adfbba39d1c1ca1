// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Registration of native containers: values, given to the daemon as a list. Nothing registers
/// itself (docs/decisions/0012).
#pragma once

#include "kraken/native/container.hpp"

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kraken::native {

/// A class by the name that `start` and `thread:create` use.
struct container_class {
  std::string name;
  std::string summary; ///< one line for people; may be empty
  /// Never null; may throw, then the container fails.
  std::function<std::unique_ptr<container>(context& self)> make;

  template <std::derived_from<container> C>
  [[nodiscard]] static container_class of(std::string name, std::string summary = {}) {
    return {std::move(name), std::move(summary), [](context& self) -> std::unique_ptr<container> {
              return std::make_unique<C>(self);
            }};
  }
};

using container_classes = std::vector<container_class>;

} // namespace kraken::native
