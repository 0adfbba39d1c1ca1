// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A tree on real shards for the benchmarks, and the clock they read.
#pragma once

#include "kraken/actor/tree.hpp"
#include "kraken/base/log.hpp"
#include "kraken/net/event_loop.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

namespace kraken::bench {

inline double now_us() {
  return std::chrono::duration<double, std::micro>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

inline double cpu_us() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

inline double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double size = 0;
  double resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

/// Lets time pass while this thread does nothing.
inline void pass(double seconds) {
  std::promise<void> never;
  static_cast<void>(never.get_future().wait_for(std::chrono::duration<double>(seconds)));
}

[[noreturn]] inline void give_up(std::string_view what) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(what.size()), what.data());
  std::_Exit(1);
}

/// One result as the runner reads it.
inline void print(std::string_view name, double value) {
  std::printf("%.*s %.3f\n", static_cast<int>(name.size()), name.data(), value);
  std::fflush(stdout);
}

class running_tree {
public:
  running_tree(std::uint32_t shards, std::vector<actor::kind> kinds, model::child_spec root) {
    log::settings quiet;
    quiet.threshold = log::level::off;
    static_cast<void>(log::configure(quiet));
    actor::tree_options options;
    for (std::uint32_t i = 0; i < shards; ++i) {
      auto& loop = *loops_.emplace_back(std::make_unique<net::event_loop>(i));
      options.shards.push_back(&loop);
    }
    options.kinds = std::move(kinds);
    options.root = std::move(root);
    auto made = actor::tree::make(std::move(options));
    if (!made) {
      give_up(made.error().text());
    }
    tree_ = std::move(*made);
    for (auto& loop : loops_) {
      threads_.emplace_back([&each = *loop] { each.run(); });
    }
  }

  ~running_tree() {
    if (const auto closed = tree_->close(seconds{60}); !closed) {
      give_up(closed.error().text());
    }
    for (auto& loop : loops_) {
      loop->stop();
    }
  }

  running_tree(const running_tree&) = delete;
  running_tree& operator=(const running_tree&) = delete;

  void start() {
    std::promise<result<void>> done;
    tree_->start([&done](result<void> answer) { done.set_value(std::move(answer)); });
    if (const auto answer = done.get_future().get(); !answer) {
      give_up(answer.error().text());
    }
  }

  result<model::reply> ask(model::command what) {
    std::promise<result<model::reply>> done;
    tree_->execute(std::move(what), *loops_.front(), [&done](result<model::reply> answer) {
      done.set_value(std::move(answer));
    });
    return done.get_future().get();
  }

  [[nodiscard]] actor::tree& tree() { return *tree_; }
  [[nodiscard]] std::vector<net::event_loop*> loops() const {
    std::vector<net::event_loop*> all;
    for (const auto& loop : loops_) {
      all.push_back(loop.get());
    }
    return all;
  }

private:
  std::vector<std::unique_ptr<net::event_loop>> loops_;
  std::vector<std::jthread> threads_; ///< joined before the loops go
  std::unique_ptr<actor::tree> tree_;
};

inline model::child_spec spec(std::string id, std::string kind) {
  model::child_spec made;
  made.id = std::move(id);
  made.kind = std::move(kind);
  return made;
}

} // namespace kraken::bench
