// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Decoder for the chunked transfer coding (RFC 9112 §7.1), incremental and strict.
/// Holds no bytes: body data is handed out as views into the input. Trailers are checked and
/// dropped. Does not bound the body: the caller adds up what it is given.
#pragma once

#include "kraken/base/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kraken::wire {

struct chunked_limits {
  std::size_t extension_bytes = limits::http_chunk_extension_bytes; ///< of one chunk
  std::size_t trailer_bytes = limits::http_header_bytes;
  std::size_t trailer_fields = limits::http_header_fields;
};

/// Decodes one chunked body.
/// @thread not shared
class chunked_decoder {
public:
  struct step {
    enum class kind : std::uint8_t {
      need_more, ///< all input is consumed; call again with what comes next
      data,      ///< `data` is the next part of the body; call again with the rest
      done,      ///< the body is complete; what follows `consumed` is the next message
      error,     ///< answer `http_status` and close the connection
    };

    kind status = kind::need_more;
    std::size_t consumed = 0; ///< bytes of the input to drop, those of `data` included
    std::string_view data;    ///< part of the input
    int http_status = 0;      ///< 400 or 431
    std::string_view reason;  ///< static text
  };

  chunked_decoder() noexcept = default;
  explicit chunked_decoder(const chunked_limits& bounds) noexcept : limits_(bounds) {}

  /// Decodes up to the next part of the body.
  /// @param input bytes not consumed yet
  /// @cost no allocation; O(consumed)
  [[nodiscard]] step next(std::string_view input) noexcept;

  /// Bytes of the current chunk that its size promises and that have not come yet.
  [[nodiscard]] std::uint64_t promised() const noexcept {
    return phase_ == phase::data ? left_ : 0;
  }

  /// Starts over for another body.
  void reset() noexcept;

private:
  enum class phase : std::uint8_t {
    size_start,
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer_start,
    trailer_name,
    trailer_value,
    trailer_lf,
    end_lf,
    finished,
  };

  /// Takes one byte of framing. @return the reason it is refused, empty if it is not
  [[nodiscard]] std::string_view take(unsigned char byte) noexcept;
  [[nodiscard]] std::string_view take_size(unsigned char byte) noexcept;
  [[nodiscard]] std::string_view take_trailer(unsigned char byte) noexcept;

  chunked_limits limits_;
  phase phase_ = phase::size_start;
  unsigned digits_ = 0;    ///< of the current size
  std::uint64_t left_ = 0; ///< bytes of the current chunk, or its size so far
  std::size_t extension_ = 0;
  std::size_t trailer_ = 0;
  std::size_t fields_ = 0;
};

} // namespace kraken::wire
