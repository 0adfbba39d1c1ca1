// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Pipes, pidfd and stop steps of one program.
#include "kraken/process/launch/supervised_process.hpp"

#include "kraken/process/host/process_state.hpp"

#include <cerrno>
#include <csignal>
#include <utility>

#include <unistd.h>

namespace kraken::process {

namespace {

// One turn's share of a flood of output: others on the loop must not wait for it.
constexpr int reads_per_turn = 4;

// A reader that stands still must not make the program stand still.
constexpr milliseconds output_waits_max = seconds{1};

constexpr std::size_t read_bytes = 64U << 10U;

// A flood is told of once a second, not at each line of it.
constexpr milliseconds tell_drops_every = seconds{1};

} // namespace

supervised_process::supervised_process(reactor& loop,
                                       child_registry& children,
                                       std::shared_ptr<container_log> log,
                                       callbacks calls)
    : loop_(loop), children_(children), log_(std::move(log)), calls_(std::move(calls)) {}

supervised_process::~supervised_process() {
  abandon();
}

// A process must not outlive its owner. Nobody waits for it any more, so the registry's next sweep
// reaps it.
void supervised_process::abandon() {
  news_.reset();
  self_.reset();
  birth_.reset(); // a child that is on its way finds its channel closed, and nobody owns it
  if (running()) {
    static_cast<void>(child_.process.send_group(SIGKILL));
    children_.ended(child_.process.pid());
  }
}

bool supervised_process::alive() const noexcept {
  return birth_ || running();
}

bool supervised_process::running() const noexcept {
  return static_cast<bool>(child_.process) && !child_.process.reaped();
}

result<void> supervised_process::start(launch_spec spec) {
  stop_signal_ = spec.stop_signal;
  auto launched = children_.launch(std::move(spec));
  if (!launched) {
    return fail(launched.error());
  }
  return watch(std::move(*launched));
}

result<void> supervised_process::start_by_fork(std::shared_ptr<template_link> from,
                                               launch_spec spec,
                                               std::function<void(result<void>)> done) {
  stop_signal_ = spec.stop_signal;
  birth_ = std::make_unique<fork_request>(
      loop_, children_, std::move(from), [this, done = std::move(done)](result<child> born) {
        const auto request = std::move(birth_); // whose call this is
        auto outcome = born ? watch(std::move(*born)) : fail(born.error());
        if (outcome && std::exchange(doomed_, false)) {
          kill();
        }
        done(std::move(outcome));
      });
  auto sent = birth_->send(std::move(spec));
  if (!sent) {
    birth_.reset();
  }
  return sent;
}

result<void> supervised_process::watch(child launched) {
  child_ = std::move(launched);
  self_ = std::make_shared<supervised_process*>(this);
  if (auto gauge = memory_gauge::open(child_.process)) {
    gauge_ = std::move(*gauge);
  }
  outputs_[0].fd = child_.standard_output.get();
  outputs_[1].fd = child_.standard_error.get();
  for (const auto from : {output_stream::out, output_stream::err}) {
    await_output(from);
  }
  end_ = loop_.when_readable(child_.process.fd(), [this] { reap(); });
  if (!end_) {
    abandon();
    outputs_ = {};
    child_ = {};
    return fail(errc::system_error, "cannot watch the process: no descriptor or memory left");
  }
  return {};
}

const captured_line_sink& supervised_process::sink_of(lines_for whom) const {
  static const captured_line_sink nobody;
  return whom == lines_for::log ? calls_.line : nobody;
}

/// @param bytes empty: what has begun is a line, nothing follows
void supervised_process::take_output(output_stream from, std::string_view bytes) {
  const auto& sink = sink_of(calls_.piece ? calls_.piece(from, bytes) : lines_for::log);
  bytes.empty() ? log_->flush(from, loop_.now(), sink) : log_->feed(from, bytes, loop_.now(), sink);
}

void supervised_process::await_output(output_stream from) {
  auto& each = outputs_[static_cast<std::size_t>(from)];
  if (each.fd >= 0) {
    each.readiness = loop_.when_readable(each.fd, [this, from] { read_output(from); });
  }
}

// The program waits in its write, as it would for a disk of its own; but not for ever, and nobody
// else does.
bool supervised_process::waits(output_stream from) {
  auto& each = outputs_[static_cast<std::size_t>(from)];
  if (each.at != flow::on || !calls_.crowded) {
    return false;
  }
  const auto room = [&loop = loop_, still = std::weak_ptr{self_}, from] {
    loop.post([still, from] {
      if (const auto self = still.lock()) {
        (*self)->flows(from, flow::on);
      }
    });
  };
  if (!calls_.crowded(from, room)) {
    return false;
  }
  each.at = flow::waits;
  each.readiness.reset();
  each.patience = loop_.after(output_waits_max, [this, from] { flows(from, flow::hurries); });
  return true;
}

void supervised_process::flows(output_stream from, flow how) {
  auto& each = outputs_[static_cast<std::size_t>(from)];
  each.patience.reset();
  if (std::exchange(each.at, how) == flow::waits) {
    await_output(from);
  }
}

void supervised_process::read_output(output_stream from) {
  auto& each = outputs_[static_cast<std::size_t>(from)];
  std::array<char, read_bytes> bytes; // NOLINT: filled by read
  for (int i = 0; i < reads_per_turn; ++i) {
    const auto count = ::read(each.fd, bytes.data(), bytes.size());
    if (count > 0) {
      take_output(from, {bytes.data(), static_cast<std::size_t>(count)});
      look_at_drops();
      if (waits(from)) {
        return;
      }
      continue;
    }
    if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      take_output(from, {});
      each.readiness.reset();
      each.fd = -1;
    }
    return;
  }
}

// What a program wrote just before its end is often the reason for it.
void supervised_process::drain_output(output_stream from) {
  auto& each = outputs_[static_cast<std::size_t>(from)];
  each.patience.reset();
  each.at = flow::hurries;
  if (each.fd >= 0) {
    read_output(from);
    take_output(from, {});
    each.readiness.reset();
    each.fd = -1;
  }
}

result<void> supervised_process::send(int signal_number) {
  return running() ? child_.process.send(signal_number)
                   : fail(errc::not_started, "no process runs now");
}

void supervised_process::say(std::string_view message, lines_for whom) {
  log_->add(output_stream::out, message, loop_.now(), sink_of(whom));
  look_at_drops();
}

void supervised_process::look_at_drops() {
  if (!drops_ && log_->has_dropped()) {
    drops_ = loop_.after(tell_drops_every, [this] {
      drops_.reset();
      tell_drops();
    });
  }
}

void supervised_process::tell_drops() {
  if (const auto lines = log_->take_dropped(); lines != 0 && calls_.dropped) {
    calls_.dropped(lines);
  }
}

void supervised_process::reap() {
  const auto status = child_.process.try_reap_group();
  if (status && !*status) {
    return; // still alive
  }
  // A status that cannot be had (reaped by somebody else) still is an end: staying on the readable
  // descriptor would spin.
  over(status ? **status : exit_status{.value = 255});
}

// What it has written is there already: it runs no more code. Its group is killed while it is not
// reaped, as by `try_reap_group`.
void supervised_process::look_for_end() {
  if (!running()) {
    return;
  }
  if (const auto how = ending(child_.process.pid())) {
    static_cast<void>(child_.process.send_group(SIGKILL));
    over(*how);
  }
}

void supervised_process::listen_to(exit_news& news) {
  if (!running()) {
    return;
  }
  news_ = news.add(child_.process.pid(), [&loop = loop_, still = std::weak_ptr{self_}] {
    loop.post([still] {
      if (const auto self = still.lock()) {
        (*self)->look_for_end();
      }
    });
  });
}

void supervised_process::over(const exit_status& how) {
  news_.reset();
  self_.reset();
  children_.ended(child_.process.pid());
  end_.reset();
  next_step_.reset();
  sequence_.ended();
  drain_output(output_stream::out);
  drain_output(output_stream::err);
  drops_.reset();
  tell_drops();
  child_.process = {};
  const auto ended = calls_.ended; // the callee may destroy this object
  ended(how);
}

void supervised_process::obey(const stop_step& step) {
  // Armed before acting: `drain` may come back here through `hurry`.
  next_step_.reset();
  if (step.wake) {
    const auto delay = std::chrono::ceil<milliseconds>(*step.wake - loop_.now());
    next_step_ = loop_.after(delay, [this] { obey(sequence_.advance(loop_.now())); });
  }
  switch (step.action) {
  case stop_action::none:
    break;
  case stop_action::drain:
    if (calls_.drain) {
      calls_.drain();
    }
    break;
  case stop_action::terminate:
    static_cast<void>(child_.process.send(stop_signal_));
    static_cast<void>(child_.process.send(SIGCONT));
    break;
  case stop_action::kill:
    static_cast<void>(child_.process.send_group(SIGKILL));
    break;
  case stop_action::give_up:
    break; // the pidfd still tells when the kernel lets go of it
  }
}

void supervised_process::stop(stop_times times) {
  if (birth_) {
    doomed_ = true; // it has nothing to finish
  } else if (running() && !sequence_.begun()) {
    sequence_ = stop_sequence{times};
    obey(sequence_.begin(loop_.now()));
  }
}

void supervised_process::hurry() {
  if (running()) {
    obey(sequence_.hurry(loop_.now()));
  }
}

void supervised_process::kill() {
  doomed_ = doomed_ || birth_;
  if (running()) {
    obey(sequence_.kill(loop_.now()));
  }
}

std::optional<memory_usage> supervised_process::memory() const {
  if (!gauge_) {
    return std::nullopt;
  }
  const auto seen = gauge_->read();
  return seen ? std::optional{*seen} : std::nullopt;
}

} // namespace kraken::process
