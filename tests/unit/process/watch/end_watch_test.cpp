// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Words of real threads and processes that end, and words that somebody plays with.
#include "kraken/process/watch/end_watch.hpp"

#include "kraken/base/limits.hpp"
#include "unit/process/running_child.hpp"
#include "unit/process/shared_words.hpp"

#include <atomic>
#include <csignal>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace kraken;
using namespace kraken::process;

namespace {

using test::shared_word;
using test::shared_words;

/// A process that owns a word from before this returns.
pid_t owner_of(shared_word& word) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const auto pid = ::fork();
  if (pid == 0) {
    struct {
      robust_list entry;
      robust_list_head head;
    } list{};
    list.entry.next = &list.head.list;
    list.head.list.next = &list.entry;
    list.head.futex_offset = reinterpret_cast<char*>(&word) - reinterpret_cast<char*>(&list.entry);
    ::syscall(SYS_set_robust_list, &list.head, sizeof list.head);
    word = static_cast<std::uint32_t>(::gettid()) | FUTEX_WAITERS;
    const bool said = ::write(ends[1], "o", 1) == 1;
    ::pause();
    ::_exit(said ? 0 : 1);
  }
  char told = 0;
  REQUIRE(::read(ends[0], &told, 1) == 1);
  ::close(ends[0]);
  ::close(ends[1]);
  return pid;
}

struct asked {
  std::promise<void> promise;
  int times = 0;

  [[nodiscard]] std::function<void()> counter() {
    return [this] {
      if (++times == 1) {
        promise.set_value();
      }
    };
  }
  [[nodiscard]] bool comes() {
    return promise.get_future().wait_for(process::test::patience) == std::future_status::ready;
  }
};

/// Returns when the watch has looked at every word it has.
void let_it_look(end_watch& ends) {
  const shared_word marked{FUTEX_OWNER_DIED};
  asked look;
  const auto place = ends.add(marked, look.counter());
  REQUIRE(place != nullptr);
  REQUIRE(look.comes());
}

} // namespace

TEST_CASE("the end of who owns a word is told, once") {
  const auto ends = end_watch::make();
  if (!ends) {
    return; // this kernel has none
  }
  const auto words = shared_words();
  asked end;
  const auto place = ends->add(*words, end.counter());
  REQUIRE(place != nullptr);
  const auto pid = owner_of(*words);
  let_it_look(*ends);
  CHECK(end.times == 0);
  ::kill(pid, SIGKILL);
  CHECK(end.comes());
  ::waitpid(pid, nullptr, 0);
  CHECK((words->load() & FUTEX_OWNER_DIED) != 0);
  let_it_look(*ends);
  CHECK(end.times == 1);
}

TEST_CASE("an end before the word is watched is told as well") {
  const auto ends = end_watch::make();
  if (!ends) {
    return;
  }
  const auto words = shared_words();
  const auto pid = owner_of(*words);
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  asked end;
  const auto place = ends->add(*words, end.counter());
  CHECK(end.comes());
}

TEST_CASE("nobody is told of a word whose place is gone") {
  const auto ends = end_watch::make();
  if (!ends) {
    return;
  }
  const auto words = shared_words();
  asked end;
  auto place = ends->add(*words, end.counter());
  const auto pid = owner_of(*words);
  place.reset();
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  let_it_look(*ends);
  CHECK(end.times == 0);
}

TEST_CASE("more words than one thread can wait for are not watched") {
  const auto ends = end_watch::make();
  if (!ends) {
    return;
  }
  const shared_word still{0};
  std::vector<std::unique_ptr<end_watch::place>> places;
  for (std::size_t i = 0; i < limits::end_words_max; ++i) {
    places.push_back(ends->add(still, [] {}));
    REQUIRE(places.back() != nullptr);
  }
  CHECK(ends->add(still, [] {}) == nullptr);
  places.pop_back();
  let_it_look(*ends);
}

TEST_CASE("a word that changes all the time is left alone") {
  const auto ends = end_watch::make();
  if (!ends) {
    return;
  }
  shared_word restless{0};
  asked end;
  const auto place = ends->add(restless, end.counter());
  for (std::uint32_t i = 1; i < 20; ++i) {
    restless = i;
    let_it_look(*ends);
  }
  restless = FUTEX_OWNER_DIED;
  let_it_look(*ends);
  CHECK(end.times == 0);
}

TEST_CASE("memory that goes with its place ends no watch") {
  const auto ends = end_watch::make();
  if (!ends) {
    return;
  }
  std::atomic<bool> over{false};
  // Each change makes the thread list its words anew: some lists have a word that is unmapped
  // before the wait begins.
  std::thread changing([&] {
    while (!over) {
      const shared_word still{0};
      static_cast<void>(ends->add(still, [] {}));
    }
  });
  int failed = 0;
  for (int i = 0; i < 20'000 && failed == 0; ++i) {
    const auto words = shared_words();
    failed += ends->add(*words, [] {}) == nullptr ? 1 : 0; // its place ends before its memory
  }
  over = true;
  changing.join();
  CHECK(failed == 0);
  asked end;
  const auto words = shared_words();
  const auto place = ends->add(*words, end.counter());
  REQUIRE(place != nullptr);
  const auto pid = owner_of(*words);
  ::kill(pid, SIGKILL);
  CHECK(end.comes());
  ::waitpid(pid, nullptr, 0);
}
