// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Table of signal names.
#include "kraken/process/signal_name.hpp"

#include <array>
#include <cctype>
#include <csignal>

namespace kraken::process {

namespace {

struct signal_row {
  int number;
  std::string_view name; ///< without SIG
};

// glibc's sigabbrev_np() would do for printing, but reading needs the table anyway.
constexpr std::array signal_rows{
    signal_row{SIGHUP, "HUP"},       signal_row{SIGINT, "INT"},       signal_row{SIGQUIT, "QUIT"},
    signal_row{SIGILL, "ILL"},       signal_row{SIGTRAP, "TRAP"},     signal_row{SIGABRT, "ABRT"},
    signal_row{SIGBUS, "BUS"},       signal_row{SIGFPE, "FPE"},       signal_row{SIGKILL, "KILL"},
    signal_row{SIGUSR1, "USR1"},     signal_row{SIGSEGV, "SEGV"},     signal_row{SIGUSR2, "USR2"},
    signal_row{SIGPIPE, "PIPE"},     signal_row{SIGALRM, "ALRM"},     signal_row{SIGTERM, "TERM"},
    signal_row{SIGSTKFLT, "STKFLT"}, signal_row{SIGCHLD, "CHLD"},     signal_row{SIGCONT, "CONT"},
    signal_row{SIGSTOP, "STOP"},     signal_row{SIGTSTP, "TSTP"},     signal_row{SIGTTIN, "TTIN"},
    signal_row{SIGTTOU, "TTOU"},     signal_row{SIGURG, "URG"},       signal_row{SIGXCPU, "XCPU"},
    signal_row{SIGXFSZ, "XFSZ"},     signal_row{SIGVTALRM, "VTALRM"}, signal_row{SIGPROF, "PROF"},
    signal_row{SIGWINCH, "WINCH"},   signal_row{SIGIO, "IO"},         signal_row{SIGPWR, "PWR"},
    signal_row{SIGSYS, "SYS"},
};

} // namespace

std::string signal_name(int number) {
  for (const auto& row : signal_rows) {
    if (row.number == number) {
      return "SIG" + std::string{row.name};
    }
  }
  if (number >= SIGRTMIN && number <= SIGRTMAX) {
    return "SIGRTMIN+" + std::to_string(number - SIGRTMIN);
  }
  return "signal " + std::to_string(number);
}

result<int> parse_signal(std::string_view name) {
  std::string upper{name};
  for (auto& c : upper) {
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  std::string_view wanted = upper;
  if (wanted.substr(0, 3) == "SIG") {
    wanted.remove_prefix(3);
  }
  for (const auto& row : signal_rows) {
    if (row.name == wanted) {
      return row.number;
    }
  }
  return fail(errc::parse_error,
              "expected a signal such as SIGTERM, got '" + std::string{name} + "'");
}

std::string describe_exit(const exit_status& status) {
  if (!status.by_signal) {
    return "exit code " + std::to_string(status.value);
  }
  auto text = "signal " + std::to_string(status.value) + " (" + signal_name(status.value) + ")";
  return status.core_dumped ? text + ", core dumped" : text;
}

} // namespace kraken::process
