// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The version of Kraken. The only place it is written; CMake reads it here.
#pragma once

namespace kraken {

inline constexpr const char* version = "0.1.0";

} // namespace kraken
