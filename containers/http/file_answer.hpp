// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The parts of answering with a file: what the application wishes, which bytes the client wants,
/// and opening a file below a folder and nowhere else. Sends nothing.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace kraken::containers {

/// Calls `take(name, value)` for each field of a response's head.
/// @param head status line to blank line, as `wire::response_writer` writes it
void each_field(std::string_view head,
                const std::function<void(std::string_view name, std::string_view value)>& take);

/// Whether a field names a file: X-Sendfile or X-Accel-Redirect, in any case.
[[nodiscard]] bool names_a_file(std::string_view field) noexcept;

/// The file a response wishes to be sent in place of its body; empty: none.
/// @param answer head and body of a response
[[nodiscard]] std::string wished_file(std::string_view answer);

/// Which part of a body is to be sent.
struct byte_range {
  enum class kind : std::uint8_t {
    whole,   ///< no range, or one that may be ignored: several parts, another unit, nonsense
    part,    ///< 206
    nothing, ///< 416: none of it is there
  };
  kind what = kind::whole;
  std::uint64_t first = 0;
  std::uint64_t count = 0; ///< bytes
};

/// Reads a Range field (RFC 9110 §14.2); one range only.
/// @param text value of the field; empty: there is none
/// @param size bytes of the whole body
[[nodiscard]] byte_range read_range(std::string_view text, std::uint64_t size) noexcept;

struct opened_file {
  unique_fd fd;
  std::uint64_t size = 0;
};

/// Opens a regular file below one of the folders. Neither `..` nor a symbolic link leads out.
/// @param roots absolute paths of folders; the first that has the file is taken
/// @param name  absolute, beginning with one of the roots, or relative to one; a leading `/` of
///              the latter is dropped
/// @error errc::not_found when there is none, or it is no regular file, or not below a root
[[nodiscard]] result<opened_file> open_below(std::span<const std::string> roots,
                                             std::string_view name);

} // namespace kraken::containers
