// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The only file that knows Boost.Asio: nests the data plane's epoll set in an io_context.
#include "kraken/net/event_loop.hpp"

#include "kraken/base/assert.hpp"
#include "kraken/base/unique_fd.hpp"

// g++ 12 with Boost 1.74 needs <utility> before Asio's coroutine headers.
#include <utility>

#include <array>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sys/epoll.h>

namespace kraken::net {

namespace {

constexpr std::size_t batch_events_max = 512;
constexpr std::size_t scratch_bytes = 256U << 10U;

// Batches handled before posted work, actors and Asio's own timers get their turn again.
constexpr int rounds_per_turn = 4;

std::uint32_t to_epoll(std::uint32_t what) {
  return ((what & readable) != 0 ? static_cast<std::uint32_t>(EPOLLIN) : 0U) |
         ((what & writable) != 0 ? static_cast<std::uint32_t>(EPOLLOUT) : 0U) |
         ((what & no_more) != 0 ? static_cast<std::uint32_t>(EPOLLRDHUP) : 0U);
}

std::uint32_t from_epoll(std::uint32_t events) {
  return ((events & EPOLLIN) != 0 ? static_cast<std::uint32_t>(readable) : 0U) |
         ((events & EPOLLOUT) != 0 ? static_cast<std::uint32_t>(writable) : 0U) |
         ((events & EPOLLRDHUP) != 0 ? static_cast<std::uint32_t>(no_more) : 0U) |
         ((events & (EPOLLHUP | EPOLLERR)) != 0 ? static_cast<std::uint32_t>(hung_up) : 0U);
}

} // namespace

namespace {

/// A descriptor waited for through the reactor interface.
class waiting_for_input final : public reactor::waiting, private watcher {
public:
  waiting_for_input(event_loop& loop, int fd, std::function<void()> then)
      : loop_(loop), fd_(fd), then_(std::move(then)) {}
  ~waiting_for_input() override { loop_.remove(fd_, *this); }

  [[nodiscard]] bool begin() { return loop_.add(fd_, readable, *this).has_value(); }

private:
  void on_ready(std::uint32_t /*what*/) override {
    const auto call = then_; // the callback may destroy this object
    call();
  }

  event_loop& loop_;
  int fd_;
  std::function<void()> then_;
};

/// A time waited for through the reactor interface.
class waiting_for_time final : public reactor::waiting, public deadline {
public:
  explicit waiting_for_time(std::function<void()> then) : then_(std::move(then)) {}

private:
  void expired(time_point /*now*/) override {
    const auto call = std::move(then_);
    call();
  }

  std::function<void()> then_;
};

} // namespace

struct event_loop::implementation {
  explicit implementation(std::uint32_t number)
      : index(number), clock_timer(context), epoll(::epoll_create1(EPOLL_CLOEXEC)),
        readiness_source(context), now(std::chrono::steady_clock::now()), wheel(now) {
    KRAKEN_ASSERT(static_cast<bool>(epoll));
    readiness_source.assign(epoll.get());
  }

  ~implementation() {
    // Both own the descriptor; Asio must not close it.
    static_cast<void>(readiness_source.release());
  }

  void wait_for_readiness() {
    readiness_source.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                                [this](const boost::system::error_code& failed) {
                                  if (!failed) {
                                    turn();
                                    wait_for_readiness();
                                  }
                                });
  }

  void turn() {
    for (int round = 0; round < rounds_per_turn; ++round) {
      const int count =
          ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), 0);
      if (count > 0) {
        handle_events(static_cast<std::size_t>(count));
      }
      if (!ask_pollers() && count <= 0) {
        break;
      }
    }
    for (std::size_t at = 0; at < pollers.size(); ++at) {
      pollers[at]->before_sleep();
    }
    arm_timer();
  }

  // What this posts in turn goes through Asio's queue: a chain of posts holds up nobody.
  void run_posted() {
    std::swap(posted, running);
    for (auto& work : running) {
      work();
    }
    running.clear();
  }

  void handle_events(std::size_t count) {
    batch_size = count;
    batch_next = 0;
    in_batch = true;
    refresh_time(); // deadlines may remove watchers whose events are here already
    while (batch_next < batch_size) {
      const auto& event = events[batch_next++];
      if (event.data.ptr != nullptr) {
        static_cast<watcher*>(event.data.ptr)->on_ready(from_epoll(event.events));
      }
    }
    batch_size = 0;
    in_batch = false;
    run_posted();
    finish_batch();
  }

  bool ask_pollers() {
    bool any = false;
    in_batch = true;
    // By index: one may go while it is asked. Another is then asked in the next round.
    for (std::size_t at = 0; at < pollers.size(); ++at) {
      any = pollers[at]->poll() || any;
    }
    in_batch = false;
    if (any) {
      run_posted();
      finish_batch();
    }
    return any;
  }

  void refresh_time() {
    now = std::chrono::steady_clock::now();
    if (const auto due = wheel.next(); due && *due <= now) {
      wheel.advance(now);
    }
  }

  void finish_batch() {
    while (first_task != nullptr) {
      auto* task = first_task;
      task->withdraw();
      task->at_batch_end();
    }
  }

  // Deadlines mostly move later: the armed time stays and the wheel is asked again when it comes.
  void arm_timer() {
    const auto due = wheel.next();
    if (!due || (armed && armed_for <= *due)) {
      return;
    }
    armed = true;
    armed_for = *due;
    clock_timer.expires_at(*due);
    clock_timer.async_wait([this, mark = ++timer_mark](const boost::system::error_code& failed) {
      if (failed || mark != timer_mark) {
        return;
      }
      armed = false;
      now = std::chrono::steady_clock::now();
      wheel.advance(now);
      finish_batch();
      arm_timer();
    });
  }

  result<void> watch(int fd, std::uint32_t epoll_events, watcher& who) {
    epoll_event event{};
    event.events = epoll_events;
    event.data.ptr = &who;
    if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
      return fail(errno_error("epoll_ctl add"));
    }
    return {};
  }

  void forget(const watcher& who) {
    for (std::size_t i = batch_next; i < batch_size; ++i) {
      if (events[i].data.ptr == &who) {
        events[i].data.ptr = nullptr;
      }
    }
  }

  std::uint32_t index;
  boost::asio::io_context context{1};
  boost::asio::steady_timer clock_timer;
  unique_fd epoll;
  boost::asio::posix::stream_descriptor readiness_source;
  std::atomic<std::thread::id> thread{};
  time_point now;
  timer_wheel wheel;
  bool armed = false;
  time_point armed_for{};
  std::uint64_t timer_mark = 0;
  std::array<epoll_event, batch_events_max> events{};
  std::size_t batch_next = 0; ///< event to be handled next
  std::size_t batch_size = 0;
  batch_task* first_task = nullptr;
  bool in_batch = false;
  std::vector<std::function<void()>> posted; ///< by watchers of this batch
  std::vector<std::function<void()>> running;
  std::size_t own_queued = 0; ///< posts of this thread in Asio's queue
  std::vector<poller*> pollers;
  std::time_t date_second = -1;
  time_point date_asked{};
  std::array<char, 30> date{};
  std::unique_ptr<char[]> scratch = std::make_unique_for_overwrite<char[]>(scratch_bytes);
};

void batch_task::withdraw() noexcept {
  if (loop_ == nullptr) {
    return;
  }
  if (prev_ != nullptr) {
    prev_->next_ = next_;
  } else {
    loop_->self_->first_task = next_;
  }
  if (next_ != nullptr) {
    next_->prev_ = prev_;
  }
  loop_ = nullptr;
  prev_ = next_ = nullptr;
}

event_loop::event_loop(std::uint32_t index) : self_(std::make_unique<implementation>(index)) {}

event_loop::~event_loop() = default;

std::uint32_t event_loop::index() const noexcept {
  return self_->index;
}

void event_loop::run() {
  self_->thread.store(std::this_thread::get_id());
  const auto work = boost::asio::make_work_guard(self_->context);
  self_->wait_for_readiness();
  self_->arm_timer();
  self_->context.run();
}

void event_loop::stop() {
  self_->context.stop();
}

void event_loop::post(std::function<void()> work) {
  const bool own = on_this_thread();
  if (own && self_->in_batch && self_->own_queued == 0) {
    self_->posted.push_back(std::move(work));
    return;
  }
  if (own) {
    ++self_->own_queued;
  }
  boost::asio::post(self_->context, [this, own, task = std::move(work)] {
    if (own) {
      --self_->own_queued;
    }
    self_->now = std::chrono::steady_clock::now();
    task();
    self_->finish_batch();
    self_->arm_timer();
  });
}

bool event_loop::on_this_thread() const noexcept {
  return self_->thread.load(std::memory_order_relaxed) == std::this_thread::get_id();
}

time_point event_loop::now() const noexcept {
  return self_->now;
}

std::unique_ptr<reactor::waiting> event_loop::when_readable(int fd, std::function<void()> then) {
  auto made = std::make_unique<waiting_for_input>(*this, fd, std::move(then));
  if (!made->begin()) {
    return nullptr;
  }
  return made;
}

std::unique_ptr<reactor::waiting> event_loop::after(milliseconds delay,
                                                    std::function<void()> then) {
  auto made = std::make_unique<waiting_for_time>(std::move(then));
  set(*made, delay);
  return made;
}

std::string_view event_loop::http_date() noexcept {
  if (self_->date_asked == self_->now) {
    return {self_->date.data(), 29}; // asked for already in this batch
  }
  self_->date_asked = self_->now;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec != self_->date_second) {
    self_->date_second = now.tv_sec;
    std::tm parts{};
    ::gmtime_r(&now.tv_sec, &parts);
    std::strftime(self_->date.data(), self_->date.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  }
  return {self_->date.data(), 29};
}

result<void> event_loop::add(int fd, std::uint32_t what, watcher& who) {
  return self_->watch(fd, to_epoll(what), who);
}

result<void> event_loop::add_shared(int fd, watcher& who) {
  return self_->watch(fd, EPOLLIN | static_cast<std::uint32_t>(EPOLLEXCLUSIVE), who);
}

result<void> event_loop::add_edge(int fd, watcher& who) {
  return self_->watch(fd, EPOLLIN | static_cast<std::uint32_t>(EPOLLET), who);
}

void event_loop::add(poller& who) {
  self_->pollers.push_back(&who);
}

void event_loop::remove(const poller& who) {
  std::erase(self_->pollers, &who);
}

void event_loop::modify(int fd, std::uint32_t what, watcher& who) {
  epoll_event event{};
  event.events = to_epoll(what);
  event.data.ptr = &who;
  // Cannot fail for a descriptor that was added: no memory is needed and the arguments are ours.
  KRAKEN_ASSERT(::epoll_ctl(self_->epoll.get(), EPOLL_CTL_MOD, fd, &event) == 0);
}

void event_loop::remove(int fd, const watcher& who) {
  static_cast<void>(::epoll_ctl(self_->epoll.get(), EPOLL_CTL_DEL, fd, nullptr));
  self_->forget(who);
}

void event_loop::at_batch_end(batch_task& task) {
  if (task.loop_ != nullptr) {
    return;
  }
  task.loop_ = this;
  task.prev_ = nullptr;
  task.next_ = self_->first_task;
  if (task.next_ != nullptr) {
    task.next_->prev_ = &task;
  }
  self_->first_task = &task;
}

void event_loop::set(deadline& which, time_point at) {
  self_->wheel.set(which, at);
}

std::span<char> event_loop::scratch() noexcept {
  return {self_->scratch.get(), scratch_bytes};
}

} // namespace kraken::net
