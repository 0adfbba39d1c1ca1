// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Raising and looking at RLIMIT_NOFILE.
#include "kraken/process/launch/descriptor_plan.hpp"

#include "kraken/base/limits.hpp"
#include "kraken/base/unique_fd.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <string>

#include <fcntl.h>
#include <sys/resource.h>

namespace kraken::process {

namespace {

// 8 bytes of the kernel's memory for each.
constexpr std::uint64_t room_for = 16'384;

// Who looks why clients are turned away, or stops them, comes by a connection as well.
constexpr std::uint64_t for_console_max = 32;

// The kernel enlarges a process's table of descriptors when one more does not fit, and while the
// process has several threads all that open one wait for that, 4 to 20 ms: in the middle of a burst
// of connections or workers. So it is made large while there is one thread, for whom nobody waits.
void make_room(std::uint64_t limit) noexcept {
  const unique_fd any{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  const auto last = static_cast<int>(std::min(limit, room_for)) - 1;
  const unique_fd far{::fcntl(any.get(), F_DUPFD_CLOEXEC, last)}; // or the table stays as it is
}

} // namespace

int descriptor_plan::clients_below() const noexcept {
  constexpr std::uint64_t all = std::numeric_limits<int>::max();
  return static_cast<int>(limit == 0 ? all : std::min(limit - for_console, all));
}

result<void> descriptor_plan::admit(std::uint64_t more, std::string_view purpose) const {
  if (limit == 0) {
    return {};
  }
  const unique_fd lowest{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  if (!lowest && errno != EMFILE) {
    return fail(errno_error("open /dev/null"));
  }
  const auto used = lowest ? static_cast<std::uint64_t>(lowest.get()) : limit;
  if (more + kept + used <= limit) {
    return {};
  }
  return fail(errc::limit_exceeded,
              std::string{purpose} + ": " + std::to_string(more) +
                  " more file descriptors are needed; of " + std::to_string(limit) + " " +
                  std::to_string(used) + " are in use and " + std::to_string(kept) +
                  " kept for clients (raise the hard limit: ulimit -Hn, LimitNOFILE=)");
}

descriptor_plan plan_descriptors() {
  rlimit now{};
  if (::getrlimit(RLIMIT_NOFILE, &now) != 0) {
    return {};
  }
  descriptor_plan plan;
  plan.for_children = now.rlim_cur;
  const rlimit raised{now.rlim_max, now.rlim_max};
  // Refused where the hard limit is above what the kernel allows by now: then it stays as it is.
  plan.limit = ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? now.rlim_max : now.rlim_cur;
  plan.kept = std::min<std::uint64_t>(plan.limit / 8, limits::descriptors_kept_max);
  plan.for_console = std::min(plan.kept / 2, for_console_max);
  make_room(plan.limit);
  return plan;
}

} // namespace kraken::process
