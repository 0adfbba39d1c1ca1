// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// bind, listen, accept.
#include "kraken/net/listener.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace kraken::net {

namespace {

constexpr int backlog = 4096;
constexpr int accepts_per_turn = 64;
constexpr milliseconds pause_without_files = milliseconds{100};

struct native_address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

native_address to_native(const address& where) {
  native_address out;
  if (where.kind == address::family::unix_path) {
    auto& un = reinterpret_cast<sockaddr_un&>(out.storage);
    un.sun_family = AF_UNIX;
    std::memcpy(un.sun_path, where.path.data(), where.path.size());
    out.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + where.path.size() + 1);
  } else if (where.host.find(':') != std::string::npos) {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(out.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(where.port);
    ::inet_pton(AF_INET6, where.host.c_str(), &v6.sin6_addr);
    out.size = sizeof(sockaddr_in6);
  } else {
    auto& v4 = reinterpret_cast<sockaddr_in&>(out.storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(where.port);
    if (!where.host.empty()) {
      ::inet_pton(AF_INET, where.host.c_str(), &v4.sin_addr);
    }
    out.size = sizeof(sockaddr_in);
  }
  return out;
}

void enable(int fd, int level, int option) {
  const int on = 1;
  static_cast<void>(::setsockopt(fd, level, option, &on, sizeof on));
}

/// A socket file whose listener is gone may be replaced; anything else may not.
result<void> clear_stale_socket(const address& where, const native_address& native) {
  struct stat info {};
  if (::lstat(where.path.c_str(), &info) != 0) {
    return {};
  }
  if (!S_ISSOCK(info.st_mode)) {
    return fail(errc::conflict, "listen on " + where.text() + ": the path exists and is no socket");
  }
  const unique_fd probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!probe) {
    return fail(errno_error("socket"));
  }
  if (::connect(probe.get(), native.get(), native.size) == 0 || errno == EAGAIN) {
    return fail(errc::conflict, "listen on " + where.text() + ": another process listens there");
  }
  if (::unlink(where.path.c_str()) != 0 && errno != ENOENT) {
    return fail(errno_error("unlink stale socket '" + where.path + "'"));
  }
  return {};
}

result<listening_socket> adopt(const address& where) {
  int accepting = 0;
  socklen_t size = sizeof accepting;
  if (::getsockopt(where.fd, SOL_SOCKET, SO_ACCEPTCONN, &accepting, &size) != 0 || accepting == 0) {
    return fail(errc::conflict,
                "listen on " + where.text() + ": that descriptor is no listening socket");
  }
  listening_socket out;
  out.fd.reset(::fcntl(where.fd, F_DUPFD_CLOEXEC, 3));
  if (!out.fd) {
    return fail(errno_error("duplicate " + where.text()));
  }
  static_cast<void>(::fcntl(out.fd.get(), F_SETFL, O_NONBLOCK));
  out.bound = where;
  out.shared = true;
  return out;
}

error cannot_listen(const address& where) {
  const bool taken = errno == EADDRINUSE;
  auto why = errno_error("listen on " + where.text());
  why.code = taken ? errc::conflict : why.code;
  return why;
}

void note_file(listening_socket& socket) {
  struct stat info {};
  if (::lstat(socket.bound.path.c_str(), &info) == 0) {
    socket.device = info.st_dev;
    socket.inode = info.st_ino;
  }
}

void read_real_port(listening_socket& socket) {
  native_address real;
  real.size = sizeof real.storage;
  if (::getsockname(socket.fd.get(), real.get(), &real.size) != 0) {
    return;
  }
  if (real.storage.ss_family == AF_INET) {
    socket.bound.port = ntohs(reinterpret_cast<sockaddr_in&>(real.storage).sin_port);
  } else if (real.storage.ss_family == AF_INET6) {
    socket.bound.port = ntohs(reinterpret_cast<sockaddr_in6&>(real.storage).sin6_port);
  }
}

/// Whether a port must be free or belongs to sockets of ours already.
enum class port_state : std::uint8_t { free, ours };

result<listening_socket> open_listening(const address& where, unsigned mode, port_state port) {
  const bool local = where.kind == address::family::unix_path;
  if (local && where.path.size() >= sizeof(sockaddr_un::sun_path)) {
    return fail(errc::invalid_argument,
                "listen on " + where.text() + ": a socket's path has at most " +
                    std::to_string(sizeof(sockaddr_un::sun_path) - 1) + " bytes, not " +
                    std::to_string(where.path.size()));
  }
  const auto native = to_native(where);
  listening_socket out;
  out.bound = where;
  out.shared = local;
  out.fd.reset(::socket(native.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!out.fd) {
    return fail(errno_error("socket for " + where.text()));
  }
  if (local) {
    if (auto cleared = clear_stale_socket(where, native); !cleared) {
      return fail(cleared.error());
    }
  } else {
    enable(out.fd.get(), SOL_SOCKET, SO_REUSEADDR);
    if (port == port_state::ours) {
      enable(out.fd.get(), SOL_SOCKET, SO_REUSEPORT);
    }
    // Inherited by accepted sockets: saves a call per connection.
    enable(out.fd.get(), IPPROTO_TCP, TCP_NODELAY);
  }
  if (::bind(out.fd.get(), native.get(), native.size) != 0 ||
      (local && ::chmod(where.path.c_str(), mode) != 0)) {
    return fail(cannot_listen(where));
  }
  if (!local) {
    // Set only now: another daemon of this user on the same port is found by `bind`, and does not
    // get every other connection.
    enable(out.fd.get(), SOL_SOCKET, SO_REUSEPORT);
  }
  if (::listen(out.fd.get(), backlog) != 0) {
    return fail(cannot_listen(where));
  }
  local ? note_file(out) : read_real_port(out);
  return out;
}

} // namespace

result<listening_socket> listen_on(const address& where, unsigned mode) {
  return where.kind == address::family::inherited ? adopt(where)
                                                  : open_listening(where, mode, port_state::free);
}

result<listening_socket> listen_beside(const address& where) {
  return where.kind == address::family::ip ? open_listening(where, 0, port_state::ours)
                                           : listen_on(where);
}

result<listening_socket> listening_socket::another() const {
  return shared ? duplicate() : open_listening(bound, 0, port_state::ours);
}

result<listening_socket> listening_socket::duplicate() const {
  listening_socket out;
  out.bound = bound;
  out.shared = shared;
  out.device = device;
  out.inode = inode;
  out.fd.reset(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
  if (!out.fd) {
    return fail(errno_error("duplicate " + bound.text()));
  }
  return out;
}

bool listening_socket::can_be_found() const {
  struct stat info {};
  return inode == 0 ||
         (::lstat(bound.path.c_str(), &info) == 0 && info.st_dev == device && info.st_ino == inode);
}

listener::listener(
    event_loop& loop, listening_socket socket, accepted handler, starved without, int below)
    : loop_(loop), socket_(std::move(socket)), handler_(std::move(handler)),
      without_(std::move(without)), below_(below),
      reserve_(::open("/dev/null", O_RDONLY | O_CLOEXEC)) {}

listener::~listener() {
  if (socket_.fd) {
    loop_.remove(socket_.fd.get(), *this);
  }
}

result<void> listener::open() {
  return socket_.shared ? loop_.add_shared(socket_.fd.get(), *this)
                        : loop_.add(socket_.fd.get(), readable, *this);
}

void listener::close() {
  if (!socket_.fd) {
    return;
  }
  if (!socket_.shared) {
    on_ready(readable); // what this queue holds would be reset when it is closed
  }
  release();
}

void listener::release() {
  if (socket_.fd) {
    loop_.remove(socket_.fd.get(), *this);
    socket_.fd.reset();
  }
}

// Asked for only where it is not what this listens on.
std::string listener::local_of(int client) const {
  const auto& where = socket_.bound;
  if (where.kind == address::family::unix_path) {
    return {};
  }
  if (where.kind == address::family::ip && !where.host.empty() && where.host != "0.0.0.0" &&
      where.host != "::") {
    return where.text();
  }
  native_address real;
  real.size = sizeof real.storage;
  return ::getsockname(client, real.get(), &real.size) == 0 ? to_text(real.storage) : std::string{};
}

void listener::on_ready(std::uint32_t /*what*/) {
  for (int i = 0; i < accepts_per_turn && socket_.fd; ++i) {
    native_address peer;
    peer.size = sizeof peer.storage;
    unique_fd client{
        ::accept4(socket_.fd.get(), peer.get(), &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (client && client.get() >= below_) {
      client.reset();
      return starve(EMFILE);
    }
    if (client) {
      auto local = local_of(client.get());
      handler_(std::move(client), to_text(peer.storage), std::move(local));
      continue;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
      const int why = errno;
      turn_away();
      return starve(why);
    }
    if (errno != ECONNABORTED && errno != EINTR) {
      return; // EAGAIN: the queue is empty
    }
  }
}

// One connection is accepted with the reserve descriptor and closed, so that its client learns at
// once instead of hanging in the queue.
void listener::turn_away() {
  reserve_.reset();
  unique_fd client{::accept4(socket_.fd.get(), nullptr, nullptr, SOCK_CLOEXEC)};
  client.reset();
  reserve_.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

void listener::starve(int error) {
  pause();
  if (without_) {
    without_(error);
  }
}

void listener::pause() {
  loop_.remove(socket_.fd.get(), *this);
  loop_.set(*this, pause_without_files);
}

void listener::expired(time_point /*now*/) {
  if (socket_.fd && !open()) {
    loop_.set(*this, pause_without_files);
  }
}

} // namespace kraken::net
