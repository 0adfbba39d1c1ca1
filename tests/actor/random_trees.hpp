// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Trees, definitions and start scripts made from given numbers, for the property tests: the same
/// numbers make the same tree, and smaller numbers make a plainer one.
#pragma once

#include "reference_model.hpp"

#include "kraken/model/child_spec.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace kraken::actor_test {

/// One random number after the other; everything random of a run is made from these.
using numbers = std::vector<std::uint32_t>;

class source {
public:
  explicit source(const numbers& from) : from_(from) {}

  std::uint32_t below(std::uint32_t most) { return next() % most; }
  bool one_in(std::uint32_t many) { return below(many) == 0; }
  [[nodiscard]] bool empty() const { return at_ >= from_.size(); }

private:
  std::uint32_t next() { return at_ < from_.size() ? from_[at_++] : 0; }

  const numbers& from_;
  std::size_t at_ = 0;
};

/// A leaf, or a supervisor of `kids`.
model::child_spec spec_from(source& random, std::string id, std::vector<model::child_spec> kids);

/// Three groups under `Main`, one of them a level deeper; every id is there once.
model::child_spec tree_from(source& random);

/// How the next starts of each leaf go.
start_scripts scripts_from(source& random, const model::child_spec& at, const std::string& path);

} // namespace kraken::actor_test
