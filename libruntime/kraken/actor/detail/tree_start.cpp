// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/detail/tree_start.hpp"

#include <utility>

namespace kraken::actor {

namespace {

struct gathering {
  reply_to to;
  std::string text;

  gathering(reply_to wanted, std::string said) : to(std::move(wanted)), text(std::move(said)) {}
  ~gathering() { to->answer(model::reply{std::move(text), true}); }
  gathering(const gathering&) = delete;
  gathering& operator=(const gathering&) = delete;
};

} // namespace

reply_to gather(reply_to to, std::string text) {
  const auto all = std::make_shared<gathering>(std::move(to), std::move(text));
  return {all, all->to.get()}; // the reply itself, which lives as long as somebody has a part
}

reply_to part_of(const reply_to& whole) {
  return std::make_shared<pending_reply>(nullptr, [whole](const result<model::reply>& outcome) {
    if (!outcome) {
      whole->answer(fail(outcome.error()));
    }
  });
}

} // namespace kraken::actor
