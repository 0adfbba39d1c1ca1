// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The LISTEN_FDS protocol.
#include "kraken/process/host/inherited_sockets.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kraken::process {

namespace {

constexpr int first_inherited_fd = 3; // fixed by the protocol
constexpr int inherited_sockets_max = 1024;

std::string take_listen_variable(const char* name) {
  const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): before threads start
  std::string out = value == nullptr ? "" : value;
  ::unsetenv(name); // NOLINT(concurrency-mt-unsafe)
  return out;
}

result<int> parse_socket_count(const std::string& text) {
  int count = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, count);
  if (parsed.ec != std::errc{} || parsed.ptr != end || count < 0) {
    return fail(errc::parse_error, "LISTEN_FDS: expected a number, got '" + text + "'");
  }
  if (count > inherited_sockets_max) {
    return fail(errc::limit_exceeded,
                "LISTEN_FDS: " + text + " sockets, at most " +
                    std::to_string(inherited_sockets_max));
  }
  return count;
}

std::string next_name(std::string_view& names) {
  const auto colon = names.find(':');
  const std::string name{names.substr(0, colon)};
  names = colon == std::string_view::npos ? std::string_view{} : names.substr(colon + 1);
  return name.empty() ? "unknown" : name;
}

} // namespace

result<std::vector<inherited_socket>> take_inherited_sockets() {
  const auto pid = take_listen_variable("LISTEN_PID");
  const auto fds = take_listen_variable("LISTEN_FDS");
  const auto names = take_listen_variable("LISTEN_FDNAMES");

  std::vector<inherited_socket> out;
  if (fds.empty() || pid != std::to_string(::getpid())) {
    return out;
  }
  const auto count = parse_socket_count(fds);
  if (!count) {
    return fail(count.error());
  }
  // All are checked before any is taken: a wrong number must not close descriptors of others.
  for (int fd = first_inherited_fd; fd < first_inherited_fd + *count; ++fd) {
    struct stat status {};
    if (::fstat(fd, &status) != 0 || !S_ISSOCK(status.st_mode)) {
      return fail(errc::invalid_argument,
                  "LISTEN_FDS: descriptor " + std::to_string(fd) + " is not an open socket");
    }
  }
  std::string_view rest = names;
  for (int fd = first_inherited_fd; fd < first_inherited_fd + *count; ++fd) {
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    out.push_back({unique_fd{fd}, next_name(rest)});
  }
  return out;
}

} // namespace kraken::process
