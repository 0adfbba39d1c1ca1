// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Our errors as CAF errors and back; the one place that knows both.
#pragma once

#include "kraken/base/result.hpp"

#include "caf/atom.hpp"
#include "caf/error.hpp"

#include <cstdint>
#include <string>

namespace kraken::actor {

/// The category of our codes in CAF.
inline constexpr caf::atom_value error_category = caf::atom("kraken");

/// Code and text; the chain of causes becomes part of the text.
[[nodiscard]] caf::error to_caf(const error& from);

/// Codes of other categories become `internal` with CAF's own numbers named; an empty error
/// becomes `none`.
[[nodiscard]] error from_caf(const caf::error& from);

/// Renders a code of our category; registered with the actor system.
[[nodiscard]] std::string
render_error(std::uint8_t code, caf::atom_value category, const caf::message& context);

} // namespace kraken::actor
