// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Validators and ranges.
#include "kraken/wire/http1_file.hpp"

#include "kraken/wire/http1_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>

namespace kraken::wire {

namespace {

constexpr std::string_view range_unit = "bytes=";
constexpr std::string_view weak_mark = "W/";

struct byte_range {
  enum class kind : std::uint8_t {
    whole,   ///< no range, or one that may be ignored
    part,    ///< 206
    nothing, ///< 416: none of it is there
  };

  kind what = kind::whole;
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

std::optional<std::uint64_t> whole_number(std::string_view text) noexcept {
  std::uint64_t out = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, out);
  return read.ec == std::errc{} && read.ptr == end ? std::optional{out} : std::nullopt;
}

byte_range read_range(std::string_view text, std::uint64_t size) noexcept {
  const byte_range whole{byte_range::kind::whole, 0, size};
  const byte_range nothing{byte_range::kind::nothing, 0, 0};
  const auto dash = text.find('-');
  if (!text.starts_with(range_unit) || dash == std::string_view::npos) {
    return whole;
  }
  const auto from = text.substr(range_unit.size(), dash - range_unit.size());
  const auto to = text.substr(dash + 1);
  const auto first = whole_number(from);
  const auto last = whole_number(to);
  if (from.empty()) { // the last so many
    if (!last) {
      return whole;
    }
    const auto count = std::min(*last, size);
    return count == 0 ? nothing : byte_range{byte_range::kind::part, size - count, count};
  }
  if (!first || (!to.empty() && (!last || *last < *first))) {
    return whole;
  }
  if (*first >= size) {
    return nothing;
  }
  const auto end = last ? std::min(*last, size - 1) : size - 1;
  return {byte_range::kind::part, *first, end - *first + 1};
}

std::string_view without_weak_mark(std::string_view tag) noexcept {
  return tag.starts_with(weak_mark) ? tag.substr(weak_mark.size()) : tag;
}

/// Weak comparison with each tag of a list; `*` is any.
bool names_tag(std::string_view list, std::string_view tag) noexcept {
  const auto wanted = without_weak_mark(tag);
  while (true) {
    list.remove_prefix(std::min(list.find_first_not_of(" \t,"), list.size()));
    list = without_weak_mark(list);
    if (list.starts_with('*')) {
      return true;
    }
    const auto end = list.starts_with('"') ? list.find('"', 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
      return false; // at the end, or no list of tags
    }
    if (list.substr(0, end + 1) == wanted) {
      return true;
    }
    list.remove_prefix(end + 1);
  }
}

bool has_it_already(const file_conditions& asked,
                    std::string_view tag,
                    std::optional<std::int64_t> modified) noexcept {
  if (!asked.if_none_match.empty()) { // the date is not looked at then
    return names_tag(asked.if_none_match, tag);
  }
  const auto since = read_http_date(asked.if_modified_since);
  return since && modified && *modified <= *since;
}

/// Strong comparison: parts of two files must never be put together.
bool is_the_same(std::string_view if_range,
                 std::string_view tag,
                 std::optional<std::int64_t> modified) noexcept {
  if (if_range.empty()) {
    return true;
  }
  if (if_range.starts_with('"')) {
    return if_range == tag;
  }
  const auto date = read_http_date(if_range);
  return date && date == modified;
}

std::string text_of(std::int64_t seconds) {
  const auto text = write_http_date(seconds);
  return {text.data(), text.size()};
}

// As nginx: two files of one second and one size are taken for one.
std::string tag_of(const file_facts& file) {
  std::string out;
  const auto put = [&out](char before, auto number) {
    std::array<char, 20> digits;
    out.push_back(before);
    out.append(digits.data(),
               std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr);
  };
  put('"', file.modified);
  put('-', file.size);
  out.push_back('"');
  return out;
}

} // namespace

file_reply plan_file(int status,
                     const file_facts& file,
                     const file_conditions& asked,
                     const own_validators& own) {
  file_reply out;
  out.status = status;
  out.count = file.size;
  if (status != 200) {
    return out;
  }
  if (own.etag.empty()) {
    out.etag = tag_of(file);
  }
  if (own.last_modified.empty()) {
    out.last_modified = text_of(file.modified);
  }
  const std::string_view tag = own.etag.empty() ? out.etag : own.etag;
  const auto modified =
      own.last_modified.empty() ? std::optional{file.modified} : read_http_date(own.last_modified);
  if (has_it_already(asked, tag, modified)) {
    out.status = 304;
    out.count = 0;
    return out;
  }
  const auto range = is_the_same(asked.if_range, tag, modified) ? read_range(asked.range, file.size)
                                                                : byte_range{};
  if (range.what == byte_range::kind::whole) {
    return out;
  }
  const bool part = range.what == byte_range::kind::part;
  out.status = part ? 206 : 416;
  out.first = range.first;
  out.count = range.count;
  out.content_range = "bytes ";
  if (part) {
    out.content_range.append(std::to_string(range.first)).push_back('-');
    out.content_range.append(std::to_string(range.first + range.count - 1)).push_back('/');
  } else {
    out.content_range.append("*/");
  }
  out.content_range.append(std::to_string(file.size));
  return out;
}

void take_validator(own_validators& into, const header_field& field) noexcept {
  if (equals_lower(field.name, "etag")) {
    into.etag = field.value;
  } else if (equals_lower(field.name, "last-modified")) {
    into.last_modified = field.value;
  }
}

bool goes_with_file(int status, std::string_view field) noexcept {
  constexpr std::string_view prefix = "content-";
  if (names_a_file(field) || equals_lower(field, "accept-ranges") ||
      equals_lower(field, "content-range")) {
    return false;
  }
  return (status != 304 && status != 416) || !equals_lower(field.substr(0, prefix.size()), prefix);
}

bool names_a_file(std::string_view field) noexcept {
  return equals_lower(field, "x-sendfile") || equals_lower(field, "x-accel-redirect");
}

} // namespace kraken::wire
