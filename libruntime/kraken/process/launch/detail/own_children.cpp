// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A walk through /proc.
#include "kraken/process/launch/detail/own_children.hpp"

#include "kraken/base/unique_fd.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace kraken::process::detail {

namespace {

constexpr std::size_t proc_file_bytes_max = 4U << 20U; // environ and argv of one process at most

bool is_child_of(pid_t parent, std::string_view pid) {
  const auto stat = read_proc_file("/proc/" + std::string{pid} + "/stat");
  if (!stat) {
    return false; // ended meanwhile
  }
  // "PID (name) STATE PPID ...", and the name may hold anything.
  const auto name_end = stat->rfind(") ");
  if (name_end == std::string::npos || name_end + 4 >= stat->size()) {
    return false;
  }
  const char* const at = stat->data() + name_end + 4;
  pid_t found = 0;
  return std::from_chars(at, stat->data() + stat->size(), found).ec == std::errc{} &&
         found == parent;
}

} // namespace

result<std::string> read_proc_file(const std::string& path) {
  const unique_fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file) {
    return fail(errno_error("open " + path));
  }
  std::string text;
  std::array<char, 4096> part{};
  while (text.size() < proc_file_bytes_max) {
    const auto length = ::read(file.get(), part.data(), part.size());
    if (length < 0) {
      return fail(errno_error("read " + path));
    }
    if (length == 0) {
      break;
    }
    text.append(part.data(), static_cast<std::size_t>(length));
  }
  return text;
}

// /proc/PID/task/TID/children would be shorter, but not every kernel has it.
result<std::vector<pid_t>> own_children() {
  struct close_directory {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
  };
  const std::unique_ptr<DIR, close_directory> directory{::opendir("/proc")};
  if (!directory) {
    return fail(errno_error("open /proc"));
  }
  const auto self = ::getpid();
  std::vector<pid_t> out;
  // The stream is this call's own: readdir is safe.
  while (const auto* entry = ::readdir(directory.get())) { // NOLINT(concurrency-mt-unsafe)
    const std::string_view name{entry->d_name};
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec == std::errc{} &&
        is_child_of(self, name)) {
      out.push_back(pid);
    }
  }
  return out;
}

} // namespace kraken::process::detail
