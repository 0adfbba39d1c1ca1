// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The chunked decoder: a byte machine for the framing, whole views for the data.
#include "kraken/wire/http1_chunked.hpp"

#include "kraken/wire/detail/http1_scan.hpp"

#include <algorithm>

namespace kraken::wire {

namespace {

constexpr unsigned size_digits_max = 16; // what fits 64 bits

constexpr std::string_view bad_size = "malformed chunk size";
constexpr std::string_view bad_extension = "malformed or too long chunk extension";
constexpr std::string_view bad_data_end = "no CRLF after chunk data";
constexpr std::string_view bad_trailer = "malformed trailer";
constexpr std::string_view big_trailer = "trailer too large";

bool is_control(unsigned char byte) noexcept {
  return (detail::char_bits[byte] & detail::control_bit) != 0;
}

} // namespace

void chunked_decoder::reset() noexcept {
  *this = chunked_decoder{limits_};
}

chunked_decoder::step chunked_decoder::next(std::string_view input) noexcept {
  step out;
  for (; out.consumed < input.size() && phase_ != phase::finished; ++out.consumed) {
    if (phase_ == phase::data) {
      const auto part =
          static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size() - out.consumed));
      left_ -= part;
      phase_ = left_ == 0 ? phase::data_cr : phase::data;
      out.status = step::kind::data;
      out.data = input.substr(out.consumed, part);
      out.consumed += part;
      return out;
    }
    out.reason = take(static_cast<unsigned char>(input[out.consumed]));
    if (!out.reason.empty()) {
      out.status = step::kind::error;
      out.http_status = out.reason == big_trailer ? 431 : 400;
      return out;
    }
  }
  if (phase_ == phase::finished) {
    out.status = step::kind::done;
  }
  return out;
}

std::string_view chunked_decoder::take(unsigned char byte) noexcept {
  if (phase_ == phase::size_start || phase_ == phase::size) {
    return take_size(byte);
  }
  if (phase_ == phase::extension) {
    if (byte == '\r') {
      phase_ = phase::size_lf;
      return {};
    }
    const bool too_long = ++extension_ > limits_.extension_bytes;
    return too_long || is_control(byte) ? bad_extension : std::string_view{};
  }
  if (phase_ == phase::size_lf) {
    phase_ = left_ == 0 ? phase::trailer_start : phase::data;
    return byte == '\n' ? std::string_view{} : bad_size;
  }
  if (phase_ == phase::data_cr) {
    phase_ = phase::data_lf;
    return byte == '\r' ? std::string_view{} : bad_data_end;
  }
  if (phase_ == phase::data_lf) {
    phase_ = phase::size_start;
    return byte == '\n' ? std::string_view{} : bad_data_end;
  }
  return take_trailer(byte);
}

std::string_view chunked_decoder::take_size(unsigned char byte) noexcept {
  if ((detail::char_bits[byte] & detail::hex_bit) != 0) {
    if (phase_ == phase::size_start) {
      phase_ = phase::size;
      digits_ = 0;
      left_ = 0;
      extension_ = 0;
    }
    left_ = left_ * 16 + detail::hex_value(static_cast<char>(byte));
    return ++digits_ > size_digits_max ? bad_size : std::string_view{};
  }
  if (phase_ == phase::size_start) {
    return bad_size; // a size has at least one digit
  }
  if (byte == '\r') {
    phase_ = phase::size_lf;
    return {};
  }
  phase_ = phase::extension;
  // The grammar allows blanks before `;`. Nobody sends them, and parsers disagree about them.
  return byte == ';' ? std::string_view{} : bad_size;
}

std::string_view chunked_decoder::take_trailer(unsigned char byte) noexcept {
  if (++trailer_ > limits_.trailer_bytes) {
    return big_trailer;
  }
  const bool token = (detail::char_bits[byte] & detail::token_bit) != 0;
  if (phase_ == phase::trailer_start) {
    if (byte == '\r') {
      phase_ = phase::end_lf;
      return {};
    }
    phase_ = phase::trailer_name;
    if (++fields_ > limits_.trailer_fields) {
      return big_trailer;
    }
    return token ? std::string_view{} : bad_trailer;
  }
  if (phase_ == phase::trailer_name) {
    phase_ = byte == ':' ? phase::trailer_value : phase::trailer_name;
    return token || byte == ':' ? std::string_view{} : bad_trailer;
  }
  if (phase_ == phase::trailer_value) {
    phase_ = byte == '\r' ? phase::trailer_lf : phase::trailer_value;
    return byte != '\r' && is_control(byte) ? bad_trailer : std::string_view{};
  }
  phase_ = phase_ == phase::trailer_lf ? phase::trailer_start : phase::finished;
  return byte == '\n' ? std::string_view{} : bad_trailer;
}

} // namespace kraken::wire
