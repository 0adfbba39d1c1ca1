// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// From the failure of a child to its next incarnation, alone and with 99 siblings.
#include "behaviours.hpp"
#include "kraken_tree.hpp"
#include "sides.hpp"

#include <algorithm>
#include <atomic>

namespace kraken::bench {

namespace {

constexpr std::uint32_t never_too_many = 1'000'000;

void fall(actor::host& shell) {
  model::cause why;
  why.kind = model::cause_kind::exit_code;
  why.code = 1;
  shell.ended(why);
}

model::child_spec family(std::size_t size, model::strategy how) {
  auto root = spec("Main", "supervisor");
  root.supervise.how = how;
  root.supervise.intensity = never_too_many;
  for (std::size_t i = 0; i < size; ++i) {
    auto child = spec("w" + std::to_string(i), "child");
    child.backoff.min = milliseconds{0};
    child.backoff.max = milliseconds{0};
    root.children.push_back(std::move(child));
  }
  return root;
}

} // namespace

void kraken_restarts(std::size_t rounds, std::size_t size) {
  std::atomic<std::uint64_t> started{0};
  std::vector<double> took;
  std::atomic<double> rose{0}; // taken by the child: waking this thread is not what is measured
  const auto begun = [&](actor::host&) {
    rose.store(now_us(), std::memory_order_relaxed);
    started.fetch_add(1, std::memory_order_release);
    started.notify_one();
  };
  std::atomic<double> fell{0};
  const auto falls = [&](actor::host& shell, actor::letter&) {
    fell = now_us();
    fall(shell);
  };
  running_tree on(
      1,
      {kind_of("child", begun, falls)},
      family(size, size == 1 ? model::strategy::one_for_one : model::strategy::one_for_all));
  on.start();
  for (std::size_t i = 0; i < rounds; ++i) {
    const auto before = started.load(std::memory_order_acquire);
    model::command ready; // its parent has heard of the last restart when it answers
    ready.what = model::verb::start;
    ready.target = "Main/w" + std::to_string(size - 1);
    static_cast<void>(on.ask(ready));
    if (const auto sent = on.tree().send({.to = "Main/w0"}); !sent) {
      give_up(sent.error().text());
    }
    for (auto now = before; now < before + size; now = started.load(std::memory_order_acquire)) {
      started.wait(now);
    }
    took.push_back(rose - fell);
  }
  std::sort(took.begin(), took.end());
  const std::string name = size == 1 ? "restart_us" : "all_for_" + std::to_string(size) + "_us";
  print(name + "_p50", took[took.size() / 2]);
  print(name + "_p99", took[took.size() * 99 / 100]);
}

} // namespace kraken::bench
