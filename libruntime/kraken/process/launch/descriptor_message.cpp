// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Datagrams of limited size; errors by name.
#include "kraken/process/launch/descriptor_message.hpp"

#include "kraken/base/limits.hpp"
#include "kraken/base/passed_descriptors.hpp"

#include <cerrno>
#include <memory>

#include <sys/socket.h>

namespace kraken::process {

static_assert(limits::fork_descriptors_max <= passed_descriptors_max);

result<void> send_message(int socket, std::string_view text, std::span<const int> descriptors) {
  if (text.empty() || text.size() > limits::fork_message_bytes_max ||
      descriptors.size() > limits::fork_descriptors_max) {
    return fail(errc::invalid_argument,
                "a message of " + std::to_string(text.size()) + " bytes with " +
                    std::to_string(descriptors.size()) + " descriptors");
  }
  while (send_with_descriptors(socket, text, descriptors, MSG_DONTWAIT) < 0) {
    if (errno == EINTR) {
      continue;
    }
    const auto code = errno == EAGAIN                         ? errc::busy
                      : errno == EPIPE || errno == ECONNRESET ? errc::unreachable
                                                              : errc::system_error;
    return fail(code, errno_error("send with descriptors").context);
  }
  return {};
}

result<descriptor_message> receive_message(int socket, patience how) {
  descriptor_message out;
  // Not filled with zeros: pages that only a large message needs would become a forked child's own.
  const auto room = std::make_unique_for_overwrite<char[]>(limits::fork_message_bytes_max);
  const int flags = how == patience::look ? MSG_DONTWAIT : 0;
  received_bytes got;
  while ((got = receive_with_descriptors(socket,
                                         {room.get(), limits::fork_message_bytes_max},
                                         flags,
                                         out.descriptors,
                                         limits::fork_descriptors_max))
             .count < 0) {
    if (errno == ECONNRESET) {
      got.count = 0;
      break;
    }
    if (errno != EINTR) {
      return fail(errno == EAGAIN ? errc::busy : errc::system_error,
                  errno_error("receive with descriptors").context);
    }
  }
  if (got.cut || got.none_free || got.too_many) {
    return fail(errc::protocol_error, "a message larger than its limits");
  }
  out.text.assign(room.get(), static_cast<std::size_t>(got.count));
  return out;
}

} // namespace kraken::process
