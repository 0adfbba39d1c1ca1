// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Who writes when: the thread whenever something waits, else who says a line.
#include "kraken/base/log/log_outlet.hpp"

#include "kraken/base/log_line.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

namespace kraken::log {

namespace {

constexpr std::size_t part_bytes = 64U << 10U;
constexpr auto thread_name = "kraken/log";

using steady = std::chrono::steady_clock;

std::uint64_t lines_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

} // namespace

log_outlet::log_outlet() {
  state_.with(
      [](state& now) { now.to = std::make_shared<const target>(target::standard_error()); });
}

log_outlet::~log_outlet() {
  end_thread(reader_patience);
}

void log_outlet::point(target to, format style) {
  state_.with([&](state& now) {
    now.to = std::make_shared<const target>(std::move(to));
    now.style = style;
    now.torn = false;
    now.stands_still = false;
  });
  wake(); // the thread may wait for the other one
}

void log_outlet::add(std::string_view line) {
  const bool first = state_.with([&](state& now) {
    if (now.full || now.size() + line.size() > waiting_bytes_max) {
      now.full = now.size() != 0;
      lose(1);
      return false;
    }
    const bool empty = now.size() == 0;
    tell_lost(now);
    if (put_line(now, line) == fate::lost) {
      lose(1);
    }
    return empty && now.size() != 0;
  });
  if (first) {
    wake();
  }
}

void log_outlet::lose(std::uint64_t lines) {
  lost_.fetch_add(lines, std::memory_order_relaxed);
}

void log_outlet::tell_lost(state& now) {
  const auto all = lost();
  if (all == now.told) {
    return;
  }
  const auto line = render(now.style,
                           std::chrono::system_clock::now(),
                           level::error,
                           "log_lines_lost",
                           {{"lines", all - now.told}}) +
                    "\n";
  if (put_line(now, line) != fate::lost) {
    now.told = all;
  }
}

log_outlet::fate log_outlet::put_line(state& now, std::string_view line) {
  std::string mended;
  if (now.torn) {
    mended = "\n" + std::string{line};
    line = mended;
  }
  if (now.threaded && (now.size() != 0 || now.to->may_wait())) {
    now.waiting.append(line);
    now.torn = false;
    return fate::waits;
  }
  auto done = now.to->put(line);
  while (done.error == EAGAIN && !now.threaded && !now.stands_still &&
         now.to->takes(reader_patience)) {
    const auto more = now.to->put(line.substr(done.taken));
    done = {done.taken + more.taken, more.error};
  }
  now.stands_still = done.error == EAGAIN && !now.threaded;
  if (done.taken == line.size()) {
    now.torn = false;
    return fate::written;
  }
  if (done.error == EAGAIN && now.threaded) {
    now.waiting.append(line.substr(done.taken));
    now.begun = done.taken != 0 ? now.to : nullptr;
    now.torn = false;
    return fate::waits;
  }
  now.torn = done.taken == 0 ? now.torn : line[done.taken - 1] != '\n';
  return fate::lost;
}

result<void> log_outlet::begin_thread() {
  wake_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake_) {
    return fail(errno_error("eventfd"));
  }
  const auto threaded = [this](bool yes) {
    state_.with([yes](state& now) {
      now.threaded = yes;
      now.last = false;
    });
  };
  threaded(true); // before it looks
  std::promise<void> over;
  over_ = over.get_future();
  try {
    thread_ = std::thread([this, done = std::move(over)]() mutable {
      ::prctl(PR_SET_NAME, thread_name);
      run();
      done.set_value();
    });
  } catch (const std::system_error& why) {
    threaded(false);
    return fail(errc::limit_exceeded,
                std::string{"no thread for the log: the system allows no more (ulimit -u, "
                            "TasksMax=, pids.max): "} +
                    why.what());
  }
  return {};
}

void log_outlet::end_thread(milliseconds within) {
  if (!thread_.joinable()) {
    return;
  }
  state_.with([&](state& now) {
    now.last = true;
    now.until = steady::now() + within;
  });
  wake();
  // Where a write may wait for others it is not waited for: the process ends, and the thread too.
  if (over_.wait_for(2 * within) == std::future_status::ready) {
    thread_.join();
  }
}

void log_outlet::run() {
  while (true) {
    auto next = state_.with([this](state& now) { return next_part(now); });
    if (next.text.empty()) {
      if (next.last) {
        return;
      }
      await_wake();
      continue;
    }
    const auto done = next.to->put(next.text);
    state_.with([&](state& now) { written(now, next, done); });
    if (done.error == EAGAIN && !await_room(*next.to, next.last)) {
      state_.with([this](state& now) { drop_waiting(now); });
    }
  }
}

// Lines that are said once nothing waits any more are written by who says them, also after the end.
log_outlet::part log_outlet::next_part(state& now) {
  if (now.begun && now.begun != now.to) { // its begin stands elsewhere
    now.head = std::min(now.waiting.find('\n', now.head), now.waiting.size() - 1) + 1;
    now.begun.reset();
    lose(1);
  }
  if (now.last && now.size() != 0 && steady::now() >= now.until) {
    drop_waiting(now);
  }
  if (now.size() == 0) {
    now.waiting.clear();
    now.head = 0;
    if (now.waiting.capacity() > part_bytes) {
      std::string{}.swap(now.waiting);
    }
    now.threaded = !now.last;
  } else if (now.head > waiting_bytes_max / 2) {
    now.waiting.erase(0, std::exchange(now.head, 0));
  }
  return {now.to, now.waiting.substr(now.head, part_bytes), now.last};
}

void log_outlet::written(state& now, const part& what, const target::outcome& done) {
  if (done.taken != 0) {
    now.head += done.taken;
    now.begun = what.text[done.taken - 1] != '\n' ? what.to : nullptr;
  }
  if (done.error != 0 && done.error != EAGAIN && what.to == now.to) {
    drop_waiting(now);
  } else if (now.full && now.size() <= waiting_bytes_max / 2) {
    now.full = false;
    tell_lost(now);
  }
}

void log_outlet::drop_waiting(state& now) {
  lose(lines_in(std::string_view{now.waiting}.substr(now.head)));
  now.torn = now.begun != nullptr && now.begun == now.to;
  now.begun.reset();
  now.head = now.waiting.size();
  now.full = false;
  now.stands_still = now.last;
}

// False when the end has come first.
bool log_outlet::await_room(const target& to, bool last) const {
  if (last) {
    const auto left = state_.with([](const state& now) {
      return std::chrono::ceil<milliseconds>(now.until - steady::now());
    });
    return to.takes(std::max(left, milliseconds{0}));
  }
  std::array<pollfd, 2> both{{{.fd = to.fd(), .events = POLLOUT, .revents = 0},
                              {.fd = wake_.get(), .events = POLLIN, .revents = 0}}};
  static_cast<void>(::poll(both.data(), both.size(), -1)); // interrupted: it looks again
  if (both[1].revents != 0) {
    await_wake();
  }
  return true;
}

void log_outlet::await_wake() const {
  pollfd one{.fd = wake_.get(), .events = POLLIN, .revents = 0};
  while (::poll(&one, 1, -1) < 0 && errno == EINTR) {
  }
  eventfd_t count = 0;
  static_cast<void>(::eventfd_read(wake_.get(), &count));
}

void log_outlet::wake() const {
  if (wake_) {
    static_cast<void>(::eventfd_write(wake_.get(), 1)); // fails only when it is awake anyway
  }
}

} // namespace kraken::log
