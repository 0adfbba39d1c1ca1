// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A word that the kernel marks when this process ends, before it takes its memory apart: the
/// daemon knows of the end so much sooner (docs/decisions/0032). Does not wait for anything.
#pragma once

#include <atomic>
#include <cstdint>

#include <linux/futex.h>

namespace kraken::php {

/// @thread the one that made it, which is the only one
class life_mark {
public:
  /// Only where the C library has no robust list of its own, which is so in a child of a template:
  /// elsewhere the word stays as it is.
  /// @param word shared with the daemon; outlives the mark, or the process
  explicit life_mark(std::atomic<std::uint32_t>& word) noexcept;
  ~life_mark();

  life_mark(const life_mark&) = delete;
  life_mark& operator=(const life_mark&) = delete;

private:
  robust_list entry_{};
  robust_list_head head_{};
  bool listed_ = false;
};

} // namespace kraken::php
