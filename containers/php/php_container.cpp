// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Launch, life and end of a container in PHP.
#include "containers/php/php_container.hpp"

#include "containers/program/launch_settings.hpp"
#include "kraken/base/log.hpp"
#include "kraken/bridge/worker_words.hpp"
#include "kraken/process/launch/channel_pair.hpp"

#include <utility>

namespace kraken::containers {

namespace {

constexpr milliseconds php_memory_look_every = seconds{5};

// A process that closed its channel is given this long to end by itself, so that the report has
// its own exit code.
constexpr process::stop_times php_after_hang_up{.drain = milliseconds{1'000},
                                                .terminate = milliseconds{1'000}};

constexpr std::size_t php_tail_bytes = 4U << 10U;

} // namespace

process::launch_spec
php_launch_spec(const config::php_options& options, const std::string& package, std::string name) {
  auto spec = launch_settings(options.process);
  spec.argv = {options.binary};
  for (const auto& [key, value] : options.ini) {
    spec.argv.insert(spec.argv.end(), {"-d", key + "=" + value});
  }
  spec.argv.push_back((options.package.empty() ? package : options.package) + "/bin/container.php");
  if (!options.autoload.empty()) {
    spec.argv.push_back("--autoload=" + options.autoload);
  }
  for (const auto& pattern : options.lookup) {
    spec.argv.push_back("--lookup=" + pattern);
  }
  spec.argv.push_back(std::move(name));
  return spec;
}

php_container::php_container(actor::host& shell, const php_environment& environment)
    : shell_(shell), environment_(environment), loop_(*environment.shards[shell.shard_index()]),
      log_(environment.logs->at(shell.path())) {}

php_container::~php_container() = default;

void php_container::start() {
  if (auto launched = launch(); !launched) {
    model::cause why;
    why.kind = model::cause_kind::start_error;
    why.message = launched.error().text();
    process_.reset();
    shell_.ended(std::move(why));
    return;
  }
  shell_.show_pid(process_->pid());
  shell_.show_gauges(live_);
  watch_memory();
}

config::php_options php_container::options_now() const {
  const auto& definition = shell_.spec();
  const auto* const given = dynamic_cast<const config::php_spec_options*>(definition.options.get());
  auto options = given == nullptr ? config::php_options{} : given->values;
  auto& process = options.process;
  allow_root_by_default(process, definition, shell_.path(), environment_.root);
  process = held_to(definition.bounds.get(), std::move(process));
  return options;
}

result<void> php_container::launch() {
  const auto& definition = shell_.spec();
  const auto name = definition.start.empty() ? definition.name : definition.start.front();
  runs_with_ = std::make_shared<const config::php_options>(options_now());
  output_.go_to(runs_with_->output);
  auto spec = php_launch_spec(*runs_with_, environment_.package, name);
  spec.environment.set.emplace("KRAKEN_ALIAS", shell_.path());
  spec.environment.set.emplace("KRAKEN_GENERATION", std::to_string(shell_.generation()));
  process_ = std::make_unique<process::supervised_process>(
      loop_,
      *environment_.children,
      log_.all(),
      output_.of_process({.ended = [this](const exit_status& status) { process_ended(status); },
                          .drain = [this] { channel_->drain(shell_.leaving()); }}));
  auto pair = process::make_channel_pair();
  if (!pair) {
    return fail(pair.error());
  }
  channel_ = std::make_unique<php_channel>(loop_, std::move(pair->ours), *this);
  letters_ = std::make_unique<bridge::letter_bridge>(
      shell_, channel_->output(), [this] { channel_->flush_later(); }, environment_.knows_verb);
  const std::vector<std::pair<std::string, std::string>> args{definition.args.begin(),
                                                              definition.args.end()};
  wire::welcome_facts facts;
  facts.alias = shell_.path();
  facts.generation = shell_.generation();
  facts.args = args;
  if (auto opened = channel_->welcome(facts); !opened) {
    return opened;
  }
  process::inherit_channel(spec, std::move(pair->theirs));
  return process_->start(std::move(spec));
}

void php_container::program_ready() {
  ready_ = true;
  if (intended_) {
    return;
  }
  channel_->show_state(model::state::started, "ready");
  shell_.ready();
  watch_memory(); // what it has booted with
  if (environment_.news != nullptr) {
    process_->listen_to(*environment_.news);
  }
  watch_life();
}

void php_container::program_failed(model::cause why) {
  why.origin = shell_.path();
  if (!intended_) {
    channel_->show_state(model::state::failed, "held");
    shell_.failed(std::move(why));
  }
}

void php_container::resume() {
  if (channel_) {
    channel_->resume();
    channel_->show_state(model::state::started, "ready");
  }
}

void php_container::updated(const model::child_spec& /*spec*/, const actor::update_hold& /*hold*/) {
  output_.go_to(options_now().output);
  if (ready_ && !intended_) {
    watch_life();
  }
}

void php_container::program_dying(model::cause why) {
  if (why_.kind == model::cause_kind::none) {
    why_ = std::move(why);
  }
}

void php_container::program_alive() {
  if (heartbeat_) {
    heartbeat_->renew();
  }
}

void php_container::program_said(std::string_view level, std::string_view line) {
  output_.said(*process_, level, line);
}

bool php_container::receive(actor::letter& what) {
  return letters_ != nullptr && letters_->receive(what);
}

void php_container::noticed(const actor::notice& what) {
  if (letters_) {
    letters_->noticed(what);
  }
}

result<bool> php_container::program_letter(const wire::worker_frame& frame) {
  return letters_->take(frame);
}

void php_container::program_drained() {
  letters_->drained();
}

void php_container::php_commands(std::uint32_t stream, php_command what) {
  if (!what.target.empty()) {
    what.params.insert_or_assign("alias", what.target);
  }
  if (!environment_.knows_verb(what.name)) {
    channel_->refused(stream,
                      error{errc::unsupported, "Command [" + what.name + "] is not registered."});
    return;
  }
  environment_.verb(
      what,
      shell_.path(),
      runs_with_,
      shell_.shard(),
      [this, stream, alive = std::weak_ptr(pulse_)](const result<php_verb_reply>& answer) {
        if (alive.expired() || !channel_) {
          return;
        }
        if (!answer) {
          channel_->refused(stream, answer.error());
        } else if (answer->names) {
          channel_->answered(stream, *answer->names);
        } else {
          channel_->answered(stream, answer->text);
        }
      });
}

void php_container::program_channel_ended(std::string why) {
  letters_->close();
  if (!why.empty() && why_.kind == model::cause_kind::none) {
    fail_with(model::cause_kind::protocol, std::move(why));
    process_->kill();
    return;
  }
  if (process_ && process_->alive() && !intended_) {
    process_->stop(php_after_hang_up);
  }
}

void php_container::stop() {
  if (std::exchange(intended_, true)) {
    return;
  }
  heartbeat_.reset();
  sign_wait_.reset();
  if (!process_ || !process_->alive()) {
    return; // its end is being reported already
  }
  process_->stop(stop_times(shell_.spec().shutdown, ready_ ? has_work::yes : has_work::no));
}

void php_container::kill() {
  intended_ = true;
  forced_ = true; // whoever forces it knows
  if (process_ && process_->alive()) {
    process_->kill();
  }
}

result<void> php_container::signal_process(int number) {
  return process_ ? process_->send(number) : fail(errc::not_started, "no process runs now");
}

/// A beat every so often, and some may be missed.
void php_container::watch_life() {
  heartbeat_.reset();
  sign_wait_.reset();
  const auto& how = shell_.spec().alive;
  if (how.how != model::alive_spec::mode::heartbeat || how.every.count() == 0) {
    return;
  }
  const auto silence = longest_silence(how);
  heartbeat_ = std::make_unique<silence_watch>(loop_, silence, [this, silence] {
    fail_with(model::cause_kind::probe, "no heartbeat for " + kraken::to_string(silence));
    process_->kill();
  });
  ask_for_sign();
}

void php_container::ask_for_sign() {
  channel_->ping();
  sign_wait_ = loop_.after(shell_.spec().alive.every, [this] { ask_for_sign(); });
}

void php_container::watch_memory() {
  if (const auto used = process_->memory()) {
    live_->memory_bytes.set(static_cast<std::int64_t>(used->resident.value));
  }
  memory_watch_ = loop_.after(php_memory_look_every, [this] { watch_memory(); });
}

void php_container::fail_with(model::cause_kind kind, std::string message) {
  if (why_.kind == model::cause_kind::none) {
    why_.kind = kind;
    why_.message = std::move(message);
  }
}

void php_container::process_ended(const exit_status& status) {
  memory_watch_.reset();
  heartbeat_.reset();
  sign_wait_.reset();
  environment_.process_ended();
  if (channel_) {
    channel_->read_remaining(); // its last words may still be on their way
    letters_->close();
    channel_->close();
  }
  auto why = bridge::cause_of_container(std::move(why_), status);
  why.origin = shell_.path();
  if (why.detail.empty()) {
    why.detail = log_.tail(php_tail_bytes);
  }
  // A stop is no failure however it ends, but work was cut off.
  if (intended_ && !forced_ && why.kind != model::cause_kind::exit_normal) {
    log::warn("stop_cut_short", {{"container", shell_.path()}, {"reason", why.text()}});
  }
  shell_.show_pid(0);
  shell_.ended(std::move(why));
}

} // namespace kraken::containers
