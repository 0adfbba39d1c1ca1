// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The request head parser. A line is judged when its CRLF is there, a head's meaning when its
/// last line is: that is what makes the verdict independent of how the bytes arrive.
#include "kraken/wire/http1_request.hpp"

#include "kraken/wire/detail/http1_framing.hpp"
#include "kraken/wire/detail/http1_known_fields.hpp"
#include "kraken/wire/detail/http1_line.hpp"
#include "kraken/wire/detail/http1_scan.hpp"
#include "kraken/wire/detail/http1_usual_field.hpp"
#include "kraken/wire/http1_target.hpp"

#include <algorithm>
#include <cstring>

namespace kraken::wire {

namespace {

using detail::known_fields;
using enum detail::said;

/// A refusal; ok while `http_status` is 0.
struct refusal {
  int http_status = 0;
  std::string_view reason;
};

parse_outcome refused(refusal why) noexcept {
  return {parse_outcome::kind::error, 0, why.http_status, why.reason};
}

parse_outcome not_complete(detail::line_state found, refusal too_long) noexcept {
  using detail::line_state;
  if (found == line_state::incomplete) {
    return {};
  }
  if (found == line_state::too_long) {
    return refused(too_long);
  }
  return refused({400, found == line_state::bare_cr ? "bare CR" : "control character or bare LF"});
}

/// @return where the method ends: at a space; null if there is none
const char* parse_method(std::string_view line, request_head& head) noexcept {
  if (line.size() >= 4 && detail::load<std::uint32_t>(line.data()) ==
                              detail::load<std::uint32_t>("GET ")) { // nearly always
    head.method = http_method::get;
    head.method_name = line.substr(0, 3);
    return line.data() + 3;
  }
  const char* const end = line.data() + line.size();
  const char* const name = detail::scan_token(line.data(), end).end;
  if (name == line.data() || name == end || *name != ' ') {
    return nullptr;
  }
  head.method_name = line.substr(0, static_cast<std::size_t>(name - line.data()));
  head.method = method_of(head.method_name);
  return name;
}

/// @param at nine bytes
bool is_version(const char* at) noexcept {
  const auto digit = [at](std::size_t i) { return at[i] >= '0' && at[i] <= '9'; };
  const bool usual = detail::load<std::uint64_t>(at) == detail::load<std::uint64_t>(" HTTP/1.");
  return digit(8) && (usual || (std::memcmp(at, " HTTP/", 6) == 0 && digit(6) && at[7] == '.'));
}

refusal parse_request_line(std::string_view line, request_head& head) noexcept {
  const char* const end = line.data() + line.size();
  const char* const name = parse_method(line, head);
  if (name == nullptr) {
    return {400, "malformed request line"};
  }
  // Exactly ` HTTP/d.d` at the end; a space anywhere else is then part of the target, and no
  // target may have one.
  const char* const target = name + 1;
  if (end - target < 10) {
    return {400, "malformed request line"};
  }
  const char* const version = end - 9;
  if (!is_version(version)) {
    return {400, "malformed HTTP version"};
  }
  head.target = {target, static_cast<std::size_t>(version - target)};
  if (head.method == http_method::other && head.method_name == "CONNECT") {
    return {405, "CONNECT is for proxies"};
  }
  const auto parts = split_target(head.target);
  if (!parts || (head.target.front() == '*' && head.method != http_method::options)) {
    return {400, "malformed request target"};
  }
  if (version[6] != '1') {
    return {505, "only HTTP/1.x is spoken here"};
  }
  head.version_minor = version[8] == '0' ? 0 : 1;
  head.path = parts->path;
  head.query = parts->query;
  head.host = parts->authority;
  head.path_is_plain = parts->plain;
  head.scheme_is_https = parts->https;
  return {};
}

void note_connection(std::string_view value, known_fields& known) noexcept {
  detail::for_each_element(value, [&known](std::string_view option) {
    known.seen |= detail::token_is(option, "close")        ? close_said
                  : detail::token_is(option, "keep-alive") ? keep_alive_said
                  : detail::token_is(option, "upgrade")    ? upgrade_said
                                                           : 0U;
  });
}

/// @return false for a field that must not reach an application
bool note_field(header_field& field, known_fields& known) noexcept {
  switch (field.name.size()) {
  case 4:
    if (detail::token_is(field.name, "host")) {
      known.host = &field;
      known.count(host_once, host_again);
    }
    break;
  case 5: // httpoxy: a CGI environment would take it for the HTTP_PROXY setting
    return !detail::token_is(field.name, "proxy");
  case 6:
    if (detail::token_is(field.name, "expect")) {
      known.seen |= equals_lower(field.value, "100-continue") ? continue_expected : other_expected;
    }
    break;
  case 7:
    if (detail::token_is(field.name, "upgrade")) {
      known.upgrade = &field;
    }
    break;
  case 10:
    if (detail::token_is(field.name, "connection")) {
      note_connection(field.value, known);
    }
    break;
  case 14:
    if (detail::token_is(field.name, "content-length")) {
      known.content_length = &field;
      known.count(length_once, length_again);
    }
    break;
  case 17:
    if (detail::token_is(field.name, "transfer-encoding")) {
      known.transfer_encoding = &field;
      known.count(coding_once, coding_again);
    }
    break;
  default:
    break;
  }
  return true;
}

/// One line, one coding, and it is `chunked`. Other codings in correct form: 501.
refusal check_transfer_encoding(std::string_view value) noexcept {
  const auto coding = detail::coding_of(value);
  if (coding == detail::body_coding::malformed) {
    return {400, "malformed Transfer-Encoding"};
  }
  return coding == detail::body_coding::chunked ? refusal{}
                                                : refusal{501, "transfer coding not supported"};
}

refusal decide_framing(const known_fields& known, request_head& head) noexcept {
  if (known.has(coding_once)) {
    if (known.has(length_once)) {
      return {400, "both Content-Length and Transfer-Encoding"};
    }
    if (head.version_minor == 0) {
      return {400, "Transfer-Encoding in HTTP/1.0"};
    }
    if (known.has(coding_again)) {
      return {400, "malformed Transfer-Encoding"};
    }
    head.chunked = true;
    return check_transfer_encoding(known.transfer_encoding->value);
  }
  if (known.has(length_once)) {
    head.content_length = detail::parse_content_length(known.content_length->value);
    if (known.has(length_again) || !head.content_length) {
      return {400, "malformed Content-Length"};
    }
  }
  return {};
}

refusal decide_host(const known_fields& known, request_head& head) noexcept {
  if (known.has(host_again)) {
    return {400, "more than one Host"};
  }
  if (!known.has(host_once)) {
    return head.version_minor == 0 ? refusal{} : refusal{400, "no Host"};
  }
  auto& value = known.host->value;
  if (!is_authority(value)) {
    return {400, "malformed Host"};
  }
  if (head.host.empty()) {
    head.host = value;
  } else {
    value = head.host; // RFC 9112 §3.2.2: an application must not see two different hosts
  }
  return {};
}

/// What becomes of the connection, and of a body its sender waits with.
refusal decide_connection(const known_fields& known, request_head& head) noexcept {
  const bool is_1_1 = head.version_minor != 0;
  head.keep_alive = !known.has(close_said) && (is_1_1 || known.has(keep_alive_said));
  if (is_1_1 && known.has(upgrade_said) && known.upgrade != nullptr) {
    head.upgrade = known.upgrade->value;
  }
  head.expect_continue = is_1_1 && known.has(continue_expected) && head.has_body();
  if (is_1_1 && known.has(other_expected)) {
    return {417, "unknown expectation"};
  }
  return {};
}

/// Judges a complete head.
/// @param end behind its last line
refusal decide(const known_fields& known, const char* end, request_head& head) noexcept {
  head.text = {head.method_name.data(), static_cast<std::size_t>(end - head.method_name.data())};
  head.chunked = false;
  head.content_length = std::nullopt;
  head.keep_alive = head.version_minor != 0;
  head.upgrade = {};
  head.expect_continue = false;
  const bool unusual = (known.seen & ~unsigned{host_once | host_again}) != 0;
  refusal why;
  if (unusual) {
    why = decide_framing(known, head);
  }
  if (why.http_status == 0) {
    why = decide_host(known, head);
  }
  if (unusual && why.http_status == 0) {
    why = decide_connection(known, head);
  }
  return why;
}

} // namespace

http_method method_of(std::string_view name) noexcept {
  switch (name.size()) {
  case 3:
    return name == "GET" ? http_method::get : name == "PUT" ? http_method::put : http_method::other;
  case 4:
    return name == "POST"   ? http_method::post
           : name == "HEAD" ? http_method::head
                            : http_method::other;
  case 5:
    return name == "PATCH"   ? http_method::patch
           : name == "TRACE" ? http_method::trace
                             : http_method::other;
  case 6:
    return name == "DELETE" ? http_method::delete_ : http_method::other;
  case 7:
    return name == "OPTIONS" ? http_method::options : http_method::other;
  default:
    return http_method::other;
  }
}

parse_outcome request_parser::parse(std::string_view input, request_head& head) noexcept {
  // The usual case is one pass over a head that is all there. A head that comes in pieces is
  // only checked line by line, and gone through once more when it is complete: nothing of it
  // has to be remembered in between, so the `head` may serve other connections meanwhile.
  const bool fresh = at_.scanned == 0;
  auto outcome = walk(input, head, fresh ? pass::store : pass::check);
  if (!fresh && outcome.status == parse_outcome::kind::done) {
    at_ = position{};
    outcome = walk(input, head, pass::store);
  }
  if (outcome.status != parse_outcome::kind::need_more) {
    at_ = position{};
  }
  return outcome;
}

parse_outcome request_parser::walk(std::string_view input, request_head& head, pass how) noexcept {
  const char* const begin = input.data();
  const char* const end = begin + input.size();
  while (at_.fields_start == 0) {
    const char* const start = begin + at_.line_start;
    detail::line_cursor at{start, begin + at_.scanned, end, begin, end, limits_.line_bytes};
    std::string_view line;
    const auto found = detail::next_line(at, line);
    at_.line_start = static_cast<std::size_t>(at.line - begin);
    at_.scanned = static_cast<std::size_t>(at.scanned - begin);
    if (found != detail::line_state::complete) {
      return not_complete(found, {414, "request line too long"});
    }
    if (!line.empty()) {
      if (const auto why = parse_request_line(line, head); why.http_status != 0) {
        return refused(why);
      }
      at_.fields_start = at_.line_start;
    } else if (++at_.blank_lines > limits::http_leading_blank_lines) {
      return refused({400, "too many blank lines"});
    }
  }
  return walk_fields(input, head, how);
}

parse_outcome
request_parser::walk_fields(std::string_view input, request_head& head, pass how) noexcept {
  const std::size_t most = std::min(limits_.field_count, head.fields.size());
  const char* const begin = input.data();
  detail::line_cursor at{
      begin + at_.line_start,
      begin + at_.scanned,
      begin + input.size(),
      begin,
      begin + std::min(input.size(), at_.fields_start + limits_.header_bytes),
      limits_.field_bytes,
  };
  const detail::usual_fields usual{at};
  auto* field = head.fields.data();
  const auto* room_end = field + (most - at_.field_lines); // nearer by each one that is dropped
  const char* line = at.line;
  known_fields known;
  for (;;) {
    const char* const next = field != room_end ? usual.take(line, *field) : nullptr;
    if (next != nullptr) {
      line = next;
    } else if (detail::is_end_of_line(line, at.end)) {
      break;
    } else {
      at.line = line;
      at.scanned = std::max(at.scanned, line);
      std::string_view text;
      if (const auto found = detail::next_line(at, text); found != detail::line_state::complete) {
        at_.line_start = static_cast<std::size_t>(line - begin);
        at_.scanned = static_cast<std::size_t>(at.scanned - begin);
        at_.field_lines = most - static_cast<std::size_t>(room_end - field);
        return not_complete(found, {431, "header fields too large"});
      }
      if (field == room_end) {
        return refused({431, "too many header fields"});
      }
      const auto form = detail::split_field_line(text, *field);
      if (form == detail::line_form::malformed) {
        return refused({400, "malformed header field"});
      }
      line = at.line;
      if (form == detail::line_form::underscore_field) {
        --room_end;
        continue;
      }
    }
    note_field(*field, known) ? ++field : --room_end;
  }
  line += 2;
  head.field_count = static_cast<std::size_t>(field - head.fields.data());
  const auto why = how == pass::store ? decide(known, line, head) : refusal{};
  const auto consumed = static_cast<std::size_t>(line - begin);
  return why.http_status == 0 ? parse_outcome{parse_outcome::kind::done, consumed, 0, {}}
                              : refused(why);
}

} // namespace kraken::wire
