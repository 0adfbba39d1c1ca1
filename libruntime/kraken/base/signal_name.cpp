// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The table of signal names. libc's own differ in spelling and language.
#include "kraken/base/signal_name.hpp"

#include <array>
#include <csignal>

namespace kraken {

namespace {

struct signal_row {
  int number;
  std::string_view name;
};

constexpr std::array signal_rows{
    signal_row{SIGHUP, "SIGHUP"},   signal_row{SIGINT, "SIGINT"},
    signal_row{SIGQUIT, "SIGQUIT"}, signal_row{SIGILL, "SIGILL"},
    signal_row{SIGTRAP, "SIGTRAP"}, signal_row{SIGABRT, "SIGABRT"},
    signal_row{SIGBUS, "SIGBUS"},   signal_row{SIGFPE, "SIGFPE"},
    signal_row{SIGKILL, "SIGKILL"}, signal_row{SIGUSR1, "SIGUSR1"},
    signal_row{SIGSEGV, "SIGSEGV"}, signal_row{SIGUSR2, "SIGUSR2"},
    signal_row{SIGPIPE, "SIGPIPE"}, signal_row{SIGALRM, "SIGALRM"},
    signal_row{SIGTERM, "SIGTERM"}, signal_row{SIGSTKFLT, "SIGSTKFLT"},
    signal_row{SIGCHLD, "SIGCHLD"}, signal_row{SIGCONT, "SIGCONT"},
    signal_row{SIGSTOP, "SIGSTOP"}, signal_row{SIGTSTP, "SIGTSTP"},
    signal_row{SIGTTIN, "SIGTTIN"}, signal_row{SIGTTOU, "SIGTTOU"},
    signal_row{SIGURG, "SIGURG"},   signal_row{SIGXCPU, "SIGXCPU"},
    signal_row{SIGXFSZ, "SIGXFSZ"}, signal_row{SIGVTALRM, "SIGVTALRM"},
    signal_row{SIGPROF, "SIGPROF"}, signal_row{SIGWINCH, "SIGWINCH"},
    signal_row{SIGIO, "SIGIO"},     signal_row{SIGPWR, "SIGPWR"},
    signal_row{SIGSYS, "SIGSYS"},
};

} // namespace

std::string_view signal_name(int number) noexcept {
  for (const auto& row : signal_rows) {
    if (row.number == number) {
      return row.name;
    }
  }
  return {};
}

int signal_number(std::string_view name) noexcept {
  for (const auto& row : signal_rows) {
    if (row.name == name) {
      return row.number;
    }
  }
  return 0;
}

} // namespace kraken
