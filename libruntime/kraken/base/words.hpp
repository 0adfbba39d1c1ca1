// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A line split into words as a shell would, without anything else a shell does.
#pragma once

#include "kraken/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kraken {

/// Words are separated by blanks; single and double quotes hold them together and may stand
/// anywhere in a word. Nothing is expanded and there is no escape character.
/// @error errc::invalid_argument for a quote that is not closed
/// @thread any (pure)
[[nodiscard]] result<std::vector<std::string>> split_words(std::string_view line);

} // namespace kraken
