// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Messages between two plain CAF actors on CAF's own scheduler: one way, and to and fro. The value
/// is shared as a container's is.
#include "kraken_tree.hpp"
#include "sides.hpp"

#include "caf/all.hpp"

#include <atomic>

namespace kraken::bench {

namespace {

using body = std::shared_ptr<const std::string>;

struct clocks {
  std::atomic<double> began{0};
  std::atomic<double> ended{0};

  double took() {
    ended.wait(0.0);
    return ended - began;
  }
  void stop() {
    ended = now_us();
    ended.notify_one();
  }
};

caf::behavior sink(caf::event_based_actor*, std::size_t count, clocks* at) {
  return {[count, at, seen = std::size_t{0}](const body&) mutable {
    if (++seen == count) {
      at->stop();
    }
  }};
}

caf::behavior source(caf::event_based_actor* self, std::size_t count, clocks* at, caf::actor to) {
  at->began = now_us();
  const auto what = std::make_shared<const std::string>("\xa5hello");
  for (std::size_t i = 0; i < count; ++i) {
    self->send(to, what);
  }
  return {[](const body&) {}};
}

caf::behavior back(caf::event_based_actor* self) {
  return {[self](const body& what) {
    self->send(caf::actor_cast<caf::actor>(self->current_sender()), what);
  }};
}

caf::behavior serve(caf::event_based_actor* self, std::size_t count, clocks* at, caf::actor to) {
  at->began = now_us();
  self->send(to, std::make_shared<const std::string>("\xa4ping"));
  return {[=, rounds = std::size_t{0}](const body& what) mutable {
    if (++rounds == count) {
      at->stop();
    } else {
      self->send(to, what);
    }
  }};
}

} // namespace

void caf_messages(std::size_t count, std::size_t threads) {
  caf::actor_system_config config;
  config.set("scheduler.max-threads", threads);
  caf::actor_system system(config);
  clocks at;
  const auto to = system.spawn(sink, count, &at);
  system.spawn(source, count, &at, to);
  print("messages_per_second", static_cast<double>(count) / at.took() * 1e6);
  caf::anon_send_exit(to, caf::exit_reason::user_shutdown);
  std::_Exit(0);
}

void caf_ping_pong(std::size_t count, std::size_t threads) {
  caf::actor_system_config config;
  config.set("scheduler.max-threads", threads);
  caf::actor_system system(config);
  clocks at;
  const auto to = system.spawn(back);
  system.spawn(serve, count, &at, to);
  print("ping_pong_us", at.took() / static_cast<double>(count));
  std::_Exit(0);
}

} // namespace kraken::bench

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<const std::string>)
