// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Bytes over a unix socket with open descriptors beside them (SCM_RIGHTS): one system call each
/// way, for datagrams and for streams. Keeps nothing and waits only if the socket does.
#pragma once

#include "kraken/base/unique_fd.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace kraken {

/// Descriptors that one call passes, at most.
inline constexpr std::size_t passed_descriptors_max = 16;

/// As send(2), the descriptors beside the first byte: who receives that byte has them, however few
/// of the others were sent with it.
/// @param bytes       not empty
/// @param descriptors at most `passed_descriptors_max`; stay the caller's
/// @param flags       of send(2); MSG_NOSIGNAL is always set
/// @return bytes sent, or -1 with `errno`; ETOOMANYREFS: this user has too many on their way
/// @thread any
[[nodiscard]] ssize_t send_with_descriptors(int socket,
                                            std::string_view bytes,
                                            std::span<const int> descriptors,
                                            int flags) noexcept;

struct received_bytes {
  ssize_t count = -1;     ///< as of recv(2): -1 with `errno`, 0 at the end
  bool cut = false;       ///< a datagram was larger than the room for it
  bool none_free = false; ///< descriptors came, and this process has no number left for all of them
  bool too_many = false;  ///< more came than were allowed; those above are closed
};

/// As recv(2). On a stream one call never goes past bytes that have descriptors beside them: those
/// it gives belong to what is last in `into`.
/// @param flags           of recv(2); descriptors are always close-on-exec
/// @param descriptors     what came is added at its end
/// @param descriptors_max 1 .. `passed_descriptors_max`
/// @thread any
[[nodiscard]] received_bytes receive_with_descriptors(int socket,
                                                      std::span<char> into,
                                                      int flags,
                                                      std::vector<unique_fd>& descriptors,
                                                      std::size_t descriptors_max);

} // namespace kraken
