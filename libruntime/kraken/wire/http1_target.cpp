// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Splitting, checking and decoding of request targets.
#include "kraken/wire/http1_target.hpp"

#include "kraken/wire/detail/http1_scan.hpp"
#include "kraken/wire/detail/http1_target_scan.hpp"
#include "kraken/wire/http1_field.hpp"

#include <algorithm>

namespace kraken::wire {

namespace {

constexpr std::string_view root_path = "/";

/// The byte a `%XX` at `at` stands for; -1 if it is cut short, no hex, or zero.
int unescape(std::string_view raw, std::size_t at) noexcept {
  if (raw.size() - at < 3 || (detail::bits_of(raw[at + 1]) & detail::hex_bit) == 0 ||
      (detail::bits_of(raw[at + 2]) & detail::hex_bit) == 0) {
    return -1;
  }
  const unsigned value = detail::hex_value(raw[at + 1]) * 16 + detail::hex_value(raw[at + 2]);
  return value == 0 ? -1 : static_cast<int>(value);
}

/// The next byte of a decoded path; moves `at` behind it. -1 for a broken escape.
int next_decoded(std::string_view raw, std::size_t& at) noexcept {
  if (raw[at] != '%') {
    return static_cast<unsigned char>(raw[at++]);
  }
  const int value = unescape(raw, at);
  at += 3;
  return value;
}

/// Goes through the decoded segments of a path. What it is told after each that is not empty: the
/// bytes of the segment were written; it is an ordinary one, `.` or `..`.
/// @return false for a broken escape or a climb above the root
template <class Sink>
bool walk_segments(std::string_view raw, Sink& sink) noexcept {
  std::size_t at = 1; // behind the first slash
  std::size_t depth = 0;
  for (;;) {
    std::size_t length = 0;
    bool dots = true; // only dots so far
    bool more = false;
    while (at < raw.size()) {
      const int byte = next_decoded(raw, at);
      if (byte < 0) {
        return false;
      }
      if (byte == '/') {
        more = true;
        break;
      }
      sink.put(static_cast<char>(byte));
      dots = dots && byte == '.';
      ++length;
    }
    if (dots && length == 1) {
      sink.drop_segment();
    } else if (dots && length == 2) {
      if (depth == 0) {
        return false;
      }
      --depth;
      sink.drop_two_segments();
    } else if (more && length != 0) { // an empty one is dropped
      ++depth;
      sink.end_segment();
    }
    if (!more) {
      return true;
    }
  }
}

/// Only checks.
struct path_checker {
  void put(char) noexcept {}
  void drop_segment() noexcept {}
  void drop_two_segments() noexcept {}
  void end_segment() noexcept {}
};

/// Writes the path without its dot segments. Output never overtakes input.
struct path_writer {
  char* out;
  std::size_t size = 1;  // the first slash
  std::size_t begin = 1; // of the segment being written

  void put(char c) noexcept { out[size++] = c; }

  void drop_segment() noexcept { size = begin; }

  void drop_two_segments() noexcept {
    size = begin - 1; // the slash before the dots
    while (out[size - 1] != '/') {
      --size;
    }
    begin = size;
  }

  void end_segment() noexcept {
    out[size++] = '/';
    begin = size;
  }
};

/// Whether decoding would not change a path: no escape, no empty segment, and no dot where one
/// could be made of dots.
bool is_plain_path(std::string_view path) noexcept {
  for (std::size_t at = 1; at < path.size(); ++at) { // behind the first slash
    if (path[at] == '%' || ((path[at] == '.' || path[at] == '/') && path[at - 1] == '/')) {
      return false;
    }
  }
  return true;
}

bool scan_query(std::string_view text) noexcept {
  for (const char c : text) {
    if ((detail::bits_of(c) & detail::target_bit) == 0) {
      return false;
    }
  }
  return true;
}

/// Path and query of what starts with a slash.
bool split_path_and_query(std::string_view text, target_parts& parts) noexcept {
  const auto found = detail::scan_target(text);
  if (!found.valid) {
    return false;
  }
  parts.path = {text.data(), found.path_size};
  if (found.path_size != text.size()) {
    parts.query = {text.data() + found.path_size + 1, text.size() - found.path_size - 1};
  }
  parts.plain = !found.marked || is_plain_path(parts.path);
  path_checker checker;
  return parts.plain || walk_segments(parts.path, checker);
}

/// `scheme://authority` of an absolute target.
/// @return what follows the authority; nothing if this is no http target
std::optional<std::string_view> split_authority(std::string_view target,
                                                target_parts& parts) noexcept {
  std::size_t scheme = 0;
  if (target.size() >= 7 && equals_lower(target.substr(0, 7), "http://")) {
    scheme = 7;
  } else if (target.size() >= 8 && equals_lower(target.substr(0, 8), "https://")) {
    scheme = 8;
    parts.https = true;
  } else {
    return std::nullopt;
  }
  const std::string_view rest = target.substr(scheme);
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  parts.authority = rest.substr(0, end);
  parts.absolute = true;
  if (!is_authority(parts.authority)) {
    return std::nullopt;
  }
  return rest.substr(end);
}

/// Everything of an absolute target.
bool split_absolute(std::string_view target, target_parts& parts) noexcept {
  const auto rest = split_authority(target, parts);
  if (!rest) {
    return false;
  }
  if (!rest->empty() && rest->front() == '/') {
    return split_path_and_query(*rest, parts);
  }
  parts.path = root_path; // `http://a` and `http://a?q` ask for the root
  if (!rest->empty()) {
    parts.query = rest->substr(1);
  }
  return scan_query(parts.query);
}

/// Names and IPv4 addresses, with or without port. Not a word about what it does not know.
bool is_usual_authority(std::string_view text) noexcept {
  constexpr std::size_t port_digits_max = 5;
  const char* const end = text.data() + text.size();
  const char* const last = end - std::min(text.size(), port_digits_max + 1);
  const char* at = end;
  while (at != last && static_cast<unsigned char>(at[-1] - '0') <= 9) {
    --at;
  }
  const bool port = at != last && at[-1] == ':';
  return detail::is_plain_host(
      {text.data(), static_cast<std::size_t>((port ? at - 1 : end) - text.data())});
}

} // namespace

std::optional<target_parts> split_target(std::string_view target) noexcept {
  std::optional<target_parts> out{std::in_place};
  auto& parts = *out;
  bool valid = !target.empty();
  if (valid && target.front() == '/') {
    valid = split_path_and_query(target, parts);
  } else if (target == "*") {
    parts.path = target;
  } else if (valid) {
    valid = split_absolute(target, parts);
  }
  if (!valid) {
    out.reset();
  }
  return out;
}

std::optional<std::string_view> decode_path(std::string_view raw, std::span<char> out) noexcept {
  if (raw.empty() || out.size() < raw.size()) {
    return std::nullopt;
  }
  out[0] = raw[0];
  if (raw[0] != '/') {
    return raw == "*" ? std::optional{std::string_view{out.data(), 1}} : std::nullopt;
  }
  path_writer writer{out.data()};
  if (!walk_segments(raw, writer)) {
    return std::nullopt;
  }
  return std::string_view{out.data(), writer.size};
}

bool is_authority(std::string_view text) noexcept {
  if (is_usual_authority(text)) {
    return true;
  }
  const char* at = text.data();
  const char* end = text.data() + text.size();
  if (text.empty()) {
    return false;
  }
  if (*at == '[') {
    ++at;
    const char* inside = at;
    while (at != end &&
           ((detail::bits_of(*at) & detail::hex_bit) != 0 || *at == ':' || *at == '.')) {
      ++at;
    }
    if (at == inside || at == end || *at != ']') {
      return false;
    }
    ++at;
  } else {
    while (at != end && (detail::bits_of(*at) & detail::authority_bit) != 0) {
      ++at;
    }
    if (at == text.data()) {
      return false;
    }
  }
  if (at == end) {
    return true;
  }
  if (*at != ':') {
    return false;
  }
  const auto port = static_cast<std::size_t>(end - ++at);
  while (at != end && *at >= '0' && *at <= '9') {
    ++at;
  }
  return at == end && port <= 5;
}

} // namespace kraken::wire
