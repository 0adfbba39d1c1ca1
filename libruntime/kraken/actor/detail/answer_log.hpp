// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The requests with an identity that one container has had: a repeated one joins the running one
/// or gets the same answer again, and is never carried out twice. Bounded by count, bytes and age.
#pragma once

#include "kraken/actor/letter.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace kraken::actor {

/// @thread the container's shard
class answer_log : public std::enable_shared_from_this<answer_log> {
public:
  enum class verdict : std::uint8_t {
    fresh, ///< to be carried out; its answer will be kept
    known, ///< joined or answered: the letter is dealt with
  };

  [[nodiscard]] verdict take(letter& what, time_point now);

  /// The answer of a fresh request, or a sign of life, has been given.
  /// @param carried_out false: the incarnation never had it; a repetition may be carried out
  void given(const std::string& key, const answer& what, bool carried_out);

  /// Whether somebody else still waits for the same answer.
  [[nodiscard]] bool is_joined(const std::string& key) const;

private:
  struct entry {
    bool done = false;
    answer kept{};
    time_point at{};
    std::weak_ptr<open_call> first; ///< which is carried out
    std::vector<answerer> joined;
  };

  void forget_old();

  std::unordered_map<std::string, entry> entries_;
  std::deque<std::string> finished_; ///< keys, oldest first
  std::size_t bytes_ = 0;            ///< of kept answers
  time_point now_{};                 ///< of the last letter
};

} // namespace kraken::actor
