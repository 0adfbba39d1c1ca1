// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A program that speaks our protocol (`speaks: kraken`): its channel, and what it says there.
#include "config/process_options.hpp"
#include "containers/process/process_container.hpp"
#include "kraken/process/launch/channel_pair.hpp"

#include <utility>

namespace kraken::containers {

namespace {

// A program that closed its channel is given this long to end by itself, so that the report has
// its own exit code.
constexpr process::stop_times program_after_hang_up{.drain = milliseconds{1'000},
                                                    .terminate = milliseconds{1'000}};

} // namespace

bool process_container::speaks_kraken() const {
  const auto* given =
      dynamic_cast<const config::process_spec_options*>(shell_.spec().options.get());
  return given != nullptr && given->values.speaks == config::program_speech::kraken;
}

result<void> process_container::open_channel(process::launch_spec& spec) {
  if (!speaks_kraken()) {
    return {};
  }
  auto pair = process::make_channel_pair();
  if (!pair) {
    return fail(pair.error());
  }
  channel_ = std::make_unique<program_channel>(loop_, std::move(pair->ours), *this);
  letters_ = std::make_unique<bridge::letter_bridge>(
      shell_, channel_->output(), [this] { channel_->flush_later(); });
  const auto& definition = shell_.spec();
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
  return {};
}

void process_container::close_channel() {
  if (channel_) {
    letters_->close();
    channel_->close();
  }
}

void process_container::program_ready() {
  if (at_ == stage::starting && shell_.spec().ready.how == model::ready_spec::mode::message) {
    serves();
  }
}

void process_container::program_failed(model::cause why) {
  if (at_ != stage::ending) {
    why.origin = shell_.path();
    channel_->show_state(model::state::failed, "held");
    shell_.failed(std::move(why));
  }
}

void process_container::program_dying(model::cause why) {
  if (last_words_.kind == model::cause_kind::none) {
    last_words_ = std::move(why);
  }
}

void process_container::program_alive() {
  if (heartbeat_wait_) {
    heartbeat_wait_->renew();
  }
}

/// It may have nothing to say.
void process_container::ask_for_sign() {
  if (channel_) {
    sign_wait_ = loop_.after(shell_.spec().alive.every, [this] {
      channel_->ping();
      ask_for_sign();
    });
  }
}

void process_container::program_said(std::string_view level, std::string_view line) {
  output_.said(*process_, level, line);
}

bool process_container::receive(actor::letter& what) {
  return letters_ != nullptr && letters_->receive(what);
}

void process_container::noticed(const actor::notice& what) {
  if (letters_) {
    letters_->noticed(what);
  }
}

result<bool> process_container::program_letter(const wire::worker_frame& frame) {
  return letters_->take(frame);
}

void process_container::program_drained() {
  letters_->drained();
}

void process_container::program_channel_ended(std::string why) {
  letters_->close();
  if (!process_ || !process_->alive()) {
    return;
  }
  if (!why.empty()) {
    if (last_words_.kind == model::cause_kind::none) {
      last_words_.kind = model::cause_kind::protocol;
      last_words_.message = std::move(why);
    }
    process_->kill();
  } else if (at_ != stage::ending) {
    process_->stop(program_after_hang_up);
  }
}

} // namespace kraken::containers
