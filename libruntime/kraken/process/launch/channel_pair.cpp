// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/process/launch/channel_pair.hpp"

#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>

namespace kraken::process {

namespace {

// The number under which a program finds its socket.
constexpr int channel_fd_number = 3;

} // namespace

result<channel_pair> make_channel_pair() {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
    return fail(errno_error("socketpair for the worker's channel"));
  }
  channel_pair out{unique_fd{ends[0]}, unique_fd{ends[1]}};
  const int flags = ::fcntl(out.theirs.get(), F_GETFL);
  static_cast<void>(::fcntl(out.theirs.get(), F_SETFL, flags & ~O_NONBLOCK));
  return out;
}

void inherit_channel(launch_spec& spec, unique_fd theirs) {
  spec.environment.set["KRAKEN_FD"] = std::to_string(channel_fd_number);
  spec.inherit.push_back({std::move(theirs), channel_fd_number});
}

} // namespace kraken::process
