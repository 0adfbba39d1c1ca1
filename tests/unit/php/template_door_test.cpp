// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A real template without PHP: a process of this test that forks, and the children it makes,
/// which are this test's own.
#include "php/native/template_door.hpp"

#include "kraken/base/pidfd.hpp"
#include "kraken/process/launch/descriptor_message.hpp"
#include "kraken/process/launch/detail/own_children.hpp"
#include "kraken/process/launch/template_link.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kraken::php {

namespace {

using process::template_word;

std::string facts_of_child() {
  int signal_number = 0;
  ::prctl(PR_GET_PDEATHSIG, &signal_number, 0, 0, 0);
  const char* const alias = std::getenv("KRAKEN_ALIAS"); // NOLINT(concurrency-mt-unsafe)
  return "signal " + std::to_string(signal_number) + " leader " +
         std::to_string(::getpgrp() == ::getpid()) + " thread " +
         std::to_string(::gettid() == ::getpid()) + " parent " + std::to_string(::getppid()) +
         " alias " + (alias == nullptr ? "none" : alias) + "\n";
}

[[noreturn]] void be_template(unique_fd socket, pid_t parent) {
  template_door door{std::move(socket)};
  door.say(template_word::ready);
  auto order = door.serve(parent, [] {});
  if (!order) {
    ::_exit(0);
  }
  if (!door.leave(*order)) {
    ::_exit(9);
  }
  const char* const alias = std::getenv("KRAKEN_ALIAS"); // NOLINT(concurrency-mt-unsafe)
  if (alias != nullptr && std::string_view{alias} == "slow") {
    char none = 0;
    ::_exit(::read(5, &none, 1) == 0 ? 6 : 8); // until the test lets go of the other end
  }
  door.ask_for_another();
  const auto text = facts_of_child();
  ::_exit(::write(5, text.data(), text.size()) > 0 ? 7 : 8);
}

/// A template and the daemon's end of its socket.
struct template_process {
  explicit template_process(pid_t parent = ::getpid()) {
    auto ends = process::template_link::make();
    REQUIRE(ends);
    link = std::move(ends->first);
    pid = ::fork();
    if (pid == 0) {
      link.reset();
      be_template(std::move(ends->second), parent);
    }
    ends->second.reset();
    const auto first = process::receive_message(link->fd(), process::patience::wait);
    REQUIRE(first);
    REQUIRE(process::read_template_message(first->text)->what == template_word::ready);
  }

  ~template_process() {
    link.reset();
    int status = 0;
    ::waitpid(pid, &status, 0);
    CHECK(status == 0); // it ends by itself when the daemon is gone
    while (::waitpid(-1, &status, 0) > 0) {
      CHECK(status == 0); // so does the child that has no order
    }
  }

  std::shared_ptr<process::template_link> link;
  pid_t pid = -1;
};

pidfd born(int answer) {
  pollfd one{answer, POLLIN, 0};
  REQUIRE(::poll(&one, 1, 20'000) == 1);
  auto came = process::receive_message(answer, process::patience::wait);
  REQUIRE(came);
  REQUIRE(process::read_template_message(came->text)->what == template_word::forked);
  REQUIRE(came->descriptors.size() == 1);
  auto made = pidfd::take(std::move(came->descriptors.front()));
  REQUIRE(made);
  return std::move(*made);
}

exit_status end_of(pidfd& process) {
  pollfd one{process.fd(), POLLIN, 0};
  REQUIRE(::poll(&one, 1, 20'000) == 1);
  return **process.try_reap();
}

} // namespace

TEST_CASE("a forked child is the daemon's own, with its own descriptors and environment") {
  template_process from;
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const unique_fd reading{ends[0]};
  unique_fd writing{ends[1]};
  auto answer = from.link->ask({{5}, {"KRAKEN_ALIAS=Main/web/w1"}}, {&ends[1], 1});
  REQUIRE(answer);
  writing.reset();
  auto child = born(answer->get());
  std::array<char, 200> text{};
  const auto got = ::read(reading.get(), text.data(), text.size());
  REQUIRE(got > 0);
  CHECK(std::string(text.data(), static_cast<std::size_t>(got)) ==
        "signal 9 leader 1 thread 1 parent " + std::to_string(::getpid()) + " alias Main/web/w1\n");
  CHECK(::read(reading.get(), text.data(), text.size()) == 0); // nobody else has kept it
  CHECK(end_of(child).value == 7);
}

// The one child that waits for an order.
pid_t child_ahead(pid_t of) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (std::chrono::steady_clock::now() < deadline) {
    const auto children = process::detail::own_children();
    REQUIRE(children);
    for (const auto each : *children) {
      if (each != of) {
        return each;
      }
    }
  }
  return -1;
}

TEST_CASE("the child is there before its order, and the next one after it") {
  template_process from;
  pid_t before = -1;
  for (int i = 0; i < 3; ++i) {
    const auto ahead = child_ahead(from.pid);
    REQUIRE(ahead > 0);
    CHECK(ahead != before);
    CHECK(::getpgid(ahead) == ::getpgid(from.pid)); // it goes with its template
    auto answer = from.link->ask({}, {});
    REQUIRE(answer);
    auto child = born(answer->get());
    CHECK(child.pid() == ahead);
    CHECK(end_of(child).value == 8);
    before = ahead;
  }
}

TEST_CASE("who comes next does not wait until the one before has time") {
  template_process from;
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const unique_fd reading{ends[0]};
  unique_fd writing{ends[1]};
  auto answer = from.link->ask({{5}, {"KRAKEN_ALIAS=slow"}}, {&ends[0], 1});
  REQUIRE(answer);
  auto slow = born(answer->get());
  for (int i = 0; i < 3; ++i) {
    auto next = from.link->ask({}, {});
    REQUIRE(next);
    auto child = born(next->get());
    CHECK(end_of(child).value == 8);
  }
  writing.reset();
  CHECK(end_of(slow).value == 6);
}

TEST_CASE("one that ends with its order is followed by another") {
  template_process from;
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const unique_fd reading{ends[0]};
  const unique_fd writing{ends[1]};
  auto answer = from.link->ask({{5}, {"KRAKEN_ALIAS=slow"}}, {&ends[0], 1});
  REQUIRE(answer);
  auto doomed = born(answer->get());
  REQUIRE(doomed.send(SIGKILL));
  CHECK(end_of(doomed).by_signal);
  const auto ahead = child_ahead(from.pid);
  auto next = from.link->ask({}, {});
  REQUIRE(next);
  auto child = born(next->get());
  CHECK(child.pid() == ahead);
  CHECK(end_of(child).value == 8);
}

TEST_CASE("a killed child costs no order") {
  template_process from;
  const auto ahead = child_ahead(from.pid);
  REQUIRE(ahead > 0);
  ::kill(ahead, SIGKILL);
  int status = 0;
  ::waitpid(ahead, &status, 0);
  for (int i = 0; i < 2; ++i) {
    auto answer = from.link->ask({}, {});
    REQUIRE(answer);
    auto child = born(answer->get());
    CHECK(end_of(child).value == 8);
  }
}

TEST_CASE("a child whose daemon has gone ends, and its order with it") {
  template_process from{1'000'000}; // its parent is somebody else by now
  auto answer = from.link->ask({}, {});
  REQUIRE(answer);
  const auto came = process::receive_message(answer->get(), process::patience::wait);
  REQUIRE(came);
  CHECK(came->text.empty());
}

TEST_CASE("a bad order is answered, and the next one carried out") {
  template_process from;
  auto answer = from.link->ask({{5}, {}}, {});
  REQUIRE(answer);
  const auto came = process::receive_message(answer->get(), process::patience::wait);
  REQUIRE(came);
  CHECK(process::read_template_message(came->text)->what == template_word::failed);
  auto next = from.link->ask({}, {});
  REQUIRE(next);
  auto child = born(next->get());
  CHECK(end_of(child).value == 8); // without the descriptor
}

} // namespace kraken::php
