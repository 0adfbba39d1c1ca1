// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The kernel's news of directories (inotify) as plain data. Knows nothing of trees or patterns.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace kraken::process {

struct directory_event {
  enum class what : std::uint8_t {
    appeared, ///< made here or moved to here; a file is not written yet, unless it was moved
    written,  ///< a file that was open for writing is closed
    vanished, ///< removed or moved away
    ended,    ///< the directory itself is gone or elsewhere: it is not watched any more
    lost,     ///< the kernel had no room for more: of no directory in particular
  };

  int watch = 0; ///< of `add`
  what happened = what::written;
  bool is_directory = false;
  bool moved = false;         ///< to here: a file is complete
  std::string_view name = {}; ///< in the directory; valid during the call
};

/// @thread not shared; the descriptor may be polled anywhere
class directory_events {
public:
  /// @error errc::system_error (EMFILE: fs.inotify.max_user_instances)
  [[nodiscard]] static result<directory_events> open();

  /// Readable when something has happened. Non-blocking.
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

  /// Watches the entries of a directory, not what is below them.
  /// @return a number for its events, the same one for the same directory
  /// @error errc::not_found (no such directory); errc::limit_exceeded
  ///        (fs.inotify.max_user_watches); errc::system_error naming the directory
  [[nodiscard]] result<int> add(const std::string& directory);

  /// No effect on one that has ended. Events of it may still be read.
  void remove(int watch) noexcept;

  /// Reads what has happened so far, at most a buffer full: the descriptor stays readable while
  /// there is more.
  void read(const std::function<void(const directory_event&)>& each);

private:
  explicit directory_events(unique_fd fd) noexcept : fd_(std::move(fd)) {}

  unique_fd fd_;
};

} // namespace kraken::process
