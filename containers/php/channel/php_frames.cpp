// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/php/channel/php_frames.hpp"

#include "kraken/bridge/worker_words.hpp"
#include "kraken/wire/msgpack.hpp"
#include "kraken/wire/msgpack_stream.hpp"

namespace kraken::containers {

namespace {

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

} // namespace

void append_farewell(wire::byte_buffer& out, actor::farewell why) {
  wire::append_drain(out, bridge::word_of(why));
}

void append_done(wire::byte_buffer& out, std::uint32_t stream, std::string_view text) {
  wire::byte_buffer value;
  wire::pack_str(value, text);
  static_cast<void>(wire::append_reply( // a sentence fits
      out,
      wire::frame_type::result,
      stream,
      wire::reply_status::done,
      value.view()));
}

void append_names(wire::byte_buffer& out,
                  std::uint32_t stream,
                  const std::vector<std::string>& names) {
  wire::byte_buffer value;
  wire::pack_array_head(value, static_cast<std::uint32_t>(names.size()));
  for (const auto& name : names) {
    wire::pack_str(value, name);
  }
  if (!wire::append_reply(
          out, wire::frame_type::result, stream, wire::reply_status::done, value.view())) {
    append_refused(out, stream, error{errc::limit_exceeded, "more names than a frame holds"});
  }
}

void append_refused(wire::byte_buffer& out, std::uint32_t stream, const error& why) {
  const auto text = why.context.empty() ? why.text() : why.context;
  wire::append_reply_failure(out,
                             wire::frame_type::result,
                             stream,
                             {.type = {}, .message = text, .code = row_of(why.code).name});
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
