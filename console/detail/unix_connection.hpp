// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One connection of the console to a daemon: every wait has a deadline, and may have company.
#pragma once

#include "console/client.hpp"

#include "kraken/base/unique_fd.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace kraken::console {

namespace detail {

inline time_point clock_now() {
  return steady_monotonic_clock{}.now();
}

inline error connect_error(const std::string& path, int code) {
  switch (code) {
  case ENOENT:
    return error{errc::unreachable, "no daemon: there is no socket '" + path + "'"};
  case ECONNREFUSED:
    return error{errc::unreachable, "no daemon: nobody listens on '" + path + "'"};
  case EACCES:
  case EPERM:
    return error{errc::permission_denied,
                 "this user may not open the socket '" + path +
                     "': it is for the daemon's user and root"};
  default:
    return error{errc::unreachable, "connect '" + path + "': " + std::strerror(code)};
  }
}

} // namespace detail

/// One connection with its deadline.
class unix_connection {
public:
  unix_connection(unique_fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  static result<unix_connection> open(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
      return fail(errc::invalid_argument,
                  "the socket path '" + path + "' is longer than " +
                      std::to_string(sizeof address.sun_path - 1) + " bytes");
    }
    path.copy(address.sun_path, path.size());
    unique_fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!fd) {
      return fail(errno_error("socket"));
    }
    // A unix socket connects at once or waits for room in the backlog; the latter only when
    // the daemon is stuck, and then the send timeout ends it.
    const timeval limit{5, 0};
    static_cast<void>(::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
    // The sockets API asks for this cast.
    const auto* generic = reinterpret_cast<const sockaddr*>(&address); // NOLINT
    if (::connect(fd.get(), generic, sizeof address) != 0) {
      return fail(detail::connect_error(path, errno));
    }
    return unix_connection{std::move(fd), path};
  }

  /// Ends waiting when nobody reads `shown_on` any more; -1: never.
  void end_with(int shown_on) noexcept { shown_on_ = shown_on; }

  /// Has `company` while it waits; null: none.
  void wait_with(const waiting_company* company) noexcept { company_ = company; }

  /// Who listens at the other end.
  result<pidfd> peer() const {
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(fd_.get(), SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) {
      return fail(errno_error("ask who listens on '" + path_ + "'"));
    }
    return pidfd::open(who.pid);
  }

  result<void> send_all(std::string_view bytes, time_point until) {
    while (!bytes.empty()) {
      if (auto ready = wait(POLLOUT, until); !ready) {
        return ready;
      }
      const ssize_t sent =
          ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        // The daemon may refuse early and close: its answer is still there to be read.
        return errno == EPIPE ? result<void>{} : fail(errno_error("send to '" + path_ + "'"));
      }
      bytes.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
    }
    return {};
  }

  /// @return number of bytes; 0 at the end of input
  result<std::size_t> receive(std::span<char> into, time_point until) {
    for (;;) {
      if (auto ready = wait(POLLIN, until); !ready) {
        return fail(ready.error());
      }
      const ssize_t got = ::recv(fd_.get(), into.data(), into.size(), MSG_DONTWAIT);
      if (got >= 0) {
        return static_cast<std::size_t>(got);
      }
      if (errno == ECONNRESET) {
        return fail(
            errc::unreachable,
            "the daemon of '" + path_ +
                "' closed the connection unanswered: it ends, or has as many clients as it takes");
      }
      if (errno != EAGAIN && errno != EINTR) {
        return fail(errno_error("receive from '" + path_ + "'"));
      }
    }
  }

private:
  result<void> wait(short what, time_point until) const {
    const bool accompanied = company_ != nullptr && company_->call;
    for (;;) {
      const auto left = std::chrono::ceil<milliseconds>(until - detail::clock_now()).count();
      if (left <= 0) {
        return fail(errc::timeout, "the daemon of '" + path_ + "' did not answer in time");
      }
      // Of the second one only its end is told, asked or not; a negative one is passed over.
      std::array all{pollfd{fd_.get(), what, 0},
                     pollfd{shown_on_, 0, 0},
                     pollfd{accompanied ? company_->input : -1, POLLIN, 0}};
      const auto longest = accompanied ? company_->every.count() : 60'000;
      const int ready =
          ::poll(all.data(), all.size(), static_cast<int>(std::min<std::int64_t>(left, longest)));
      if (ready < 0 && errno != EINTR) {
        return fail(errno_error("poll"));
      }
      if (ready > 0 && all[1].revents != 0) {
        return fail(errc::canceled, "nobody reads any more what is shown");
      }
      if (ready > 0 && all[0].revents != 0) {
        return {};
      }
      const bool gone = ready > 0 && (all[2].revents & POLLIN) == 0 && all[2].revents != 0;
      if (gone || (accompanied && company_->call() == verdict::enough)) {
        return fail(errc::canceled, "nobody waits for the answer any more");
      }
    }
  }

  unique_fd fd_;
  std::string path_;
  int shown_on_ = -1;
  const waiting_company* company_ = nullptr;
};

} // namespace kraken::console
