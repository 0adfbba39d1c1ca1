// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Records for a status board, as a container's shell would publish them.
#pragma once

#include "kraken/actor/status_board.hpp"

#include <memory>
#include <string>
#include <utility>

namespace kraken::containers::test {

inline model::container_status
board_record(std::string parent, std::string alias, model::phase at, std::string kind = "worker") {
  model::container_status made;
  made.alias = alias;
  made.path = parent.empty() ? alias : parent + "/" + alias;
  made.parent = std::move(parent);
  made.kind = std::move(kind);
  made.in = model::state_of(at);
  made.at = at;
  return made;
}

} // namespace kraken::containers::test
