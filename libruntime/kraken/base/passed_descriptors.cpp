// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// sendmsg(2) and recvmsg(2).
#include "kraken/base/passed_descriptors.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <sys/socket.h>
#include <sys/uio.h>

namespace kraken {

namespace {

constexpr std::size_t control_room = CMSG_SPACE(passed_descriptors_max * sizeof(int));

std::size_t take_passed(msghdr& message, std::vector<unique_fd>& into) {
  std::size_t taken = 0;
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
    taken += count;
  }
  return taken;
}

} // namespace

ssize_t send_with_descriptors(int socket,
                              std::string_view bytes,
                              std::span<const int> descriptors,
                              int flags) noexcept {
  iovec part{const_cast<char*>(bytes.data()), bytes.size()}; // only read
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, control_room> control{};
  const auto passed = descriptors.first(std::min(descriptors.size(), passed_descriptors_max));
  if (!passed.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(passed.size_bytes());
    auto* const head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(passed.size_bytes());
    std::memcpy(CMSG_DATA(head), passed.data(), passed.size_bytes());
  }
  return ::sendmsg(socket, &message, flags | MSG_NOSIGNAL);
}

received_bytes receive_with_descriptors(int socket,
                                        std::span<char> into,
                                        int flags,
                                        std::vector<unique_fd>& descriptors,
                                        std::size_t descriptors_max) {
  iovec part{into.data(), into.size()};
  alignas(cmsghdr) std::array<char, control_room> control;
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  // Not CMSG_SPACE: its padding has room for one more than were asked for.
  message.msg_controllen =
      CMSG_LEN(std::min(descriptors_max, passed_descriptors_max) * sizeof(int));
  received_bytes out;
  out.count = ::recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
  if (out.count < 0) {
    return out;
  }
  const auto taken = take_passed(message, descriptors);
  out.cut = (message.msg_flags & MSG_TRUNC) != 0;
  if ((message.msg_flags & MSG_CTRUNC) != 0) {
    (taken < descriptors_max ? out.none_free : out.too_many) = true;
  }
  return out;
}

} // namespace kraken
