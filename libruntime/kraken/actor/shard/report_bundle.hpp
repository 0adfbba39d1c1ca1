// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Reports on their way from the containers of one shard to their supervisors: those of one turn to
/// the same supervisor travel as one message. A thousand children that start cost it one look into
/// its mailbox for each bundle, and its mailbox is touched by another thread as rarely.
#pragma once

#include "kraken/actor/messages.hpp"

#include "caf/actor_addr.hpp"

#include <cstddef>
#include <vector>

namespace kraken::actor {

/// @thread its shard
class report_bundle {
public:
  /// To be sent at the latest with the next `send`.
  void add(const caf::actor_addr& to, child_report&& what);
  void send();

private:
  static constexpr std::size_t most = 32; ///< in one message: its receiver has others to serve

  caf::actor_addr to_;
  std::vector<child_report> waiting_;
};

} // namespace kraken::actor
