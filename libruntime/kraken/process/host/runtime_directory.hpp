// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The directory for the daemon's sockets: made or checked so that no other user can put anything
/// there. Where it is by default is base/default_socket.hpp's rule.
#pragma once

#include "kraken/base/result.hpp"

#include <string>
#include <string_view>

namespace kraken::process {

/// The default runtime directory of this process's user (reads XDG_RUNTIME_DIR).
/// @thread the main one, before it starts others
[[nodiscard]] std::string runtime_directory();

/// Where temporary files without a name are by default (reads TMPDIR).
/// @thread the main one, before it starts others
[[nodiscard]] std::string spool_directory();

/// Makes `path` with mode 0700, or checks the directory that is there: ours, no symbolic link, not
/// writable by group or others. Changes nothing about an existing one.
/// @param path absolute; its parent exists
/// @error errc::permission_denied naming what is wrong with it
/// @error errc::system_error
[[nodiscard]] result<void> make_private_directory(const std::string& path);

/// A path for a unix socket in `directory` that nothing has yet: `<directory>/<prefix>-<random>`.
/// In a private directory nobody else can take it before `bind` does.
/// @error errc::invalid_argument when it is longer than a socket's address may be
/// @error errc::system_error     no randomness
[[nodiscard]] result<std::string> unique_socket_path(const std::string& directory,
                                                     std::string_view prefix);

} // namespace kraken::process
