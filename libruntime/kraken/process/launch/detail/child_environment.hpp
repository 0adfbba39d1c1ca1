// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The environment a child is given, and the search for its program in PATH.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/process/launch/launch_spec.hpp"

#include <map>
#include <string>
#include <string_view>

namespace kraken::process::detail {

using variable_map = std::map<std::string, std::string>;

/// True for the variables of the daemon that every child may see.
[[nodiscard]] bool on_clean_allowlist(std::string_view name) noexcept;

/// True for the variables that hold options of the daemon or tell of sockets given to it: no child
/// sees them.
[[nodiscard]] bool is_daemons_own(std::string_view name) noexcept;

/// Lays `spec.set` over what `spec.base` lets through.
/// @param own      environ(7) of the daemon: ends with a null pointer; may be null
/// @param defaults between the two: replaces what `base` gave, yields to `set`
/// @error errc::invalid_argument naming a variable that cannot be one
[[nodiscard]] result<variable_map> child_environment(const environment_spec& spec,
                                                     const char* const* own,
                                                     const variable_map& defaults);

/// The PATH that programs are searched in: the one of `variables`, or libc's default.
[[nodiscard]] std::string_view search_path(const variable_map& variables);

/// The file to execute for `program`: itself if it contains `/`, else the first executable file of
/// this name in the absolute directories of `path`.
/// @error errc::not_found, or errc::permission_denied when there is only one that is not
///        executable
[[nodiscard]] result<std::string> find_program(const std::string& program, std::string_view path);

} // namespace kraken::process::detail
