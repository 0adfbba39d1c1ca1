// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Containers of Kraken: start, stop, memory.
#include "behaviours.hpp"
#include "kraken_tree.hpp"
#include "sides.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>

namespace kraken::bench {

namespace {

/// Who waits sleeps: a thread that looks all the time would take a CPU from the shards.
struct counts {
  explicit counts(std::size_t size) : missing(size) {}

  std::atomic<std::size_t> missing;
  std::mutex mutex{};
  std::condition_variable all_are_here{};

  void one_more() {
    if (missing.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      const std::scoped_lock lock(mutex);
      all_are_here.notify_all();
    }
  }

  void wait() {
    std::unique_lock lock(mutex);
    all_are_here.wait(lock, [this] { return missing.load() == 0; });
  }
};

actor::kind idle_kind(counts& seen) {
  return kind_of("idle", [&seen](actor::host&) { seen.one_more(); });
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

} // namespace

void kraken_start_stop(std::size_t size, std::uint32_t shards, double idle_seconds) {
  counts seen(size);
  running_tree on(shards, {idle_kind(seen)}, crowd(size));
  const auto memory = resident_bytes();
  const auto began = now_us();
  const auto began_cpu = cpu_us();
  on.start();
  seen.wait();
  // Their parent has heard of all when it answers about the last one of each shard.
  for (std::size_t last = 1; last <= std::min<std::size_t>(size, shards); ++last) {
    model::command begun;
    begun.what = model::verb::start;
    begun.target = "Main/many/w" + std::to_string(size - last);
    if (const auto answer = on.ask(begun); !answer) {
      give_up(answer.error().text());
    }
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
