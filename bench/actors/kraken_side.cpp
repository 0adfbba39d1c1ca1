// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Containers of Kraken: start, stop, memory.
#include "behaviours.hpp"
#include "kraken_tree.hpp"
#include "sides.hpp"

#include <atomic>

namespace kraken::bench {

namespace {

struct counts {
  std::atomic<std::uint64_t> started{0};
};

actor::kind idle_kind(counts& seen) {
  return kind_of("idle",
                 [&seen](actor::host&) { seen.started.fetch_add(1, std::memory_order_relaxed); });
}

model::child_spec crowd(std::size_t size) {
  auto many = spec("many", "supervisor");
  many.supervise.start = model::start_order::parallel;
  for (std::size_t i = 0; i < size; ++i) {
    many.children.push_back(spec("w" + std::to_string(i), "idle"));
  }
  auto root = spec("Main", "supervisor");
  root.children.push_back(std::move(many));
  return root;
}

template <class Condition>
void wait_until(Condition condition) {
  while (!condition()) {
    std::this_thread::yield();
  }
}

} // namespace

void kraken_start_stop(std::size_t size, std::uint32_t shards, double idle_seconds) {
  counts seen;
  running_tree on(shards, {idle_kind(seen)}, crowd(size));
  const auto memory = resident_bytes();
  const auto began = now_us();
  const auto began_cpu = cpu_us();
  on.start();
  wait_until([&] {
    return seen.started.load() == size &&
           on.tree().status().find("Main/many/w" + std::to_string(size - 1))->at ==
               model::phase::ready;
  });
  // Its parent has heard of the last one, too, when it answers about it.
  model::command last;
  last.what = model::verb::start;
  last.target = "Main/many/w" + std::to_string(size - 1);
  if (const auto answer = on.ask(last); !answer) {
    give_up(answer.error().text());
  }
  const auto took = now_us() - began;
  print("start_us_each", took / static_cast<double>(size));
  print("start_cpu_us_each", (cpu_us() - began_cpu) / static_cast<double>(size));
  print("bytes_each", (resident_bytes() - memory) / static_cast<double>(size));
  if (idle_seconds > 0) {
    const auto before = cpu_us();
    pass(idle_seconds);
    print("idle_cpu_percent", (cpu_us() - before) / (idle_seconds * 1e4));
  }
  const auto ending = now_us();
  model::command stop;
  stop.what = model::verb::stop;
  stop.target = "Main/many";
  if (const auto answer = on.ask(stop); !answer) {
    give_up(answer.error().text());
  }
  print("stop_us_each", (now_us() - ending) / static_cast<double>(size));
  const auto destroying = now_us();
  model::command destroy;
  destroy.what = model::verb::destroy;
  destroy.target = "Main/many";
  if (const auto answer = on.ask(destroy); !answer) {
    give_up(answer.error().text());
  }
  print("destroy_us_each", (now_us() - destroying) / static_cast<double>(size));
}

} // namespace kraken::bench
