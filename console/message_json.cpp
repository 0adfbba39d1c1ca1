// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. Depth is bounded before anything is walked.
#include "console/message_json.hpp"

#include "console/detail/json.hpp"
#include "kraken/base/limits.hpp"
#include "kraken/wire/msgpack.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>

namespace kraken::console {

namespace {

using detail::dump;
using detail::json_value;
using wire::msgpack_value;

/// Whether nothing is nested deeper than MessagePack may be; looks at the text, so that no parser
/// goes deep.
bool shallow(std::string_view json) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted) {
      i += c == '\\' ? 1 : 0;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth >= limits::msgpack_depth_max) {
        return false;
      }
    } else if (c == ']' || c == '}') {
      depth -= depth > 0 ? 1 : 0;
    }
  }
  return true;
}

msgpack_value value_of(const json_value& from) {
  switch (from.type()) {
  case json_value::value_t::boolean:
    return {from.get<bool>()};
  case json_value::value_t::number_integer:
    return {from.get<std::int64_t>()};
  case json_value::value_t::number_unsigned:
    return {from.get<std::uint64_t>()};
  case json_value::value_t::number_float:
    return {from.get<double>()};
  case json_value::value_t::string:
    return {from.get<std::string>()};
  case json_value::value_t::array: {
    msgpack_value::array out;
    for (const auto& each : from) {
      out.push_back(value_of(each));
    }
    return {std::move(out)};
  }
  case json_value::value_t::object: {
    msgpack_value::map out;
    for (const auto& [key, each] : from.items()) {
      out.keys.push_back({key});
      out.values.push_back(value_of(each));
    }
    return {std::move(out)};
  }
  case json_value::value_t::null:
  case json_value::value_t::binary: // no text has one
  case json_value::value_t::discarded:
    break;
  }
  return {};
}

json_value json_of(const msgpack_value& from);

std::string key_of(const msgpack_value& from) {
  if (const auto* const text = std::get_if<std::string>(&from.data)) {
    return *text;
  }
  return dump(json_of(from));
}

struct to_json_value {
  json_value operator()(std::monostate) const { return nullptr; }
  json_value operator()(const msgpack_value::binary& from) const { return from.bytes; }
  json_value operator()(const msgpack_value::array& from) const {
    json_value out = json_value::array();
    for (const auto& each : from) {
      out.push_back(json_of(each));
    }
    return out;
  }
  json_value operator()(const msgpack_value::map& from) const {
    json_value out = json_value::object();
    for (std::size_t i = 0; i < from.keys.size(); ++i) {
      out[key_of(from.keys[i])] = json_of(from.values[i]);
    }
    return out;
  }
  template <class Scalar>
  json_value operator()(const Scalar& from) const {
    return from;
  }
};

json_value json_of(const msgpack_value& from) {
  return std::visit(to_json_value{}, from.data);
}

} // namespace

result<std::string> message_from_json(std::string_view json) {
  if (!shallow(json)) {
    return fail(errc::invalid_argument,
                "the value is nested deeper than " + std::to_string(limits::msgpack_depth_max));
  }
  const auto read = json_value::parse(json, nullptr, false);
  if (read.is_discarded()) {
    return fail(errc::invalid_argument,
                "expected JSON, got '" + std::string{json.substr(0, 80)} +
                    "' (a text is written in double quotes, or with --text)");
  }
  wire::byte_buffer out;
  wire::pack_value(out, value_of(read));
  return std::string{out.view()};
}

result<std::string> json_from_message(std::string_view bytes) {
  if (bytes.empty()) {
    return "null";
  }
  const auto value = wire::unpack_value(bytes);
  if (!value) {
    return fail(errc::protocol_error, "the answer can not be shown: " + value.error().context);
  }
  return dump(json_of(*value));
}

} // namespace kraken::console
