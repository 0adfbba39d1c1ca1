// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Request writer and response reader of a small HTTP/1.1 client.
#include "kraken/wire/http1_client.hpp"

#include "kraken/wire/detail/http1_scan.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace kraken::wire {

namespace {

constexpr std::string_view head_end = "\r\n\r\n";

void append_line(byte_buffer& out, std::string_view name, std::string_view value) noexcept {
  out.append(name);
  out.append(": ");
  out.append(value);
  out.append("\r\n");
}

bool is_sendable_target(std::string_view target) noexcept {
  return !target.empty() && std::all_of(target.begin(), target.end(), [](char c) {
    return (detail::bits_of(c) & detail::target_bit) != 0;
  });
}

bool is_sendable(const client_request& request) noexcept {
  return is_token(request.method) && is_sendable_target(request.target) &&
         is_safe_value(request.host) &&
         std::all_of(request.headers.begin(), request.headers.end(), [](const auto& field) {
           return is_token(field.name) && is_safe_value(field.value);
         });
}

/// Digits only, at least one, and it must fit.
bool parse_length(std::string_view text, std::uint64_t& value) noexcept {
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  return parsed.ec == std::errc{} && parsed.ptr == end;
}

} // namespace

bool append_request(byte_buffer& out, const client_request& request) noexcept {
  if (!is_sendable(request)) {
    return false;
  }
  out.append(request.method);
  out.push_back(' ');
  out.append(request.target);
  out.append(" HTTP/1.1\r\n");
  append_line(out, "Host", request.host);
  for (const auto& field : request.headers) {
    append_line(out, field.name, field.value);
  }
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    char digits[20];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), request.body.size()).ptr;
    append_line(out, "Content-Length", {digits, static_cast<std::size_t>(end - digits)});
  }
  out.append("\r\n");
  out.append(request.body);
  return true;
}

client_response_reader::step client_response_reader::next(std::string_view input) noexcept {
  if (phase_ == phase::head) {
    return read_head(input);
  }
  if (phase_ == phase::chunked) {
    return read_chunked(input);
  }
  step out;
  if (phase_ == phase::finished || (phase_ == phase::length && left_ == 0)) {
    phase_ = phase::finished;
    out.status = step::kind::done;
    return out;
  }
  out.consumed = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
  out.data = input.substr(0, out.consumed);
  out.status = input.empty() ? step::kind::need_more : step::kind::data;
  left_ -= phase_ == phase::length ? out.consumed : 0;
  return out;
}

client_response_reader::step client_response_reader::end_of_input() noexcept {
  step out;
  const bool complete = phase_ == phase::until_close || phase_ == phase::finished ||
                        (phase_ == phase::length && left_ == 0);
  out.status = complete ? step::kind::done : step::kind::error;
  out.reason = complete ? "" : "the connection was closed in the middle of a response";
  reusable_ = false;
  phase_ = phase::finished;
  return out;
}

client_response_reader::step client_response_reader::read_head(std::string_view input) noexcept {
  step out;
  for (;;) {
    const std::string_view rest = input.substr(out.consumed);
    const auto end = rest.find(head_end, scanned_);
    if (end == std::string_view::npos) {
      if (rest.size() > limits::http_header_bytes) {
        out.status = step::kind::error;
        out.reason = "response head too large";
      }
      // The terminator may lie across the border.
      scanned_ = rest.size() - std::min(rest.size(), head_end.size() - 1);
      return out;
    }
    scanned_ = 0;
    out.consumed += end + head_end.size();
    out.reason = parse_head(rest.substr(0, end));
    if (!out.reason.empty()) {
      out.status = step::kind::error;
      return out;
    }
    if (phase_ != phase::head) { // an informational response stays in it: the real one follows
      out.status = step::kind::head;
      return out;
    }
  }
}

client_response_reader::step client_response_reader::read_chunked(std::string_view input) noexcept {
  const auto decoded = chunks_.next(input);
  step out;
  out.consumed = decoded.consumed;
  out.data = decoded.data;
  out.reason = decoded.reason;
  using from = chunked_decoder::step::kind;
  if (decoded.status == from::data) {
    out.status = step::kind::data;
  } else if (decoded.status == from::done) {
    phase_ = phase::finished;
    out.status = step::kind::done;
  } else if (decoded.status == from::error) {
    out.status = step::kind::error;
  }
  return out;
}

/// @return the reason it is refused, empty if it is not
std::string_view client_response_reader::parse_head(std::string_view text) noexcept {
  constexpr std::string_view version = "HTTP/1.";
  constexpr std::size_t shortest = 12; // `HTTP/1.1 200`
  auto line_end = std::min(text.find("\r\n"), text.size());
  const std::string_view line = text.substr(0, line_end);
  std::uint64_t status = 0;
  if (line.size() < shortest || !line.starts_with(version) || line[8] != ' ') {
    return "malformed status line";
  }
  if (!parse_length({line.data() + 9, 3}, status) || status < 100) {
    return "malformed status";
  }
  if (line.size() > shortest && line[shortest] != ' ') {
    return "malformed status";
  }
  head_.status = static_cast<int>(status);
  head_.phrase = line.substr(std::min(line.size(), shortest + 1));
  head_.field_count = 0;
  while (line_end < text.size()) {
    text.remove_prefix(line_end + 2);
    line_end = std::min(text.find("\r\n"), text.size());
    const std::string_view field = text.substr(0, line_end);
    const auto colon = field.find(':');
    if (colon == std::string_view::npos || !is_token(field.substr(0, colon)) ||
        !is_safe_value(field)) {
      return "malformed header field";
    }
    if (head_.field_count == head_.fields.size()) {
      return "too many header fields";
    }
    head_.fields[head_.field_count++] = {field.substr(0, colon),
                                         trim_blanks(field.substr(colon + 1))};
  }
  return choose_framing(line[7] == '0' ? std::uint8_t{0} : std::uint8_t{1});
}

std::string_view client_response_reader::choose_framing(std::uint8_t version_minor) noexcept {
  const std::string_view connection = head_.header("connection");
  reusable_ =
      version_minor == 0 ? list_has(connection, "keep-alive") : !list_has(connection, "close");
  if (head_.status < 200 && head_.status != 101) {
    return {};
  }
  if (asked_ == request_kind::head || head_.status < 200 || head_.status == 204 ||
      head_.status == 304) {
    phase_ = phase::length;
    left_ = 0;
    return {};
  }
  const std::string_view coding = head_.header("transfer-encoding");
  const std::string_view length = head_.header("content-length");
  if (!coding.empty()) {
    phase_ = phase::chunked;
    chunks_.reset();
    return equals_lower(coding, "chunked") && length.empty() ? "" : "unknown transfer coding";
  }
  if (!length.empty()) {
    phase_ = phase::length;
    return parse_length(length, left_) ? "" : "malformed Content-Length";
  }
  phase_ = phase::until_close;
  left_ = std::numeric_limits<std::uint64_t>::max();
  reusable_ = false;
  return {};
}

} // namespace kraken::wire
