// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The containers the benchmarks are about: what they do is nothing but what is measured.
#pragma once

#include "kraken/actor/incarnation.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace kraken::bench {

/// Ready at once, ends at once; what it does with letters is given.
class plain_one final : public actor::incarnation {
public:
  /// @param started called in `start()`, may be empty
  /// @param takes called with each letter, may be empty
  plain_one(actor::host& shell,
            std::function<void(actor::host&)> started,
            std::function<void(actor::host&, actor::letter&)> takes)
      : shell_(shell), started_(std::move(started)), takes_(std::move(takes)) {}

  void start() override {
    shell_.ready();
    if (started_) {
      started_(shell_);
    }
  }
  void stop() override { end(); }
  void kill() override { end(); }

  bool receive(actor::letter& what) override {
    if (takes_) {
      takes_(shell_, what);
    }
    return true;
  }

private:
  void end() {
    model::cause why;
    why.kind = model::cause_kind::exit_normal;
    shell_.ended(why);
  }

  actor::host& shell_;
  std::function<void(actor::host&)> started_;
  std::function<void(actor::host&, actor::letter&)> takes_;
};

inline actor::kind kind_of(std::string name,
                           std::function<void(actor::host&)> started,
                           std::function<void(actor::host&, actor::letter&)> takes = {}) {
  return {std::move(name),
          "of a benchmark",
          [started = std::move(started), takes = std::move(takes)](actor::host& shell) {
            return std::make_unique<plain_one>(shell, started, takes);
          }};
}

} // namespace kraken::bench
