// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The other thread holds a call of its own; its end is the only thing both sides touch, each by
/// messages to the other.
#include "kraken/actor/relayed_answer.hpp"

#include "kraken/actor/detail/open_call.hpp"

#include <utility>

namespace kraken::actor {

namespace {

class relayed_call final : public open_call {
public:
  relayed_call(answerer behind, executor& on)
      : open_call(behind.call()->from, behind.call()->to), duty(std::move(behind)), shard(on) {
    handed = true; // its receiver has it
  }

  void give(answer what) noexcept override {
    auto self = std::static_pointer_cast<relayed_call>(shared_from_this());
    shard.post([self = std::move(self), what = std::move(what)] { self->duty.give(what); });
  }

  answerer duty; ///< the shard's
  executor& shard;
};

} // namespace

answerer relay(answerer duty, executor& shard, other_thread there) {
  if (!duty) {
    return {};
  }
  const auto call = std::make_shared<relayed_call>(std::move(duty), shard);
  const std::weak_ptr<relayed_call> weak = call;
  call->duty.when_cancelled([weak, there = std::move(there)] {
    there([weak] {
      if (const auto still = weak.lock(); still && still->on_withdrawn) {
        std::exchange(still->on_withdrawn, nullptr)();
      }
    });
  });
  return answerer(call);
}

answerer take_back(answerer&& relayed) noexcept {
  const auto call = std::dynamic_pointer_cast<relayed_call>(relayed.release());
  return call == nullptr ? answerer{} : std::move(call->duty);
}

} // namespace kraken::actor
