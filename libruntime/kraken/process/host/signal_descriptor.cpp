// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// signalfd and the dispositions that go with it.
#include "kraken/process/host/signal_descriptor.hpp"

#include "kraken/base/signal_name.hpp"

#include <cerrno>
#include <csignal>
#include <string>

#include <sys/signalfd.h>
#include <unistd.h>

namespace kraken::process {

namespace {

std::string name_of_signal(int number) {
  const auto name = signal_name(number);
  return name.empty() ? "signal " + std::to_string(number) : std::string{name};
}

result<void> set_disposition(int number, void (*disposition)(int)) {
  struct sigaction action {};
  action.sa_handler = disposition;
  if (::sigaction(number, &action, nullptr) != 0) {
    return fail(errno_error("set disposition of " + name_of_signal(number)));
  }
  return {};
}

} // namespace

result<signal_descriptor> signal_descriptor::open(std::initializer_list<int> signals) {
  sigset_t set{};
  ::sigemptyset(&set);
  for (const int number : signals) {
    if (number == SIGKILL || number == SIGSTOP || ::sigaddset(&set, number) != 0) {
      return fail(errc::invalid_argument, name_of_signal(number) + " cannot be received");
    }
  }
  if (const int status = ::pthread_sigmask(SIG_BLOCK, &set, nullptr); status != 0) {
    return fail(errno_error("block signals", status));
  }
  for (const int number : signals) {
    if (auto done = set_disposition(number, SIG_DFL); !done) {
      return fail(done.error());
    }
  }
  for (const int number : {SIGPIPE, SIGXFSZ}) {
    if (auto done = set_disposition(number, SIG_IGN); !done) {
      return fail(done.error());
    }
  }
  unique_fd fd{::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
  if (!fd) {
    return fail(errno_error("signalfd"));
  }
  return signal_descriptor{std::move(fd)};
}

result<std::optional<received_signal>> signal_descriptor::next() {
  signalfd_siginfo info{};
  const auto length = ::read(fd_.get(), &info, sizeof info);
  if (length == static_cast<ssize_t>(sizeof info)) {
    return std::optional{received_signal{static_cast<int>(info.ssi_signo),
                                         static_cast<pid_t>(info.ssi_pid),
                                         static_cast<uid_t>(info.ssi_uid)}};
  }
  if (errno == EAGAIN || errno == EINTR) {
    return std::optional<received_signal>{};
  }
  return fail(errno_error("read signalfd"));
}

} // namespace kraken::process
