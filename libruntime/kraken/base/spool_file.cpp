// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// O_TMPFILE, pread(2) and pwrite(2).
#include "kraken/base/spool_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

namespace kraken {

namespace {

constexpr mode_t owner_only = 0600;

// What file systems and kernels say that know no files without a name.
bool needs_name(int errno_value) {
  return errno_value == EOPNOTSUPP || errno_value == EISDIR || errno_value == EINVAL;
}

error not_written(std::uint64_t at) {
  const int why = errno;
  auto out = errno_error("write a temporary file at byte " + std::to_string(at), why);
  if (why == ENOSPC || why == EDQUOT || why == EFBIG) {
    out.code = errc::limit_exceeded;
  }
  return out;
}

} // namespace

std::string default_spool_directory(std::string_view tmpdir) {
  return std::string{tmpdir.starts_with('/') ? tmpdir : "/var/tmp"};
}

result<spool_file> spool_file::make(const std::string& directory) {
  unique_fd file{::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, owner_only)};
  if (file) {
    return spool_file{std::move(file)};
  }
  return needs_name(errno) ? make_by_name(directory)
                           : fail(errno_error("make a temporary file in " + directory));
}

result<spool_file> spool_file::make_by_name(const std::string& directory) {
  auto path = directory + "/kraken-spool-XXXXXX";
  unique_fd file{::mkostemp(path.data(), O_CLOEXEC)};
  if (!file || ::unlink(path.c_str()) != 0) {
    return fail(errno_error("make a temporary file in " + directory));
  }
  return spool_file{std::move(file)};
}

result<void> spool_file::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (count > 0) {
      size_ += static_cast<std::uint64_t>(count);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      return fail(not_written(size_));
    }
  }
  return {};
}

result<std::size_t> spool_file::read(std::uint64_t offset, std::span<char> into) const {
  return read_at(file_, offset, into);
}

// Opened anew, not duplicated: a duplicate could write.
result<unique_fd> spool_file::reader() const {
  const auto path = "/proc/self/fd/" + std::to_string(file_.get());
  unique_fd out{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!out && errno == ENOENT) {
    out.reset(::fcntl(file_.get(), F_DUPFD_CLOEXEC, 0));
  }
  return out ? result<unique_fd>{std::move(out)}
             : fail(errno_error("another descriptor of a temporary file"));
}

result<std::size_t> read_at(const unique_fd& file, std::uint64_t offset, std::span<char> into) {
  std::size_t got = 0;
  while (got < into.size()) {
    const auto count =
        ::pread(file.get(), into.data() + got, into.size() - got, static_cast<off_t>(offset + got));
    if (count == 0) {
      break;
    }
    if (count > 0) {
      got += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      return fail(errno_error("read a temporary file at byte " + std::to_string(offset + got)));
    }
  }
  return got;
}

} // namespace kraken
