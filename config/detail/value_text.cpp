// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Reading basic values.
#include "config/detail/value_text.hpp"

#include "kraken/base/nearest.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace kraken::config::detail {

namespace {

constexpr auto no_limit = std::numeric_limits<std::int64_t>::max();

template <class Print>
bool in_range(
    std::int64_t value, const node& from, const option_traits& range, reader& in, Print print) {
  if (value >= range.min && value <= range.max) {
    return true;
  }
  in.fault(from.at,
           (range.max == no_limit
                ? "must be at least " + print(range.min)
                : "must be between " + print(range.min) + " and " + print(range.max)) +
               ", got '" + from.text + "'");
  return false;
}

bool is_scalar(const node& from, std::string_view what, reader& in) {
  if (from.scalar()) {
    return true;
  }
  in.fault(from.at, "expected " + std::string{what} + ", got " + got(from));
  return false;
}

std::string print_integer(std::int64_t value) {
  return std::to_string(value);
}
std::string print_duration(std::int64_t value) {
  return to_string(milliseconds{value});
}
std::string print_size(std::int64_t value) {
  return to_string(bytes{static_cast<std::uint64_t>(value)});
}

/// Of a value that is no option's, say a whole file. Not cut inside of a character.
std::string shortened(const std::string& text) {
  constexpr std::size_t shown_bytes = 80;
  if (text.size() <= shown_bytes) {
    return text;
  }
  auto end = shown_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) {
    --end;
  }
  return text.substr(0, end) + "...";
}

} // namespace

std::string got(const node& from) {
  switch (from.is) {
  case node::type::null:
    return "nothing";
  case node::type::list:
    return "a list";
  case node::type::map:
    return "a map";
  case node::type::text:
  case node::type::number:
  case node::type::truth:
    return "'" + shortened(from.text) + "'";
  }
  return "nothing";
}

std::optional<std::string> read_text(const node& from, reader& in) {
  if (!is_scalar(from, "text", in)) {
    return std::nullopt;
  }
  if (from.text.find('\0') != std::string::npos) {
    in.fault(from.at, "a NUL byte is not allowed");
    return std::nullopt;
  }
  return from.text;
}

std::optional<bool> read_truth(const node& from, reader& in) {
  if (!is_scalar(from, "true or false", in)) {
    return std::nullopt;
  }
  if (from.text == "true" || from.text == "false") {
    return from.text == "true";
  }
  constexpr std::array yes{"yes", "on", "1", "True", "TRUE", "y"};
  constexpr std::array no{"no", "off", "0", "False", "FALSE", "n"};
  std::string hint;
  if (std::ranges::find(yes, from.text) != yes.end()) {
    hint = " (did you mean 'true'?)";
  } else if (std::ranges::find(no, from.text) != no.end()) {
    hint = " (did you mean 'false'?)";
  }
  in.fault(from.at, "expected true or false, got '" + from.text + "'" + hint);
  return std::nullopt;
}

std::optional<std::int64_t> read_integer(const node& from, const option_traits& range, reader& in) {
  if (!is_scalar(from, "integer", in)) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  const char* end = from.text.data() + from.text.size();
  const auto parsed = std::from_chars(from.text.data(), end, value);
  if (parsed.ec == std::errc::result_out_of_range) {
    in.fault(from.at, "integer '" + from.text + "' is too large");
    return std::nullopt;
  }
  if (parsed.ec != std::errc{} || parsed.ptr != end) {
    in.fault(from.at, "expected integer, got '" + from.text + "'");
    return std::nullopt;
  }
  return in_range(value, from, range, in, print_integer) ? std::optional{value} : std::nullopt;
}

std::optional<double> read_number(const node& from, const option_traits& range, reader& in) {
  if (!is_scalar(from, "number", in)) {
    return std::nullopt;
  }
  double value = 0;
  const char* end = from.text.data() + from.text.size();
  const auto parsed = std::from_chars(from.text.data(), end, value, std::chars_format::fixed);
  if (parsed.ec != std::errc{} || parsed.ptr != end) {
    in.fault(from.at, "expected number, got '" + from.text + "'");
    return std::nullopt;
  }
  if (value < static_cast<double>(range.min) || value > static_cast<double>(range.max)) {
    in.fault(from.at,
             "must be between " + std::to_string(range.min) + " and " + std::to_string(range.max) +
                 ", got '" + from.text + "'");
    return std::nullopt;
  }
  return value;
}

std::optional<milliseconds>
read_duration(const node& from, const option_traits& range, reader& in) {
  if (!is_scalar(from, "duration", in)) {
    return std::nullopt;
  }
  const auto value = parse_duration(from.text);
  if (!value) {
    in.fault(from.at, value.error().context);
    return std::nullopt;
  }
  return in_range(value->count(), from, range, in, print_duration) ? std::optional{*value}
                                                                   : std::nullopt;
}

std::optional<bytes> read_size(const node& from, const option_traits& range, reader& in) {
  if (!is_scalar(from, "size", in)) {
    return std::nullopt;
  }
  const auto value = parse_size(from.text);
  if (!value) {
    in.fault(from.at, value.error().context);
    return std::nullopt;
  }
  return in_range(static_cast<std::int64_t>(value->value), from, range, in, print_size)
             ? std::optional{*value}
             : std::nullopt;
}

std::optional<std::size_t>
read_choice(const node& from, std::span<const std::string_view> words, reader& in) {
  const auto found =
      from.scalar() ? std::ranges::find(words, std::string_view{from.text}) : words.end();
  if (found != words.end()) {
    return static_cast<std::size_t>(found - words.begin());
  }
  std::string text = "expected ";
  for (std::size_t i = 0; i < words.size(); ++i) {
    text.append(i == 0 ? "" : i + 1 == words.size() ? " or " : ", ").append(words[i]);
  }
  text += ", got " + got(from);
  if (from.scalar()) {
    text = unknown_text(text, from.text, words);
  }
  in.fault(from.at, std::move(text));
  return std::nullopt;
}

std::optional<std::map<std::string, std::string>> read_text_map(const node& from, reader& in) {
  if (from.is == node::type::null) {
    return std::map<std::string, std::string>{};
  }
  if (from.is != node::type::map) {
    in.fault(from.at, "expected a map of texts, got " + got(from));
    return std::nullopt;
  }
  std::map<std::string, std::string> out;
  for (const auto& each : from.entries) {
    const reader::inside here{in, each.key};
    // `FOO:` means an empty value.
    auto text = each.value.is == node::type::null ? std::string{} : read_text(each.value, in);
    if (text) {
      out.emplace(each.key, std::move(*text));
    }
  }
  return out;
}

node write_number(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return node::of_number(std::string{text.data(), end});
}

std::vector<node> items_of(const node& from) {
  if (from.is == node::type::list) {
    return from.items;
  }
  if (!from.scalar() || from.at.from == origin::file || from.at.from == origin::standard) {
    return {from};
  }
  std::vector<node> out;
  std::string_view rest = from.text;
  while (true) {
    const auto comma = rest.find(',');
    auto item = node::of_text(std::string{rest.substr(0, comma)});
    item.at = from.at;
    out.push_back(std::move(item));
    if (comma == std::string_view::npos) {
      return out;
    }
    rest.remove_prefix(comma + 1);
  }
}

} // namespace kraken::config::detail
