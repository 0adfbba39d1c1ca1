// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// How causes are named and shown.
#include "kraken/model/cause.hpp"

#include "kraken/base/limits.hpp"
#include "kraken/base/signal_name.hpp"

#include <array>
#include <cstddef>

namespace kraken::model {

namespace {

struct cause_kind_row {
  cause_kind value;
  std::string_view name; ///< the enumerator
  std::string_view key;  ///< what local rules match
  std::string_view text; ///< shown when the cause has no message of its own
};

constexpr std::array cause_kind_table{
    cause_kind_row{cause_kind::none, "none", "none", "no cause"},
    cause_kind_row{cause_kind::exit_normal, "exit_normal", "exit:0", "ended normally"},
    cause_kind_row{cause_kind::exit_code, "exit_code", "exit", "exit code"},
    cause_kind_row{cause_kind::signal, "signal", "signal", "signal"},
    cause_kind_row{cause_kind::exception, "exception", "exception", "exception"},
    cause_kind_row{cause_kind::start_error, "start_error", "start", "could not be started"},
    cause_kind_row{cause_kind::start_timeout, "start_timeout", "start", "not ready in time"},
    cause_kind_row{cause_kind::timeout, "timeout", "timeout", "exceeded its time"},
    cause_kind_row{cause_kind::probe, "probe", "probe", "alive probe failed"},
    cause_kind_row{cause_kind::out_of_memory, "out_of_memory", "oom", "out of memory"},
    cause_kind_row{cause_kind::protocol, "protocol", "protocol", "broke the worker protocol"},
    cause_kind_row{cause_kind::child, "child", "child", "a child failed for good"},
    cause_kind_row{cause_kind::shared_fate, "shared_fate", "shared_fate", "its host process ended"},
    cause_kind_row{cause_kind::node_down, "node_down", "node_down", "its node is not reachable"},
    cause_kind_row{cause_kind::recycle, "recycle", "recycle", "planned replacement"},
};

constexpr bool cause_kinds_are_dense() {
  for (std::size_t i = 0; i < cause_kind_table.size(); ++i) {
    if (static_cast<std::size_t>(cause_kind_table[i].value) != i) {
      return false;
    }
  }
  return true;
}
static_assert(cause_kinds_are_dense(), "row i of cause_kind_table must describe kind i");

const cause_kind_row& row_of_cause(cause_kind kind) noexcept {
  const auto index = static_cast<std::size_t>(kind);
  return index < cause_kind_table.size() ? cause_kind_table[index] : cause_kind_table.front();
}

std::string cause_headline(const cause& why) {
  std::string text{row_of_cause(why.kind).text};
  if (why.kind == cause_kind::exit_code) {
    text += ' ' + std::to_string(why.code);
  }
  if (why.kind == cause_kind::signal) {
    text += ' ' + std::to_string(why.code);
    if (const auto name = signal_name(why.code); !name.empty()) {
      text.append(" (").append(name).append(")");
    }
  }
  if (!why.type.empty()) {
    text = why.type;
  }
  return text;
}

std::string_view last_line(std::string_view text) {
  const auto end = text.find_last_not_of(" \r\n");
  text = text.substr(0, end == std::string_view::npos ? 0 : end + 1);
  return text.substr(text.rfind('\n') + 1);
}

bool is_place(std::string_view line) {
  return line.starts_with(' ') || line.starts_with('\t') || line.starts_with('#') ||
         line == "Stack trace:";
}

/// What a program says last is why it ends; behind that PHP and Java have the places it came
/// through.
std::string_view telling_line(std::string_view text) {
  const auto last = last_line(text);
  auto line = last;
  while (is_place(line) && line.data() != text.data()) {
    text = text.substr(0, static_cast<std::size_t>(line.data() - text.data()) - 1);
    line = last_line(text);
  }
  return line.empty() || is_place(line) ? last : line;
}

/// Cuts `text` before `most` bytes, at the beginning of a UTF-8 sequence.
void cut_text(std::string& text, std::size_t most) {
  constexpr std::string_view mark{"..."};
  if (text.size() <= most) {
    return;
  }
  std::size_t end = most - mark.size();
  const auto continues = [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
  };
  while (end > 0 && continues(text[end])) {
    --end;
  }
  text.resize(end);
  text += mark;
}

const cause no_cause; // what one that holds nothing shows

} // namespace

std::string_view signal_name(std::int32_t number) noexcept {
  return kraken::signal_name(number);
}

const cause& shared_cause::operator*() const noexcept {
  return held_ == nullptr ? no_cause : *held_;
}

const cause* shared_cause::operator->() const noexcept {
  return &**this;
}

std::string cause::text() const {
  if (kind == cause_kind::child && !message.empty()) {
    return message; // a sentence about that child
  }
  if (!type.empty() && message.starts_with(type) && message[type.size()] == ' ') {
    return message; // `exit during GET /x`, of the type `exit`
  }
  std::string out = cause_headline(*this);
  if (!message.empty()) {
    out.append(": ").append(message);
  }
  return out;
}

std::string cause::summary() const {
  auto out = text();
  const auto line = telling_line(detail);
  if (type.empty() && !line.empty() && out.find(line) == std::string::npos) {
    out.append(" (").append(line).append(")");
  }
  return out;
}

std::string cause::key() const {
  std::string out{row_of_cause(kind).key};
  if (kind == cause_kind::exit_code || kind == cause_kind::signal) {
    out += ':' + std::to_string(code);
  }
  return out;
}

bool cause::normal() const noexcept {
  return kind == cause_kind::exit_normal || kind == cause_kind::recycle;
}

cause bounded(cause why) {
  cut_text(why.type, limits::cause_name_bytes_max);
  cut_text(why.origin, limits::cause_name_bytes_max * limits::tree_depth_max);
  cut_text(why.message, limits::cause_message_bytes_max);
  cut_text(why.detail, limits::cause_detail_bytes_max);
  if (why.parents.size() > limits::cause_names_max) {
    why.parents.resize(limits::cause_names_max);
  }
  for (auto& name : why.parents) {
    cut_text(name, limits::cause_name_bytes_max);
  }
  return why;
}

std::string_view to_string(cause_kind kind) noexcept {
  return row_of_cause(kind).name;
}

} // namespace kraken::model
