// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Rows of the endpoint table, and request targets taken apart and put together.
#include "console/api_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

namespace kraken::console {

namespace {

// Rows read as a table.
// clang-format off
constexpr std::array under_query{
  query_row{"under", "alias of a container: only it and what is below it"}};
constexpr query_row after_query{"after", "only records with a greater id"};
constexpr query_row lines_query{"lines", "at most so many, the newest"};
constexpr query_row of_query{
  "of", "aliases or globs joined by commas: only of these containers and what is below them"};
constexpr std::array record_query{after_query, lines_query};
constexpr std::array line_query{after_query, lines_query, of_query};
constexpr std::array event_query{
  after_query, lines_query, of_query,
  query_row{"type", "names of events joined by commas, or globs over them: `container_*`"}};

constexpr std::array letter_query{
  query_row{"to", "alias or glob: only letters to these containers and what is below them"},
  query_row{"reason", "only letters that died of this"},
  query_row{"lines", "at most so many, the newest"}};

constexpr std::string_view path_mark = "{path}";

constexpr std::array endpoint_rows{
  endpoint_row{endpoint::commands, "POST", "/api/v1/commands", answer::json,
               "carry out a command", {}},
  endpoint_row{endpoint::containers, "GET", "/api/v1/containers", answer::json,
               "all containers, parents first", under_query},
  endpoint_row{endpoint::container, "GET", "/api/v1/containers/{path}", answer::json,
               "one container and its last lines of output", {}},
  endpoint_row{endpoint::container_logs, "GET", "/api/v1/containers/{path}/logs",
               answer::json_or_stream, "captured output of a container and what is below it",
               record_query},
  endpoint_row{endpoint::logs, "GET", "/api/v1/logs", answer::json_or_stream,
               "captured output of all containers", line_query},
  endpoint_row{endpoint::events, "GET", "/api/v1/events", answer::json_or_stream,
               "what happened: every transition, restart, reload", event_query},
  endpoint_row{endpoint::dead_letters, "GET", "/api/v1/dead-letters", answer::json,
               "the last messages that nobody handled, each with its reason", letter_query},
  endpoint_row{endpoint::node, "GET", "/api/v1/node", answer::json,
               "name, version, pid, uptime, shards, configuration files, listeners", {}},
  endpoint_row{endpoint::config, "GET", "/api/v1/config", answer::json,
               "the configuration in force, secrets left out", {}},
  endpoint_row{endpoint::reload, "POST", "/api/v1/reload", answer::json,
               "read the configuration again and apply the difference", {}},
  endpoint_row{endpoint::metrics, "GET", "/metrics", answer::text, "Prometheus text", {}},
  endpoint_row{endpoint::live, "GET", "/livez", answer::text, "200 while the daemon works", {}},
  endpoint_row{endpoint::ready, "GET", "/readyz", answer::text,
               "200 while every required container is ready", {}},
  endpoint_row{endpoint::startup, "GET", "/startupz", answer::text,
               "200 once everything was ready for the first time", {}},
};
// clang-format on

constexpr bool endpoint_rows_are_dense() {
  for (std::size_t i = 0; i < endpoint_rows.size(); ++i) {
    if (static_cast<std::size_t>(endpoint_rows[i].value) != i) {
      return false;
    }
  }
  return true;
}

static_assert(endpoint_rows_are_dense(), "row i of endpoint_rows must describe endpoint i");

/// The encoded `{path}` of `path` under `pattern`; nothing when it does not match.
std::optional<std::string_view> match_pattern(std::string_view pattern, std::string_view path) {
  const std::size_t mark = pattern.find(path_mark);
  if (mark == std::string_view::npos) {
    return pattern == path ? std::optional{std::string_view{}} : std::nullopt;
  }
  const std::string_view head = pattern.substr(0, mark);
  const std::string_view tail = pattern.substr(mark + path_mark.size());
  if (path.size() <= head.size() + tail.size() || !path.starts_with(head) ||
      !path.ends_with(tail)) {
    return std::nullopt;
  }
  const std::string_view segment =
      path.substr(head.size(), path.size() - head.size() - tail.size());
  return segment.find('/') == std::string_view::npos ? std::optional{segment} : std::nullopt;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

result<void> read_query(std::string_view text, const endpoint_row& row, api_call& into) {
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const std::size_t equals = part.find('=');
    const std::string_view name = part.substr(0, equals);
    const bool known = std::any_of(
        row.query.begin(), row.query.end(), [&](const query_row& q) { return q.name == name; });
    if (!known) {
      return fail(errc::invalid_argument,
                  std::string{row.pattern} + " has no query parameter '" + std::string{name} + "'");
    }
    auto value = percent_decode(equals == std::string_view::npos ? std::string_view{}
                                                                 : part.substr(equals + 1));
    if (!value) {
      return fail(value.error());
    }
    into.query.insert_or_assign(std::string{name}, std::move(*value));
  }
  return {};
}

} // namespace

std::span<const endpoint_row> endpoints() {
  return endpoint_rows;
}

const endpoint_row& row_of(endpoint value) {
  return endpoint_rows.at(static_cast<std::size_t>(value));
}

result<api_call> route(std::string_view method, std::string_view target) {
  const std::size_t mark = target.find('?');
  const std::string_view path = target.substr(0, mark);
  bool other_method = false;
  for (const endpoint_row& row : endpoint_rows) {
    const auto segment = match_pattern(row.pattern, path);
    if (!segment) {
      continue;
    }
    if (row.method != method) {
      other_method = true;
      continue;
    }
    api_call call{row.value, {}, {}};
    auto decoded = percent_decode(*segment);
    if (!decoded) {
      return fail(decoded.error());
    }
    call.path = std::move(*decoded);
    if (mark != std::string_view::npos) {
      if (auto read = read_query(target.substr(mark + 1), row, call); !read) {
        return fail(read.error());
      }
    }
    return call;
  }
  if (other_method) {
    return fail(errc::unsupported,
                std::string{path} + " does not take the method " + std::string{method});
  }
  return fail(errc::not_found, "the admin API has no " + std::string{path});
}

std::string allowed_methods(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  std::string out;
  for (const endpoint_row& row : endpoint_rows) {
    if (match_pattern(row.pattern, path)) {
      out.append(out.empty() ? "" : ", ").append(row.method);
    }
  }
  return out;
}

std::string target_of(const api_call& call) {
  const std::string_view pattern = row_of(call.what).pattern;
  const std::size_t mark = pattern.find(path_mark);
  std::string out{pattern.substr(0, mark)};
  if (mark != std::string_view::npos) {
    out += percent_encode(call.path);
    out += pattern.substr(mark + path_mark.size());
  }
  char separator = '?';
  for (const auto& [name, value] : call.query) {
    out += separator;
    out += percent_encode(name) + '=' + percent_encode(value);
    separator = '&';
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (unreserved(c)) {
      out += c;
      continue;
    }
    const auto value = static_cast<unsigned char>(c);
    out += '%';
    out += digits[value >> 4U];
    out += digits[value & 15U];
  }
  return out;
}

result<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return fail(errc::parse_error, "'" + std::string{text} + "' has a bad percent sequence");
      }
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') {
      return fail(errc::parse_error, "a NUL byte is not allowed in a request target");
    }
    out += c;
  }
  return out;
}

result<std::uint64_t>
query_number(const api_call& call, std::string_view name, std::uint64_t fallback) {
  const auto found = call.query.find(name);
  if (found == call.query.end()) {
    return fallback;
  }
  const std::string& text = found->second;
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) {
    return fail(errc::invalid_argument,
                std::string{name} + ": expected a whole number from 0 to " +
                    std::to_string(std::numeric_limits<std::uint64_t>::max()) + ", got '" + text +
                    "'");
  }
  return value;
}

} // namespace kraken::console
