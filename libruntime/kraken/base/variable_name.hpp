// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What an environment variable can be: the rule of the file's check and of the launch.
#pragma once

#include <string_view>

namespace kraken {

/// What keeps a program from being given this variable; empty: nothing.
/// @thread any (pure)
[[nodiscard]] std::string_view variable_fault(std::string_view name,
                                              std::string_view value) noexcept;

} // namespace kraken
