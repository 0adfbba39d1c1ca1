// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Frames of a container in PHP, turned into reports; answers and orders, turned into frames.
#include "containers/php/channel/php_channel.hpp"

#include "kraken/bridge/worker_words.hpp"

#include <utility>

namespace kraken::containers {

namespace {

// A process that reads nothing while it asks on and on.
constexpr std::size_t unread_bytes_max = 2 * limits::frame_bytes_max;

} // namespace

result<void> php_channel::welcome(const wire::welcome_facts& facts) {
  if (auto opened = open(); !opened) {
    return opened;
  }
  wire::append_welcome(output(), facts);
  flush_later();
  return {};
}

void php_channel::drain(actor::farewell why) {
  if (is_open()) {
    append_farewell(output(), why);
    flush_later();
  }
}

void php_channel::resume() {
  if (is_open()) {
    wire::append_resume(output());
    flush_later();
  }
}

void php_channel::ping() {
  if (is_open()) {
    wire::append_ping(output(), ++pings_);
    flush_later();
  }
}

void php_channel::show_state(model::state now, std::string_view phase) {
  if (is_open()) {
    wire::append_state(output(), static_cast<unsigned>(now), phase);
    flush_later();
  }
}

void php_channel::answered(std::uint32_t number, std::string_view text) {
  if (is_open()) {
    append_done(output(), number, text);
    flush_later();
  }
}

void php_channel::answered(std::uint32_t number, const std::vector<std::string>& names) {
  if (is_open()) {
    append_names(output(), number, names);
    flush_later();
  }
}

void php_channel::refused(std::uint32_t number, const error& why) {
  if (is_open()) {
    append_refused(output(), number, why);
    flush_later();
  }
}

std::size_t php_channel::on_input(std::string_view input) {
  owner_.php_alive();
  std::size_t used = 0;
  while (is_open()) {
    wire::worker_frame frame;
    const auto split = wire::split_frame(input.substr(used), frame);
    if (split.status == wire::split_outcome::kind::need_more) {
      break;
    }
    if (split.status == wire::split_outcome::kind::bad_length) {
      broken("a frame with an impossible length");
      break;
    }
    used += split.consumed;
    if (auto why = take(frame); !why.empty()) {
      broken(std::move(why));
      break;
    }
  }
  return used;
}

std::string php_channel::take(const wire::worker_frame& frame) {
  if (output().size() > unread_bytes_max) {
    return "it asks on and reads no answer";
  }
  if (frame.type == wire::frame_fail) {
    return take_report(frame);
  }
  if (frame.type == wire::frame_watch) {
    return take_letter(frame);
  }
  switch (frame.type) {
  case wire::frame_type::hello: {
    const auto hello = wire::decode_hello(frame.payload);
    return hello ? std::string{} : hello.error().text();
  }
  case wire::frame_type::ready:
    if (!std::exchange(ready_told_, true)) {
      owner_.php_ready();
    }
    return {};
  case wire::frame_type::log:
  case wire::frame_type::fatal:
    return take_report(frame);
  case wire::frame_type::ping:
    wire::append_pong(output(), frame.payload);
    flush_later();
    return {};
  case wire::frame_type::message:
  case wire::frame_type::call:
  case wire::frame_type::reply:
  case wire::frame_type::command:
  case wire::frame_type::result:
  case wire::frame_type::cancel:
    return take_letter(frame);
  case wire::frame_type::welcome:
  case wire::frame_type::request:
  case wire::frame_type::response:
  case wire::frame_type::chunk:
  case wire::frame_type::pong:
  case wire::frame_type::drain:
  case wire::frame_type::vars:
  case wire::frame_type::ensure:
    break;
  }
  return {}; // not for us, or of a later version: ignored, as the protocol says
}

std::string php_channel::take_report(const wire::worker_frame& frame) {
  if (frame.type == wire::frame_type::log) {
    const auto said = wire::decode_log(frame.payload);
    if (!said) {
      return said.error().text();
    }
    const auto words = bridge::words_of(*said);
    for (const auto& line : words.lines) {
      owner_.php_said(words.level, line);
    }
    return {};
  }
  auto what = wire::decode_fatal(frame.payload);
  if (!what) {
    return what.error().text();
  }
  if (frame.type == wire::frame_type::fatal) {
    owner_.php_dying(bridge::cause_of(std::move(*what)));
  } else {
    owner_.php_failed(bridge::cause_of(std::move(*what)));
  }
  return {};
}

std::string php_channel::take_letter(const wire::worker_frame& frame) {
  const auto taken = owner_.php_letter(frame);
  if (!taken) {
    return taken.error().text();
  }
  return !*taken && frame.type == wire::frame_type::command ? take_command(frame) : std::string{};
}

std::string php_channel::take_command(const wire::worker_frame& frame) {
  auto what = decode_command(frame.payload);
  if (what) {
    owner_.php_commands(frame.stream, std::move(*what));
    return {};
  }
  if (what.error().code == errc::protocol_error) {
    return what.error().text();
  }
  refused(frame.stream, what.error());
  return {};
}

void php_channel::on_closed() {
  owner_.php_channel_ended({});
}

void php_channel::broken(std::string why) {
  close();
  owner_.php_channel_ended(std::move(why));
}

} // namespace kraken::containers
