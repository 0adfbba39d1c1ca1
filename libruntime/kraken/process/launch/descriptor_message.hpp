// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One datagram with descriptors over a unix socket that keeps message boundaries. Knows nothing of
/// what it says.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::process {

struct descriptor_message {
  std::string text; ///< empty: the peer is gone
  std::vector<unique_fd> descriptors;
};

/// Whether a call may sleep.
enum class patience : std::uint8_t { wait, look };

/// Sends one datagram, at once or not at all; never raises SIGPIPE.
/// @param text        not empty, at most `limits::fork_message_bytes_max`
/// @param descriptors at most `limits::fork_descriptors_max`; stay the caller's
/// @error errc::unreachable the peer is gone; errc::busy it does not read; errc::invalid_argument
///        too large; errc::system_error
/// @thread any: one datagram is never mixed with another's
[[nodiscard]] result<void>
send_message(int socket, std::string_view text, std::span<const int> descriptors = {});

/// Takes one datagram; its descriptors are close-on-exec.
/// @error errc::busy nothing is there (`patience::look` only); errc::protocol_error it was larger
///        than the limits; errc::system_error
[[nodiscard]] result<descriptor_message> receive_message(int socket, patience how);

} // namespace kraken::process
