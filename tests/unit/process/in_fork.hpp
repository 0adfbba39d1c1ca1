// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Runs a check in a forked process, for what changes the process itself.
#pragma once

#include "running_child.hpp"

#include <csignal>
#include <functional>

#include <sys/wait.h>
#include <unistd.h>

namespace kraken::process::test {

/// @param check returns 0 when all is well, else a number that tells which step was not
/// @return      that number; 1000 + signal if it died; -1 if it took too long
inline int in_fork(const std::function<int()>& check) {
  const auto pid = ::fork();
  if (pid == 0) {
    ::_exit(check());
  }
  auto process = pidfd::open(pid);
  if (!process) {
    return -2;
  }
  if (!wait_readable(process->fd())) {
    static_cast<void>(process->send(SIGKILL));
    ::waitpid(pid, nullptr, 0);
    return -1;
  }
  const auto status = process->try_reap();
  if (!status || !*status) {
    return -3;
  }
  return (*status)->by_signal ? 1000 + (*status)->value : (*status)->value;
}

} // namespace kraken::process::test
