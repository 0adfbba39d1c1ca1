// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A look into /proc/self, and this program's own `socket()` in front of the C library's: PHP's
/// streams, and all that is built on them, open connections through it. Extensions that call the C
/// library themselves (RTLD_DEEPBIND) do not; their sockets are named without a line.
#include "fork_hazards.hpp"

#include "php_api.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <string_view>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kraken::php {

namespace {

struct opener {
  int descriptor = -1;
  std::uint32_t line = 0;
  std::array<char, 512> file{};
};

struct opener_list {
  bool armed = false;
  std::size_t count = 0;
  std::array<opener, 16> each{};
};

// Of the process, like the descriptors it tells of: a C library function has no other place.
opener_list& openers() noexcept {
  static opener_list list;
  return list;
}

void remember(int descriptor) noexcept {
  auto& list = openers();
  if (!list.armed || list.count == list.each.size() || EG(current_execute_data) == nullptr) {
    return;
  }
  auto& entry = list.each[list.count++];
  const std::string_view file{zend_get_executed_filename()};
  entry.descriptor = descriptor;
  entry.line = zend_get_executed_lineno();
  file.copy(entry.file.data(), entry.file.size() - 1);
}

std::string peer_of(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return {};
  }
  if (address.ss_family == AF_UNIX) {
    return " to a unix socket";
  }
  const auto port = address.ss_family == AF_INET
                        ? reinterpret_cast<const sockaddr_in&>(address).sin_port
                        : reinterpret_cast<const sockaddr_in6&>(address).sin6_port;
  return " to port " + std::to_string(ntohs(port));
}

std::string describe_socket(int descriptor) {
  auto out =
      "descriptor " + std::to_string(descriptor) + " is an open socket" + peer_of(descriptor);
  const auto& list = openers();
  for (std::size_t i = list.count; i-- > 0;) {
    if (list.each[i].descriptor == descriptor) {
      return out + ", opened in " + list.each[i].file.data() + ":" +
             std::to_string(list.each[i].line);
    }
  }
  return out;
}

void add(std::string& to, const std::string& sentence) {
  to += to.empty() ? sentence : "; " + sentence;
}

std::size_t thread_count() {
  std::error_code none;
  std::filesystem::directory_iterator threads{"/proc/self/task", none};
  return static_cast<std::size_t>(std::distance(begin(threads), end(threads)));
}

} // namespace

void remember_openers() noexcept {
  openers().armed = true;
}

void forget_openers() noexcept {
  openers() = {};
}

std::string fork_hazards(std::span<const int> known) {
  std::string out;
  if (const auto threads = thread_count(); threads > 1) {
    add(out, "an extension has started " + std::to_string(threads - 1) + " thread(s)");
  }
  std::error_code none;
  for (const auto& each : std::filesystem::directory_iterator{"/proc/self/fd", none}) {
    const auto name = each.path().filename().string();
    int number = -1;
    std::from_chars(name.data(), name.data() + name.size(), number);
    const bool is_socket = each.is_socket(none);
    if (is_socket && std::find(known.begin(), known.end(), number) == known.end()) {
      add(out, describe_socket(number));
    }
  }
  return out;
}

} // namespace kraken::php

/// In the C library's place, for this program and the libraries it is linked with.
extern "C" int socket(int domain, int type, int protocol) noexcept {
  const auto made = static_cast<int>(::syscall(SYS_socket, domain, type, protocol));
  if (made >= 0) {
    kraken::php::remember(made);
  }
  return made;
}
