// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Messages of the sd_notify protocol.
#include "kraken/process/host/notify_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace kraken::process {

namespace {

// A manager that does not read must not stall the daemon.
constexpr timeval send_patience{0, 200'000};

std::string take_variable(const char* name) {
  const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): before threads start
  std::string out = value == nullptr ? "" : value;
  ::unsetenv(name); // NOLINT(concurrency-mt-unsafe)
  return out;
}

result<std::int64_t> parse_count(const char* name, const std::string& text) {
  std::int64_t number = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc{} || parsed.ptr != end || number <= 0) {
    return fail(errc::parse_error,
                std::string{name} + ": expected a positive number, got '" + text + "'");
  }
  return number;
}

result<unique_fd> connect_datagram(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if ((path.front() != '/' && path.front() != '@') || path.size() >= sizeof address.sun_path) {
    return fail(errc::parse_error, "NOTIFY_SOCKET: not a path of a unix socket: '" + path + "'");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  // Abstract names have no terminator: every byte given counts.
  auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  if (path.front() == '@') {
    address.sun_path[0] = '\0';
  } else {
    ++length;
  }
  unique_fd fd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  if (!fd ||
      ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &send_patience, sizeof send_patience) != 0 ||
      ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0) {
    return fail(errno_error("connect to NOTIFY_SOCKET '" + path + "'"));
  }
  return fd;
}

// A line end in the text would begin another assignment.
std::string status_line(std::string_view text) {
  std::string line = "STATUS=" + std::string{text};
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

} // namespace

result<notify_socket> notify_socket::from_environment() {
  const auto path = take_variable("NOTIFY_SOCKET");
  const auto period = take_variable("WATCHDOG_USEC");
  const auto pid = take_variable("WATCHDOG_PID");
  notify_socket out;
  if (path.empty()) {
    return out;
  }
  auto fd = connect_datagram(path);
  if (!fd) {
    return fail(fd.error());
  }
  out.fd_ = std::move(*fd);
  if (period.empty() || (!pid.empty() && pid != std::to_string(::getpid()))) {
    return out;
  }
  auto microseconds = parse_count("WATCHDOG_USEC", period);
  if (!microseconds) {
    return fail(microseconds.error());
  }
  out.watchdog_period_ = std::chrono::microseconds{*microseconds};
  return out;
}

result<void> notify_socket::ready(std::string_view text) {
  return send("READY=1\n" + status_line(text));
}

result<void> notify_socket::reloading(time_point now) {
  const auto since_boot =
      std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
  return send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(since_boot.count()));
}

result<void> notify_socket::stopping(std::string_view text) {
  return send("STOPPING=1\n" + status_line(text));
}

result<void> notify_socket::status(std::string_view text) {
  return send(status_line(text));
}

result<void> notify_socket::watchdog() {
  return send("WATCHDOG=1");
}

result<void> notify_socket::send(const std::string& message) {
  if (fd_ && ::send(fd_.get(), message.data(), message.size(), MSG_NOSIGNAL) < 0) {
    return fail(errno_error("notify the service manager"));
  }
  return {};
}

} // namespace kraken::process
