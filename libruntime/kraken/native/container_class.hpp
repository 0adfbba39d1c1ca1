// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Registration of native containers: values, given to the daemon as a list. Nothing registers
/// itself (docs/decisions/0012).
#pragma once

#include "kraken/native/container.hpp"

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kraken::native {

/// Where the objects of a class run.
enum class runs_on : std::uint8_t {
  shard,      ///< a thread of the data plane, shared with others: it must not block
  own_thread, ///< one thread per container: it may block
};

/// A class by the name that `start` and `thread:create` use.
struct container_class {
  std::string name;
  std::string summary; ///< one line for people; may be empty
  /// Never null; may throw, then the container fails.
  std::function<std::unique_ptr<container>(context& self)> make;

  runs_on where = runs_on::shard; ///< a definition may ask for a thread of its own besides

  template <std::derived_from<container> C>
  [[nodiscard]] static container_class
  of(std::string name, std::string summary = {}, runs_on where = runs_on::shard) {
    return {std::move(name),
            std::move(summary),
            [](context& self) -> std::unique_ptr<container> { return std::make_unique<C>(self); },
            where};
  }
};

using container_classes = std::vector<container_class>;

} // namespace kraken::native
