// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/native/own_threads.hpp"

#include "kraken/base/log.hpp"

#include <utility>

namespace kraken::containers {

result<void> own_threads::enter() {
  return content_.with([this](content& now) -> result<void> {
    if (now.running >= max_) {
      return fail(errc::limit_exceeded,
                  "own_thread: there are " + std::to_string(now.running) +
                      " such threads already, " + std::to_string(now.strays.size()) +
                      " of them stuck");
    }
    ++now.running;
    return {};
  });
}

void own_threads::leave() {
  content_.with([](content& now) { --now.running; });
}

std::uint64_t
own_threads::strand(const std::string& path, std::uint64_t generation, std::jthread thread) {
  log::error("own_thread_stuck", {{"container", path}, {"generation", generation}});
  return content_.with([&](content& now) {
    now.strays.emplace(++now.last,
                       stray{path, std::chrono::steady_clock::now(), std::move(thread)});
    return now.last;
  });
}

void own_threads::returned(std::uint64_t number) {
  auto back = content_.with([number](content& now) { return now.strays.extract(number); });
  if (!back.empty()) {
    back.mapped().thread.join();
    leave();
    log::warn("own_thread_returned", {{"container", back.mapped().path}});
  }
}

std::size_t own_threads::running() const {
  return content_.with([](const content& now) { return now.running; });
}

std::size_t own_threads::stuck() const {
  return content_.with([](const content& now) { return now.strays.size(); });
}

std::multimap<std::string, time_point> own_threads::stuck_since() const {
  return content_.with([](const content& now) {
    std::multimap<std::string, time_point> all;
    for (const auto& [number, each] : now.strays) {
      all.emplace(each.path, each.since);
    }
    return all;
  });
}

} // namespace kraken::containers
