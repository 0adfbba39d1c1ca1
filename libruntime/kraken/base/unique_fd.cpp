// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Closing of owned descriptors.
#include "kraken/base/unique_fd.hpp"

#include <unistd.h>

namespace kraken {

void unique_fd::reset(int fd) noexcept {
  const int old = std::exchange(fd_, fd);
  if (old >= 0) {
    // On Linux the descriptor is gone even when close() reports EINTR or EIO:
    // calling it again could close somebody else's.
    ::close(old);
  }
}

} // namespace kraken
