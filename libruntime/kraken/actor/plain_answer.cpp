// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/plain_answer.hpp"

#include "kraken/actor/detail/open_call.hpp"

#include <utility>

namespace kraken::actor {

namespace {

class plain_call final : public open_call {
public:
  plain_call(std::string target, answer_callback given)
      : open_call(nullptr,
                  std::make_shared<seat>(
                      std::move(target), model::mailbox_spec{}, std::make_shared<dead_letters>())),
        given_(std::move(given)) {
    handed = true;
  }

  void give(answer what) noexcept override { given_(what); }

private:
  answer_callback given_;
};

} // namespace

answerer answer_to(std::string target, answer_callback given) {
  return answerer(std::make_shared<plain_call>(std::move(target), std::move(given)));
}

} // namespace kraken::actor
