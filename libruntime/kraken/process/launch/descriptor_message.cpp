// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// sendmsg(2) and recvmsg(2) with SCM_RIGHTS.
#include "kraken/process/launch/descriptor_message.hpp"

#include "kraken/base/limits.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/uio.h>

namespace kraken::process {

namespace {

constexpr std::size_t control_bytes = CMSG_SPACE(limits::fork_descriptors_max * sizeof(int));

void take_descriptors(msghdr& message, std::vector<unique_fd>& into) {
  for (auto* each = CMSG_FIRSTHDR(&message); each != nullptr; each = CMSG_NXTHDR(&message, each)) {
    if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS) {
      continue;
    }
    const auto count = (each->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(each) + i * sizeof(int), sizeof number);
      into.emplace_back(number);
    }
  }
}

} // namespace

result<void> send_message(int socket, std::string_view text, std::span<const int> descriptors) {
  if (text.empty() || text.size() > limits::fork_message_bytes_max ||
      descriptors.size() > limits::fork_descriptors_max) {
    return fail(errc::invalid_argument,
                "a message of " + std::to_string(text.size()) + " bytes with " +
                    std::to_string(descriptors.size()) + " descriptors");
  }
  iovec part{const_cast<char*>(text.data()), text.size()}; // only read
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, control_bytes> control{};
  if (!descriptors.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    auto* const head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(head), descriptors.data(), descriptors.size_bytes());
  }
  while (::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
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
  out.text.resize(limits::fork_message_bytes_max);
  iovec part{out.text.data(), out.text.size()};
  alignas(cmsghdr) std::array<char, control_bytes> control;
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const int flags = MSG_CMSG_CLOEXEC | (how == patience::look ? MSG_DONTWAIT : 0);
  ssize_t got = -1;
  while ((got = ::recvmsg(socket, &message, flags)) < 0) {
    if (errno == ECONNRESET) {
      got = 0;
      break;
    }
    if (errno != EINTR) {
      return fail(errno == EAGAIN ? errc::busy : errc::system_error,
                  errno_error("receive with descriptors").context);
    }
  }
  if (got > 0) {
    take_descriptors(message, out.descriptors);
  }
  if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
    return fail(errc::protocol_error, "a message larger than its limits");
  }
  out.text.resize(static_cast<std::size_t>(got));
  return out;
}

} // namespace kraken::process
