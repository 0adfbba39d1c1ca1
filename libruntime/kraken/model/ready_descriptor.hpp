// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The descriptor of `ready: {fd: N}` as it is written: the rule of the file's check and of the
/// launch. Opens nothing.
#pragma once

#include "kraken/base/result.hpp"

#include <string_view>

namespace kraken::model {

/// The descriptor that a program is to inherit and to write its line to.
/// @error errc::invalid_argument saying what was expected and what was there
/// @thread any (pure)
[[nodiscard]] result<int> ready_descriptor(std::string_view text);

} // namespace kraken::model
