// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Ends of real children, and of who is none of ours, as the kernel tells them. Without the right
/// to hear them there is nothing to test but that it is said.
#include "kraken/process/watch/exit_news.hpp"

#include "kraken/process/host/process_state.hpp"
#include "support/loop_thread.hpp"

#include <atomic>
#include <csignal>

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

using namespace kraken;
using namespace kraken::process;

namespace {

/// Waits to be killed.
pid_t child_that_waits() {
  const auto pid = ::fork();
  if (pid == 0) {
    ::pause();
    ::_exit(0);
  }
  REQUIRE(pid > 0);
  return pid;
}

void end(pid_t child) {
  REQUIRE(::kill(child, SIGKILL) == 0);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
}

struct news_fixture {
  test_support::loop_thread on;
  std::unique_ptr<exit_news> news = on.call([this] { return exit_news::make(on.loop()); });

  ~news_fixture() {
    on.call([this] { news.reset(); });
  }
};

} // namespace

TEST_CASE("the end of a child is told while it can not be reaped yet") {
  news_fixture f;
  if (!f.news) {
    return;
  }
  const auto child = child_that_waits();
  std::atomic<int> told = 0;
  std::atomic<bool> known = false;
  const auto place = f.news->add(child, [&] {
    known = ending(child).has_value();
    ++told;
  });
  REQUIRE(place);
  CHECK(f.news->add(child, [] {}) == nullptr);
  REQUIRE(::kill(child, SIGKILL) == 0);
  CHECK(f.on.eventually([&] { return told != 0; }));
  CHECK(known);
  CHECK(::waitpid(child, nullptr, 0) == child);
  CHECK(told == 1);
}

TEST_CASE("nobody is told of others, nor after he has left") {
  news_fixture f;
  if (!f.news) {
    return;
  }
  const auto left = child_that_waits();
  const auto other = child_that_waits();
  const auto last = child_that_waits();
  int told = 0;
  f.news->add(left, [&] { told += 100; }).reset();
  const auto place = f.news->add(last, [&] { ++told; });
  end(left);
  end(other);
  end(last); // what it sends is read after the others'
  CHECK(f.on.eventually([&] { return told != 0; }));
  CHECK(f.on.call([&] { return told; }) == 1);
}

TEST_CASE("a place may outlive the news") {
  news_fixture f;
  if (!f.news) {
    return;
  }
  const auto child = child_that_waits();
  const auto place = f.news->add(child, [] { FAIL("told by nobody"); });
  f.on.call([&] { f.news.reset(); });
  end(child);
  f.on.call([] {});
}
