// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// inotify's records.
#include "kraken/process/watch/directory_events.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/inotify.h>
#include <unistd.h>

namespace kraken::process {

namespace {

constexpr std::size_t buffer_bytes = 16U << 10U;
constexpr std::uint32_t wanted = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                 IN_MOVED_TO | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;

directory_event read_record(const inotify_event& from, std::string_view name) {
  using what = directory_event::what;
  directory_event out;
  out.watch = from.wd;
  out.is_directory = (from.mask & IN_ISDIR) != 0;
  out.moved = (from.mask & IN_MOVED_TO) != 0;
  out.name = name;
  if ((from.mask & IN_Q_OVERFLOW) != 0) {
    out.happened = what::lost;
  } else if ((from.mask & (IN_IGNORED | IN_MOVE_SELF | IN_UNMOUNT)) != 0) {
    out.happened = what::ended;
  } else if ((from.mask & (IN_DELETE | IN_MOVED_FROM)) != 0) {
    out.happened = what::vanished;
  } else if ((from.mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
    out.happened = what::appeared;
  }
  return out;
}

} // namespace

result<directory_events> directory_events::open() {
  unique_fd fd{::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
  if (!fd) {
    return fail(errno_error("inotify_init1 (see fs.inotify.max_user_instances)"));
  }
  return directory_events{std::move(fd)};
}

result<int> directory_events::add(const std::string& directory) {
  const int watch =
      ::inotify_add_watch(fd_.get(), directory.empty() ? "/" : directory.c_str(), wanted);
  if (watch >= 0) {
    return watch;
  }
  if (errno == ENOENT || errno == ENOTDIR) {
    return fail(errc::not_found, "there is no directory '" + directory + "'");
  }
  if (errno == ENOSPC) {
    return fail(errc::limit_exceeded,
                "the kernel watches no more directories for this user "
                "(fs.inotify.max_user_watches)");
  }
  return fail(errno_error("watch '" + directory + "'"));
}

void directory_events::remove(int watch) noexcept {
  static_cast<void>(::inotify_rm_watch(fd_.get(), watch)); // EINVAL: it has ended
}

void directory_events::read(const std::function<void(const directory_event&)>& each) {
  alignas(inotify_event) std::array<char, buffer_bytes> buffer{};
  const auto length = ::read(fd_.get(), buffer.data(), buffer.size());
  for (ssize_t at = 0; at < length;) {
    inotify_event head{};
    const char* const record = buffer.data() + at;
    std::memcpy(&head, record, sizeof head);
    const char* const name = record + sizeof head;
    each(read_record(head, {name, ::strnlen(name, head.len)}));
    at += static_cast<ssize_t>(sizeof head + head.len);
  }
}

} // namespace kraken::process
