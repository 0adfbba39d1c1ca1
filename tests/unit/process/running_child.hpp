// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Waiting for real processes in tests: always on a descriptor, always with a deadline.
#pragma once

#include "kraken/process/launch/launcher.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <poll.h>
#include <unistd.h>

namespace kraken::process::test {

inline constexpr std::chrono::seconds patience{20}; ///< far beyond any healthy wait

/// @return true once `fd` is readable or at its end, false after `patience`
inline bool wait_readable(int fd) {
  pollfd one{fd, POLLIN, 0};
  const auto ms = std::chrono::milliseconds{patience}.count();
  return ::poll(&one, 1, static_cast<int>(ms)) == 1;
}

/// Everything that comes out of `fd` until its end.
inline std::string read_all(int fd) {
  std::string text;
  while (wait_readable(fd)) {
    char part[4096];
    const auto length = ::read(fd, part, sizeof part);
    if (length <= 0) {
      return text;
    }
    text.append(part, static_cast<std::size_t>(length));
  }
  return text + "<no end of file in time>";
}

/// Reads up to and with the next line end; the child must have written it whole.
inline std::string read_line(int fd) {
  std::string text;
  char c = 0;
  while (wait_readable(fd) && ::read(fd, &c, 1) == 1 && c != '\n') {
    text.push_back(c);
  }
  return text;
}

/// Waits for the end and reaps, killing what is left of the group.
inline exit_status reap(pidfd& process) {
  if (!wait_readable(process.fd())) {
    static_cast<void>(process.send_group(9));
    return exit_status{-1, false, false};
  }
  auto status = process.try_reap_group();
  return status && *status ? **status : exit_status{-2, false, false};
}

/// A spec for tests: root may run things, as the tests themselves may be root.
inline launch_spec program(std::vector<std::string> argv) {
  launch_spec spec;
  spec.argv = std::move(argv);
  spec.root = superuser::allow;
  return spec;
}

inline launch_spec shell(const std::string& script) {
  return program({"/bin/sh", "-c", script});
}

/// Output of a program that ends by itself.
struct finished {
  exit_status status;
  std::string out;
  std::string err;
};

/// Launches, reads all output, reaps. A failed launch shows as status -3 and its text in `err`.
inline finished run(launch_spec spec) {
  auto started = launch(std::move(spec));
  if (!started) {
    return {exit_status{-3, false, false}, {}, started.error().text()};
  }
  finished done;
  done.out = started->standard_output ? read_all(started->standard_output.get()) : "";
  done.err = started->standard_error ? read_all(started->standard_error.get()) : "";
  done.status = reap(started->process);
  return done;
}

} // namespace kraken::process::test
