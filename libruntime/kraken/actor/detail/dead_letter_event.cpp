// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// How a dead letter is told: an event on the status board and a line of the log. Counts nothing.
#include "kraken/actor/detail/tree_context.hpp"
#include "kraken/base/log.hpp"

#include <string>
#include <utility>
#include <vector>

namespace kraken::actor {

namespace {

void tell_dead_letter(status_board& board, const dead_letter& what, std::uint64_t untold) {
  const auto sender = what.from.empty() ? std::string("outside") : what.from;
  const auto reason = std::string(to_string(what.why));
  log::warn("dead_letter",
            {{"container", what.to}, {"sender", sender}, {"reason", reason}, {"untold", untold}});
  std::vector<std::pair<std::string, std::string>> details{{"sender", sender}, {"reason", reason}};
  if (untold > 0) {
    details.emplace_back("untold", std::to_string(untold));
  }
  board.note(what.to, "dead_letter", std::move(details));
}

} // namespace

void tell_dead_letters(const std::shared_ptr<tree_context>& context) {
  // Weak: a seat that somebody still holds keeps the dead letters, and they must not keep the tree.
  context->dead->tell([to = std::weak_ptr(context)](const dead_letter& what, std::uint64_t untold) {
    if (const auto still = to.lock()) {
      tell_dead_letter(still->board, what, untold);
    }
  });
}

} // namespace kraken::actor
