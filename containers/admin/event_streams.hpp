// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Server-sent events for `kraken events -f` and `kraken logs -f`: each client is sent what it has
/// not seen yet, when something new is there and it keeps up. Stores nothing: boards do.
#pragma once

#include "console/api_json.hpp"
#include "containers/admin/record_filter.hpp"
#include "kraken/actor/status_board.hpp"
#include "kraken/base/limits.hpp"
#include "kraken/base/reactor.hpp"
#include "kraken/net/exchange.hpp"
#include "kraken/process/output/log_board.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kraken::containers {

/// An event of the status board as the API shows it.
[[nodiscard]] console::event_record to_record(const actor::status_event& event);

/// A captured line as the API shows it.
[[nodiscard]] console::log_record to_record(const std::string& path,
                                            const process::captured_line& line);

/// @thread its loop's
class event_streams {
public:
  event_streams(reactor& loop, actor::status_board& board, process::log_board& logs);
  ~event_streams();

  event_streams(const event_streams&) = delete;
  event_streams& operator=(const event_streams&) = delete;

  /// @param after events up to this number have been seen
  void follow_events(net::exchange& to, record_filter wanted, std::uint64_t after);

  /// By container: lines up to this number are not wanted.
  using lines_seen = std::map<std::string, std::uint64_t>;

  /// Lines of the containers that are wanted, of those that come later, too.
  /// @param after lines up to this number have been seen; of those in `seen`, that number
  void follow_logs(net::exchange& to,
                   record_filter wanted,
                   std::uint64_t after,
                   const lines_seen& seen = {});

  /// As many follow as may: what is left of the connections is for commands and health.
  [[nodiscard]] bool full() const noexcept { return streams_.size() >= limits::admin_streams_max; }

  void abandon(const net::exchange& from);
  void resume();
  void end_all();

private:
  struct log_source;
  struct stream;
  struct shared_state;

  stream& begin(net::exchange& to);
  void something_new();
  void send_new(stream& each);
  void send_events(stream& each);
  void send_lines(stream& each);
  void add_source(stream& to, const std::string& path, std::uint64_t after);
  [[nodiscard]] std::shared_ptr<process::container_log> log_of(const std::string& path);
  void look_for_sources();
  void forget_sources(stream& of);
  void keep_alive();

  reactor& loop_;
  actor::status_board& board_;
  process::log_board& logs_;
  std::vector<std::unique_ptr<stream>> streams_;
  std::shared_ptr<shared_state> shared_;
  actor::status_board::subscription subscription_;
  std::unique_ptr<reactor::waiting> heartbeat_;
};

} // namespace kraken::containers
