// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Where the admin socket is when nobody says otherwise: one rule for daemon and console.
/// Pure: does not read the environment, does not create anything.
#pragma once

#include <string>
#include <string_view>

namespace kraken {

/// The default runtime directory of a user.
/// @param uid             effective user id
/// @param xdg_runtime_dir value of `XDG_RUNTIME_DIR`; empty: not set
/// @return `/run/kraken` for root, `$XDG_RUNTIME_DIR/kraken`, else `/tmp/kraken-<uid>`
/// @thread any (pure)
[[nodiscard]] inline std::string default_runtime_directory(unsigned uid,
                                                           std::string_view xdg_runtime_dir) {
  if (uid == 0) {
    return "/run/kraken";
  }
  // A relative value must be ignored (XDG base directory specification).
  if (xdg_runtime_dir.starts_with('/')) {
    return std::string{xdg_runtime_dir} + "/kraken";
  }
  return "/tmp/kraken-" + std::to_string(uid);
}

/// The default admin socket: `kraken.sock` in the default runtime directory.
/// @thread any (pure)
[[nodiscard]] inline std::string default_socket(unsigned uid, std::string_view xdg_runtime_dir) {
  return default_runtime_directory(uid, xdg_runtime_dir) + "/kraken.sock";
}

} // namespace kraken
