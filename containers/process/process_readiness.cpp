// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// When a program serves, and whether it still does.
#include "containers/process/exec_probe.hpp"
#include "containers/process/process_container.hpp"
#include "kraken/base/words.hpp"
#include "kraken/model/ready_descriptor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace kraken::containers {

namespace {

using ready_mode = model::ready_spec::mode;

constexpr milliseconds memory_look_first{250};
constexpr milliseconds ready_look_every{100};
constexpr milliseconds ready_look_timeout = seconds{5};

} // namespace

// As s6 does it: the program inherits the writing end and writes a line when it serves.
result<void> process_container::open_ready_line(process::launch_spec& spec) {
  const auto& how = shell_.spec().ready;
  if (how.how != ready_mode::fd) {
    return {};
  }
  const auto number = model::ready_descriptor(how.target);
  if (!number) {
    return fail(number.error().code, "ready.fd: " + number.error().context);
  }
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return fail(errno_error("make a pipe"));
  }
  ready_line_ = unique_fd{ends[0]};
  unique_fd write_end{ends[1]};
  // Only our end: the program may expect its own to block.
  if (::fcntl(ready_line_.get(), F_SETFL, O_NONBLOCK) != 0) {
    return fail(errno_error("set up a pipe"));
  }
  spec.inherit.push_back({std::move(write_end), *number});
  return {};
}

void process_container::read_ready_line() {
  std::array<char, 512> part{};
  bool line = false;
  for (;;) {
    const auto count = ::read(ready_line_.get(), part.data(), part.size());
    if (count > 0) {
      line = line || std::string_view{part.data(), static_cast<std::size_t>(count)}.find('\n') !=
                         std::string_view::npos;
      continue;
    }
    if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      ready_line_wait_.reset(); // closed: what was said stands, a heartbeat will be missed
    }
    break;
  }
  if (line && at_ == stage::starting) {
    serves();
  } else if (line) {
    program_alive();
  }
}

result<void> process_container::await_readiness() {
  const auto& how = shell_.spec().ready;
  switch (how.how) {
  case ready_mode::kind_default:
    return {};
  case ready_mode::alive_for:
    ready_wait_ = loop_.after(how.alive_for, [this] { serves(); });
    return {};
  case ready_mode::fd:
    ready_line_wait_ = loop_.when_readable(ready_line_.get(), [this] { read_ready_line(); });
    return {};
  case ready_mode::message:
    return {}; // it says so
  case ready_mode::tcp:
  case ready_mode::http:
  case ready_mode::exec:
    break;
  }
  auto look = look_for(how.how, how.target);
  if (!look) {
    return fail(look.error());
  }
  ready_watch_ = probe_watch::until_ready(
      loop_, std::move(*look), ready_look_every, std::min(ready_look_timeout, how.within), [this] {
        serves();
      });
  return {};
}

std::string process_container::remark_on_start() const {
  if (!ready_watch_) {
    return {};
  }
  const auto how = shell_.spec().ready.how;
  const auto* section = how == ready_mode::tcp    ? "ready.tcp: "
                        : how == ready_mode::http ? "ready.http: "
                                                  : "ready.exec: ";
  const auto& last = ready_watch_->last_failure();
  return section + (last.empty() ? "no answer yet" : last);
}

/// How one look is made.
result<begin_probe> process_container::look_for(ready_mode how, const std::string& target) {
  if (how == ready_mode::exec) {
    auto words = split_words(target);
    if (!words || words->empty()) {
      return fail(errc::invalid_argument, "'" + target + "' is no command");
    }
    return [this, argv = std::move(*words)](milliseconds timeout, probe_done done) {
      auto spec = launch_spec();
      spec.argv = argv;
      return look_by(loop_, *environment_.children, std::move(spec), timeout, std::move(done));
    };
  }
  auto where = how == ready_mode::tcp ? tcp_target(target) : http_target(target);
  if (!where) {
    return fail(where.error());
  }
  return [this, to = std::move(*where)](milliseconds timeout, probe_done done) {
    return look_at(loop_, to, timeout, std::move(done));
  };
}

void process_container::serves() {
  at_ = stage::serving;
  ready_wait_.reset();
  ready_watch_.reset();
  // What it has at once may be that of what it was before it became this program.
  memory_watch_ = loop_.after(memory_look_first, [this] { watch_memory(); });
  watch_life();
  if (channel_) {
    channel_->show_state(model::state::started, "ready");
  }
  shell_.ready();
}

void process_container::watch_life() {
  using mode = model::alive_spec::mode;
  const auto& how = shell_.spec().alive;
  alive_watch_.reset();
  heartbeat_wait_.reset();
  if (how.how == mode::none) {
    return;
  }
  if (how.how == mode::heartbeat) {
    return await_heartbeat();
  }
  auto look = look_for(how.how == mode::http ? ready_mode::http : ready_mode::exec, how.target);
  if (!look) {
    return lost("alive: " + look.error().context);
  }
  alive_watch_ = probe_watch::while_alive(loop_,
                                          std::move(*look),
                                          how.every,
                                          how.timeout,
                                          how.failures,
                                          [this](const std::string& what) { lost(what); });
}

/// A beat every so often, and some may be missed.
void process_container::await_heartbeat() {
  const auto& how = shell_.spec().alive;
  const auto silence = longest_silence(how);
  ask_for_sign();
  heartbeat_wait_ = std::make_unique<silence_watch>(
      loop_, silence, [this, silence] { lost("no heartbeat for " + to_string(silence)); });
}

/// It runs but does not serve: the local rules see it as any failure, and may end it.
void process_container::lost(const std::string& what) {
  stop_looking();
  model::cause why;
  why.kind = model::cause_kind::probe;
  why.origin = shell_.path();
  why.message = what;
  why.detail = log_.tail(program_tail_bytes);
  shell_.failed(std::move(why));
}

void process_container::stop_looking() {
  ready_wait_.reset();
  ready_watch_.reset();
  alive_watch_.reset();
  heartbeat_wait_.reset();
}

void process_container::begin_to_end() {
  at_ = stage::ending;
  stop_looking();
  ready_line_wait_.reset();
  sign_wait_.reset();
}

/// The directive `continue`: it gets another chance.
void process_container::resume() {
  if (channel_) {
    channel_->resume();
  }
  if (at_ == stage::serving) {
    watch_life();
  }
}

void process_container::updated(const model::child_spec& /*spec*/,
                                const actor::update_hold& /*hold*/) {
  direct_output();
  if (at_ == stage::serving) {
    watch_life();
  }
}

} // namespace kraken::containers
