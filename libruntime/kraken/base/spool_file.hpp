// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A temporary file without a name: for bytes that are too many for memory and too many for a
/// socket. Gone with its last descriptor, whatever becomes of this process. Sets no bound of its
/// own: who fills it checks a named limit first.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace kraken {

/// Where such files are when nobody says otherwise. Not /tmp, which is often memory.
/// @param tmpdir value of `TMPDIR`; empty: not set
/// @return `$TMPDIR`, else `/var/tmp`
/// @thread any (pure)
[[nodiscard]] std::string default_spool_directory(std::string_view tmpdir);

/// Written at its end, read anywhere; the position that all descriptors of an open file share is
/// never used, so that who reads disturbs nobody. Neither waits for a disk: the kernel's memory
/// takes what is written, and writes it out if the file lives long enough.
/// @thread not shared; a `reader` may be used anywhere meanwhile
class spool_file {
public:
  /// @param directory absolute; must exist
  /// @error errc::system_error or errc::permission_denied, naming the directory
  [[nodiscard]] static result<spool_file> make(const std::string& directory);

  /// The same where the file system knows only files with names: for a moment it has one. `make`
  /// falls back to this.
  [[nodiscard]] static result<spool_file> make_by_name(const std::string& directory);

  /// Writes all of it at the end. After an error only a part of it may be there; `size` says.
  /// SIGXFSZ must be ignored.
  /// @error errc::limit_exceeded disk, quota or RLIMIT_FSIZE is spent; errc::system_error
  [[nodiscard]] result<void> append(std::string_view bytes);

  /// @param offset bytes from the beginning
  /// @return bytes read: as many as there is room for, fewer at the end, 0 behind it
  /// @error errc::system_error
  [[nodiscard]] result<std::size_t> read(std::uint64_t offset, std::span<char> into) const;

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  [[nodiscard]] int descriptor() const noexcept { return file_.get(); }

  /// A descriptor of the same file, for other processes: where /proc is there it cannot write.
  /// @error errc::system_error
  [[nodiscard]] result<unique_fd> reader() const;

private:
  explicit spool_file(unique_fd file) noexcept : file_(std::move(file)) {}

  unique_fd file_;
  std::uint64_t size_ = 0;
};

/// Reads at an offset until there is no more room or the end is reached.
/// @return bytes read
/// @error errc::system_error
/// @thread any
[[nodiscard]] result<std::size_t>
read_at(const unique_fd& file, std::uint64_t offset, std::span<char> into);

} // namespace kraken
