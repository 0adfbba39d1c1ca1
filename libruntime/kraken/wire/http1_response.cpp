// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The response writer, chunk framing and the canned error responses.
#include "kraken/wire/http1_response.hpp"

#include "kraken/wire/detail/http1_scan.hpp"
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

void append_number(byte_buffer& out, std::uint64_t value, int base = 10) noexcept {
  constexpr std::size_t digits_max = 20;
  char* const at = out.prepare(digits_max);
  out.commit(static_cast<std::size_t>(std::to_chars(at, at + digits_max, value, base).ptr - at));
}

void append_status_line(byte_buffer& out, int status) noexcept {
  if (status == 200) {
    out.append("HTTP/1.1 200 OK\r\n");
    return;
  }
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::uint64_t>(status));
  out.push_back(' ');
  out.append(reason_phrase(status));
  out.append("\r\n");
}

void append_field(byte_buffer& out, std::string_view name, std::string_view value) noexcept {
  const std::size_t size = name.size() + value.size() + 4;
  char* at = out.prepare(size);
  std::memcpy(at, name.data(), name.size());
  at += name.size();
  *at++ = ':';
  *at++ = ' ';
  if (!value.empty()) {
    std::memcpy(at, value.data(), value.size());
    at += value.size();
  }
  *at++ = '\r';
  *at = '\n';
  out.commit(size);
}

bool all_digits(std::string_view text) noexcept {
  constexpr std::size_t length_digits_max = 19;
  return !text.empty() && text.size() <= length_digits_max &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Fields of the connection and of the framing are the server's alone.
enum class field_owner : std::uint8_t { application, server, date, length };

field_owner owner_of(std::string_view name) noexcept {
  using detail::token_is;
  switch (name.size()) {
  case 4:
    return token_is(name, "date") ? field_owner::date : field_owner::application;
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

void response_writer::append_common() noexcept {
  if (!has_date_) {
    append_field(out_, "Date", context_.date);
  }
  if (context_.after == connection_after::close) {
    out_.append("Connection: close\r\n");
  } else if (context_.version_minor == 0) {
    out_.append("Connection: keep-alive\r\n");
  }
}

body_framing response_writer::end_with_body(std::string_view body) noexcept {
  const auto framing = end_with_length(body.size());
  if (framing == body_framing::length) {
    out_.append(body);
  }
  return framing;
}

body_framing response_writer::end_with_length(std::uint64_t body_bytes) noexcept {
  append_common();
  if (!bodiless()) {
    out_.append("Content-Length: ");
    append_number(out_, body_bytes);
    out_.append("\r\n\r\n");
    return body_framing::length;
  }
  if (context_.head && status_ != 204 && status_ != 304) {
    // An empty body says nothing about the length GET would have: leave it out then.
    if (body_bytes != 0) {
      out_.append("Content-Length: ");
      append_number(out_, body_bytes);
      out_.append("\r\n");
    } else if (!head_length_.empty()) {
      append_field(out_, "Content-Length", head_length_);
    }
  }
  out_.append("\r\n");
  return body_framing::none;
}

body_framing response_writer::end_streaming() noexcept {
  if (bodiless()) {
    append_common();
    out_.append("\r\n");
    return body_framing::none;
  }
  if (context_.version_minor == 0) {
    context_.after = connection_after::close;
    append_common();
    out_.append("\r\n");
    return body_framing::close;
  }
  append_common();
  out_.append("Transfer-Encoding: chunked\r\n\r\n");
  return body_framing::chunked;
}

void append_chunk(byte_buffer& out, std::string_view part) noexcept {
  if (part.empty()) {
    return;
  }
  append_number(out, part.size(), 16);
  out.append("\r\n");
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
    out.append("Retry-After: ");
    append_number(out, retry_after_s);
    out.append("\r\n");
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
