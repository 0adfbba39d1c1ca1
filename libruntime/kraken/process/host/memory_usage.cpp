// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Reading of /proc/PID/statm.
#include "kraken/process/host/memory_usage.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace kraken::process {

result<memory_gauge> memory_gauge::open(const pidfd& process) {
  const auto path = "/proc/" + std::to_string(process.pid()) + "/statm";
  unique_fd statm{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!statm) {
    return fail(errno_error("open " + path));
  }
  return memory_gauge{std::move(statm)};
}

result<memory_usage> memory_gauge::read() const {
  std::array<char, 160> text{};
  const auto length = ::pread(statm_.get(), text.data(), text.size(), 0);
  if (length < 0 && errno != ESRCH) {
    return fail(errno_error("read statm"));
  }
  // "size resident shared ...", in pages. All zero: the process is a zombie.
  std::array<std::uint64_t, 3> pages{};
  const char* at = text.data();
  const char* end = text.data() + (length > 0 ? length : 0);
  for (auto& number : pages) {
    const auto parsed = std::from_chars(at, end, number);
    if (parsed.ec != std::errc{}) {
      return fail(errc::not_found, "the process has ended");
    }
    at = parsed.ptr == end ? end : parsed.ptr + 1;
  }
  if (pages[0] == 0) {
    return fail(errc::not_found, "the process has ended");
  }
  static const auto page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const auto shared = pages[2] < pages[1] ? pages[2] : pages[1];
  return memory_usage{bytes{pages[1] * page_bytes}, bytes{(pages[1] - shared) * page_bytes}};
}

} // namespace kraken::process
