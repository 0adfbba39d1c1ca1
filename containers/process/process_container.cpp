// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Launch and end of a supervised program; readiness and probes are in process_readiness.cpp.
#include "containers/process/process_container.hpp"

#include "config/process_options.hpp"
#include "containers/program/launch_settings.hpp"
#include "kraken/base/log.hpp"
#include "kraken/bridge/worker_words.hpp"

#include <utility>

namespace kraken::containers {

namespace {

constexpr milliseconds memory_look_every = seconds{5};

} // namespace

process_container::process_container(actor::host& shell, const process_environment& environment)
    : shell_(shell), environment_(environment), loop_(*environment.shards[shell.shard_index()]),
      log_(environment.logs->at(shell.path())) {}

process_container::~process_container() = default;

process::launch_spec process_container::launch_spec() const {
  const auto* given =
      dynamic_cast<const config::process_spec_options*>(shell_.spec().options.get());
  const auto& bounds = shell_.spec().bounds;
  config::process_options options;
  if (given != nullptr) {
    options = given->values.process;
  } else {
    allow_root_by_default(options, shell_.spec(), shell_.path(), environment_.root);
  }
  auto spec = launch_settings(held_to(bounds.get(), std::move(options)));
  spec.argv = shell_.spec().start;
  spec.environment.set.emplace("KRAKEN_ALIAS", shell_.path());
  spec.environment.set.emplace("KRAKEN_GENERATION", std::to_string(shell_.generation()));
  return spec;
}

void process_container::direct_output() {
  const auto* given =
      dynamic_cast<const config::process_spec_options*>(shell_.spec().options.get());
  output_.go_to(given == nullptr ? config::output_options{} : given->values.output);
}

void process_container::start() {
  direct_output();
  process_ = std::make_unique<process::supervised_process>(
      loop_,
      *environment_.children,
      log_.all(),
      output_.of_process({.ended = [this](const exit_status& status) { ended(status); },
                          .drain =
                              [this] {
                                if (channel_) {
                                  channel_->drain(shell_.leaving());
                                }
                              }}));
  auto spec = launch_spec();
  auto started = open_ready_line(spec);
  if (started) {
    started = open_channel(spec);
  }
  if (started) {
    started = process_->start(std::move(spec));
  }
  if (started) {
    started = await_readiness();
  }
  if (!started) {
    model::cause why;
    why.kind = model::cause_kind::start_error;
    why.message = started.error().text();
    close_channel();
    process_.reset();
    shell_.ended(std::move(why));
    return;
  }
  shell_.show_pid(process_->pid());
  shell_.show_gauges(live_);
  watch_memory();
  if (shell_.spec().ready.how == model::ready_spec::mode::kind_default) {
    serves();
  }
}

void process_container::watch_memory() {
  if (const auto used = process_->memory()) {
    live_->memory_bytes.set(static_cast<std::int64_t>(used->resident.value));
  }
  memory_watch_ = loop_.after(memory_look_every, [this] { watch_memory(); });
}

void process_container::stop() {
  const auto at_before = at_;
  begin_to_end();
  if (process_ && process_->alive()) {
    // Who can be told gets most of the time before the shell kills to finish what it has.
    const auto& how = shell_.spec().shutdown;
    const bool told = channel_ && channel_->is_open() && at_before == stage::serving;
    const auto whole = how.how == model::shutdown_spec::mode::infinity
                           ? milliseconds{std::chrono::hours{24 * 365}}
                           : how.time - how.time / 5;
    process_->stop({.drain = told ? whole : milliseconds{0}, .terminate = std::nullopt});
  }
}

void process_container::kill() {
  begin_to_end();
  if (process_ && process_->alive()) {
    process_->kill();
  }
}

result<void> process_container::signal_process(int number) {
  return process_ ? process_->send(number) : fail(errc::not_started, "no process runs now");
}

void process_container::ended(const exit_status& status) {
  begin_to_end();
  memory_watch_.reset();
  environment_.process_ended();
  if (channel_) {
    channel_->read_remaining(); // its last words may still be on their way
  }
  close_channel();
  auto why = bridge::cause_of_container(std::move(last_words_), status);
  why.origin = shell_.path();
  if (why.detail.empty()) {
    why.detail = log_.tail(program_tail_bytes);
  }
  shell_.show_pid(0);
  shell_.ended(std::move(why));
}

} // namespace kraken::containers
