// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Where the file stands that a name leads to, and its opening for lines at its end. Safe for a
/// daemon of root's whose log folder belongs to somebody else: no link leads it to another file.
/// Writes nothing.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"

#include <string>

namespace kraken::process {

/// A name in a folder that stays the same one, whatever becomes of the names above it.
struct line_place {
  unique_fd folder; ///< for `openat` and the like
  std::string name;
  bool follows = false; ///< a link of the kernel's own: only it knows where to
};

/// Goes from folder to folder. Symbolic links are followed; by root only those in folders that
/// nobody else can change.
/// @param path absolute
/// @error errc::invalid_argument for such a link; errc::system_error
/// @thread any; reads the file system
[[nodiscard]] result<line_place> find_line_place(const std::string& path);

/// Opens it for appending, not blocking: a FIFO that nobody reads is an error now, not a hang.
/// Made if it is not there, for its owner and group only.
/// @error errc::invalid_argument for a file with another name in a folder that others can change,
///        by root; errc::system_error
[[nodiscard]] result<unique_fd> open_line_place(const line_place& at);

/// Whether it is a file of its own: empty, `/dev/stdout` and `/dev/stderr` are descriptors of the
/// daemon.
/// @thread any (pure)
[[nodiscard]] bool names_a_file(const std::string& file) noexcept;

/// The file of this name, or a descriptor of the daemon (standard error: empty).
/// @error as both
[[nodiscard]] result<unique_fd> open_line_target(const std::string& file);

} // namespace kraken::process
