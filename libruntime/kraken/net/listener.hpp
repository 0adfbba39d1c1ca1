// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Listening sockets and the acceptance of connections. Hands out connected sockets; knows
/// nothing of what is spoken on them.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"
#include "kraken/net/address.hpp"
#include "kraken/net/event_loop.hpp"

#include <cstdint>
#include <functional>
#include <limits>

namespace kraken::net {

/// A bound, listening descriptor. TCP sockets share their port between shards (SO_REUSEPORT); a
/// unix socket is duplicated for the other shards.
struct listening_socket {
  unique_fd fd;
  address bound;       ///< with the real port
  bool shared = false; ///< the same queue is watched by other loops too
  std::uint64_t device = 0;
  std::uint64_t inode = 0; ///< of a unix socket's file; 0: it has none, or is not known

  /// The same listening queue, or the same port with a queue of its own, for one more shard.
  [[nodiscard]] result<listening_socket> another() const;
  /// The same listening queue by another descriptor: it lives until the last of them is closed.
  [[nodiscard]] result<listening_socket> duplicate() const;
  /// Whether clients find it: false when the file of a unix socket is gone, or is another's.
  [[nodiscard]] bool can_be_found() const;
};

/// Binds and listens.
/// A stale unix socket file (nobody listens) is replaced; a live one or another file is an error.
/// @param mode permissions of a unix socket file
/// @error errc::conflict the address is in use; errc::permission_denied; errc::system_error
[[nodiscard]] result<listening_socket> listen_on(const address& where, unsigned mode = 0666);

/// As `listen_on`, but an ip port that sockets of this process listen on already may be shared: for
/// an address that is about to take the place of theirs.
[[nodiscard]] result<listening_socket> listen_beside(const address& where);

/// Accepts on one loop until closed. When descriptors run out, a reserve one is used to turn
/// connections away and accepting pauses, so that the loop does not spin.
class listener : private watcher, private deadline {
public:
  /// @param local the address of this side as `peer` has it; empty for unix sockets
  using accepted = std::function<void(unique_fd socket, std::string peer, std::string local)>;

  /// @param error why nothing could be accepted though somebody waits: no descriptors, no memory
  using starved = std::function<void(int error)>;

  /// A descriptor's number tells how many there are at least: all lower ones are in use.
  static constexpr int all_descriptors = std::numeric_limits<int>::max();

  /// @param without told each time accepting pauses; null: nobody is
  /// @param below   clients get descriptors with lower numbers only; the others are for others
  listener(event_loop& loop,
           listening_socket socket,
           accepted handler,
           starved without = nullptr,
           int below = all_descriptors);
  ~listener() override;

  [[nodiscard]] result<void> open();

  [[nodiscard]] const address& bound() const noexcept { return socket_.bound; }

  /// Stops accepting. With SO_REUSEPORT connections still in this socket's queue are taken first.
  void close();

  /// Stops accepting; what waits in the queue is for who has a duplicate of this socket.
  void release();

private:
  void on_ready(std::uint32_t what) override;
  void expired(time_point now) override;
  [[nodiscard]] std::string local_of(int client) const;
  void turn_away();
  void starve(int error);
  void pause();

  event_loop& loop_;
  listening_socket socket_;
  accepted handler_;
  starved without_;
  int below_;
  unique_fd reserve_;
};

} // namespace kraken::net
