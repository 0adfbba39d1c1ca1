// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// "Did you mean": the known word nearest to one that is not known. Does not decide what is
/// known and does not word the question.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace kraken {

/// Edits (insert, remove, replace, swap of neighbours) that turn `a` into `b`.
/// @thread any (pure)   @cost O(|a| * |b|)
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The word of `known` with the fewest edits to `word`, the first one of equals.
/// @return nothing when more than a third of the word (at least 1, at most 3) would change
/// @thread any (pure)
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> known);

} // namespace kraken
