// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The requests that a template serves to itself before it forks (docs/decisions/0038): which, in
/// which order, and what is heard of the answers. Knows frames, not PHP; forks nobody.
#pragma once

#include "kraken/wire/byte_buffer.hpp"
#include "kraken/wire/worker_frame.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::php {

/// @thread one
class rehearsal {
public:
  /// Each request comes so often: the first makes what is made once, and what was left to the
  /// second time is there after it. Then one more finds all pages as the workers' own will.
  static constexpr std::size_t rounds = 3;

  /// @param targets paths with their queries, or URLs whose host and scheme the requests have
  explicit rehearsal(std::vector<std::string> targets = {}) : targets_(std::move(targets)) {}

  /// Whether a target can be one of them.
  [[nodiscard]] static bool understands(std::string_view target) noexcept;

  /// None is left.
  [[nodiscard]] bool over() const noexcept { return begun_ == rounds * targets_.size(); }

  /// The next one begins. Only while there is one.
  /// @return its REQUEST, valid until the next; empty: the target is not understood
  [[nodiscard]] std::string_view next();

  /// One has begun and `judged` has not been said of it.
  [[nodiscard]] bool open() const noexcept { return open_; }
  void judged() noexcept { open_ = false; }

  /// Of the one that began last, as it was written.
  [[nodiscard]] const std::string& target() const noexcept { return targets_[at()]; }
  [[nodiscard]] bool first_time() const noexcept { return begun_ <= targets_.size(); }

  /// What the script says: whole frames or pieces of them. Its log goes to standard error.
  void hear(std::string_view bytes);

  // Of the one that began last:
  [[nodiscard]] int status() const noexcept { return status_; } ///< 0: not answered
  [[nodiscard]] bool ends_process() const noexcept { return ends_process_; }
  /// The last words, `Class: why (file:line)`; empty: there were none
  [[nodiscard]] const std::string& fatal() const noexcept { return fatal_; }

private:
  [[nodiscard]] std::size_t at() const noexcept { return (begun_ - 1) % targets_.size(); }
  void take(const wire::worker_frame& frame);

  std::vector<std::string> targets_;
  std::size_t begun_ = 0;
  bool open_ = false;
  wire::byte_buffer frame_;
  wire::byte_buffer heard_; ///< the beginning of a frame
  int status_ = 0;
  bool ends_process_ = false;
  std::string fatal_;
};

} // namespace kraken::php
