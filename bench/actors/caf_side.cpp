// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The same with plain CAF actors on CAF's own scheduler, as a user of CAF would write them.
#include "kraken_tree.hpp"
#include "sides.hpp"

#include "caf/all.hpp"

#include <vector>

namespace kraken::bench {

namespace {

using ping_atom = caf::atom_constant<caf::atom("ping")>;

class plain final : public caf::event_based_actor {
public:
  explicit plain(caf::actor_config& config) : caf::event_based_actor(config) {}

  caf::behavior make_behavior() override {
    return {[](ping_atom) {}};
  }
};

} // namespace

void caf_start_stop(std::size_t size, double idle_seconds) {
  caf::actor_system_config config;
  caf::actor_system system(config);
  const auto memory = resident_bytes();
  std::vector<caf::actor> all;
  all.reserve(size);
  const auto began = now_us();
  const auto began_cpu = cpu_us();
  for (std::size_t i = 0; i < size; ++i) {
    all.push_back(system.spawn<plain>());
  }
  print("start_us_each", (now_us() - began) / static_cast<double>(size));
  print("start_cpu_us_each", (cpu_us() - began_cpu) / static_cast<double>(size));
  print("bytes_each", (resident_bytes() - memory) / static_cast<double>(size));
  if (idle_seconds > 0) {
    const auto before = cpu_us();
    pass(idle_seconds);
    print("idle_cpu_percent", (cpu_us() - before) / (idle_seconds * 1e4));
  }
  const auto ending = now_us();
  for (auto& one : all) {
    caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  }
  all.clear();
  system.await_all_actors_done();
  print("stop_us_each", (now_us() - ending) / static_cast<double>(size));
}

} // namespace kraken::bench
