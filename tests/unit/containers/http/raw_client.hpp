// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A client that sends whatever bytes a test wants and reads responses one by one, blocking, with
/// a deadline. Not an HTTP client: it believes the framing it is told.
#pragma once

#include "kraken/base/unique_fd.hpp"
#include "support/loop_thread.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kraken::containers::test {

using test_support::loop_thread;
using test_support::patience;

struct raw_response {
  int status = 0;                             ///< 0: none came
  std::map<std::string, std::string> headers; ///< names in lower case
  std::string body;
  bool complete = false; ///< its framing says so

  [[nodiscard]] std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string{} : found->second;
  }
};

enum class raw_end { data, closed, reset, late };

class raw_client {
public:
  explicit raw_client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] int fd() const { return socket_.get(); }

  /// @return false when the connection is gone or takes nothing more in time
  bool send(std::string_view text) {
    while (!text.empty()) {
      pollfd one{socket_.get(), POLLOUT, 0};
      if (::poll(&one, 1, patience_ms) != 1) {
        return false;
      }
      const auto sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        return false;
      }
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Sends as much as is taken at once.
  std::size_t send_what_fits(std::string_view text) {
    const auto sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }

  void shut_sending() { ::shutdown(socket_.get(), SHUT_WR); }
  void close() { socket_.reset(); }

  /// Gone without a goodbye.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    socket_.reset();
  }

  raw_end read_more() {
    pollfd one{socket_.get(), POLLIN, 0};
    if (::poll(&one, 1, patience_ms) != 1) {
      return raw_end::late;
    }
    char part[65536];
    const auto count = ::recv(socket_.get(), part, sizeof part, 0);
    if (count > 0) {
      held_.append(part, static_cast<std::size_t>(count));
      return raw_end::data;
    }
    return count == 0 ? raw_end::closed : raw_end::reset;
  }

  /// Waits until `text` has come; it and all before it are taken.
  bool expect(std::string_view text) {
    auto at = held_.find(text);
    while (at == std::string::npos) {
      if (read_more() != raw_end::data) {
        return false;
      }
      at = held_.find(text);
    }
    held_.erase(0, at + text.size());
    return true;
  }

  /// What has been read and not looked at.
  std::string taken() { return std::exchange(held_, {}); }

  /// All bytes until the connection ends.
  std::string read_to_end() {
    do {
      end_ = read_more();
    } while (end_ == raw_end::data);
    return std::exchange(held_, {});
  }

  /// How the connection ended, as far as it was read.
  [[nodiscard]] raw_end end() const { return end_; }

  [[nodiscard]] raw_response response_to_head() { return read_response("HEAD"); }

  [[nodiscard]] raw_response response(std::string_view method = "GET") {
    return read_response(method);
  }

private:
  static constexpr int patience_ms = static_cast<int>(std::chrono::milliseconds{patience}.count());

  bool need(std::size_t bytes) {
    while (held_.size() < bytes) {
      end_ = read_more();
      if (end_ != raw_end::data) {
        return false;
      }
    }
    return true;
  }

  bool take_line(std::string& line) {
    auto at = held_.find("\r\n");
    while (at == std::string::npos) {
      if (!need(held_.size() + 1)) {
        return false;
      }
      at = held_.find("\r\n");
    }
    line = held_.substr(0, at);
    held_.erase(0, at + 2);
    return true;
  }

  raw_response read_response(std::string_view method) {
    raw_response out;
    std::string line;
    if (!take_line(line) || line.size() < 12) {
      return out;
    }
    out.status = std::stoi(line.substr(9, 3));
    while (take_line(line) && !line.empty()) {
      auto name = line.substr(0, line.find(':'));
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
      });
      out.headers[name] = line.substr(std::min(line.size(), name.size() + 2));
    }
    read_body(out, method);
    return out;
  }

  void read_body(raw_response& out, std::string_view method) {
    if (method == "HEAD" || out.status < 200 || out.status == 204 || out.status == 304) {
      out.complete = true;
    } else if (out.header("transfer-encoding") == "chunked") {
      read_chunks(out);
    } else if (!out.header("content-length").empty()) {
      const auto length = std::stoul(out.header("content-length"));
      out.complete = need(length);
      out.body = held_.substr(0, length);
      held_.erase(0, std::min<std::size_t>(length, held_.size()));
    } else {
      out.body = read_to_end();
      out.complete = end_ == raw_end::closed;
    }
  }

  void read_chunks(raw_response& out) {
    std::string line;
    while (take_line(line)) {
      const auto size = std::stoul(line, nullptr, 16);
      if (!need(size + 2)) {
        return;
      }
      out.body += held_.substr(0, size);
      held_.erase(0, size + 2);
      if (size == 0) {
        out.complete = true;
        return;
      }
    }
  }

  unique_fd socket_;
  bool connected_ = false;
  std::string held_;
  raw_end end_ = raw_end::data;
};

} // namespace kraken::containers::test
