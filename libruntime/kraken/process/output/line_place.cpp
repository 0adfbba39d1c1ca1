// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/process/output/line_place.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <utility>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace kraken::process {

namespace {

constexpr mode_t line_file_mode = 0640;
constexpr int links_max = 40; ///< as the kernel has it

unique_fd open_root() {
  return unique_fd{::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)};
}

// Whoever can change a folder says where its links lead, and root must not be led.
bool only_ours(int folder) {
  struct stat info {};
  return ::geteuid() != 0 || (::fstat(folder, &info) == 0 && info.st_uid == 0 &&
                              (info.st_mode & (S_IWGRP | S_IWOTH)) == 0U);
}

bool of_the_kernel(int folder) {
  struct statfs info {};
  return ::fstatfs(folder, &info) == 0 && info.f_type == PROC_SUPER_MAGIC;
}

result<unique_fd> own_descriptor(int number) {
  unique_fd out{::fcntl(number, F_DUPFD_CLOEXEC, 3)};
  return out ? result<unique_fd>{std::move(out)} : fail(errno_error("descriptor"));
}

} // namespace

result<line_place> find_line_place(const std::string& path) {
  line_place out{open_root(), {}, false};
  auto left = path;
  for (int links = 0; out.folder;) {
    left.erase(0, left.find_first_not_of('/'));
    const auto end = left.find('/');
    out.name = left.substr(0, end);
    auto rest = end == std::string::npos ? std::string{} : left.substr(end);
    std::array<char, PATH_MAX> target; // NOLINT: filled by readlinkat
    const auto size =
        ::readlinkat(out.folder.get(), out.name.c_str(), target.data(), target.size());
    out.follows = size >= 0;
    if (out.follows && !of_the_kernel(out.folder.get())) {
      if (!only_ours(out.folder.get())) {
        return fail(errc::invalid_argument,
                    "'" + path + "': '" + out.name +
                        "' is a symbolic link in a folder that others than root can change");
      }
      if (++links > links_max) {
        return fail(errno_error("'" + path + "'", ELOOP));
      }
      left = std::string{target.data(), static_cast<std::size_t>(size)} + rest;
      if (left.starts_with('/')) {
        out.folder = open_root();
      }
      continue;
    }
    if (end == std::string::npos) {
      return out;
    }
    const int flags = O_PATH | O_DIRECTORY | O_CLOEXEC | (out.follows ? 0 : O_NOFOLLOW);
    out.folder = unique_fd{::openat(out.folder.get(), out.name.c_str(), flags)};
    left = std::move(rest);
  }
  return fail(errno_error("'" + path + "'"));
}

result<unique_fd> open_line_place(const line_place& at) {
  constexpr int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  unique_fd out{::openat(
      at.folder.get(), at.name.c_str(), flags | (at.follows ? 0 : O_NOFOLLOW), line_file_mode)};
  struct stat info {};
  if (!out || ::fstat(out.get(), &info) != 0) {
    return fail(errno_error("'" + at.name + "'"));
  }
  if (S_ISREG(info.st_mode) && info.st_nlink > 1 && !only_ours(at.folder.get())) {
    return fail(errc::invalid_argument,
                "'" + at.name + "' has another name, in a folder that others than root can change");
  }
  return out;
}

bool names_a_file(const std::string& file) noexcept {
  return !file.empty() && file != "/dev/stdout" && file != "/dev/stderr";
}

result<unique_fd> open_line_target(const std::string& file) {
  if (!names_a_file(file)) {
    return own_descriptor(file == "/dev/stdout" ? STDOUT_FILENO : STDERR_FILENO);
  }
  return find_line_place(file).and_then([](const line_place& at) { return open_line_place(at); });
}

} // namespace kraken::process
