// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A supervised process whose template is this test: what it answers, and what comes of that.
#include "kraken/process/launch/descriptor_message.hpp"
#include "kraken/process/launch/supervised_process.hpp"

#include "kraken/base/limits.hpp"
#include "support/loop_thread.hpp"
#include "unit/process/running_child.hpp"

#include <csignal>
#include <optional>

#include <catch2/catch.hpp>

#include <unistd.h>

using namespace kraken;
using namespace kraken::process;
using kraken::test_support::loop_thread;

namespace {

/// A process asked of a template. Everything but the calls here belongs to the loop.
class asked {
public:
  asked() {
    auto ends = template_link::make();
    REQUIRE(ends);
    link = std::move(ends->first);
    far = std::move(ends->second);
    process = std::make_unique<supervised_process>(
        on.loop(),
        children,
        log,
        supervised_process::callbacks{
            .ended = [this](const exit_status& how) { end = how; },
            .drain = {},
            .line = [this](const captured_line& line) { lines.push_back(line.text); }});
    launch_spec spec;
    spec.environment.set = {{"KRAKEN_ALIAS", "Main/web/w1"}, {"OTHER", "1"}};
    REQUIRE(on.call([&] {
      return process
          ->start_by_fork(link, std::move(spec), [this](result<void> born) { outcome = born; })
          .has_value();
    }));
    auto came = receive_message(far.get(), patience::wait);
    REQUIRE(came);
    order = *read_fork_order(came->text);
    answer = std::move(came->descriptors.back());
    came->descriptors.pop_back();
    given = std::move(came->descriptors);
  }

  ~asked() {
    on.call([&] { process.reset(); });
    static_cast<void>(children.sweep(sweep_extent::all));
  }

  /// As a template does it, but with a child of our own right away.
  pid_t fork_one() {
    const auto pid = ::fork();
    if (pid == 0) {
      static_cast<void>(::write(given[0].get(), "born\n", 5));
      ::pause();
      ::_exit(0);
    }
    auto opened = pidfd::open(pid);
    REQUIRE(opened);
    const int number = opened->fd();
    REQUIRE(
        send_message(answer.get(), write_template_message(template_word::forked), {&number, 1}));
    answer.reset();
    given.clear();
    return pid;
  }

  errc failure() {
    REQUIRE(on.eventually([&] { return outcome.has_value(); }));
    return on.call([&] { return *outcome ? errc::none : outcome->error().code; });
  }

  child_registry children;
  std::shared_ptr<container_log> log = std::make_shared<container_log>();
  std::shared_ptr<template_link> link;
  unique_fd far;
  fork_order order;
  unique_fd answer;
  std::vector<unique_fd> given;
  std::optional<result<void>> outcome;
  std::optional<exit_status> end;
  std::vector<std::string> lines;
  std::unique_ptr<supervised_process> process;
  loop_thread on;
};

} // namespace

TEST_CASE("an order has the outputs, the worker's variables and a launch mark of its own") {
  asked one;
  CHECK(one.order.targets == std::vector<int>{STDOUT_FILENO, STDERR_FILENO});
  REQUIRE(one.order.variables.size() == 2);
  CHECK(one.order.variables[0].starts_with(std::string{launch_mark_variable} + "="));
  CHECK(one.order.variables[1] == "KRAKEN_ALIAS=Main/web/w1");
  CHECK(one.on.call([&] { return one.process->alive(); }));
  CHECK(one.on.call([&] { return one.process->pid(); }) == 0); // not -1, which is everybody
}

TEST_CASE("nobody is swept while a fork is awaited") {
  asked one;
  const auto pid = one.fork_one();
  const auto look = [&] { return one.children.sweep(sweep_extent::all).value(); };
  // Before its answer is read on the loop, or after: it is never taken for an orphan.
  CHECK(look().killed == 0);
  CHECK(one.failure() == errc::none);
  const auto after = look();
  CHECK_FALSE(after.deferred);
  CHECK(after.killed == 0);
  CHECK(::kill(pid, 0) == 0);
}

TEST_CASE("who awaits a fork no longer does not hold up sweeps") {
  asked one;
  CHECK(one.children.sweep()->deferred);
  SECTION("it has failed") {
    one.answer.reset();
    CHECK(one.failure() == errc::unreachable);
  }
  SECTION("its owner has gone") {
    one.on.call([&] { one.process.reset(); });
  }
  CHECK_FALSE(one.children.sweep()->deferred);
}

TEST_CASE("a forked process is supervised like a launched one") {
  asked one;
  const auto pid = one.fork_one();
  CHECK(one.failure() == errc::none);
  CHECK(one.on.call([&] { return one.process->pid(); }) == pid);
  CHECK(::getpgid(pid) == pid);
  REQUIRE(one.on.eventually([&] { return !one.lines.empty(); }));
  one.on.call([&] { one.process->kill(); });
  REQUIRE(one.on.eventually([&] { return one.end.has_value(); }));
  CHECK(one.end->value == SIGKILL);
}

TEST_CASE("who is stopped or killed before it is born ends at once") {
  asked one;
  one.on.call(
      [&, how = GENERATE(0, 1)] { how == 0 ? one.process->stop({}) : one.process->kill(); });
  one.fork_one();
  REQUIRE(one.on.eventually([&] { return one.end.has_value(); }));
  CHECK(one.end->value == SIGKILL);
}

TEST_CASE("an answer that a late loop has not seen yet counts") {
  asked one;
  pid_t pid = 0;
  one.on.call([&] {
    const auto until = one.on.loop().now() + limits::fork_patience + milliseconds{50};
    pid = one.fork_one();
    while (std::chrono::steady_clock::now() < until) { // nobody else's turn comes
    }
  });
  CHECK(one.failure() == errc::none);
  CHECK(one.on.call([&] { return one.process->pid(); }) == pid);
  const auto cut = receive_message(one.far.get(), patience::look);
  REQUIRE_FALSE(cut);
  CHECK(cut.error().code == errc::busy); // the template has not been cut off
}

TEST_CASE("a template that ends, cannot, or talks nonsense is an error") {
  asked one;
  SECTION("ends") {
    one.answer.reset();
    CHECK(one.failure() == errc::unreachable);
  }
  SECTION("cannot") {
    REQUIRE(send_message(one.answer.get(), write_template_message(template_word::failed, "no")));
    CHECK(one.failure() == errc::refused);
  }
  SECTION("nonsense") {
    REQUIRE(send_message(one.answer.get(), "?"));
    CHECK(one.failure() == errc::protocol_error);
  }
  SECTION("no pidfd") {
    const int number = one.far.get();
    REQUIRE(send_message(
        one.answer.get(), write_template_message(template_word::forked), {&number, 1}));
    CHECK(one.failure() == errc::protocol_error);
  }
  SECTION("somebody else's process") {
    const auto stranger = pidfd::open(::getppid());
    const int number = stranger->fd();
    REQUIRE(send_message(
        one.answer.get(), write_template_message(template_word::forked), {&number, 1}));
    CHECK(one.failure() == errc::not_found);
  }
  CHECK_FALSE(one.on.call([&] { return one.process->alive(); }));
}

TEST_CASE("a template that does not answer is cut off") {
  asked one;
  CHECK(one.failure() == errc::timeout);
  CHECK(receive_message(one.far.get(), patience::wait)->text.empty());
}
