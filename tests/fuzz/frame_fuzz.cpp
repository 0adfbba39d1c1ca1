// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Fuzz targets of the worker protocol, the Narya dialect and MessagePack.
#include "fuzz_target.hpp"

#include "kraken/base/assert.hpp"
#include "kraken/wire/container_frame.hpp"
#include "kraken/wire/http1_response.hpp"
#include "kraken/wire/msgpack.hpp"
#include "kraken/wire/msgpack_stream.hpp"
#include "kraken/wire/narya_frame.hpp"
#include "kraken/wire/slab_answer.hpp"
#include "kraken/wire/worker_frame.hpp"
#include "kraken/wire/worker_side_frame.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace kraken::fuzz {

namespace {

/// A response written again decodes to the same response.
void check_response(const wire::worker_response& response) {
  KRAKEN_ASSERT(response.status >= 100 && response.status <= wire::answer_status_max);
  std::vector<wire::header_field> fields;
  for (const auto field : response.headers) {
    fields.push_back(field);
  }
  KRAKEN_ASSERT(fields.size() == response.headers.size());
  wire::byte_buffer out;
  wire::append_response(out, 1, response.status, fields, response.body, response.memory_bytes);
  wire::worker_frame frame;
  KRAKEN_ASSERT(wire::split_frame(out.view(), frame).consumed == out.size());
  const auto again = wire::decode_response(frame.payload);
  KRAKEN_ASSERT(again && again->status == response.status && again->body == response.body);
  KRAKEN_ASSERT(again->headers.size() == fields.size());
  KRAKEN_ASSERT(again->memory_bytes == response.memory_bytes);
  KRAKEN_ASSERT(std::equal(fields.begin(),
                           fields.end(),
                           again->headers.begin(),
                           [](const auto& left, const auto& right) {
                             return left.name == right.name && left.value == right.value;
                           }));
}

/// Every decoder sees every payload: the type of a frame is the peer's claim only.
void decode_payload(std::string_view payload) {
  if (const auto response = wire::decode_response(payload)) {
    check_response(*response);
  }
  if (const auto request = wire::decode_request(payload)) {
    for (const auto field : request->headers) {
      KRAKEN_ASSERT(field.name.size() <= payload.size());
    }
  }
  static_cast<void>(wire::decode_hello(payload));
  static_cast<void>(wire::decode_welcome(payload));
  static_cast<void>(wire::decode_chunk(payload));
  static_cast<void>(wire::decode_fatal(payload));
  static_cast<void>(wire::decode_watch(payload));
  static_cast<void>(wire::decode_reply_failure(payload));
  if (const auto message = wire::decode_message(payload)) {
    KRAKEN_ASSERT(message->mode < 4 && wire::is_msgpack(message->value));
  }
  if (const auto call = wire::decode_call(payload)) {
    KRAKEN_ASSERT(call->mode < 4 && wire::is_msgpack(call->value));
  }
  if (const auto reply = wire::decode_reply(payload)) {
    KRAKEN_ASSERT(wire::is_msgpack(reply->value));
  }
  if (const auto command = wire::decode_worker_command(payload)) {
    KRAKEN_ASSERT(wire::is_msgpack(command->params));
  }
  if (const auto log = wire::decode_log(payload)) {
    KRAKEN_ASSERT(log->context.empty() || wire::is_msgpack(log->context));
  }
}

} // namespace

void worker_frame(std::string_view bytes) {
  decode_payload(bytes);
  for (std::string_view rest = bytes;;) {
    wire::worker_frame frame;
    const auto split = wire::split_frame(rest, frame);
    if (split.status != wire::split_outcome::kind::done) {
      KRAKEN_ASSERT(split.consumed == 0);
      return;
    }
    KRAKEN_ASSERT(split.consumed == frame.payload.size() + wire::worker_header_bytes);
    decode_payload(frame.payload);
    rest.remove_prefix(split.consumed);
  }
}

void narya_response(std::string_view bytes) {
  std::string_view payload = bytes;
  static_cast<void>(wire::split_narya_frame(bytes, payload));
  for (const auto text : {bytes, payload}) {
    const auto response = wire::decode_narya_response(text, 1);
    if (!response) {
      continue;
    }
    KRAKEN_ASSERT(response->status >= 100 && response->status <= wire::answer_status_max);
    wire::narya_headers headers{*response};
    std::size_t lines = 0;
    for (wire::header_field field; headers.next(field); ++lines) {
      KRAKEN_ASSERT(field.name.size() <= text.size());
    }
    KRAKEN_ASSERT(lines <= text.size());
  }
}

namespace {

void read_answer(std::string_view bytes) {
  wire::byte_buffer copy;
  const auto answer = wire::read_slab_answer(bytes, copy);
  if (!answer) {
    return;
  }
  KRAKEN_ASSERT(answer->status >= 200 && answer->status <= wire::answer_status_max);
  KRAKEN_ASSERT(answer->fields.size() + answer->body.size() <= bytes.size());
  wire::byte_buffer out;
  wire::response_writer writer{out, {}};
  writer.begin(answer->status);
  wire::slab_field_reader fields{answer->fields};
  for (wire::header_field field; fields.next(field);) {
    const auto before = out.size();
    const auto verdict = writer.field(field.name, field.value);
    // What is let through ends in the one line end that we write.
    KRAKEN_ASSERT(verdict != wire::response_writer::verdict::written || out.size() == before ||
                  out.view().substr(before).find('\r') == out.size() - before - 2);
  }
}

} // namespace

void slab(std::string_view bytes) {
  read_answer(bytes);
  const auto request = wire::read_slab_request(bytes);
  if (!request) {
    return;
  }
  wire::byte_buffer frame;
  if (wire::append_request_frame(frame, 1, *request)) {
    wire::worker_frame whole;
    KRAKEN_ASSERT(wire::split_frame(frame.view(), whole).consumed == frame.size());
    const auto again = wire::decode_request(whole.payload);
    KRAKEN_ASSERT(again && again->body == request->body && again->target == request->target);
  }
}

void msgpack(std::string_view bytes) {
  wire::msgpack_reader reader{bytes};
  const std::string_view first = reader.skip();
  KRAKEN_ASSERT(reader.ok() == !first.empty());
  KRAKEN_ASSERT(wire::is_msgpack(bytes) == (reader.ok() && reader.at_end()));
  KRAKEN_ASSERT(!reader.ok() || wire::is_msgpack(first));
  if (const auto tree = wire::unpack_value(bytes)) {
    wire::byte_buffer once;
    wire::pack_value(once, *tree);
    const auto again = wire::unpack_value(once.view());
    KRAKEN_ASSERT(again);
    wire::byte_buffer twice; // bytes, not trees: NaN differs from itself
    wire::pack_value(twice, *again);
    KRAKEN_ASSERT(once.view() == twice.view());
  }
}

} // namespace kraken::fuzz
