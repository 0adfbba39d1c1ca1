// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a test hears of its requests.
#pragma once

#include "kraken/actor/answer.hpp"

#include <memory>
#include <string>
#include <utility>

namespace kraken::actor_test {

inline actor::body_ptr text(std::string what) {
  return std::make_shared<const std::string>(std::move(what));
}

/// What a request has come to. Outlives the request.
struct heard {
  int answers = 0;
  int signs = 0;
  actor::answer last;

  actor::answer_callback callback() {
    return [this](const actor::answer& what) {
      what.final() ? ++answers : ++signs;
      last = what;
    };
  }

  [[nodiscard]] bool failed_as(actor::dead_reason why) const {
    return answers == 1 && last.what == actor::answer::kind::failed &&
           last.why.code == to_string(why);
  }
};

} // namespace kraken::actor_test
