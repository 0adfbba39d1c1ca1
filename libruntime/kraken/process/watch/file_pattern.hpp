// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which files below a directory somebody means: globs over absolute paths. Pure: whether there is
/// such a file is not looked at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kraken::process {

/// The files below `base` whose path from there matches `tail`, segment by segment: `*` and `?` as
/// in a shell, not for a dot at the beginning; `**` for any number of directories. Directories of
/// caches, of packages and those that begin with a dot (`is_passed_over`) are meant only where
/// `base` or `tail` has their name; what editors keep beside an open file never is.
struct file_pattern {
  std::string base;              ///< absolute, without a slash at its end; `/` is empty
  std::vector<std::string> tail; ///< not empty

  friend bool operator==(const file_pattern&, const file_pattern&) = default;
};

/// What a path means: a glob, the file of that name, or below the directory of that name all files
/// an application in PHP consists of (`*.php`, templates, configuration). `{a,b}` stands for
/// either, for at most `limits::watch_alternatives_max` in all; further ones are left out.
/// @param path absolute and normal
/// @thread any (pure)
[[nodiscard]] std::vector<file_pattern> patterns_of(std::string_view path);

/// All files below a directory that an application in PHP consists of.
/// @param directory as `file_pattern::base`
/// @thread any (pure)
[[nodiscard]] std::vector<file_pattern> application_below(const std::string& directory);

/// Whether the file is meant.
/// @param file absolute
/// @thread any (pure)
[[nodiscard]] bool means(const file_pattern& which, std::string_view file);

/// Whether a directory is to be looked at: it is on the way to the base, or below the base and may
/// have files that are meant.
/// @param directory absolute
/// @thread any (pure)
[[nodiscard]] bool leads_to(const file_pattern& which, std::string_view directory);

/// Whether a directory of this name holds what programs write or bring along: `vendor`, `cache`,
/// `.git` ...
/// @thread any (pure)
[[nodiscard]] bool is_passed_over(std::string_view name);

} // namespace kraken::process
