// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/process/launch/detail/output_pipe.hpp"

#include <array>

#include <fcntl.h>
#include <unistd.h>

namespace kraken::process::detail {

bool open_output_pipe(unique_fd& reading, unique_fd& writing) noexcept {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return false;
  }
  reading.reset(ends[0]);
  writing.reset(ends[1]);
  return ::fcntl(reading.get(), F_SETFL, O_NONBLOCK) == 0;
}

} // namespace kraken::process::detail
