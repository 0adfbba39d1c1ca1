// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The word of a process that ends, as another one sees it.
#include "php/native/link/life_mark.hpp"

#include "unit/process/shared_words.hpp"

#include <csignal>
#include <memory>
#include <optional>

#include <catch2/catch.hpp>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using kraken::process::test::shared_word;
using kraken::process::test::shared_words;

namespace {

// What a process made by clone3 begins with.
void forget_the_librarys_list() {
  ::syscall(SYS_set_robust_list, nullptr, sizeof(robust_list_head));
}

void wait_for(pid_t pid) {
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
}

} // namespace

TEST_CASE("the kernel marks the word of a process that ends, by exit or by signal") {
  const auto word = shared_words();
  const bool killed = GENERATE(false, true);
  const auto pid = ::fork();
  if (pid == 0) {
    forget_the_librarys_list();
    const kraken::php::life_mark mark{*word};
    const bool owns = *word == (static_cast<std::uint32_t>(::gettid()) | FUTEX_WAITERS);
    if (killed) {
      ::raise(SIGKILL);
    }
    ::_exit(owns ? 0 : 1);
  }
  wait_for(pid);
  CHECK(*word == (FUTEX_WAITERS | FUTEX_OWNER_DIED));
}

TEST_CASE("a mark that is over leaves the word as it is") {
  const auto word = shared_words();
  const auto pid = ::fork();
  if (pid == 0) {
    forget_the_librarys_list();
    std::optional<kraken::php::life_mark> mark{*word};
    mark.reset();
    ::_exit(0);
  }
  wait_for(pid);
  CHECK(*word == (static_cast<std::uint32_t>(pid) | FUTEX_WAITERS));
}

TEST_CASE("the C library's own list is not taken away") {
  const auto word = shared_words();
  const auto pid = ::fork();
  if (pid == 0) {
    const kraken::php::life_mark mark{*word};
    ::_exit(0);
  }
  wait_for(pid);
  CHECK(*word == 0);
}
