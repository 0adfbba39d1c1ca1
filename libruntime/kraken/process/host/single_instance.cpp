// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Lock file and stale socket.
#include "kraken/process/host/single_instance.hpp"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kraken::process {

namespace {

constexpr int lock_attempts_max = 8;

std::string read_holder(int lock) {
  std::array<char, 32> text{};
  const auto length = ::pread(lock, text.data(), text.size(), 0);
  std::string pid;
  for (ssize_t i = 0; i < length; ++i) {
    const char c = text.at(static_cast<std::size_t>(i));
    if (c < '0' || c > '9') {
      break;
    }
    pid.push_back(c);
  }
  return pid.empty() ? "unknown" : pid;
}

result<unique_fd> open_lock_file(const std::string& path) {
  unique_fd lock{
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600)};
  if (!lock && errno == ENOENT) { // O_CREAT: the file itself may well be missing
    return fail(errc::not_found,
                "there is no folder for '" + path +
                    "' (beside the admin socket: admin.socket, --socket, KRAKEN_SOCKET)");
  }
  if (!lock) {
    return fail(errno_error("open lock file '" + path + "'"));
  }
  struct stat status {};
  if (::fstat(lock.get(), &status) != 0) {
    return fail(errno_error("stat lock file '" + path + "'"));
  }
  if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid()) {
    return fail(errc::conflict, "'" + path + "' is not a lock file of this user");
  }
  return lock;
}

bool still_at(const std::string& path, int lock) {
  struct stat held {};
  struct stat there {};
  return ::fstat(lock, &held) == 0 && ::lstat(path.c_str(), &there) == 0 &&
         held.st_ino == there.st_ino && held.st_dev == there.st_dev;
}

result<unique_fd> take_lock(const std::string& path, const std::string& socket_path) {
  for (int attempt = 0; attempt < lock_attempts_max; ++attempt) {
    auto lock = open_lock_file(path);
    if (!lock) {
      return lock;
    }
    if (::flock(lock->get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) {
        return fail(errc::already_running,
                    "the daemon with pid " + read_holder(lock->get()) + " holds '" + socket_path +
                        "'");
      }
      return fail(errno_error("lock '" + path + "'"));
    }
    // Somebody who cleans up directories may have removed it between open and lock.
    if (still_at(path, lock->get())) {
      return lock;
    }
  }
  return fail(errc::conflict, "'" + path + "' is removed again and again");
}

result<void> remove_stale_socket(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) {
      return {};
    }
    return fail(errno_error("look at '" + path + "'"));
  }
  if (!S_ISSOCK(status.st_mode) || status.st_uid != ::geteuid()) {
    return fail(errc::conflict,
                "'" + path + "' exists and is not a socket of this user: it is left alone");
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return fail(errno_error("remove stale socket '" + path + "'"));
  }
  return {};
}

/// The lock with the pid of its holder in it, and no socket at the path.
result<unique_fd> take_place(const std::string& socket_path) {
  auto lock = take_lock(socket_path + ".lock", socket_path);
  if (!lock) {
    return lock;
  }
  const auto pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock->get(), 0) != 0 ||
      ::pwrite(lock->get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return fail(errno_error("write '" + socket_path + ".lock'"));
  }
  if (auto removed = remove_stale_socket(socket_path); !removed) {
    return fail(removed.error());
  }
  return lock;
}

} // namespace

result<single_instance> single_instance::acquire(const std::string& socket_path) {
  return take_place(socket_path).map([&](unique_fd lock) {
    return single_instance{std::move(lock), socket_path};
  });
}

single_instance::file_mark single_instance::mark_at(const std::string& path) noexcept {
  struct stat there {};
  return ::lstat(path.c_str(), &there) == 0 ? file_mark{there.st_dev, there.st_ino} : file_mark{};
}

void single_instance::bound() noexcept {
  bound_ = mark_at(socket_);
}

bool single_instance::is_there() const noexcept {
  return bound_ != file_mark{} && bound_ == mark_at(socket_);
}

result<void> single_instance::take_again() {
  if (still_at(socket_ + ".lock", lock_.get())) {
    return {};
  }
  return take_place(socket_).map([this](unique_fd lock) { lock_ = std::move(lock); });
}

void single_instance::withdraw() noexcept {
  if (is_there()) {
    ::unlink(socket_.c_str());
  }
  const auto path = socket_ + ".lock";
  if (still_at(path, lock_.get())) { // else it is somebody else's
    ::unlink(path.c_str());
  }
}

} // namespace kraken::process
