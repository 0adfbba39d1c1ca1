// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Rendering of log contexts.
#include "kraken/bridge/worker_words.hpp"

#include "kraken/wire/msgpack.hpp"

#include <utility>

namespace kraken::bridge {

namespace {

// The SDK sends what a handler echoed as this message, with the bytes in `text`.
constexpr std::string_view stray_message = "output";
// The class of a FATAL of a program that ended itself.
constexpr std::string_view exit_type = "exit";

void append_context_value(std::string& out, const wire::msgpack_value& value) {
  using map = wire::msgpack_value::map;
  using array = wire::msgpack_value::array;
  if (const auto* truth = std::get_if<bool>(&value.data)) {
    out += *truth ? "true" : "false";
  } else if (const auto* natural = std::get_if<std::uint64_t>(&value.data)) {
    out += std::to_string(*natural);
  } else if (const auto* integer = std::get_if<std::int64_t>(&value.data)) {
    out += std::to_string(*integer);
  } else if (const auto* real = std::get_if<double>(&value.data)) {
    out += std::to_string(*real);
  } else if (std::holds_alternative<std::monostate>(value.data)) {
    out += "null";
  } else if (const auto* list = std::get_if<array>(&value.data)) {
    out += '[';
    for (const auto& each : *list) {
      out += out.back() == '[' ? "" : " ";
      append_context_value(out, each);
    }
    out += ']';
  } else if (const auto* inner = std::get_if<map>(&value.data)) {
    out += '{';
    for (std::size_t i = 0; i < inner->keys.size(); ++i) {
      out += i == 0 ? "" : " ";
      append_context_value(out, inner->keys[i]);
      out += '=';
      append_context_value(out, inner->values[i]);
    }
    out += '}';
  } else {
    out += value.text("(binary)");
  }
}

std::vector<std::string> lines_in(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = text.find('\n');
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

} // namespace

worker_words words_of(const wire::worker_log& said) {
  const auto context = wire::unpack_value(said.context);
  if (!context) {
    return {said.level, {std::string{said.message}}};
  }
  if (const auto* stray = context->find("text");
      stray != nullptr && said.message == stray_message) {
    return {{}, lines_in(stray->text())};
  }
  std::string line{said.message};
  if (const auto* fields = std::get_if<wire::msgpack_value::map>(&context->data)) {
    for (std::size_t i = 0; i < fields->keys.size(); ++i) {
      line += ' ';
      append_context_value(line, fields->keys[i]);
      line += '=';
      append_context_value(line, fields->values[i]);
    }
  }
  return {said.level, {std::move(line)}};
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

model::cause cause_of(wire::worker_fatal&& what) {
  model::cause out;
  out.kind = model::cause_kind::exception;
  out.type = std::move(what.type);
  out.parents = std::move(what.parents);
  out.message = std::move(what.message);
  const auto place = what.file + ":" + std::to_string(what.line);
  if (!what.file.empty() && !out.message.ends_with(" in " + place)) {
    out.message += " (" + place + ")";
  }
  out.detail = std::move(what.trace);
  return out;
}

model::cause cause_of(model::cause known, const exit_status& how) {
  known.code = how.value;
  if (known.kind == model::cause_kind::none) {
    known.kind = how.by_signal    ? model::cause_kind::signal
                 : how.value != 0 ? model::cause_kind::exit_code
                                  : model::cause_kind::exit_normal;
  } else if (known.type == exit_type && !how.by_signal) {
    known.message += ": exit code " + std::to_string(how.value);
  }
  return known;
}

model::cause cause_of_container(model::cause known, const exit_status& how) {
  if (known.type == exit_type) {
    known.kind = model::cause_kind::none;
    known.type.clear();
  }
  return cause_of(std::move(known), how);
}

} // namespace kraken::bridge
