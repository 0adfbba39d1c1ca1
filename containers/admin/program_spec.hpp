// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// From the NAME of `process:create PARENT ALIAS NAME` to a child spec. Starts nothing.
#pragma once

#include "config/process_options.hpp"
#include "kraken/base/result.hpp"
#include "kraken/model/child_spec.hpp"

#include <string_view>

namespace kraken::containers {

/// A program with its arguments, split at blanks; single or double quotes keep blanks.
/// @param creator what the container runs with that asks for it: the program gets its environment,
///                directory, limits and user; null: an operator asks, and it gets the defaults
/// @error errc::invalid_argument for an empty name or an open quote, or what `model::check` finds
/// @thread any (pure)
[[nodiscard]] result<model::child_spec>
program_spec(std::string_view alias,
             std::string_view name,
             const config::process_options* creator = nullptr);

} // namespace kraken::containers
