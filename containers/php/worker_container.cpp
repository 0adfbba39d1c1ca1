// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The life of a worker: what its channel and its process tell, judged and passed on. Launching
/// is in worker_launch.cpp.
#include "containers/php/worker_container.hpp"

#include "containers/php/channel/narya_channel.hpp"
#include "containers/php/php_message.hpp"
#include "containers/program/launch_settings.hpp"
#include "kraken/base/log.hpp"
#include "kraken/bridge/worker_words.hpp"
#include "kraken/process/host/process_state.hpp"

#include <csignal>
#include <utility>

namespace kraken::containers {

namespace {

// How often memory and age of a worker are looked at between its answers.
constexpr milliseconds look_every = seconds{1};
constexpr int stopped_looks_max = 3; ///< in a row, then it is replaced

// A worker that closed its channel is given this long to end by itself, so that the report has
// its own exit code.
constexpr process::stop_times after_hang_up{.drain = milliseconds{1'000},
                                            .terminate = milliseconds{1'000}};

constexpr std::size_t report_tail_bytes = 4U << 10U;

} // namespace

worker_container::worker_container(actor::host& shell, const pool_environment& environment)
    : shell_(shell), environment_(environment),
      loop_(*environment.pools->part(shell.shard_index()).loop),
      log_(environment.logs->at(shell.path())) {
  const auto& path = shell.path();
  pool_ = environment.pools->part(shell.shard_index()).find(path.substr(0, path.rfind('/')));
}

worker_container::~worker_container() {
  let_go();
}

// Also without an end: a launch that failed half-way, a process that the kernel does not let go.
// Whatever the channel's peer does next, nobody is left to hear it.
void worker_container::let_go() {
  watch_.reset();
  door_.reset();
  close_letters();
  if (channel_) {
    pool_->lost(*channel_);
    pool_->bury(*channel_);
    channel_->close();
  }
}

void worker_container::close_letters() {
  if (letters_) {
    letters_->close();
  }
}

// A worker that knows nothing of letters would leave who asks it waiting.
bool worker_container::receive(actor::letter& what) {
  return letters_ != nullptr && takes_letters_ && letters_->receive(what);
}

void worker_container::noticed(const actor::notice& what) {
  if (letters_) {
    letters_->noticed(what);
  }
}

result<bool> worker_container::worker_letter(const wire::worker_frame& frame) {
  return letters_->take(frame);
}

void worker_container::worker_drained() {
  if (letters_) {
    letters_->drained();
  }
}

void worker_container::start() {
  started_ = last_answer_ = loop_.now();
  if (!pool_) {
    fail_with(model::cause_kind::start_error, "its pool is not running");
    shell_.ended(why_);
    return;
  }
  follow_output();
  made_with_ = settings_in(shell_.spec());
  made_with_ = made_with_ ? made_with_ : pool_->shared_settings();
  if (auto launched = launch(); !launched) {
    let_go();
    fail_with(model::cause_kind::start_error, launched.error().text());
    shell_.ended(why_);
    return;
  }
  shell_.show_pid(process_->pid());
  shell_.show_gauges(live_);
  watch_over();
}

void worker_container::worker_ready() {
  ready_ = true;
  look_at_memory();
  if (!intended_) {
    pool_->add(*channel_);
    shell_.ready();
  }
  // After what somebody waits for.
  if (environment_.ends != nullptr) {
    pool_->watch_end(*channel_, *environment_.ends, [this] { process_->look_for_end(); });
  }
  if (environment_.news != nullptr) {
    process_->listen_to(*environment_.news);
  }
}

void worker_container::stop() {
  if (std::exchange(intended_, true)) {
    return;
  }
  if (channel_) {
    pool_->retire(*channel_);
  }
  if (!process_ || !process_->alive()) {
    return; // its end is being reported already
  }
  process_->stop(stop_times(shell_.spec().shutdown, ready_ ? has_work::yes : has_work::no));
}

void worker_container::kill() {
  intended_ = true;
  if (process_ && process_->alive()) {
    process_->kill();
  }
}

result<void> worker_container::signal_process(int number) {
  return process_ ? process_->send(number) : fail(errc::not_started, "no process runs now");
}

// A request has its own time, so the wait for it is bounded.
milliseconds worker_container::relieved() {
  handed_over_ = true;
  if (channel_ == nullptr) {
    return milliseconds{0};
  }
  pool_->retire(*channel_);
  pool_->look_for(*channel_);
  return channel_->current == nullptr ? milliseconds{0} : pool_->settings().request_timeout;
}

void worker_container::orderly_end() {
  if (channel_) {
    channel_->drain();
  }
}

void worker_container::channel_ended(std::string why) {
  close_letters();
  if (!why.empty() && why_.kind == model::cause_kind::none) {
    fail_with(model::cause_kind::protocol, std::move(why));
    process_->kill();
    return;
  }
  if (process_ && process_->alive() && !intended_) {
    process_->stop(after_hang_up);
  }
}

void worker_container::request_overdue() {
  live_->failures.add();
  fail_with(model::cause_kind::timeout,
            "no answer within " + to_string(pool_->settings().request_timeout));
  process_->kill();
}

bool worker_container::request_answered(std::uint64_t memory_bytes, bool wants_recycle) {
  ++answered_;
  last_answer_ = loop_.now();
  wants_out_ = wants_out_ || wants_recycle;
  if (memory_bytes != 0) {
    memory_used_ = bytes{memory_bytes};
  }
  if (handed_over_) {
    stop();
    return false;
  }
  // Only counters and times: no system call on the way of a request.
  return !intended_ && why_.kind == model::cause_kind::none && !judge_use(use_now(false));
}

model::worker_use worker_container::use_now(bool busy) const {
  const auto since = [this](time_point at) {
    return std::chrono::duration_cast<milliseconds>(loop_.now() - at);
  };
  return {.requests = answered_,
          .age = since(started_),
          .idle = busy ? milliseconds{0} : since(last_answer_),
          .memory = memory_used_,
          .busy = busy,
          .wants_out = wants_out_};
}

// True when the worker must not get another request.
bool worker_container::judge_use(const model::worker_use& use) {
  const auto& rules = pool_->settings().recycle;
  const auto verdict = model::judge(rules, use);
  using act = model::recycle_verdict::act;
  if (verdict.what == act::keep) {
    return told_ == act::retire;
  }
  if (verdict.what == act::kill) {
    fail_with(model::cause_kind::out_of_memory, model::describe(verdict.why, rules));
    process_->kill();
    return true;
  }
  if (told_ != act::retire && told_ != verdict.what) {
    told_ = verdict.what;
    shell_.recycle(model::describe(verdict.why, rules),
                   told_ == act::retire ? actor::serves_on::no : actor::serves_on::yes);
  }
  return told_ == act::retire;
}

// Shown is what it has resident; counted what it would give back.
void worker_container::look_at_memory() {
  if (const auto seen = process_->memory()) {
    live_->memory_bytes.set(static_cast<std::int64_t>(seen->resident.value));
    memory_used_ = seen->unshared;
  }
}

// One with a request has the time of that. Between requests nobody would notice that a signal has
// stopped the process, until a request had been given to it.
void worker_container::look_whether_stopped(bool busy) {
  stopped_looks_ = !busy && process::stopped(process_->pid()) ? stopped_looks_ + 1 : 0;
  if (stopped_looks_ == stopped_looks_max) {
    fail_with(model::cause_kind::probe,
              "its process has been stopped by a signal for " +
                  to_string(look_every * stopped_looks_max));
    process_->kill();
  }
}

void worker_container::watch_over() {
  watch_ = loop_.after(look_every, [this] {
    if (channel_) {
      pool_->look_for(*channel_);
    }
    const bool busy = channel_ && channel_->current != nullptr;
    look_at_memory();
    follow_output();
    if (ready_ && !intended_) {
      look_whether_stopped(busy);
      static_cast<void>(judge_use(use_now(busy)));
    }
    watch_over();
  });
}

void worker_container::worker_said(std::string_view level, std::string_view message) {
  follow_output();
  output_.said(*process_, level, message);
}

void worker_container::worker_failed(std::string type,
                                     std::string message,
                                     std::string place,
                                     std::vector<std::string> parents) {
  why_.kind = model::cause_kind::exception;
  why_.type = std::move(type);
  why_.message = std::move(message) + (place.empty() ? "" : " (" + place + ")");
  why_.parents = std::move(parents);
}

void worker_container::fail_with(model::cause_kind kind, std::string message) {
  if (why_.kind == model::cause_kind::none) {
    why_.kind = kind;
    why_.message = std::move(message);
  }
}

model::cause worker_container::cause_of(const exit_status& status) {
  auto why = bridge::cause_of(std::move(why_), status);
  why.origin = shell_.path();
  why.detail = log_.tail(report_tail_bytes);
  if (!ready_ && !status.by_signal && status.value != 0 &&
      pool_->settings().carrier == config::worker_carrier::program) {
    const auto advice = needed_carrier(why.message.empty() ? why.detail : why.message);
    why.message += (why.message.empty() || advice.empty() ? "" : "; ") + std::string{advice};
  }
  return why;
}

// An exit without a request is no failure of a Narya worker, which takes a read timeout for the
// end, nor of one that has answered: it may count its requests itself.
bool worker_container::expired(const exit_status& status) const {
  const bool idle = live_->busy.get() == 0 || channel_->never_read();
  return ready_ && idle && !status.by_signal && status.value == 0 &&
         (answered_ != 0 || made_with_->speaks == dialect::narya);
}

void worker_container::process_ended(const exit_status& status) {
  watch_.reset();
  environment_.process_ended();
  bool worked = answered_ != 0;
  if (channel_) {
    channel_->read_remaining(); // its last words may still be on their way
    channel_->peer_has_ended();
    pool_->look_for(*channel_);
    worked = worked || answered_ != 0 || (live_->busy.get() != 0 && !channel_->never_read());
    if (expired(status)) {
      fail_with(model::cause_kind::recycle,
                made_with_->speaks == dialect::narya ? "idle for longer than it waits"
                                                     : "it ended by itself after an answer");
    }
    pool_->lost(*channel_);
    pool_->bury(*channel_);
    close_letters();
    channel_->close();
  }
  if (!ready_ && !intended_ && !status.by_signal && status.value == 0 &&
      made_with_->speaks == dialect::kraken &&
      made_with_->carrier == config::worker_carrier::program) {
    fail_with(model::cause_kind::start_error,
              "it ended before it said that it is ready (Worker::run() does; a page, or a folder "
              "of them: kraken serve FOLDER)");
  }
  live_->busy.set(0);
  shell_.show_pid(0);
  auto why = cause_of(status);
  why.worked = worked;
  shell_.ended(std::move(why));
}

} // namespace kraken::containers
