// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. Nothing overtakes: a report to somebody else sends what waits before.
#include "kraken/actor/shard/report_bundle.hpp"

#include <utility>

namespace kraken::actor {

void report_bundle::add(const caf::actor_addr& to, child_report&& what) {
  if (waiting_.size() >= most || (!waiting_.empty() && to_ != to)) {
    send();
  }
  if (waiting_.empty()) {
    to_ = to;
  }
  waiting_.push_back(std::move(what));
}

void report_bundle::send() {
  if (waiting_.empty()) {
    return;
  }
  const auto whom = caf::actor_cast<caf::actor>(std::exchange(to_, {}));
  if (waiting_.size() == 1) {
    tell(whom, std::move(waiting_.front()));
    waiting_.clear();
  } else {
    tell(whom, child_reports{std::exchange(waiting_, {})});
    waiting_.reserve(most);
  }
}

} // namespace kraken::actor
