// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// An HTTP front on one shard: its listeners, its connections and what they share. Speaks
/// through `connection`; supervises nothing.
#pragma once

#include "containers/http/access/access_note.hpp"
#include "containers/http/file_route.hpp"
#include "containers/http/front_counters.hpp"
#include "containers/http/route_table.hpp"
#include "kraken/base/limits.hpp"
#include "kraken/model/container_status.hpp"
#include "kraken/net/exchange.hpp"
#include "kraken/net/listener.hpp"
#include "kraken/wire/http1_request.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kraken::containers {

class connection;

struct front_settings {
  std::shared_ptr<const route_table> routes;
  wire::request_limits head;
  std::uint64_t body_bytes_max = 8U << 20U;
  std::string spool_directory;     ///< for large bodies; empty: they stay in memory
  std::string container;           ///< for the log
  std::uint64_t spool_max = 0;     ///< bytes of one answer; 0: its worker waits for the client
  std::uint64_t spool_all_max = 0; ///< bytes of all answers of this shard
  std::uint32_t connections_max = 10'000;                 ///< of all shards
  int descriptors_below = net::listener::all_descriptors; ///< the others are for others
  /// One too many gets this and is closed. Where it is not empty, the oldest connection without a
  /// request in work gives way before.
  std::string too_many;
  milliseconds header_timeout = seconds{10};
  milliseconds body_timeout = seconds{30}; ///< plus body/240 B/s
  milliseconds idle_timeout = seconds{60};
  milliseconds write_timeout = seconds{60};
  unsigned retry_after_s = 1;
  std::shared_ptr<const access_target> access; ///< null: no access log
  /// Asked about every accepted socket: what its client is called (empty: by its address), nothing
  /// when it is refused and closed. Empty: all are welcome.
  std::function<std::optional<std::string>(int fd)> admits;
};

/// @thread its shard
class front {
public:
  /// @param live     this shard's part of the container's numbers
  /// @param counters others may count there on the same thread; not null
  front(net::event_loop& loop,
        net::sink_directory& sinks,
        front_settings settings,
        std::shared_ptr<model::gauges> live,
        std::shared_ptr<front_counters> counters = std::make_shared<front_counters>());
  ~front();

  front(const front&) = delete;
  front& operator=(const front&) = delete;

  /// Takes a bound socket and accepts on it.
  [[nodiscard]] result<void> listen(net::listening_socket socket);

  /// Accepts on this socket and no longer on those it had; connections stay.
  [[nodiscard]] result<void> listen_instead(net::listening_socket socket);

  /// Takes over routes, limits and timeouts: from the next request on, limits of a head from the
  /// next connection on. The wait for that next request has its new time at once. Not `admits`.
  void update(const front_settings& changed);

  /// Another front accepts from the same queues: takes no new connections, and lets go of each
  /// there is with its next answer, which says so. `done` is called when the last connection is
  /// gone.
  void hand_over(std::function<void()> done);

  /// No new connections, no further requests on those there are; `done` is called when the last
  /// connection is gone. It takes the place of what `hand_over` was given.
  void drain(std::function<void()> done);

  /// As `drain`, but at once: what is under way is answered 503, streams break off, idle
  /// connections are closed. `done` as for `drain`, which it takes the place of: when the last
  /// answer is sent and the client has closed.
  void refuse_all(std::function<void()> done);

  /// Closes everything at once, without an answer.
  void close_all();

  [[nodiscard]] std::shared_ptr<const front_counters> counters() const { return counters_; }

private:
  friend class connection;

  /// The usual answer of a fixed route, complete, as of one second.
  struct rendered_route {
    std::array<char, 29> date{};
    wire::byte_buffer bytes;
  };

  struct bound_route {
    net::sink_directory::entry* sink = nullptr;
  };

  [[nodiscard]] bool is_time(time_point& told) const;
  void accept_failed(int error);
  void body_not_stored(const error& why);
  void answer_not_spooled(const error& why);
  /// Whether an answer that has so many bytes on disk may have more.
  [[nodiscard]] bool spool_has_room(std::uint64_t on_disk) const noexcept {
    return on_disk < settings_.spool_max &&
           static_cast<std::uint64_t>(counters_->spool_bytes.get()) < settings_.spool_all_max;
  }
  void count_spooled(std::uint64_t bytes);
  void forget_spooled(std::uint64_t bytes);
  void bind_routes();
  void make_room_for_paths();
  void end(std::function<void()> done, void (connection::*each_by)());
  void tell_if_drained();
  void accept(unique_fd socket, std::string peer, std::string_view local);
  [[nodiscard]] bool make_room();
  void closed(connection& which);

  net::event_loop& loop_;
  net::sink_directory& sinks_;
  front_settings settings_;
  std::vector<bound_route> bound_;
  std::vector<std::unique_ptr<file_route>> file_routes_;
  std::vector<std::unique_ptr<file_route>> left_; ///< of routes that were, with their last requests
  std::vector<rendered_route> rendered_;          ///< by index of the route
  std::shared_ptr<model::gauges> live_;
  std::shared_ptr<front_counters> counters_;
  std::vector<std::unique_ptr<net::listener>> listeners_;
  std::vector<std::unique_ptr<connection>> connections_;
  std::uint64_t last_number_ = 0;
  wire::request_head head_; ///< of the request being handled
  std::vector<char> path_;  ///< decoded; never shorter than a request line that was allowed
  bool leaving_ = false;    ///< each connection ends with its next answer
  bool draining_ = false;   ///< or before, if it is idle
  std::function<void()> drained_;
  time_point storage_told_ = time_point::min();
  time_point spool_told_ = time_point::min();
  time_point accept_told_ = time_point::min();
};

} // namespace kraken::containers
