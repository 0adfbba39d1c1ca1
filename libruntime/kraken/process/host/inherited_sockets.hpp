// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Listening sockets handed over by a service manager (LISTEN_FDS, sd_listen_fds(3)). Does not
/// match them to listeners of the configuration.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"

#include <string>
#include <vector>

namespace kraken::process {

struct inherited_socket {
  unique_fd fd;     ///< close-on-exec
  std::string name; ///< from LISTEN_FDNAMES; `unknown` when none was given
};

/// Takes the sockets meant for this process, and removes the variables so that no child takes
/// them again. Call it once.
/// @return  empty when there are none or they are meant for another process
/// @error   errc::parse_error      LISTEN_FDS is no number
/// @error   errc::limit_exceeded   more than 1024
/// @error   errc::invalid_argument one of them is not an open socket; nothing is taken
/// @thread  the main one, before it opens descriptors or starts threads
[[nodiscard]] result<std::vector<inherited_socket>> take_inherited_sockets();

} // namespace kraken::process
