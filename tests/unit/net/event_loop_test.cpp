// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The loop with real descriptors: order of posts, time, batches, removal from inside a batch.
#include "kraken/net/event_loop.hpp"

#include "kraken/base/unique_fd.hpp"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/eventfd.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace kraken;
using net::event_loop;

namespace {

struct on_ready_call final : net::watcher {
  std::function<void()> then;
  int calls = 0;

  void on_ready(std::uint32_t) override {
    ++calls;
    then();
  }
};

struct task final : net::batch_task {
  int runs = 0;

private:
  void at_batch_end() override { ++runs; }
};

unique_fd ready_descriptor() {
  return unique_fd{::eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC)};
}

} // namespace

TEST_CASE("posted work runs in order on the loop's thread") {
  event_loop loop{0};
  std::vector<int> order;
  for (int i = 0; i < 100; ++i) {
    loop.post([&order, i] { order.push_back(i); });
  }
  loop.post([&] {
    CHECK(loop.on_this_thread());
    loop.stop();
  });
  CHECK_FALSE(loop.on_this_thread());
  std::thread runner{[&] { loop.run(); }};
  runner.join();
  REQUIRE(order.size() == 100);
  CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("time waited for comes in order, and not at all when given up") {
  event_loop loop{0};
  std::vector<int> order;
  std::vector<std::unique_ptr<reactor::waiting>> waits;
  waits.push_back(loop.after(60ms, [&] {
    order.push_back(2);
    loop.stop();
  }));
  waits.push_back(loop.after(20ms, [&] { order.push_back(1); }));
  auto given_up = loop.after(30ms, [&] { order.push_back(99); });
  given_up.reset();
  loop.run();
  CHECK(order == std::vector<int>{1, 2});
}

TEST_CASE("a watcher removed by a deadline that came with its event is not called") {
  event_loop loop{0};
  const unique_fd quiet{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  on_ready_call watcher;
  bool removed = false;
  int late = 0;
  watcher.then = [&] { late += removed ? 1 : 0; };
  std::unique_ptr<reactor::waiting> removal;
  std::unique_ptr<reactor::waiting> end;
  loop.post([&] {
    REQUIRE(loop.add(quiet.get(), net::readable, watcher));
    removal = loop.after(1ms, [&] {
      loop.remove(quiet.get(), watcher);
      removed = true;
    });
    end = loop.after(100ms, [&] { loop.stop(); });
    // The loop comes back too late: both the time and the event are there then.
    const auto until = std::chrono::steady_clock::now() + 50ms;
    while (std::chrono::steady_clock::now() < until) {
    }
    REQUIRE(::eventfd_write(quiet.get(), 1) == 0);
  });
  loop.run();
  CHECK(removed);
  CHECK(late == 0);
}

TEST_CASE("a watcher removed by another one of the same batch is not called") {
  event_loop loop{0};
  const auto a = ready_descriptor();
  const auto b = ready_descriptor();
  on_ready_call first;
  on_ready_call second;
  // Whichever comes first removes both.
  first.then = second.then = [&] {
    loop.remove(a.get(), first);
    loop.remove(b.get(), second);
    loop.stop();
  };
  REQUIRE(loop.add(a.get(), net::readable, first));
  REQUIRE(loop.add(b.get(), net::readable, second));
  loop.run();
  CHECK(first.calls + second.calls == 1);
}

TEST_CASE("a batch task runs once per batch however often it is asked for") {
  event_loop loop{0};
  const auto a = ready_descriptor();
  on_ready_call ready;
  task end_of_batch;
  ready.then = [&] {
    loop.at_batch_end(end_of_batch);
    loop.at_batch_end(end_of_batch);
    if (ready.calls == 3) {
      loop.remove(a.get(), ready);
      loop.post([&] { loop.stop(); });
    }
  };
  REQUIRE(loop.add(a.get(), net::readable, ready));
  loop.run();
  CHECK(end_of_batch.runs == 3);
}

TEST_CASE("work posted by a watcher runs in its batch, before what was put off to the end") {
  event_loop loop{0};
  const auto a = ready_descriptor();
  on_ready_call ready;
  struct noting final : net::batch_task {
    std::vector<std::string>* order = nullptr;

  private:
    void at_batch_end() override { order->emplace_back("batch end"); }
  } end_of_batch;
  std::vector<std::string> order;
  end_of_batch.order = &order;
  ready.then = [&] {
    loop.remove(a.get(), ready);
    loop.at_batch_end(end_of_batch);
    loop.post([&] {
      order.emplace_back("first");
      loop.post([&] {
        order.emplace_back("of the first"); // has a turn of its own: a chain holds up nobody
        loop.stop();
      });
    });
    loop.post([&] { order.emplace_back("second"); });
    order.emplace_back("watcher");
  };
  REQUIRE(loop.add(a.get(), net::readable, ready));
  loop.run();
  CHECK(order ==
        std::vector<std::string>{"watcher", "first", "second", "batch end", "of the first"});
}

TEST_CASE("work posted by a watcher comes behind what its thread posted before") {
  event_loop loop{0};
  const unique_fd quiet{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  on_ready_call ready;
  std::vector<int> order;
  ready.then = [&] {
    loop.remove(quiet.get(), ready);
    loop.post([&] {
      order.push_back(1);
      loop.stop();
    });
  };
  REQUIRE(loop.add(quiet.get(), net::readable, ready));
  loop.post([&] {
    REQUIRE(::eventfd_write(quiet.get(), 1) == 0);
    loop.post([&] { loop.post([&] { order.push_back(0); }); }); // queued when the event is found
  });
  loop.run();
  CHECK(order == std::vector<int>{0, 1});
}

TEST_CASE("a withdrawn batch task does not run") {
  event_loop loop{0};
  task kept;
  {
    task gone;
    loop.post([&] {
      loop.at_batch_end(kept);
      loop.at_batch_end(gone);
      gone.withdraw();
    });
    loop.post([&] { loop.stop(); });
    loop.run();
    CHECK(gone.runs == 0);
  }
  CHECK(kept.runs == 1);
}

TEST_CASE("the date is an HTTP date") {
  event_loop loop{0};
  const auto date = loop.http_date();
  REQUIRE(date.size() == 29);
  CHECK(date.substr(25) == " GMT");
}
