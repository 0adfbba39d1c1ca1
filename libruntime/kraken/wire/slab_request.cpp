// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/wire/slab_request.hpp"

#include "kraken/wire/detail/frame_put.hpp"
#include "kraken/wire/detail/lower_put.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace kraken::wire {

namespace {

using detail::field_place;
using detail::request_places;
using detail::text_place;

constexpr std::size_t frame_texts = 8; // a REQUEST begins with them

// As in worker_frame.cpp: frame header, all heads.
constexpr std::size_t frame_overhead_max =
    worker_header_bytes + (frame_texts + 8) * detail::msgpack_head_bytes_max;
constexpr std::uint32_t frame_elements = 11;

using text_list = std::array<std::string_view, frame_texts>;

char* put_plain_u32(char* at, std::size_t value) noexcept {
  const auto narrow = static_cast<std::uint32_t>(value);
  std::memcpy(at, &narrow, sizeof narrow);
  return at + sizeof narrow;
}

std::uint32_t get_plain_u32(const char* from) noexcept {
  std::uint32_t value = 0;
  std::memcpy(&value, from, sizeof value);
  return value;
}

std::uint64_t end_of(const text_place& place) noexcept {
  return std::uint64_t{place.at} + place.bytes;
}

/// @param place within the texts
std::string_view text_at(std::string_view texts, const text_place& place) noexcept {
  return {texts.data() + place.at, place.bytes};
}

std::string_view version_of(const request_facts& facts) noexcept {
  if (!facts.version.empty()) {
    return facts.version;
  }
  return facts.head->version_minor == 0 ? "1.0" : "1.1";
}

std::string_view ends_of(const request_facts& facts) noexcept {
  return facts.ends.empty() ? facts.remote : facts.ends;
}

/// Puts texts one behind the other.
class text_putter {
public:
  explicit text_putter(char* at) noexcept : first_(at), at_(at) {}

  text_place put(std::string_view text) noexcept {
    const text_place place{bytes(), static_cast<std::uint32_t>(text.size())};
    if (!text.empty()) {
      at_ = detail::put_bytes(at_, text);
    }
    return place;
  }

  text_place put_lower(std::string_view name) noexcept {
    const text_place place{bytes(), static_cast<std::uint32_t>(name.size())};
    at_ = detail::put_lower_token(at_, name);
    return place;
  }

  [[nodiscard]] std::uint32_t bytes() const noexcept {
    return static_cast<std::uint32_t>(at_ - first_);
  }

private:
  char* first_;
  char* at_;
};

bool is_view_of(std::string_view whole, std::string_view part) noexcept {
  const auto at = reinterpret_cast<std::uintptr_t>(part.data()) -
                  reinterpret_cast<std::uintptr_t>(whole.data());
  return at < whole.size() && part.size() <= whole.size() - at;
}

/// Of a view of what stands first.
text_place place_in(std::string_view first, std::string_view view) noexcept {
  return {view.empty() ? 0 : static_cast<std::uint32_t>(view.data() - first.data()),
          static_cast<std::uint32_t>(view.size())};
}

char* put_place(char* at, const field_place& place) noexcept {
  std::memcpy(at, &place, sizeof place);
  return at + sizeof place;
}

std::size_t place_bytes_of(const request_places& all) noexcept {
  return std::size_t{all.field_count} * sizeof(field_place);
}

/// @param bytes of all of the request, the places included
bool lie_within(const request_places& all, std::size_t bytes) noexcept {
  if (place_bytes_of(all) + all.text_bytes > bytes - sizeof all) {
    return false;
  }
  std::uint64_t furthest = 0;
  for (const auto& each : all.texts) {
    furthest = std::max(furthest, end_of(each));
  }
  return furthest <= all.text_bytes;
}

/// Fields of a parsed head, whose text has been put at `copy` already.
void put_fields_of(std::string_view text,
                   std::span<const header_field> fields,
                   char* next,
                   char* copy) noexcept {
  const char* const end = copy + text.size();
  for (const auto& field : fields) {
    const auto name_at = static_cast<std::size_t>(field.name.data() - text.data());
    const auto value_at = static_cast<std::size_t>(field.value.data() - text.data());
    detail::lower_in_place(copy + name_at, field.name.size(), end);
    next = put_plain_u32(next, name_at);
    next = put_plain_u32(next, field.name.size());
    next = put_plain_u32(next, value_at);
    next = put_plain_u32(next, field.value.size());
  }
}

/// Of a head that nobody has parsed; of others the text alone counts.
std::size_t bytes_of_views(const request_head& head) noexcept {
  std::size_t bytes =
      head.method_name.size() + head.target.size() + head.query.size() + head.host.size();
  for (const auto& field : head.headers()) {
    bytes += field.name.size() + field.value.size();
  }
  return bytes;
}

} // namespace

bool slab_field_reader::next(header_field& out) noexcept {
  if (left_.size() < slab_field_head_bytes) {
    return false;
  }
  const std::size_t name = get_plain_u32(left_.data());
  const std::size_t value = get_plain_u32(left_.data() + 4);
  if (name + value > left_.size() - slab_field_head_bytes) {
    return false;
  }
  out.name = left_.substr(slab_field_head_bytes, name);
  out.value = left_.substr(slab_field_head_bytes + name, value);
  left_.remove_prefix(slab_field_head_bytes + name + value);
  return true;
}

char* put_slab_field(char* at, std::string_view name, std::string_view value) noexcept {
  at = put_plain_u32(at, name.size());
  at = put_plain_u32(at, value.size());
  at = detail::put_bytes(at, name);
  return detail::put_bytes(at, value);
}

bool slab_request_fields::next(header_field& out) noexcept {
  field_place place;
  if (places_.size() < sizeof place) {
    return false;
  }
  std::memcpy(&place, places_.data(), sizeof place);
  if (end_of(place.name) > texts_.size() || end_of(place.value) > texts_.size()) {
    return false;
  }
  out.name = text_at(texts_, place.name);
  out.value = text_at(texts_, place.value);
  places_.remove_prefix(sizeof place);
  return true;
}

std::size_t slab_request_room(const request_facts& facts) noexcept {
  const auto& head = *facts.head;
  return sizeof(request_places) + head.field_count * sizeof(field_place) +
         (head.text.empty() ? bytes_of_views(head) : head.text.size()) + facts.path.size() +
         version_of(facts).size() + facts.scheme.size() + ends_of(facts).size() +
         facts.folders.size() + facts.body.size();
}

std::size_t
put_slab_request(char* at, const request_facts& facts, std::uint64_t timeout_ms) noexcept {
  const auto& head = *facts.head;
  const auto fields = head.headers();
  const auto text = head.text;
  char* next = at + sizeof(request_places);
  char* const texts_begin = next + fields.size() * sizeof(field_place);
  text_putter putter{texts_begin};
  static_cast<void>(putter.put(text));
  const auto of_head = [&](std::string_view view) {
    return text.empty() ? putter.put(view) : place_in(text, view);
  };
  if (text.empty()) {
    for (const auto& field : fields) {
      const auto name = putter.put_lower(field.name);
      next = put_place(next, {name, putter.put(field.value)});
    }
  } else {
    put_fields_of(text, fields, next, texts_begin);
  }
  request_places all;
  all.field_count = static_cast<std::uint32_t>(fields.size());
  all.texts[slab_text::method] = of_head(head.method_name);
  all.texts[slab_text::target] = of_head(head.target);
  all.texts[slab_text::path] =
      is_view_of(text, facts.path) ? place_in(text, facts.path) : putter.put(facts.path);
  all.texts[slab_text::query] = of_head(head.query);
  all.texts[slab_text::version] = putter.put(version_of(facts));
  all.texts[slab_text::scheme] = putter.put(facts.scheme);
  all.texts[slab_text::host] = of_head(head.host);
  all.texts[slab_text::ends] = putter.put(ends_of(facts));
  all.texts[slab_text::folders] = putter.put(facts.folders);
  all.texts[slab_text::body] = putter.put(facts.body);
  all.text_bytes = putter.bytes();
  all.timeout_ms = timeout_ms;
  std::memcpy(at, &all, sizeof all);
  return static_cast<std::size_t>(texts_begin - at) + all.text_bytes;
}

result<slab_request> read_slab_request(std::string_view bytes) {
  request_places all;
  if (bytes.size() < sizeof all) {
    return fail(errc::protocol_error, "slab request: shorter than its header");
  }
  std::memcpy(&all, bytes.data(), sizeof all);
  if (!lie_within(all, bytes.size())) {
    return fail(errc::protocol_error, "slab request: longer than its slot");
  }
  const auto place_bytes = place_bytes_of(all);
  const std::string_view from{bytes.data() + sizeof all + place_bytes, all.text_bytes};
  result<slab_request> read;
  auto& out = *read;
  out.method = text_at(from, all.texts[slab_text::method]);
  out.target = text_at(from, all.texts[slab_text::target]);
  out.path = text_at(from, all.texts[slab_text::path]);
  out.query = text_at(from, all.texts[slab_text::query]);
  out.version = text_at(from, all.texts[slab_text::version]);
  out.scheme = text_at(from, all.texts[slab_text::scheme]);
  out.host = text_at(from, all.texts[slab_text::host]);
  out.ends = text_at(from, all.texts[slab_text::ends]);
  out.folders = text_at(from, all.texts[slab_text::folders]);
  out.body = text_at(from, all.texts[slab_text::body]);
  out.fields = {{bytes.data() + sizeof all, place_bytes}, from};
  out.timeout_ms = all.timeout_ms;
  return read;
}

bool slab_texts::look(std::string_view bytes) noexcept {
  request_places all;
  if (bytes.size() < sizeof all) {
    return false;
  }
  std::memcpy(&all, bytes.data(), sizeof all);
  if (!lie_within(all, bytes.size())) {
    return false;
  }
  begin_ = bytes.data();
  texts_ = {bytes.data() + sizeof all + place_bytes_of(all), all.text_bytes};
  return true;
}

bool append_request_frame(byte_buffer& out,
                          std::uint32_t stream,
                          const slab_request& request,
                          std::uint64_t stored_bytes) noexcept {
  const text_list all{request.method,
                      request.target,
                      request.path,
                      request.query,
                      request.version,
                      request.scheme,
                      request.host,
                      remote_end(request.ends)};
  std::size_t headers = 3;
  std::uint32_t pairs = 0;
  header_field field;
  for (auto fields = request.fields; fields.next(field); ++pairs) {
    headers += detail::str_bytes(field.name.size()) + detail::str_bytes(field.value.size());
  }
  if (pairs * 2 < 16) {
    headers -= 2; // the short head of an array
  }
  const auto local = local_end(request.ends);
  std::size_t most =
      frame_overhead_max + local.size() + headers + request.folders.size() + request.body.size();
  for (const auto text : all) {
    most += text.size();
  }
  if (most > limits::frame_bytes_max) {
    return false;
  }
  char* const begin = out.prepare(most);
  const auto elements =
      frame_elements + detail::more_request_elements(stored_bytes, request.folders, local);
  char* at = detail::put_array_head(begin + worker_header_bytes, elements);
  for (const auto text : all) {
    at = detail::put_str(at, text);
  }
  at = detail::put_bin_head(at, static_cast<std::uint32_t>(headers));
  at = detail::put_array_head(at, pairs * 2);
  for (auto fields = request.fields; fields.next(field);) {
    at = detail::put_str(at, field.name);
    at = detail::put_str(at, field.value);
  }
  at = detail::put_bin(at, request.body);
  at = detail::put_uint(at, request.timeout_ms);
  at = detail::put_more_of_request(at, stored_bytes, request.folders, local);
  const auto whole = static_cast<std::size_t>(at - begin);
  detail::put_frame_header(begin, frame_type::request, 0, stream, whole - worker_header_bytes);
  out.commit(whole);
  return true;
}

} // namespace kraken::wire
