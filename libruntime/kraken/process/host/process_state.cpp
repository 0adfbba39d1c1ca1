// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Reading of /proc/PID/stat.
#include "kraken/process/host/process_state.hpp"

#include "kraken/process/launch/detail/own_children.hpp"

#include <string>

namespace kraken::process {

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

} // namespace kraken::process
