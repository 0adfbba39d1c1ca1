// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Frames of a program, turned into reports; orders, turned into frames.
#include "containers/program/program_channel.hpp"

#include "kraken/bridge/worker_words.hpp"
#include "kraken/wire/container_frame.hpp"
#include "kraken/wire/take_frames.hpp"

#include <utility>

namespace kraken::containers {

namespace {

// A program that reads nothing while it asks on and on.
constexpr std::size_t unread_by_program_max = 2 * limits::frame_bytes_max;

} // namespace

result<void> program_channel::welcome(const wire::welcome_facts& facts) {
  if (auto opened = open(); !opened) {
    return opened;
  }
  wire::append_welcome(output(), facts);
  flush_later();
  return {};
}

void program_channel::drain(actor::farewell why) {
  if (is_open()) {
    wire::append_drain(output(), bridge::word_of(why));
    flush_later();
  }
}

void program_channel::resume() {
  if (is_open()) {
    wire::append_resume(output());
    flush_later();
  }
}

void program_channel::ping() {
  if (is_open()) {
    wire::append_ping(output(), ++pings_);
    flush_later();
  }
}

void program_channel::show_state(model::state now, std::string_view phase) {
  if (is_open()) {
    wire::append_state(output(), static_cast<unsigned>(now), phase);
    flush_later();
  }
}

std::size_t program_channel::on_input(std::string_view input) {
  owner_.program_alive();
  auto [used, why] = wire::take_worker_frames(
      input, [this] { return is_open(); }, [this](const auto& frame) { return take(frame); });
  if (!why.empty()) {
    broken(std::move(why));
  }
  return used;
}

// What is not for us, or of a later version, is ignored, as the protocol says.
std::string program_channel::take(const wire::worker_frame& frame) {
  if (output().size() > unread_by_program_max) {
    return "it asks on and reads no answer";
  }
  if (frame.type == wire::frame_type::hello) {
    const auto hello = wire::decode_hello(frame.payload);
    return hello ? std::string{} : hello.error().text();
  }
  if (frame.type == wire::frame_type::ready) {
    if (!std::exchange(ready_told_, true)) {
      owner_.program_ready();
    }
    return {};
  }
  if (frame.type == wire::frame_type::ping) {
    wire::append_pong(output(), frame.payload);
    flush_later();
    return {};
  }
  if (frame.type == wire::frame_type::log || frame.type == wire::frame_type::fatal ||
      frame.type == wire::frame_fail) {
    return take_report(frame);
  }
  return take_letter(frame);
}

std::string program_channel::take_report(const wire::worker_frame& frame) {
  if (frame.type == wire::frame_type::log) {
    const auto said = wire::decode_log(frame.payload);
    if (!said) {
      return said.error().text();
    }
    const auto words = bridge::words_of(*said);
    for (const auto& line : words.lines) {
      owner_.program_said(words.level, line);
    }
    return {};
  }
  auto what = wire::decode_fatal(frame.payload);
  if (!what) {
    return what.error().text();
  }
  auto why = bridge::cause_of(std::move(*what));
  frame.type == wire::frame_type::fatal ? owner_.program_dying(std::move(why))
                                        : owner_.program_failed(std::move(why));
  return {};
}

std::string program_channel::take_letter(const wire::worker_frame& frame) {
  const auto taken = owner_.program_letter(frame);
  if (!taken) {
    return taken.error().text();
  }
  return !*taken && frame.type == wire::frame_type::command ? take_command(frame) : std::string{};
}

std::string program_channel::take_command(const wire::worker_frame& frame) {
  wire::append_reply_failure(
      output(),
      wire::frame_type::result,
      frame.stream,
      {.type = {},
       .message = "the daemon's own commands are for containers in PHP: name a target",
       .code = row_of(errc::unsupported).name});
  flush_later();
  return {};
}

void program_channel::on_closed() {
  owner_.program_channel_ended({});
}

void program_channel::broken(std::string why) {
  close();
  owner_.program_channel_ended(std::move(why));
}

} // namespace kraken::containers
