// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Regular files that are to be read or sent: opened by path, below a folder and nowhere else, or
/// handed in by somebody who is not believed. Whoever names a pipe holds up nobody. Sends nothing.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace kraken {

struct regular_file {
  unique_fd fd;              ///< open for reading
  std::uint64_t size = 0;    ///< bytes, when it was looked at
  std::int64_t modified = 0; ///< seconds since 1970-01-01 00:00:00 UTC
};

/// Opens for reading, without waiting for whoever else may have it open.
/// @error errc::permission_denied, errc::system_error; errc::invalid_argument it is no regular file
/// @thread any
[[nodiscard]] result<regular_file> open_regular(const std::string& path);

/// The beginning of a regular file.
/// @param most bytes
/// @error errc::invalid_argument `is a FIFO, not a file`; else `cannot be read: ...`
/// @thread any; reads the file system
[[nodiscard]] result<std::string> read_regular(const std::string& path, std::size_t most);

/// What a file of this mode is: `a directory`, `a FIFO`, `a socket`, `a device`; empty for a
/// regular one.
/// @thread any (pure)
[[nodiscard]] std::string_view irregular_kind(unsigned mode) noexcept;

/// Opens a regular file below one of the folders. Neither `..` nor a symbolic link leads out.
/// @param roots absolute paths of folders; the first that has the file is taken
/// @param name  absolute, beginning with one of the roots, or relative to one; a leading `/` of
///              the latter is dropped
/// @error errc::not_found when there is none, or it is no regular file, or not below a root
/// @thread any
[[nodiscard]] result<regular_file> open_below(std::span<const std::string> roots,
                                              std::string_view name);

/// Takes a descriptor of unknown origin for what it is.
/// @error errc::invalid_argument no regular file, or not open for reading, or one whose reader may
///        have to wait for another process
/// @thread any
[[nodiscard]] result<regular_file> as_regular(unique_fd fd);

/// Whether reading may last as long as another process likes, because that is the file system.
/// @thread any
[[nodiscard]] bool waits_for_a_process(int fd) noexcept;

} // namespace kraken
