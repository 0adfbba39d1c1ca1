// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Reading of /proc/PID/stat.
#include "kraken/process/host/process_state.hpp"

#include "kraken/process/launch/detail/own_children.hpp"

#include <charconv>
#include <string>

#include <sys/wait.h>

namespace kraken::process {

namespace {

// Fields of /proc/PID/stat, counted from 1 as proc(5) does.
constexpr int state_field = 3; // the first behind the name
constexpr int flags_field = 9;
constexpr int threads_field = 20;
constexpr int exit_code_field = 52;

constexpr std::uint32_t flag_exiting = 4; // PF_EXITING

// A field of what follows the name.
std::optional<std::uint32_t> stat_field(std::string_view rest, int number) {
  for (int at = state_field; at < number; ++at) {
    const auto space = rest.find(' ');
    if (space == std::string_view::npos) {
      return std::nullopt;
    }
    rest.remove_prefix(space + 1);
  }
  std::uint32_t value = 0;
  const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  return read.ec == std::errc{} ? std::optional{value} : std::nullopt;
}

} // namespace

bool sleeps(pid_t pid) {
  const auto stat = detail::read_proc_file("/proc/" + std::to_string(pid) + "/stat");
  if (!stat) {
    return true;
  }
  // "PID (name) STATE ...", and the name may hold anything.
  const auto name_end = stat->rfind(") ");
  return name_end == std::string::npos || name_end + 2 >= stat->size() ||
         (*stat)[name_end + 2] != 'R';
}

bool stopped(pid_t pid) noexcept {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WSTOPPED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid;
}

std::optional<exit_status> read_ending(std::string_view stat) {
  const auto name_end = stat.rfind(") ");
  if (name_end == std::string_view::npos) {
    return std::nullopt;
  }
  const auto rest = stat.substr(name_end + 2);
  const auto flags = stat_field(rest, flags_field);
  const auto code = stat_field(rest, exit_code_field);
  if (!flags || (*flags & flag_exiting) == 0 || stat_field(rest, threads_field) != 1U || !code ||
      *code == 0) {
    return std::nullopt;
  }
  const auto status = static_cast<int>(*code); // as waitpid gives it
  return exit_status{.value = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
                     .by_signal = WIFSIGNALED(status),
                     .core_dumped = WIFSIGNALED(status) && WCOREDUMP(status)};
}

std::optional<exit_status> ending(pid_t pid) {
  const auto stat = detail::read_proc_file("/proc/" + std::to_string(pid) + "/stat");
  return stat ? read_ending(*stat) : std::nullopt;
}

} // namespace kraken::process
