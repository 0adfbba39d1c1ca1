// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which file of a document root answers a path: a script with what follows it, a plain file, a
/// folder's index, or the front controller. Looks at files; runs and reads none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kraken::php {

struct chosen_file {
  enum class kind : std::uint8_t {
    script,   ///< `file` is run
    plain,    ///< `file` is sent as it is
    redirect, ///< a folder without its slash
    none,     ///< and there is no front controller either
  };

  kind what = kind::none;
  std::string file;      ///< absolute
  std::string name;      ///< of a script, from the document root: SCRIPT_NAME
  std::string path_info; ///< what follows the script's name in the path
};

/// Chooses as `try_files $uri $uri/ /index.php` does, with `script.php/more` understood. Names that
/// begin with a dot are not there (`/.well-known` is), nor is what has the source of a script, nor
/// are paths that leave the root.
/// @param root absolute, without a slash at its end
/// @param path percent-decoded, begins with `/`
/// @thread any
[[nodiscard]] chosen_file choose_file(const std::string& root, std::string_view path);

/// Where the client of `chosen_file::kind::redirect` is sent: path and query of the target with the
/// slash that was missing. Never another host, whatever the target says.
/// @param target of the request line, origin or absolute form
/// @thread any
[[nodiscard]] std::string folder_target(std::string_view target);

} // namespace kraken::php
