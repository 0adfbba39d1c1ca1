// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. A reactor only waits for reading; that a connection is made is seen through an
/// epoll descriptor of its own, which is readable when the socket is writable.
#include "containers/process/probe.hpp"

#include "containers/program/silence_watch.hpp"
#include "kraken/base/unique_fd.hpp"
#include "kraken/net/address.hpp"
#include "kraken/wire/byte_buffer.hpp"
#include "kraken/wire/http1_client.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kraken::containers {

namespace {

constexpr std::size_t answer_bytes_max = 64U << 10U; ///< of an answer's head

struct socket_address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

socket_address address_of(const probe_target& target) {
  socket_address out;
  sockaddr_in four{};
  sockaddr_in6 six{};
  if (::inet_pton(AF_INET, target.host.c_str(), &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    four.sin_port = htons(target.port);
    out.size = sizeof four;
    *reinterpret_cast<sockaddr_in*>(&out.bytes) = four;
  } else if (::inet_pton(AF_INET6, target.host.c_str(), &six.sin6_addr) == 1) {
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(target.port);
    out.size = sizeof six;
    *reinterpret_cast<sockaddr_in6*>(&out.bytes) = six;
  }
  return out;
}

class socket_probe final : public probe {
public:
  socket_probe(reactor& loop, probe_target target, milliseconds timeout, probe_done done)
      : loop_(loop), target_(std::move(target)), done_(std::move(done)) {
    deadline_ = std::make_unique<silence_watch>(loop_, timeout, [this, timeout] {
      finish(fail(errc::timeout, "no answer within " + to_string(timeout)));
    });
    if (auto begun = connect(); !begun) {
      soon_ = loop_.after(milliseconds{0}, [this, why = begun.error()] { finish(fail(why)); });
    }
  }

private:
  result<void> connect() {
    const auto address = address_of(target_);
    socket_ =
        unique_fd{::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    poll_ = unique_fd{::epoll_create1(EPOLL_CLOEXEC)};
    if (!socket_ || !poll_) {
      return fail(errno_error("open a socket"));
    }
    const auto* bytes = reinterpret_cast<const sockaddr*>(&address.bytes);
    if (::connect(socket_.get(), bytes, address.size) != 0 && errno != EINPROGRESS) {
      return fail(errno_error("connect"));
    }
    epoll_event wanted{};
    wanted.events = EPOLLOUT;
    if (::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, socket_.get(), &wanted) != 0) {
      return fail(errno_error("wait for a connection"));
    }
    readiness_ = loop_.when_readable(poll_.get(), [this] { connected(); });
    return readiness_ ? result<void>{} : fail(errc::system_error, "the loop takes no descriptor");
  }

  void connected() {
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
      errno = error;
      return finish(fail(errno_error("connect")));
    }
    readiness_.reset();
    poll_.reset();
    if (target_.path.empty()) {
      return finish({});
    }
    ask();
  }

  void ask() {
    wire::client_request request;
    const auto host = target_.host + ":" + std::to_string(target_.port);
    static constexpr std::array headers{wire::header_field{"connection", "close"},
                                        wire::header_field{"user-agent", "kraken-probe"}};
    request.host = host;
    request.target = target_.path;
    request.headers = headers;
    wire::byte_buffer out;
    if (!wire::append_request(out, request)) {
      return finish(fail(errc::invalid_argument, "'" + target_.path + "' is no path"));
    }
    // A fresh connection takes these few bytes at once or not at all.
    const auto text = out.view();
    if (::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(text.size())) {
      return finish(fail(errno_error("send")));
    }
    readiness_ = loop_.when_readable(socket_.get(), [this] { read(); });
  }

  void read() {
    std::array<char, 4096> part{};
    const auto count = ::recv(socket_.get(), part.data(), part.size(), 0);
    if (count < 0) {
      return errno == EAGAIN || errno == EINTR ? void() : finish(fail(errno_error("receive")));
    }
    input_.append(part.data(), static_cast<std::size_t>(count));
    for (;;) {
      const auto step = reader_.next(input_);
      using kind = wire::client_response_reader::step::kind;
      if (step.status == kind::head) {
        const int status = reader_.head().status;
        return finish(status >= 200 && status < 400
                          ? result<void>{}
                          : fail(errc::refused, "answered " + std::to_string(status)));
      }
      if (step.status != kind::need_more) {
        return finish(fail(errc::protocol_error, std::string{step.reason}));
      }
      input_.erase(0, step.consumed);
      break;
    }
    if (count == 0 || input_.size() > answer_bytes_max) {
      finish(fail(errc::protocol_error, count == 0 ? "closed without an answer" : "no end"));
    }
  }

  void finish(const result<void>& outcome) {
    readiness_.reset();
    deadline_.reset();
    // The last act: it may destroy this.
    const auto done = std::exchange(done_, nullptr);
    if (done) {
      done(outcome);
    }
  }

  reactor& loop_;
  probe_target target_;
  probe_done done_;
  unique_fd socket_;
  unique_fd poll_;
  std::string input_;
  wire::client_response_reader reader_;
  std::unique_ptr<reactor::waiting> readiness_;
  std::unique_ptr<silence_watch> deadline_;
  std::unique_ptr<reactor::waiting> soon_;
};

} // namespace

result<probe_target> tcp_target(std::string_view text) {
  constexpr std::string_view local = "localhost:";
  const auto wanted = text.starts_with(local)
                          ? "127.0.0.1:" + std::string{text.substr(local.size())}
                          : std::string{text};
  const auto parsed = net::address::parse(wanted);
  if (!parsed || parsed->kind != net::address::family::ip || parsed->port == 0) {
    return fail(errc::invalid_argument,
                "expected host:port with a numeric address, got '" + std::string{text} + "'");
  }
  probe_target out;
  out.host = parsed->host.empty() ? "127.0.0.1" : parsed->host;
  out.port = parsed->port;
  return out;
}

result<probe_target> http_target(std::string_view text) {
  constexpr std::string_view scheme = "http://";
  const auto rest = text.starts_with(scheme) ? text.substr(scheme.size()) : text;
  const auto slash = rest.find('/');
  auto out = tcp_target(rest.substr(0, slash));
  if (!out) {
    return fail(errc::invalid_argument,
                "expected http://host:port/path with a numeric address, got '" + std::string{text} +
                    "'");
  }
  out->path = slash == std::string_view::npos ? "/" : rest.substr(slash);
  return out;
}

std::unique_ptr<probe>
look_at(reactor& loop, const probe_target& target, milliseconds timeout, probe_done done) {
  return std::make_unique<socket_probe>(loop, target, timeout, std::move(done));
}

} // namespace kraken::containers
