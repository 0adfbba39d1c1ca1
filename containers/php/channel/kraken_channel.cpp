// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Frames of the worker protocol, turned into answers and reports.
#include "containers/php/channel/kraken_channel.hpp"

#include "containers/php/channel/file_response.hpp"
#include "containers/php/channel/php_frames.hpp"
#include "containers/php/pool/pool_shard.hpp"
#include "kraken/base/passed_descriptors.hpp"
#include "kraken/bridge/worker_words.hpp"
#include "kraken/wire/http1_response.hpp"
#include "kraken/wire/take_frames.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace kraken::containers {

namespace {

// A worker that reads nothing while it asks on and on.
constexpr std::size_t unread_by_worker_max = 2 * limits::frame_bytes_max;

constexpr std::string_view torn_field = "slab answer: a field longer than all of them";
constexpr std::string_view bad_field = "a header field that would break the response apart";

} // namespace

result<void> kraken_channel::welcome(const wire::welcome_facts& facts) {
  if (auto opened = open(); !opened) {
    return opened;
  }
  wire::append_welcome(output(), facts);
  flush_later();
  return {};
}

void kraken_channel::abandoned() {
  if (current != nullptr) {
    wire::append_cancel(output(), current->wire_id);
    sent_more_ = true;
    flush_later();
    resume_reading();
  }
}

void kraken_channel::drain() {
  if (is_open()) {
    wire::append_drain(output());
    sent_more_ = true;
    flush_later();
  }
}

ssize_t kraken_channel::receive(std::span<char> into) {
  const auto got =
      receive_with_descriptors(fd(), into, 0, passed_, limits::channel_descriptors_max);
  if (got.none_free) {
    passed_.emplace_back(); // its answer comes, and what it is with does not
  }
  too_many_passed_ = too_many_passed_ || got.too_many;
  return got.count;
}

std::size_t kraken_channel::on_input(std::string_view input) {
  if (too_many_passed_) {
    broken("more than one descriptor beside an answer");
    return input.size();
  }
  auto [used, why] = wire::take_worker_frames(
      input, [this] { return is_open(); }, [this](const auto& frame) { return take(frame); });
  if (!why.empty()) {
    broken(std::move(why));
  }
  // A descriptor comes with the first byte of its frame: what is left can only be that of one
  // which is not whole yet.
  if (is_open() && passed_.size() > (used < input.size() ? 1 : 0)) {
    broken("descriptors that belong to no answer");
  }
  return used;
}

std::string kraken_channel::take(const wire::worker_frame& frame) {
  switch (frame.type) {
  case wire::frame_type::ready:
    return take_ready(frame);
  case wire::frame_type::hello: {
    const auto hello = wire::decode_hello(frame.payload);
    if (!hello) {
      return hello.error().text();
    }
    if (hello->letters) {
      owner_.worker_takes_letters();
    }
    return hello->protocol == wire::worker_protocol_version
               ? std::string{}
               : "protocol version " + std::to_string(hello->protocol) + " is not spoken here";
  }
  case wire::frame_type::response:
    return take_response(frame);
  case wire::frame_type::chunk:
    return take_chunk(frame);
  case wire::frame_type::log:
  case wire::frame_type::fatal:
    return take_report(frame);
  case wire::frame_type::ping:
    if (output().size() > unread_by_worker_max) {
      return "pings whose answers it does not read";
    }
    wire::append_pong(output(), frame.payload);
    sent_more_ = true;
    flush_later();
    return {};
  case wire::frame_type::welcome:
  case wire::frame_type::request:
  case wire::frame_type::cancel:
  case wire::frame_type::pong:
  case wire::frame_type::drain:
  case wire::frame_type::message:
  case wire::frame_type::call:
  case wire::frame_type::reply:
  case wire::frame_type::command:
  case wire::frame_type::result:
  case wire::frame_type::vars:
  case wire::frame_type::ensure:
    break;
  }
  return take_letter(frame);
}

// What is not for the bridge, or of a later version, is ignored, as the protocol says.
std::string kraken_channel::take_letter(const wire::worker_frame& frame) {
  if (output().size() > unread_by_worker_max) {
    return "it asks on and reads no answer";
  }
  const auto taken = owner_.worker_letter(frame);
  if (!taken) {
    return taken.error().text();
  }
  if (!*taken && frame.type == wire::frame_type::command) {
    append_refused(
        output(), frame.stream, error{errc::unsupported, "a worker has no commands of the daemon"});
    letter_written();
  }
  return {};
}

void kraken_channel::letter_written() {
  sent_more_ = true;
  flush_later();
}

std::string kraken_channel::take_ready(const wire::worker_frame& frame) {
  if (frame.pulls && seat == pool_slab::no_worker) {
    return "it takes requests from a slab it was not given";
  }
  if (!frame.pulls && current != nullptr) {
    return "it has taken a request from the slab before it chose its socket";
  }
  if (!std::exchange(ready_told_, true)) {
    pulls = frame.pulls;
    keeps_off = !frame.pulls;
    owner_.worker_ready();
  }
  return {};
}

// A worker that pulls sleeps elsewhere than on its socket.
void kraken_channel::on_drained() {
  pool_.mail(*this);
  owner_.worker_drained();
}

void kraken_channel::on_blocked() {
  pool_.mail(*this);
}

void kraken_channel::answered_in_slab(std::string_view area) {
  const auto answer = wire::read_slab_answer(area, copy_);
  if (!answer) {
    accuse(answer.error().text());
    return;
  }
  memory_bytes_ = answer->memory_bytes;
  wants_recycle_ = answer->after == wire::worker_after::recycle;
  if (current->from != nullptr) {
    if (const auto why = write_answer(*answer); !why.empty()) {
      accuse(std::string{why});
      return;
    }
  }
  request_over();
}

// @return why nothing was written; empty: it was
std::string_view kraken_channel::write_answer(const wire::slab_answer& answer) {
  auto& to = *current->from;
  wire::response_writer writer{to.output(), to.context()};
  writer.begin(answer.status);
  wire::slab_field_reader fields{answer.fields};
  for (wire::header_field field; fields.next(field);) {
    if (writer.field(field.name, field.value) == wire::response_writer::verdict::refused) {
      writer.abandon();
      return bad_field;
    }
  }
  if (!fields.whole()) {
    writer.abandon();
    return torn_field;
  }
  writer.end_with_body(answer.body);
  // Taken off the slot first: the connection may begin its next request at once.
  current->from = nullptr;
  to.answered(answer.status, writer.after());
  return {};
}

std::string kraken_channel::take_response(const wire::worker_frame& frame) {
  pool_.catch_up(*this, frame.stream);
  if (current == nullptr || current->at != pool_slot::stage::working ||
      frame.stream != current->wire_id) {
    return "a response nobody asked for (stream " + std::to_string(frame.stream) + ")";
  }
  const auto response = wire::decode_response(frame.payload);
  if (!response) {
    return response.error().text();
  }
  if (response->status < 200) {
    if (response->status != 103 || !frame.more) {
      return "status " + std::to_string(response->status) + " is no answer to a request";
    }
    return write_hints(*response) ? std::string{} : std::string{bad_field};
  }
  memory_bytes_ = response->memory_bytes.value_or(0);
  wants_recycle_ = frame.recycle;
  if (frame.file) {
    if (auto why = take_file(frame, *response); !why.empty()) {
      return why;
    }
  } else if (current->from != nullptr && !write_response(frame, *response)) {
    return std::string{bad_field};
  }
  if (frame.more) {
    current->at = pool_slot::stage::streaming;
    extend_time();
    if (frame.complete) { // what the worker still does has a time of its own
      loop().set(*current, pool_.settings().request_timeout);
    }
  } else {
    request_over();
  }
  return {};
}

std::string kraken_channel::take_file(const wire::worker_frame& frame,
                                      const wire::worker_response& response) {
  if (frame.more && !frame.complete) {
    return "an answer with a file, and parts behind it";
  }
  if (passed_.empty()) {
    return "an answer with a file that did not come";
  }
  auto passed = std::move(passed_.front());
  passed_.erase(passed_.begin());
  return answer_with_passed(current->from, response, std::move(passed));
}

// Advice only: a client of version 1.0 does not know it, one that reads slowly does without.
bool kraken_channel::write_hints(const wire::worker_response& hints) {
  auto* const to = current->from;
  if (to == nullptr || to->congested() || to->context().version_minor == 0) {
    return true;
  }
  std::vector<wire::header_field> fields;
  for (const auto field : hints.headers) {
    fields.push_back(field);
  }
  if (!wire::append_early_hints(to->output(), fields)) {
    return false;
  }
  to->interim();
  return true;
}

// False: nothing was written; the caller reports and the pool answers 502.
bool kraken_channel::write_response(const wire::worker_frame& frame,
                                    const wire::worker_response& response) {
  auto& to = *current->from;
  wire::response_writer writer{to.output(), to.context()};
  writer.begin(response.status);
  for (const auto field : response.headers) {
    if (writer.field(field.name, field.value) == wire::response_writer::verdict::refused) {
      writer.abandon();
      return false;
    }
  }
  if (frame.more && !frame.complete) {
    const auto framing = writer.end_streaming();
    to.streaming(response.status, framing, writer.after());
    if (!response.body.empty()) {
      to.stream_part(response.body);
    }
    return true;
  }
  writer.end_with_body(response.body);
  // Taken off the slot first: the connection may begin its next request at once.
  current->from = nullptr;
  to.answered(response.status, writer.after());
  return true;
}

std::string kraken_channel::take_chunk(const wire::worker_frame& frame) {
  if (current == nullptr || current->at != pool_slot::stage::streaming ||
      frame.stream != current->wire_id) {
    return "a chunk without a response (stream " + std::to_string(frame.stream) + ")";
  }
  const auto part = wire::decode_chunk(frame.payload);
  if (!part) {
    return part.error().text();
  }
  auto* const to = current->from;
  if (to != nullptr && !part->empty()) {
    to->stream_part(*part);
  }
  if (!frame.more || frame.complete) {
    current->from = nullptr;
    if (to != nullptr) {
      to->stream_ended();
    }
    if (frame.more) {
      loop().set(*current, pool_.settings().request_timeout);
    } else {
      request_over();
    }
    return {};
  }
  if (to != nullptr && to->congested()) {
    pause_reading();
    current->net::deadline::clear(); // it waits for the client, whose time the front keeps
  } else {
    extend_time();
  }
  return {};
}

// A stream may last as long as it makes progress and somebody reads it.
void kraken_channel::extend_time() {
  if (current->from != nullptr) {
    loop().set(*current, pool_.settings().request_timeout);
  }
}

std::string kraken_channel::take_report(const wire::worker_frame& frame) {
  if (frame.type == wire::frame_type::log) {
    const auto said = wire::decode_log(frame.payload);
    if (!said) {
      return said.error().text();
    }
    const auto words = bridge::words_of(*said);
    for (const auto& line : words.lines) {
      owner_.worker_said(words.level, line);
    }
    return {};
  }
  auto last = wire::decode_fatal(frame.payload);
  if (!last) {
    return last.error().text();
  }
  owner_.worker_failed(std::move(last->type),
                       std::move(last->message),
                       last->file.empty() ? "" : last->file + ":" + std::to_string(last->line),
                       std::move(last->parents));
  return {};
}

} // namespace kraken::containers
