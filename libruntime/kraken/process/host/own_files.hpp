// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Whether this process could use a file as things are now. Opens and makes nothing, and promises
/// nothing: files and rights may change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace kraken::process {

/// What is to be done with a file or a folder.
enum class file_use : std::uint8_t {
  read,       ///< a file that is there
  append,     ///< a file that is there, or is made in its folder
  replace,    ///< a name in a folder, whatever it names now (a socket)
  enter,      ///< a folder, for the files in it
  keep_files, ///< a folder, to make files in
};

/// What is in the way.
/// @param path not empty
/// @return nothing: there is nothing that could be told before
/// @thread any; reads the file system
[[nodiscard]] std::optional<std::string> find_file_obstacle(const std::string& path, file_use what);

} // namespace kraken::process
