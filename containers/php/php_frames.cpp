// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/php/php_frames.hpp"

#include "kraken/wire/msgpack.hpp"
#include "kraken/wire/msgpack_stream.hpp"

#include <array>
#include <cstring>

namespace kraken::containers {

namespace {

constexpr auto type_state = static_cast<wire::frame_type>(0x47);
constexpr auto type_resume = static_cast<wire::frame_type>(0x4b);

constexpr unsigned status_done = 0;
constexpr unsigned status_failed = 1;

void put_be32(char* at, std::uint32_t value) {
  value = __builtin_bswap32(value);
  std::memcpy(at, &value, sizeof value);
}

void append_frame(wire::byte_buffer& out,
                  wire::frame_type type,
                  std::uint32_t stream,
                  std::string_view payload) {
  std::array<char, wire::worker_header_bytes> head{};
  put_be32(head.data(), static_cast<std::uint32_t>(head.size() - 4 + payload.size()));
  head[4] = static_cast<char>(type);
  put_be32(head.data() + 8, stream);
  out.append({head.data(), head.size()});
  out.append(payload);
}

/// `[status, ...]`: the array's head and the status.
wire::byte_buffer begun(unsigned status) {
  wire::byte_buffer out;
  wire::pack_array_head(out, 2);
  wire::pack_uint(out, status);
  return out;
}

result<std::string> parameter_text(std::string_view key, const wire::msgpack_value& value) {
  if (const auto* text = std::get_if<std::string>(&value.data)) {
    return *text;
  }
  if (const auto* natural = std::get_if<std::uint64_t>(&value.data)) {
    return std::to_string(*natural);
  }
  if (const auto* integer = std::get_if<std::int64_t>(&value.data)) {
    return std::to_string(*integer);
  }
  if (const auto* truth = std::get_if<bool>(&value.data)) {
    return std::string{*truth ? "true" : "false"};
  }
  return fail(errc::invalid_argument,
              "Invalid params. '" + std::string{key} + "' is neither text nor number");
}

std::string_view word_of(actor::farewell why) noexcept {
  using actor::farewell;
  switch (why) {
  case farewell::destroy:
    return "destroy";
  case farewell::restart:
    return "restart";
  case farewell::recycle:
    return "recycle";
  case farewell::stop:
    break;
  }
  return "stop";
}

} // namespace

void append_state(wire::byte_buffer& out, int state, std::string_view phase) {
  wire::byte_buffer payload;
  wire::pack_array_head(payload, 2);
  wire::pack_int(payload, state);
  wire::pack_str(payload, phase);
  append_frame(out, type_state, 0, payload.view());
}

void append_resume(wire::byte_buffer& out) {
  append_frame(out, type_resume, 0, {});
}

void append_farewell(wire::byte_buffer& out, actor::farewell why) {
  wire::byte_buffer payload;
  wire::pack_map_head(payload, 1);
  wire::pack_str(payload, "then");
  wire::pack_str(payload, word_of(why));
  append_frame(out, wire::frame_type::drain, 0, payload.view());
}

void append_done(wire::byte_buffer& out, std::uint32_t stream, std::string_view text) {
  auto payload = begun(status_done);
  wire::pack_str(payload, text);
  append_frame(out, wire::frame_type::result, stream, payload.view());
}

void append_names(wire::byte_buffer& out,
                  std::uint32_t stream,
                  const std::vector<std::string>& names) {
  auto payload = begun(status_done);
  wire::pack_array_head(payload, static_cast<std::uint32_t>(names.size()));
  for (const auto& name : names) {
    wire::pack_str(payload, name);
  }
  append_frame(out, wire::frame_type::result, stream, payload.view());
}

void append_refused(wire::byte_buffer& out, std::uint32_t stream, const error& why) {
  auto payload = begun(status_failed);
  wire::pack_array_head(payload, 3);
  wire::pack_str(payload, "");
  wire::pack_str(payload, why.context.empty() ? why.text() : why.context);
  wire::pack_str(payload, row_of(why.code).name);
  append_frame(out, wire::frame_type::result, stream, payload.view());
}

result<php_command> decode_command(std::string_view payload) {
  const auto value = wire::unpack_value(payload);
  const auto* const parts = value ? std::get_if<wire::msgpack_value::array>(&value->data) : nullptr;
  if (parts == nullptr || parts->size() < 3) {
    return fail(errc::protocol_error, "a COMMAND that is no array of target, name and params");
  }
  php_command out;
  out.target = (*parts)[0].text();
  out.name = (*parts)[1].text();
  if (const auto* given = std::get_if<wire::msgpack_value::map>(&(*parts)[2].data)) {
    for (std::size_t i = 0; i < given->keys.size(); ++i) {
      const auto key = given->keys[i].text();
      auto text = parameter_text(key, given->values[i]);
      if (!text) {
        return fail(text.error());
      }
      out.params.insert_or_assign(std::string{key}, std::move(*text));
    }
  }
  return out;
}

} // namespace kraken::containers
