// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// openat2(2) and fstat(2).
#include "kraken/base/regular_file.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace kraken {

namespace {

// A pipe must not hold up anybody until it is seen to be one.
constexpr int reading_flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;

/// What is left of the name below this root.
std::string name_below(std::string_view root, std::string_view name) {
  while (root.ends_with('/')) {
    root.remove_suffix(1);
  }
  if (name.starts_with(root) && name.substr(root.size()).starts_with('/')) {
    name.remove_prefix(root.size());
  }
  name.remove_prefix(std::min(name.find_first_not_of('/'), name.size()));
  return std::string{name};
}

unique_fd open_beneath(int folder, const std::string& name) {
  open_how how{};
  how.flags = reading_flags;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return unique_fd{
      static_cast<int>(::syscall(SYS_openat2, folder, name.c_str(), &how, sizeof how))};
}

std::optional<regular_file> look_at(unique_fd fd) {
  struct stat seen {};
  if (::fstat(fd.get(), &seen) != 0 || !S_ISREG(seen.st_mode)) {
    return std::nullopt;
  }
  return regular_file{
      std::move(fd), static_cast<std::uint64_t>(seen.st_size), std::int64_t{seen.st_mtim.tv_sec}};
}

} // namespace

result<regular_file> open_regular(const std::string& path) {
  unique_fd fd{::open(path.c_str(), reading_flags)};
  if (!fd) {
    return fail(errno_error("open " + path));
  }
  auto found = look_at(std::move(fd));
  if (!found) {
    return fail(errc::invalid_argument, path + " is no regular file");
  }
  return std::move(*found);
}

std::string_view irregular_kind(unsigned mode) noexcept {
  return S_ISREG(mode)    ? ""
         : S_ISDIR(mode)  ? "a directory"
         : S_ISFIFO(mode) ? "a FIFO"
         : S_ISSOCK(mode) ? "a socket"
                          : "a device";
}

result<std::string> read_regular(const std::string& path, std::size_t most) {
  const unique_fd fd{::open(path.c_str(), reading_flags)};
  const auto opening = errno;
  struct stat seen {};
  const bool known = (fd ? ::fstat(fd.get(), &seen) : ::stat(path.c_str(), &seen)) == 0;
  if (const auto kind = irregular_kind(seen.st_mode); known && !kind.empty()) {
    return fail(errc::invalid_argument, "is " + std::string{kind} + ", not a file");
  }
  std::string text(fd ? most : 0, '\0');
  std::size_t size = 0;
  ssize_t count = fd ? 1 : -1;
  errno = opening;
  while (count > 0 && size < most) {
    do {
      count = ::read(fd.get(), text.data() + size, most - size);
    } while (count < 0 && errno == EINTR);
    size += count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  if (count < 0) {
    return fail(errc::system_error, "cannot be read: " + std::generic_category().message(errno));
  }
  text.resize(size);
  return text;
}

result<regular_file> open_below(std::span<const std::string> roots, std::string_view name) {
  for (const auto& root : roots) {
    const unique_fd folder{::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
    const auto rest = name_below(root, name);
    if (!folder || rest.empty()) {
      continue;
    }
    if (auto fd = open_beneath(folder.get(), rest); fd) {
      if (auto found = look_at(std::move(fd))) {
        return std::move(*found);
      }
    }
  }
  return fail(errc::not_found, "no folder of the route has this file");
}

result<regular_file> as_regular(unique_fd fd) {
  const int flags = ::fcntl(fd.get(), F_GETFL);
  if (flags < 0 || (flags & O_ACCMODE) == O_WRONLY || (flags & O_PATH) != 0) {
    return fail(errc::invalid_argument, "a descriptor that is not open for reading");
  }
  auto found = look_at(std::move(fd));
  if (!found) {
    return fail(errc::invalid_argument, "a descriptor that is no regular file");
  }
  if (waits_for_a_process(found->fd.get())) {
    return fail(errc::invalid_argument, "a file of a file system that is another process");
  }
  return std::move(*found);
}

bool waits_for_a_process(int fd) noexcept {
  struct statfs seen {};
  return ::fstatfs(fd, &seen) != 0 || seen.f_type == FUSE_SUPER_MAGIC;
}

} // namespace kraken
