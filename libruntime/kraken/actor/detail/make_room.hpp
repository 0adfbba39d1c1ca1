// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Room in a hash table for a large family before its members come: a table that doubles on the way
/// looks at each of its nodes every time.
#pragma once

#include <cstddef>

namespace kraken::actor {

/// Does nothing for a few: who made room for each of many small families would look at all nodes
/// far more often.
template <class Table>
void make_room(Table& in, std::size_t more) {
  if (more > in.size()) {
    in.reserve(in.size() + more);
  }
}

} // namespace kraken::actor
