// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// `include` in configuration files: other files laid under the one that names them, or containers
/// put where a list of children names them. Private to the room; reads files only through a
/// function.
#pragma once

#include "config/document.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kraken::config::detail {

/// Limits of one configuration.
inline constexpr std::size_t include_depth_max = 16;
inline constexpr std::size_t include_files_max = 1'000;

/// Reads one file; notes why it cannot. The name is relative to where we are, or absolute.
using file_source = std::function<std::optional<node>(const std::string& name)>;

/// Expands every `include` of a file that was read.
///
/// On the top level `include` is a name, a glob or a list of them, relative to the file: these
/// files are laid over each other in that order, and the file over them. An element of `children`
/// that is only `include` stands for the containers of those files: each a map, or a list of them.
/// @param name      the file as `read` took it
/// @param directory what relative names are relative to
/// @param errors    gets a missing file, a cycle with its chain, too many files
void expand_includes(node& document,
                     const std::string& name,
                     const std::filesystem::path& directory,
                     const file_source& read,
                     std::vector<config_error>& errors);

} // namespace kraken::config::detail
