// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The admin API's endpoints: method, path, query and meaning of each. The server routes by this
/// table, the console builds its requests from it, OpenAPI and reference pages are made of it.
/// Knows no HTTP beyond the request target.
#pragma once

#include "kraken/base/result.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace kraken::console {

enum class endpoint : std::uint8_t {
  commands,
  containers,
  container,
  container_logs,
  logs,
  events,
  dead_letters,
  node,
  config,
  reload,
  metrics,
  live,
  ready,
  startup,
};

/// What an endpoint answers. `or_stream`: with `Accept: text/event-stream`, SSE without end.
enum class answer : std::uint8_t { json, json_or_stream, text };

struct query_row {
  std::string_view name;
  std::string_view summary;
};

struct endpoint_row {
  endpoint value;
  std::string_view method;
  std::string_view pattern; ///< `{path}` stands for one percent-encoded segment
  answer gives;
  std::string_view summary;
  std::span<const query_row> query;
};

/// Row i describes endpoint i.
[[nodiscard]] std::span<const endpoint_row> endpoints();

[[nodiscard]] const endpoint_row& row_of(endpoint value);

/// One request of the API, taken apart.
struct api_call {
  endpoint what = endpoint::node;
  std::string path; ///< container alias or path, decoded; empty where the pattern has none
  std::map<std::string, std::string, std::less<>> query;
};

/// Finds the endpoint of a request.
/// @param target  origin-form request target as received, query included
/// @error errc::not_found for an unknown path, errc::unsupported when only the method is wrong,
///        errc::parse_error for a bad percent sequence or query
/// @thread any (pure)
[[nodiscard]] result<api_call> route(std::string_view method, std::string_view target);

/// What `Allow` says of a path: the methods it takes, joined by commas; empty for an unknown path.
/// @thread any (pure)
[[nodiscard]] std::string allowed_methods(std::string_view target);

/// The request target of a call; `route` reads it back.
/// @thread any (pure)
[[nodiscard]] std::string target_of(const api_call& call);

/// Percent-encodes everything but RFC 3986's unreserved characters, `/` included.
[[nodiscard]] std::string percent_encode(std::string_view text);

/// @error errc::parse_error for `%` not followed by two hexadecimal digits, and for NUL
[[nodiscard]] result<std::string> percent_decode(std::string_view text);

/// A number of a query: `after` and `lines`.
/// @return `fallback` when absent
/// @error errc::invalid_argument when it is not a decimal number of 64 bit
[[nodiscard]] result<std::uint64_t>
query_number(const api_call& call, std::string_view name, std::uint64_t fallback);

} // namespace kraken::console
