// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Names of containers: what an alias may look like, paths made of aliases (`Main/web/w3`), and
/// how a short alias finds its container. Holds no registry.
#pragma once

#include "kraken/base/result.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::model {

/// Whether `alias` may be a segment of a path: 1 to limits::alias_bytes_max characters out of
/// letters, digits, `_`, `-`, `.` and `:`, the first one a letter, a digit or `_`.
/// @error errc::invalid_argument naming the alias and the fault
/// @thread any (pure)
[[nodiscard]] result<void> check_alias(std::string_view alias);

/// Whether `path` is a sequence of aliases joined by `/`, at most limits::tree_depth_max deep.
/// @error errc::invalid_argument
[[nodiscard]] result<void> check_path(std::string_view path);

/// `parent/alias`; `alias` alone when `parent` is empty (the root).
[[nodiscard]] std::string join_path(std::string_view parent, std::string_view alias);

/// The last segment.
[[nodiscard]] std::string_view alias_of(std::string_view path) noexcept;

/// The path without its last segment; empty for the root.
[[nodiscard]] std::string_view parent_of(std::string_view path) noexcept;

/// Number of segments; 0 for an empty path.
[[nodiscard]] std::size_t depth_of(std::string_view path) noexcept;

/// True when `path` is below `ancestor` (not `ancestor` itself).
[[nodiscard]] bool is_below(std::string_view path, std::string_view ancestor) noexcept;

/// The path that `wanted` means: the path itself, else the one path that ends with these
/// segments (`w3`, `web/w3`).
/// @param paths every path there is, in any order
/// @return      the element of `paths`
/// @error       errc::ambiguous naming up to five candidates; errc::not_found with the nearest
///              name if one is near
/// @thread      any (pure)   @cost O(number of paths)
[[nodiscard]] result<std::string> resolve(std::string_view wanted,
                                          std::span<const std::string> paths);

/// What a container means by a name before the whole tree is looked through, nearest first: the
/// path itself, a child of its own, a sibling. So a namesake elsewhere does not make it ambiguous.
/// @param asker path of the container; empty: somebody outside of the tree, who stands nowhere
/// @return      paths that may exist; none for an empty name
/// @thread      any (pure)
[[nodiscard]] std::vector<std::string> paths_meant_first(std::string_view wanted,
                                                         std::string_view asker);

/// Whether a glob means a path: its n segments against the path's last n, each by itself, `*` for
/// any characters and `?` for one.
/// @thread any (pure)   @cost O(|glob| * |segment|)
[[nodiscard]] bool matches_glob(std::string_view glob, std::string_view path) noexcept;

/// Whether a path is, or is below, what a glob or an alias means: `web` and `w*` mean
/// `Main/web/w3`, too.
/// @thread any (pure)
[[nodiscard]] bool is_part_of(std::string_view path, std::string_view target) noexcept;

/// Whether a target is a glob rather than an alias: has a `*` or a `?`, which no alias has.
[[nodiscard]] bool is_glob(std::string_view target) noexcept;

} // namespace kraken::model
