// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The thread, its file, and what becomes of lines that the file does not take.
#include "kraken/process/output/line_file.hpp"

#include "kraken/base/clock.hpp"
#include "kraken/base/limits.hpp"
#include "kraken/process/output/line_place.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kraken::process {

namespace {

constexpr std::size_t kept_batch_bytes = 64U << 10U;
constexpr int last_wait_ms = 500; ///< for a reader that is only slow, at the end

// It was opened for writing only.
bool ends_in_a_line(int target, off_t size) {
  const unique_fd read_too{
      ::open(("/proc/self/fd/" + std::to_string(target)).c_str(), O_RDONLY | O_CLOEXEC)};
  char last = '\n';
  return size > 0 && read_too && ::pread(read_too.get(), &last, 1, size - 1) == 1 && last != '\n';
}

std::uint64_t lines_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

// As much as a pipe that polls as writable takes without blocking: whole lines where they fit.
std::string_view pipe_part(std::string_view text) {
  const auto part = text.substr(0, PIPE_BUF);
  const auto end = part.rfind('\n');
  return end == std::string_view::npos ? part : part.substr(0, end + 1);
}

} // namespace

result<std::shared_ptr<line_file>> line_file::open(
    std::string file, rotation_rules rules, std::string thread, ear tell, unopened then) {
  auto target = open_line_target(file);
  if (!target && then == unopened::fails) {
    return fail(target.error());
  }
  unique_fd wake{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!wake) {
    return fail(errno_error("eventfd"));
  }
  auto made = std::make_shared<line_file>(
      only_open{}, std::move(file), rules, std::move(tell), std::move(wake));
  if (target) {
    made->adopt(std::move(*target));
  } else {
    made->regular_ = true; // nobody waits for it
    made->absence_ = target.error().text();
  }
  std::promise<void> over;
  made->over_ = over.get_future();
  try {
    made->thread_ = std::thread(
        [self = made.get(), name = std::move(thread), done = std::move(over)]() mutable {
          ::prctl(PR_SET_NAME, name.c_str());
          self->run();
          done.set_value();
        });
  } catch (const std::system_error& why) {
    return fail(errc::limit_exceeded, std::string{"no thread for a file of lines: "} + why.what());
  }
  return made;
}

line_file::line_file(only_open, std::string file, rotation_rules rules, ear tell, unique_fd wake)
    : file_(std::move(file)), tell_(std::move(tell)), wake_(std::move(wake)) {
  turn_over(rules);
}

line_file::~line_file() {
  end();
  if (thread_.joinable()) { // else it could not be made
    thread_.join();
  }
}

void line_file::add(std::string_view lines) {
  const bool worth_a_wake = pending_.with([&](pending& now) {
    if (now.last || now.lines.size() + lines.size() > limits::line_file_bytes_max) {
      drop(lines);
      return !std::exchange(now.told, true);
    }
    const bool first = now.lines.empty();
    now.lines.append(lines);
    return first;
  });
  if (worth_a_wake) {
    wake();
  }
}

bool line_file::is_crowded(std::function<void()> then) {
  return pending_.with([&](pending& now) {
    const bool crowded = !now.last && now.lines.size() > limits::line_file_bytes_max / 2;
    if (crowded) {
      now.waiting.push_back(std::move(then));
    }
    return crowded;
  });
}

result<void> line_file::reopen() {
  if (!names_a_file(file_)) {
    return {};
  }
  auto fresh = open_line_target(file_);
  if (!fresh) {
    return fail(fresh.error());
  }
  pending_.with([&](pending& now) { now.reopened = std::move(*fresh); });
  wake();
  return {};
}

void line_file::turn_over(rotation_rules rules) {
  pending_.with([&](pending& now) { now.rules = rules; });
}

void line_file::end() {
  pending_.with([](pending& now) { now.last = true; });
  wake();
}

bool line_file::ended(milliseconds within) const {
  return over_.wait_for(within) == std::future_status::ready;
}

bool line_file::is_over() const {
  return pending_.with([](const pending& now) { return now.last; });
}

void line_file::wake() const {
  static_cast<void>(::eventfd_write(wake_.get(), 1)); // fails only when it is awake anyway
}

void line_file::await_wake() const {
  pollfd each{.fd = wake_.get(), .events = POLLIN, .revents = 0};
  while (::poll(&each, 1, -1) < 0 && errno == EINTR) {
  }
  eventfd_t count = 0;
  static_cast<void>(::eventfd_read(wake_.get(), &count));
}

void line_file::adopt(unique_fd target) {
  struct stat info {};
  regular_ = ::fstat(target.get(), &info) == 0 && S_ISREG(info.st_mode);
  target_ = std::move(target);
  // Whoever wrote it before may have died, or given up, in the middle of a line.
  torn_by_others_ = may_be_renamed() && ends_in_a_line(target_.get(), info.st_size);
  rest_ = torn_by_others_ ? "\n" : "";
}

void line_file::find_target() {
  if (auto found = open_line_target(file_)) {
    adopt(std::move(*found));
  } else {
    absence_ = found.error().text();
  }
}

void line_file::run() {
  pending batch;
  while (!batch.last) {
    if (!std::exchange(woken_, false)) {
      await_wake();
    }
    batch.lines.clear();
    if (batch.lines.capacity() > kept_batch_bytes) {
      std::string{}.swap(batch.lines);
    }
    pending_.with([&](pending& now) {
      std::swap(batch.lines, now.lines);
      batch.waiting = std::exchange(now.waiting, {});
      batch.reopened = std::exchange(now.reopened, std::nullopt);
      rules_ = now.rules;
      now.told = false;
      batch.last = now.last;
    });
    for (const auto& then : batch.waiting) {
      then();
    }
    if (batch.reopened) {
      give_up_line();
      adopt(std::move(*batch.reopened));
    } else if (!batch.lines.empty()) {
      look_for_name();
    }
    write(batch.lines);
    if (batch.last) {
      give_up_line();
    }
    tell();
  }
}

void line_file::write(std::string_view lines) {
  while (!lines.empty()) {
    const auto part = part_for_file(lines);
    write_part(part);
    lines.remove_prefix(part.size());
  }
}

// A line that was begun is finished before anything else: the file's lines are whole, but for the
// last one while its rest finds no room.
void line_file::write_part(std::string_view lines) {
  if (!finish_line()) {
    return drop(lines);
  }
  const auto taken = put(lines);
  const auto left = lines.substr(taken);
  counters_.written.fetch_add(lines_in(lines.substr(0, taken)), std::memory_order_relaxed);
  const bool torn = taken != 0 && lines[taken - 1] != '\n';
  const auto rest = left.substr(0, torn ? left.find('\n') + 1 : 0);
  rest_ = rest;
  drop(left.substr(rest.size()));
}

bool line_file::finish_line() {
  if (rest_.empty()) {
    return true;
  }
  rest_.erase(0, put(rest_));
  if (rest_.empty() && !std::exchange(torn_by_others_, false)) {
    counters_.written.fetch_add(1, std::memory_order_relaxed);
  }
  return rest_.empty();
}

void line_file::give_up_line() {
  if (!finish_line() && !torn_by_others_) {
    counters_.dropped.fetch_add(1, std::memory_order_relaxed);
  }
  rest_.clear();
  torn_by_others_ = false;
}

// How much of it the file has taken; if that is less than all, `reason_` says why.
std::size_t line_file::put(std::string_view text) {
  std::size_t taken = 0;
  while (taken != text.size()) {
    if (!target_) {
      reason_ = absence_;
      break;
    }
    if (!may_write()) {
      reason_ = "it takes nothing";
      break;
    }
    const auto left = text.substr(taken);
    const auto part = regular_ ? left : pipe_part(left);
    const auto count = ::write(target_.get(), part.data(), part.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
      continue;
    }
    if (count <= 0) {
      reason_ = errno_error("write").text();
      break;
    }
    taken += static_cast<std::size_t>(count);
  }
  return taken;
}

// True when a write will not wait, false when the end has come first.
bool line_file::may_write() {
  while (!regular_) {
    std::array<pollfd, 2> both{{{.fd = target_.get(), .events = POLLOUT, .revents = 0},
                                {.fd = wake_.get(), .events = POLLIN, .revents = 0}}};
    const bool over = is_over();
    const auto count = ::poll(both.data(), over ? 1 : 2, over ? last_wait_ms : -1);
    if (count < 0) {
      continue; // EINTR
    }
    if (both[0].revents != 0) {
      return true; // ready, or broken: the write will say so
    }
    if (count == 0) {
      return false;
    }
    await_wake();
    woken_ = true; // for lines that `run` has to look at
    tell();
  }
  return true;
}

void line_file::drop(std::string_view lines) {
  counters_.dropped.fetch_add(lines_in(lines), std::memory_order_relaxed);
}

// Once when lines begin to be lost and once when they no longer are. By this thread only: the log
// may be the very file that takes nothing.
void line_file::tell() {
  using kind = line_file_news::kind;
  const auto dropped = counters_.dropped.load(std::memory_order_relaxed);
  const bool more = dropped != known_;
  if (more && !std::exchange(dropping_, true)) {
    tell_({kind::drops,
           dropped,
           reason_.empty() ? std::string{"lines come faster than it takes them"} : reason_});
  } else if (!more && rest_.empty() && std::exchange(dropping_, false)) {
    reason_.clear();
    tell_({kind::resumes, dropped, {}});
  }
  known_ = dropped;
}

void end_all(const std::vector<std::shared_ptr<line_file>>& files, milliseconds within) {
  for (const auto& each : files) {
    each->end();
  }
  const steady_monotonic_clock clock;
  const auto deadline = clock.now() + within;
  for (const auto& each : files) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - clock.now());
    static_cast<void>(each->ended(std::max(left, milliseconds{0})));
  }
}

} // namespace kraken::process
