// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the incarnations of one front have in common, so that one can take over from the other: the
/// listening sockets, the access log and the counters. Accepts nothing itself.
/// docs/decisions/0034-fronts-hand-over.md
#pragma once

#include "containers/http/access/access_logs.hpp"
#include "containers/http/front_counters.hpp"
#include "kraken/base/counter_board.hpp"
#include "kraken/base/guarded.hpp"
#include "kraken/net/listener.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kraken::containers {

/// The sockets of one address, one for each shard. They are nobody's to accept on: who does has
/// duplicates, which are the same queues. The last holder closes the address.
using door = std::vector<net::listening_socket>;

/// @thread its container's shard
class doorway {
public:
  doorway(std::string path, std::size_t shards, counter_board<front_counters>& board);
  ~doorway();
  doorway(const doorway&) = delete;
  doorway& operator=(const doorway&) = delete;

  /// The door of an address as it is written: the one that another incarnation holds, or one that
  /// is bound now, also where the file of a held one is gone. An address that differs may have the
  /// port of one that is held.
  /// @error as net::listen_on
  [[nodiscard]] result<std::shared_ptr<const door>> at(const std::string& address);

  /// The log of another incarnation, if that writes to the same file, or a new one.
  /// @error as access_logs::open
  [[nodiscard]] result<std::shared_ptr<access_log>> log_to(const std::string& file,
                                                           access_logs& logs);

  [[nodiscard]] const std::shared_ptr<front_counters>& counters(std::size_t shard) const {
    return counters_[shard];
  }

private:
  [[nodiscard]] bool has_port(std::uint16_t port) const;

  std::string path_;
  counter_board<front_counters>& board_;
  std::vector<std::shared_ptr<front_counters>> counters_; ///< by shard, which write them
  std::map<std::string, std::weak_ptr<const door>> doors_;
  std::string log_file_;
  std::weak_ptr<access_log> log_;
};

/// The doorways of all fronts there are, by path.
/// @thread any
class doorways {
public:
  explicit doorways(counter_board<front_counters>& board) noexcept : board_(board) {}

  /// That of another incarnation of this container, or a new one.
  [[nodiscard]] std::shared_ptr<doorway> of(const std::string& path, std::size_t shards);

  /// How the front of this path is asked to look; that of a former incarnation no longer counts.
  /// @param look any thread's; must not wait
  void when_asked(const std::string& path, std::function<void()> look);

  /// Has all fronts make anew the files of their sockets that are gone.
  void look_for_files() const;

private:
  counter_board<front_counters>& board_;
  guarded<std::map<std::string, std::function<void()>>> looks_;
  guarded<std::map<std::string, std::weak_ptr<doorway>>> all_;
};

} // namespace kraken::containers
