// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Bytes of an open file that somebody is to send. Plain data.
#pragma once

#include "kraken/base/unique_fd.hpp"

#include <cstdint>

namespace kraken::net {

struct file_part {
  unique_fd fd;           ///< a regular file, open for reading; its position is not used
  std::uint64_t at = 0;   ///< where the rest begins, bytes
  std::uint64_t left = 0; ///< bytes not sent yet
};

} // namespace kraken::net
