// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/php/template_container.hpp"

#include "kraken/base/log.hpp"
#include "kraken/process/launch/descriptor_message.hpp"

#include <algorithm>
#include <utility>

namespace kraken::containers {

namespace {

constexpr milliseconds look_at_template_every = seconds{5};
constexpr std::size_t template_tail_bytes = 4U << 10U;

// One that has closed its socket is given this long to end by itself, so that the report has its
// own exit code.
constexpr process::stop_times own_end_first{.drain = milliseconds{1'000},
                                            .terminate = milliseconds{0}};

} // namespace

template_container::template_container(actor::host& shell, const pool_environment& environment)
    : shell_(shell), environment_(environment),
      loop_(*environment.pools->part(shell.shard_index()).loop),
      pool_(shell.path().substr(0, shell.path().rfind('/'))),
      log_(environment.logs->at(shell.path())) {}

template_container::~template_container() {
  let_go();
}

void template_container::let_go() {
  overdue_.reset();
  words_.reset();
  watch_.reset();
  if (link_) {
    environment_.templates->hide(pool_, link_);
    link_.reset();
  }
}

void template_container::start() {
  started_ = loop_.now();
  begin();
}

void template_container::begin() {
  if (auto launched = launch(); !launched) {
    let_go();
    model::cause why;
    why.kind = model::cause_kind::start_error;
    why.origin = shell_.path();
    why.message = launched.error().text();
    shell_.ended(std::move(why));
    return;
  }
  shell_.show_pid(process_->pid());
  shell_.show_gauges(live_);
  look();
}

result<void> template_container::launch() {
  const auto pool = environment_.pools->part(shell_.shard_index()).find(pool_);
  if (!pool) {
    return fail(errc::not_started, "its pool is not running");
  }
  output_.go_to(pool->settings().output);
  auto ends = process::template_link::make();
  if (!ends) {
    return fail(ends.error());
  }
  link_ = std::move(ends->first);
  made_with_ = settings_in(shell_.spec());
  made_with_ = made_with_ ? made_with_ : pool->shared_settings();
  auto spec = process_spec(*made_with_, shell_.path(), shell_.generation());
  auto settings = *made_with_;
  std::erase_if(settings.warm, [this](const std::string& each) {
    return cold_ || std::ranges::find(left_out_, each) != left_out_.end();
  });
  warm_timeout_ = pool->settings().request_timeout;
  spec.argv = template_argv(settings, environment_.native_program);
  spec.environment.set[process::template_link::variable] =
      std::to_string(process::template_link::their_number);
  spec.inherit.push_back({std::move(ends->second), process::template_link::their_number});
  process_ = std::make_unique<process::supervised_process>(
      loop_,
      *environment_.children,
      log_.all(),
      output_.of_process(
          {.ended = [this](const exit_status& status) { process_ended(status); }, .drain = {}},
          [this] { follow_output(); }));
  words_ = loop_.when_readable(link_->fd(), [this] { hear(); });
  if (!words_) {
    return fail(errc::system_error, "cannot watch the template's socket");
  }
  launched_ = loop_.now();
  return process_->start(std::move(spec));
}

// The end of the connection is an error as well: a worker may have cut it.
result<void> template_container::take_word() {
  const auto came = process::receive_message(link_->fd(), process::patience::look);
  if (!came) {
    return fail(came.error());
  }
  const auto said = process::read_template_message(came->text);
  if (!said) {
    return fail(said.error());
  }
  obey(*said);
  return {};
}

void template_container::hear() {
  const auto taken = take_word();
  if (taken || taken.error().code == errc::busy) {
    return;
  }
  words_.reset();
  overdue_.reset();
  environment_.templates->hide(pool_, link_);
  if (!refused_) {
    hung_up_ = true;
    process_->stop(own_end_first);
  }
}

void template_container::obey(const process::template_message& said) {
  switch (said.what) {
  case process::template_word::ready:
    environment_.templates->show(pool_, link_, made_with_);
    look_at_memory();
    shell_.ready();
    return;
  case process::template_word::refused:
    refuse(said.text);
    return;
  case process::template_word::warning:
    log::warn("template_warns", {{"container", shell_.path()}, {"reason", said.text}});
    return;
  case process::template_word::warming:
    serves_itself(said.text);
    return;
  case process::template_word::died:
    died_ = said.text;
    return;
  case process::template_word::forked:
  case process::template_word::failed:
    return; // answers of an order, which come elsewhere
  }
}

// Of `ready.within` enough is kept for another boot without them, should they take too long.
milliseconds template_container::left_for_warming() {
  constexpr int kept_parts = 4;
  const auto now = loop_.now();
  if (!boot_) {
    boot_ = std::chrono::duration_cast<milliseconds>(now - launched_);
  }
  const auto within = shell_.spec().ready.within;
  const auto until = started_ + within - std::max(2 * *boot_, within / kept_parts);
  return std::max(std::chrono::duration_cast<milliseconds>(until - now), milliseconds{0});
}

// Nobody else bounds what a page does before there are workers.
void template_container::serves_itself(std::string_view target) {
  overdue_.reset();
  if (target.empty()) {
    return;
  }
  const auto left = left_for_warming();
  const bool all = left < warm_timeout_;
  overdue_ = loop_.after(all ? left : warm_timeout_, [this, all, slow = std::string{target}] {
    all ? leave_all_out(slow) : leave_out(slow);
  });
}

// In the middle of a request it is in no state to be forked from: another is begun without that.
void template_container::leave_out(const std::string& target) {
  log::warn("template_warns",
            {{"container", shell_.path()},
             {"reason",
              "warm " + target + " was not answered within " + to_string(warm_timeout_) +
                  ", the request.timeout: the template is begun again without it"}});
  left_out_.push_back(target);
  begin_again();
}

void template_container::leave_all_out(const std::string& target) {
  log::warn(
      "template_warns",
      {{"container", shell_.path()},
       {"reason",
        "warm " + target + " and what was asked before it took too long for ready.within (" +
            to_string(shell_.spec().ready.within) + "): the template is begun again without any"}});
  cold_ = true;
  begin_again();
}

void template_container::begin_again() {
  again_ = true;
  process_->kill();
}

// No failure: the same script would do the same again. Its process ends, its container is stopped
// then; the next replacement of the pool's workers begins with another try.
void template_container::refuse(std::string_view why) {
  overdue_.reset();
  refused_ = true;
  died_ = why;
  log::warn("template_refused",
            {{"container", shell_.path()}, {"reason", why}, {"workers", "are executed"}});
  shell_.ready();
}

void template_container::look() {
  watch_ = loop_.after(look_at_template_every, [this] {
    look_at_memory();
    follow_output();
    look();
  });
}

void template_container::look_at_memory() {
  if (const auto seen = process_->memory()) {
    live_->memory_bytes.set(static_cast<std::int64_t>(seen->resident.value));
  }
}

void template_container::follow_output() {
  if (const auto pool = environment_.pools->part(shell_.shard_index()).find(pool_)) {
    output_.go_to(pool->settings().output);
  }
}

void template_container::stop() {
  again_ = false;
  overdue_.reset();
  environment_.templates->hide(pool_, link_);
  if (process_ && process_->alive()) {
    process_->stop({.drain = milliseconds{0}, .terminate = std::nullopt});
  }
}

void template_container::kill() {
  again_ = false;
  overdue_.reset();
  if (process_ && process_->alive()) {
    process_->kill();
  }
}

result<void> template_container::signal_process(int number) {
  return process_ ? process_->send(number) : fail(errc::not_started, "no process runs now");
}

void template_container::process_ended(const exit_status& status) {
  while (words_ && died_.empty() && !refused_ && take_word()) { // its last words
  }
  let_go();
  environment_.process_ended();
  shell_.show_pid(0);
  if (std::exchange(again_, false)) {
    hung_up_ = false;
    died_.clear();
    return begin();
  }
  model::cause why;
  why.origin = shell_.path();
  if (refused_) {
    why.kind = model::cause_kind::exit_normal;
    why.message = "forks nobody: " + died_;
    return shell_.ended(std::move(why));
  }
  why.code = status.value;
  why.message = died_;
  why.detail = log_.tail(template_tail_bytes);
  why.kind = !died_.empty()      ? model::cause_kind::exception
             : status.by_signal  ? model::cause_kind::signal
             : status.value != 0 ? model::cause_kind::exit_code
             : hung_up_          ? model::cause_kind::protocol // a worker has cut it
                                 : model::cause_kind::exit_normal;
  if (why.kind == model::cause_kind::protocol) {
    why.message = "its socket was closed";
  }
  shell_.ended(std::move(why));
}

} // namespace kraken::containers
