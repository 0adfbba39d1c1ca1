// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a child tells its supervisor.
#pragma once

#include "kraken/actor/status_board.hpp"
#include "kraken/model/command.hpp"
#include "kraken/model/solvers.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace kraken::actor {

struct child_entry;

/// From a child to its supervisor: at each change of phase and after each instruction.
struct child_report {
  enum class note : std::uint8_t {
    changed,
    ended,          ///< nothing runs any more, unasked: the supervisor decides
    ended_alone,    ///< as `ended`, but siblings are not concerned (a solver restarts it)
    ended_upward,   ///< as `ended`, and the supervisor is to make it its own failure (CmdSolve)
    stopped_itself, ///< its local rules stopped it
    wants_destroy,  ///< its local rules want it destroyed
    due,            ///< it wants to be replaced while it serves, when it is its turn
    opened,         ///< it takes work, siblings after it may start
    hopeless,       ///< it does not become ready, says `why`, but goes on trying
    asks,           ///< its local rules want `solver` done by its supervisor
  };

  std::weak_ptr<child_entry> whose; ///< nothing, when its supervisor has let it go
  note what = note::changed;
  std::uint64_t obeyed = 0;                    ///< serial of the last instruction it has taken
  model::force flags = model::force::standard; ///< wants_destroy
  const model::solver_row* solver = nullptr;   ///< asks
  std::uint64_t step = 0;                      ///< asks: to be named in the instruction
  std::shared_ptr<const std::string> why{};    ///< hopeless: of who is below; null: `last_cause`
  condition_ptr now;
};

/// What several children of one shard had to report in one turn of it, in the order they did.
struct child_reports {
  std::vector<child_report> all;
};

} // namespace kraken::actor
