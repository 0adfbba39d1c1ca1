// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/process/launch/template_link.hpp"

#include "kraken/process/launch/descriptor_message.hpp"

#include <vector>

#include <sys/socket.h>

namespace kraken::process {

namespace {

result<std::pair<unique_fd, unique_fd>> message_pair(const char* purpose) {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return fail(errno_error(std::string{"socketpair for "} + purpose));
  }
  return std::pair{unique_fd{ends[0]}, unique_fd{ends[1]}};
}

} // namespace

result<std::pair<std::shared_ptr<template_link>, unique_fd>> template_link::make() {
  auto ends = message_pair("a template");
  if (!ends) {
    return fail(ends.error());
  }
  return std::pair{std::make_shared<template_link>(std::move(ends->first)),
                   std::move(ends->second)};
}

result<unique_fd> template_link::ask(const fork_order& order, std::span<const int> descriptors) {
  auto answer = message_pair("a template's answer");
  if (!answer) {
    return fail(answer.error());
  }
  std::vector<int> all{descriptors.begin(), descriptors.end()};
  all.push_back(answer->second.get());
  if (auto sent = send_message(socket_.get(), write_fork_order(order), all); !sent) {
    return fail(sent.error());
  }
  return std::move(answer->first);
}

void template_link::cut() noexcept {
  static_cast<void>(::shutdown(socket_.get(), SHUT_RDWR));
}

} // namespace kraken::process
