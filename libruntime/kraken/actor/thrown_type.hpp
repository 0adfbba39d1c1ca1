// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// An exception as a cause: its class and base classes by the names people write, so that local
/// rules match them. Does not decide what the cause leads to.
#pragma once

#include "kraken/model/cause.hpp"

#include <exception>
#include <string>
#include <typeinfo>
#include <vector>

namespace kraken::actor {

/// The class and everything it derives from, nearest first, each once: `app::no_such_user`,
/// `std::runtime_error`, `std::exception`.
[[nodiscard]] std::vector<std::string> class_names(const std::type_info& type);

[[nodiscard]] model::cause cause_of(const std::exception& thrown);

/// Of something that is no `std::exception`.
[[nodiscard]] model::cause cause_of_unknown();

} // namespace kraken::actor
