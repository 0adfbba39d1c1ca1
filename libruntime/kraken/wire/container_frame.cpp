// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Elements beyond those known are skipped, as the protocol says of all its arrays.
#include "kraken/wire/container_frame.hpp"

#include "kraken/wire/detail/frame_put.hpp"

#include <string>

namespace kraken::wire {

namespace {

constexpr std::string_view nil_value{"\xc0", 1};
constexpr unsigned modes = 4;

tl::unexpected<error> unreadable(std::string_view frame, std::string_view element) {
  return fail(errc::protocol_error,
              std::string{frame} + " frame: bad or missing " + std::string{element});
}

/// One payload: an array whose first elements are known.
class payload_reader {
public:
  /// @param known elements that have to be there
  payload_reader(std::string_view payload, std::uint32_t known)
      : at(payload), left_over_(at.read_array()) {
    if (left_over_ < known) {
      at.fail();
    } else {
      left_over_ -= known;
    }
  }

  frame_target target() {
    frame_target to;
    if (at.peek() != msgpack_type::array) {
      to.name = at.read_str();
      return to;
    }
    to.many = true;
    for (std::uint32_t left = at.read_array(); left != 0 && at.ok(); --left) {
      to.list.push_back(at.read_str());
    }
    return to;
  }

  std::uint8_t mode() {
    const auto mode = at.read_uint();
    if (mode >= modes) {
      at.fail();
      return 0;
    }
    return static_cast<std::uint8_t>(mode);
  }

  /// Whether everything was as it has to be, to the last byte.
  bool finish() {
    for (; left_over_ != 0 && at.ok(); --left_over_) {
      at.skip();
    }
    return at.ok() && at.at_end();
  }

  msgpack_reader at;

private:
  std::uint32_t left_over_;
};

/// Whether a frame with these parts stays within the limit, whatever their heads take.
bool fits(std::size_t parts) noexcept {
  constexpr std::size_t heads_max = worker_header_bytes + 6 * detail::msgpack_head_bytes_max + 9;
  return parts + heads_max <= limits::frame_bytes_max;
}

void pack_whole(byte_buffer& out, std::string_view value) noexcept {
  out.append(value.empty() ? nil_value : value);
}

} // namespace

result<worker_message> decode_message(std::string_view payload) {
  payload_reader reader{payload, 3};
  worker_message made;
  made.to = reader.target();
  made.mode = reader.mode();
  made.value = reader.at.skip();
  if (!reader.finish()) {
    return unreadable("MESSAGE", "element of [target, mode, value]");
  }
  return made;
}

result<worker_call> decode_call(std::string_view payload) {
  payload_reader reader{payload, 5};
  worker_call made;
  made.to = reader.target();
  made.mode = reader.mode();
  made.value = reader.at.skip();
  made.timeout_ms = reader.at.read_uint();
  made.id = reader.at.read_str();
  if (!reader.finish()) {
    return unreadable("CALL", "element of [target, mode, value, timeout_ms, id]");
  }
  return made;
}

result<worker_reply> decode_reply(std::string_view payload) {
  payload_reader reader{payload, 2};
  worker_reply made;
  const auto status = reader.at.read_uint();
  if (status > static_cast<unsigned>(reply_status::unfinished)) {
    reader.at.fail();
  } else {
    made.status = static_cast<reply_status>(status);
  }
  made.value = reader.at.skip();
  if (!reader.finish()) {
    return unreadable("REPLY", "element of [status, value]");
  }
  return made;
}

result<worker_command> decode_worker_command(std::string_view payload) {
  payload_reader reader{payload, 4};
  worker_command made;
  made.to = reader.target();
  made.name = reader.at.read_str();
  if (reader.at.peek() != msgpack_type::map) {
    reader.at.fail();
  }
  made.params = reader.at.skip();
  made.timeout_ms = reader.at.read_uint();
  if (!reader.finish()) {
    return unreadable("COMMAND", "element of [target, name, params, timeout_ms]");
  }
  return made;
}

result<worker_watch> decode_watch(std::string_view payload) {
  payload_reader reader{payload, 2};
  worker_watch made;
  made.target = reader.at.read_str();
  made.on = reader.at.read_bool();
  if (!reader.finish()) {
    return unreadable("WATCH", "element of [target, on]");
  }
  return made;
}

result<reply_failure> decode_reply_failure(std::string_view value) {
  payload_reader reader{value, 3};
  reply_failure made;
  made.type = reader.at.read_str();
  made.message = reader.at.read_str();
  if (reader.at.peek() == msgpack_type::str) {
    made.code = reader.at.read_str();
  } else {
    reader.at.skip();
  }
  if (!reader.finish()) {
    return unreadable("REPLY", "element of [class, message, code]");
  }
  return made;
}

bool append_message(byte_buffer& out, std::string_view from, std::string_view value) noexcept {
  if (!fits(from.size() + value.size())) {
    return false;
  }
  detail::frame_writer frame{out, frame_type::message, 0, 0};
  pack_array_head(out, 2);
  pack_str(out, from);
  pack_whole(out, value);
  frame.finish();
  return true;
}

bool append_call(byte_buffer& out, const call_facts& facts) noexcept {
  if (!fits(facts.from.size() + facts.value.size() + facts.id.size())) {
    return false;
  }
  detail::frame_writer frame{out, frame_type::call, 0, facts.stream};
  pack_array_head(out, 4);
  pack_str(out, facts.from);
  pack_whole(out, facts.value);
  pack_uint(out, facts.timeout_ms);
  pack_str(out, facts.id);
  frame.finish();
  return true;
}

bool append_reply(byte_buffer& out,
                  frame_type type,
                  std::uint32_t stream,
                  reply_status status,
                  std::string_view value) noexcept {
  if (!fits(value.size())) {
    return false;
  }
  detail::frame_writer frame{out, type, 0, stream};
  pack_array_head(out, 2);
  pack_uint(out, static_cast<unsigned>(status));
  pack_whole(out, value);
  frame.finish();
  return true;
}

void append_reply_failure(byte_buffer& out,
                          frame_type type,
                          std::uint32_t stream,
                          const reply_failure& why) noexcept {
  // A text beyond all measure is cut: the failure itself has to arrive.
  constexpr std::size_t text_max = std::size_t{1} << 20U;
  detail::frame_writer frame{out, type, 0, stream};
  pack_array_head(out, 2);
  pack_uint(out, static_cast<unsigned>(reply_status::failed));
  pack_array_head(out, 3);
  pack_str(out, why.type.substr(0, text_max));
  pack_str(out, why.message.substr(0, text_max));
  pack_str(out, why.code.substr(0, text_max));
  frame.finish();
}

bool append_command(byte_buffer& out, const command_facts& facts) noexcept {
  if (!fits(facts.from.size() + facts.name.size() + facts.params.size())) {
    return false;
  }
  detail::frame_writer frame{out, frame_type::command, 0, facts.stream};
  pack_array_head(out, 4);
  pack_str(out, facts.from);
  pack_str(out, facts.name);
  if (facts.params.empty()) {
    pack_map_head(out, 0);
  } else {
    out.append(facts.params);
  }
  pack_uint(out, facts.timeout_ms);
  frame.finish();
  return true;
}

void append_state(byte_buffer& out, unsigned state, std::string_view phase) noexcept {
  detail::frame_writer frame{out, frame_state, 0, 0};
  pack_array_head(out, 2);
  pack_uint(out, state);
  pack_str(out, phase);
  frame.finish();
}

void append_notice(byte_buffer& out,
                   std::string_view path,
                   unsigned state,
                   std::string_view cause) noexcept {
  detail::frame_writer frame{out, frame_notice, 0, 0};
  pack_array_head(out, 3);
  pack_str(out, path);
  pack_uint(out, state);
  pack_str(out, cause);
  frame.finish();
}

void append_resume(byte_buffer& out) noexcept {
  detail::frame_writer{out, frame_resume, 0, 0}.finish();
}

void append_drain(byte_buffer& out, std::string_view then) noexcept {
  detail::frame_writer frame{out, frame_type::drain, 0, 0};
  pack_map_head(out, 1);
  pack_str(out, "then");
  pack_str(out, then);
  frame.finish();
}

} // namespace kraken::wire
