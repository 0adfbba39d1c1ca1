// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What of a file a request is answered with: all of it, a part, nothing because the client has it
/// already (RFC 9110 §13 and §14). Opens and sends nothing.
#pragma once

#include "kraken/wire/http1_field.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace kraken::wire {

/// Fields of a request, empty where there is none. Views live as long as the call.
struct file_conditions {
  std::string_view if_none_match{};
  std::string_view if_modified_since{};
  std::string_view if_range{};
  std::string_view range{};
};

/// Conditions of a GET; those of a HEAD are the first two, of any other method none.
/// @param find `find(lower_name)` gives the value of a field
template <class Find>
[[nodiscard]] file_conditions conditions_of(std::string_view method, Find find) {
  const bool get = method == "GET";
  file_conditions out;
  if (get || method == "HEAD") {
    out.if_none_match = find("if-none-match");
    out.if_modified_since = find("if-modified-since");
  }
  if (get) {
    out.if_range = find("if-range");
    out.range = find("range");
  }
  return out;
}

/// What is known of a file.
struct file_facts {
  std::uint64_t size = 0;    ///< bytes
  std::int64_t modified = 0; ///< seconds since 1970-01-01 00:00:00 UTC
};

/// What an application says of the file itself; empty: it says nothing.
struct own_validators {
  std::string_view etag{};
  std::string_view last_modified{};
};

/// Keeps the value if the field is one of them.
void take_validator(own_validators& into, const header_field& field) noexcept;

/// Answer with a file. Texts are complete field values; an empty one is not to be written.
struct file_reply {
  int status = 200;        ///< 206, 304 or 416 where the application said 200
  std::uint64_t first = 0; ///< of the bytes to be sent
  std::uint64_t count = 0;
  std::string etag{};          ///< empty as well when the application gave one
  std::string last_modified{}; ///< likewise
  std::string content_range{};
};

/// Decides by the conditions, in their order of precedence. One range is served; several, another
/// unit and nonsense are answered with the whole. Of the dates the obsolete forms are ignored.
/// @param status of the application; other than 200: it is kept and all of the file is sent
/// @thread any (pure)
[[nodiscard]] file_reply plan_file(int status,
                                   const file_facts& file,
                                   const file_conditions& asked,
                                   const own_validators& own = {});

/// Whether a field of the application goes with the answer: not those that the reply says itself,
/// those that name the file, and those of bytes that are not sent.
/// @param status of a `file_reply`
/// @thread any (pure)
[[nodiscard]] bool goes_with_file(int status, std::string_view field) noexcept;

/// Whether a field names a file: X-Sendfile or X-Accel-Redirect, in any case.
/// @thread any (pure)
[[nodiscard]] bool names_a_file(std::string_view field) noexcept;

} // namespace kraken::wire
