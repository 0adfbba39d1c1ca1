// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The response writer, chunk framing and the canned error responses.
#include "kraken/wire/http1_response.hpp"

#include "kraken/wire/detail/http1_scan.hpp"
#include "kraken/wire/detail/msgpack_put.hpp"
#include "kraken/wire/http1_field.hpp"

#include <array>
#include <charconv>

namespace kraken::wire {

namespace {

struct phrase_row {
  int status;
  std::string_view phrase;
};

constexpr std::array phrase_table{
    phrase_row{100, "Continue"},
    phrase_row{101, "Switching Protocols"},
    phrase_row{103, "Early Hints"},
    phrase_row{200, "OK"},
    phrase_row{201, "Created"},
    phrase_row{202, "Accepted"},
    phrase_row{203, "Non-Authoritative Information"},
    phrase_row{204, "No Content"},
    phrase_row{205, "Reset Content"},
    phrase_row{206, "Partial Content"},
    phrase_row{207, "Multi-Status"},
    phrase_row{208, "Already Reported"},
    phrase_row{226, "IM Used"},
    phrase_row{300, "Multiple Choices"},
    phrase_row{301, "Moved Permanently"},
    phrase_row{302, "Found"},
    phrase_row{303, "See Other"},
    phrase_row{304, "Not Modified"},
    phrase_row{305, "Use Proxy"},
    phrase_row{307, "Temporary Redirect"},
    phrase_row{308, "Permanent Redirect"},
    phrase_row{400, "Bad Request"},
    phrase_row{401, "Unauthorized"},
    phrase_row{402, "Payment Required"},
    phrase_row{403, "Forbidden"},
    phrase_row{404, "Not Found"},
    phrase_row{405, "Method Not Allowed"},
    phrase_row{406, "Not Acceptable"},
    phrase_row{407, "Proxy Authentication Required"},
    phrase_row{408, "Request Timeout"},
    phrase_row{409, "Conflict"},
    phrase_row{410, "Gone"},
    phrase_row{411, "Length Required"},
    phrase_row{412, "Precondition Failed"},
    phrase_row{413, "Content Too Large"},
    phrase_row{414, "URI Too Long"},
    phrase_row{415, "Unsupported Media Type"},
    phrase_row{416, "Range Not Satisfiable"},
    phrase_row{417, "Expectation Failed"},
    phrase_row{418, "I'm a teapot"},
    phrase_row{421, "Misdirected Request"},
    phrase_row{422, "Unprocessable Content"},
    phrase_row{423, "Locked"},
    phrase_row{424, "Failed Dependency"},
    phrase_row{425, "Too Early"},
    phrase_row{426, "Upgrade Required"},
    phrase_row{428, "Precondition Required"},
    phrase_row{429, "Too Many Requests"},
    phrase_row{431, "Request Header Fields Too Large"},
    phrase_row{451, "Unavailable For Legal Reasons"},
    phrase_row{500, "Internal Server Error"},
    phrase_row{501, "Not Implemented"},
    phrase_row{502, "Bad Gateway"},
    phrase_row{503, "Service Unavailable"},
    phrase_row{504, "Gateway Timeout"},
    phrase_row{505, "HTTP Version Not Supported"},
    phrase_row{506, "Variant Also Negotiates"},
    phrase_row{507, "Insufficient Storage"},
    phrase_row{508, "Loop Detected"},
    phrase_row{511, "Network Authentication Required"},
};

constexpr std::size_t digits_max = 20; // of a 64 bit number

/// A literal, copied by a few moves because its size is known.
template <std::size_t Size>
char* put_literal(char* at, const char (&text)[Size]) noexcept {
  std::memcpy(at, text, Size - 1);
  return at + Size - 1;
}

/// As every response has it, so that its length is known here.
char* put_date(char* at, std::string_view date) noexcept {
  constexpr std::size_t date_bytes = 29;
  if (date.size() != date_bytes) {
    return detail::put_bytes(at, date);
  }
  std::memcpy(at, date.data(), date_bytes);
  return at + date_bytes;
}

char* put_decimal(char* at, std::uint64_t value) noexcept {
  char digits[digits_max];
  char* const end = digits + digits_max;
  char* first = end;
  do {
    *--first = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  return detail::put_bytes(at, {first, static_cast<std::size_t>(end - first)});
}

char* put_field(char* at, std::string_view name, std::string_view value) noexcept {
  at = put_literal(detail::put_bytes(at, name), ": ");
  return put_literal(detail::put_bytes(at, value), "\r\n");
}

void append_status_line(byte_buffer& out, int status, std::string_view phrase) noexcept {
  char* const begin = out.prepare(phrase.size() + digits_max + 12);
  char* at = put_decimal(put_literal(begin, "HTTP/1.1 "), static_cast<std::uint64_t>(status));
  at = put_literal(detail::put_bytes(put_literal(at, " "), phrase), "\r\n");
  out.commit(static_cast<std::size_t>(at - begin));
}

void append_status_line(byte_buffer& out, int status) noexcept {
  if (status == 200) {
    out.append("HTTP/1.1 200 OK\r\n");
    return;
  }
  append_status_line(out, status, reason_phrase(status));
}

/// The words of `404 Nope`; empty when it has none, or is of another status.
std::string_view reason_of(std::string_view text, int status) noexcept {
  constexpr std::size_t code_bytes = 3;
  if (text.size() <= code_bytes || text[code_bytes] != ' ') {
    return {};
  }
  int code = 0;
  const char* const end = text.data() + code_bytes;
  const auto parsed = std::from_chars(text.data(), end, code);
  return parsed.ptr == end && code == status ? text.substr(code_bytes + 1) : std::string_view{};
}

void append_field(byte_buffer& out, std::string_view name, std::string_view value) noexcept {
  const std::size_t size = name.size() + value.size() + 4;
  put_field(out.prepare(size), name, value);
  out.commit(size);
}

bool all_digits(std::string_view text) noexcept {
  constexpr std::size_t length_digits_max = 19;
  return !text.empty() && text.size() <= length_digits_max &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// What an `end` writes at most, besides the date and a length given as text.
constexpr std::size_t end_bytes_max = 160;

/// Fields of the connection and of the framing are the server's alone.
enum class field_owner : std::uint8_t { application, server, date, length, status };

field_owner owner_of(std::string_view name) noexcept {
  using detail::token_is;
  switch (name.size()) {
  case 4:
    return token_is(name, "date") ? field_owner::date : field_owner::application;
  case 6:
    return token_is(name, "status") ? field_owner::status : field_owner::application;
  case 7:
    return token_is(name, "upgrade") ? field_owner::server : field_owner::application;
  case 10:
    return token_is(name, "connection") || token_is(name, "keep-alive") ? field_owner::server
                                                                        : field_owner::application;
  case 14:
    return token_is(name, "content-length") ? field_owner::length : field_owner::application;
  case 17:
    return token_is(name, "transfer-encoding") ? field_owner::server : field_owner::application;
  default:
    return field_owner::application;
  }
}

} // namespace

std::string_view reason_phrase(int status) noexcept {
  for (const auto& row : phrase_table) {
    if (row.status == status) {
      return row.phrase;
    }
  }
  return "Unknown";
}

void response_writer::begin(int status) noexcept {
  status_ = status;
  append_status_line(out_, status);
  line_end_ = out_.size();
}

response_writer::verdict response_writer::field(std::string_view name,
                                                std::string_view value) noexcept {
  if (!is_token(name) || !is_safe_value(value)) {
    return verdict::refused;
  }
  const auto owner = owner_of(name);
  if (owner == field_owner::length && context_.head && all_digits(value)) {
    head_length_ = value; // the only way an application can tell it without making the body
  }
  if (owner == field_owner::server || owner == field_owner::length) {
    return verdict::dropped;
  }
  if (owner == field_owner::status) {
    if (const auto reason = reason_of(value, status_);
        !reason.empty() && out_.size() == line_end_) {
      out_.truncate(start_);
      append_status_line(out_, status_, reason);
      line_end_ = start_; // once
    }
    return verdict::dropped;
  }
  if (owner == field_owner::date) {
    if (has_date_) {
      return verdict::dropped;
    }
    has_date_ = true;
  }
  append_field(out_, name, value);
  return verdict::written;
}

bool response_writer::bodiless() const noexcept {
  return context_.head || status_ == 204 || status_ == 304;
}

char* response_writer::put_common(char* at) const noexcept {
  if (!has_date_) {
    at = put_literal(put_date(put_literal(at, "Date: "), context_.date), "\r\n");
  }
  if (context_.after == connection_after::close) {
    return put_literal(at, "Connection: close\r\n");
  }
  return context_.version_minor == 0 ? put_literal(at, "Connection: keep-alive\r\n") : at;
}

body_framing response_writer::end_with_body(std::string_view body) noexcept {
  const auto framing = end_with_length(body.size());
  if (framing == body_framing::length) {
    out_.append(body);
  }
  return framing;
}

body_framing response_writer::end_with_length(std::uint64_t body_bytes) noexcept {
  char* const begin = out_.prepare(end_bytes_max + context_.date.size());
  char* at = put_common(begin);
  if (!bodiless()) {
    at = put_decimal(put_literal(at, "Content-Length: "), body_bytes);
    at = put_literal(at, "\r\n");
  } else if (status_ != 204 && status_ != 304) {
    // An empty body says nothing about the length GET would have: leave it out then.
    if (body_bytes != 0) {
      at = put_decimal(put_literal(at, "Content-Length: "), body_bytes);
      at = put_literal(at, "\r\n");
    } else if (!head_length_.empty()) {
      at = put_field(at, "Content-Length", head_length_);
    }
  }
  at = put_literal(at, "\r\n");
  out_.commit(static_cast<std::size_t>(at - begin));
  return bodiless() ? body_framing::none : body_framing::length;
}

body_framing response_writer::end_streaming() noexcept {
  const bool until_close = !bodiless() && context_.version_minor == 0;
  if (until_close) {
    context_.after = connection_after::close;
  }
  char* const begin = out_.prepare(end_bytes_max + context_.date.size());
  char* at = put_common(begin);
  if (!bodiless() && !until_close) {
    at = put_literal(at, "Transfer-Encoding: chunked\r\n");
  }
  at = put_literal(at, "\r\n");
  out_.commit(static_cast<std::size_t>(at - begin));
  if (bodiless()) {
    return body_framing::none;
  }
  return until_close ? body_framing::close : body_framing::chunked;
}

void append_chunk(byte_buffer& out, std::string_view part) noexcept {
  if (part.empty()) {
    return;
  }
  char* const begin = out.prepare(digits_max + 2);
  char* const end = std::to_chars(begin, begin + digits_max, part.size(), 16).ptr;
  out.commit(static_cast<std::size_t>(put_literal(end, "\r\n") - begin));
  out.append(part);
  out.append("\r\n");
}

void append_last_chunk(byte_buffer& out) noexcept {
  out.append("0\r\n\r\n");
}

bool append_early_hints(byte_buffer& out, std::span<const header_field> fields) noexcept {
  const std::size_t start = out.size();
  append_status_line(out, 103);
  for (const auto& field : fields) {
    if (!is_token(field.name) || !is_safe_value(field.value)) {
      out.truncate(start);
      return false;
    }
    if (owner_of(field.name) == field_owner::application) {
      append_field(out, field.name, field.value);
    }
  }
  out.append("\r\n");
  return true;
}

void append_error(byte_buffer& out,
                  const response_context& context,
                  int status,
                  std::string_view detail,
                  unsigned retry_after_s) noexcept {
  response_writer writer{out, context};
  writer.begin(status);
  append_field(out, "Content-Type", "text/plain; charset=utf-8");
  append_field(out, "X-Content-Type-Options", "nosniff");
  if (status == 503) {
    char seconds[digits_max];
    const char* const end = put_decimal(seconds, retry_after_s);
    append_field(out, "Retry-After", {seconds, static_cast<std::size_t>(end - seconds)});
  }
  const std::string_view phrase = reason_phrase(status);
  // `phrase: detail\n`
  const std::size_t length = phrase.size() + (detail.empty() ? 0 : detail.size() + 2) + 1;
  if (writer.end_with_length(length) != body_framing::length) {
    return;
  }
  out.append(phrase);
  if (!detail.empty()) {
    out.append(": ");
    out.append(detail);
  }
  out.push_back('\n');
}

} // namespace kraken::wire
