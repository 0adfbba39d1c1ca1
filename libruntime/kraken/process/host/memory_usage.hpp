// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Memory a process uses, for recycling limits and status. Judges nothing.
#pragma once

#include "kraken/base/pidfd.hpp"
#include "kraken/base/units.hpp"

namespace kraken::process {

/// Physical memory of one process, in whole pages.
struct memory_usage {
  bytes resident; ///< all it maps, shared pages included
  bytes unshared; ///< without pages of files and shared memory. Pages a fork still shares with
                  ///< its parent count in full: an upper bound of what its end would free

  friend bool operator==(const memory_usage&, const memory_usage&) = default;
};

/// Reads one process's memory again and again. Holds its /proc file open, so it never shows
/// another process that got the same number later.
/// @thread not shared
class memory_gauge {
public:
  /// @param process not yet reaped
  /// @error errc::system_error when /proc is not there or no descriptor is left
  [[nodiscard]] static result<memory_gauge> open(const pidfd& process);

  /// @error errc::not_found once the process has ended
  /// @cost  one system call, about 1 us; no allocation on success
  [[nodiscard]] result<memory_usage> read() const;

private:
  explicit memory_gauge(unique_fd statm) noexcept : statm_(std::move(statm)) {}

  unique_fd statm_;
};

} // namespace kraken::process
