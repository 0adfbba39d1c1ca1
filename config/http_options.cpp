// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// An HTTP front's option rows.
#include "config/http_options.hpp"

#include "config/detail/listen_address.hpp"
#include "config/detail/option_row.hpp"
#include "config/detail/sections.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

namespace kraken::config {

template <>
struct choice_words<route_retry> {
  static constexpr std::array words{
      std::pair<std::string_view, route_retry>{"none", route_retry::none},
      std::pair<std::string_view, route_retry>{"idempotent", route_retry::idempotent},
  };
};

template <>
struct choice_words<access_log_format> {
  static constexpr std::array words{
      std::pair<std::string_view, access_log_format>{"off", access_log_format::off},
      std::pair<std::string_view, access_log_format>{"text", access_log_format::text},
      std::pair<std::string_view, access_log_format>{"json", access_log_format::json},
      std::pair<std::string_view, access_log_format>{"combined", access_log_format::combined},
  };
};

template <>
struct option_table<respond_options> {
  static constexpr std::string_view name = "respond";
  static constexpr std::array rows{
      row<&respond_options::status>("status", {.summary = "status code", .min = 200, .max = 599}),
      row<&respond_options::headers>("headers", {.summary = "response headers"}),
      row<&respond_options::body>("body", {.summary = "response body"}),
  };
};

template <>
struct option_table<route_options> {
  static constexpr std::string_view name = "routes";
  static constexpr std::array rows{
      row<&route_options::host>(
          "host", {.summary = "name without port, or `*.name` for all names below it; empty: any"}),
      row<&route_options::path>(
          "path", {.summary = "first segments of the path; `/api` takes /api and /api/x"}),
      row<&route_options::exact>("exact", {.summary = "the whole path; instead of `path`"}),
      row<&route_options::methods>("methods", {.summary = "methods; empty: any"}),
      row<&route_options::to>("to", {.summary = "id of the pool that answers"}),
      row<&route_options::respond>("respond", {.summary = "the answer; instead of `to`"}),
      row<&route_options::retry>(
          "retry",
          {.summary = "whether a request whose worker died may be tried once more: `idempotent` "
                      "for GET, HEAD, OPTIONS, TRACE, PUT and DELETE"}),
      row<&route_options::files>(
          "files",
          {.summary = "folders of files the pool may answer with, named by X-Sendfile or "
                      "X-Accel-Redirect; absolute paths. kraken-php opens them as the pool's user, "
                      "for other workers the daemon does as its own. Empty: these headers mean "
                      "nothing"}),
  };
};

template <>
struct option_table<http_limits> {
  static constexpr std::string_view name = "limits";
  static constexpr std::array rows{
      row<&http_limits::request_line>("request_line",
                                      {.summary = "bytes of a request line, else 414",
                                       .min = 256,
                                       .max = limits::http_request_line_bytes_max,
                                       .when = apply::live}),
      row<&http_limits::header_bytes>("header_bytes",
                                      {.summary = "bytes of all header fields, else 431",
                                       .min = 1'024,
                                       .max = limits::http_header_bytes_max,
                                       .when = apply::live}),
      row<&http_limits::header_line>(
          "header_line",
          {.summary = "bytes of one header field, else 431; as long as `header_bytes` at most",
           .min = 256,
           .max = limits::http_header_bytes_max,
           .when = apply::live}),
      row<&http_limits::header_fields>("header_fields",
                                       {.summary = "number of header fields, else 431",
                                        .min = 1,
                                        .max = limits::http_header_fields,
                                        .when = apply::live}),
      row<&http_limits::body>("body",
                              {.summary = "bytes of a request's body, else 413",
                               .max = 1'099'511'627'776,
                               .when = apply::live}),
      row<&http_limits::connections>(
          "connections",
          {.summary = "open client connections of all shards together; one more is refused",
           .min = 1,
           .max = 1'000'000,
           .when = apply::live}),
      row<&http_limits::spool>(
          "spool",
          {.summary = "bytes of one response that wait in a temporary file "
                      "(`spool.directory`) for a client that reads slowly, so that no worker "
                      "does; beyond it the worker waits. 0: it always does",
           .max = 1'099'511'627'776,
           .when = apply::live}),
      row<&http_limits::spool_total>("spool_total",
                                     {.summary = "the same, of all responses together",
                                      .max = 1'099'511'627'776,
                                      .when = apply::live}),
  };
};

template <>
struct option_table<http_timeouts> {
  static constexpr std::string_view name = "timeouts";
  static constexpr std::array rows{
      row<&http_timeouts::header>(
          "header",
          {.summary = "from the first byte of a request, for the first one from the beginning of "
                      "its connection, to the end of its header",
           .min = 1,
           .max = 86'400'000,
           .when = apply::live}),
      row<&http_timeouts::body>("body",
                                {.summary = "for a request's body, and more the longer the body is",
                                 .min = 1,
                                 .max = 86'400'000,
                                 .when = apply::live}),
      row<&http_timeouts::idle>("idle",
                                {.summary = "for a connection between two requests",
                                 .min = 1,
                                 .max = 86'400'000,
                                 .when = apply::live}),
      row<&http_timeouts::write>("write",
                                 {.summary = "for a client that does not read its response",
                                  .min = 1,
                                  .max = 86'400'000,
                                  .when = apply::live}),
  };
};

template <>
struct option_table<access_log_options> {
  static constexpr std::string_view name = "access_log";
  static constexpr std::array rows{
      row<&access_log_options::format>(
          "format",
          {.summary = "one line per request: none, as the daemon's log, one JSON object, or "
                      "Apache's combined format; missing beside a `file`: text"}),
      row<&access_log_options::file>(
          "file",
          {.summary = "where to, relative to the configuration file, opened anew at SIGUSR1; "
                      "empty: standard error"}),
  };
};

template <>
struct option_table<http_options> {
  static constexpr std::string_view name = "http";
  static constexpr std::array rows{
      row<&http_options::listen>(
          "listen",
          {.summary = "addresses: `host:port`, `:port`, `unix:/path`, `fd:N`",
           .need = presence::required}),
      row<&http_options::routes>("routes",
                                 {.summary = "who answers which requests; the first that matches",
                                  .when = apply::live,
                                  .need = presence::required}),
      row<&http_options::limits>("limits",
                                 {.summary = "what a client may send", .when = apply::live}),
      row<&http_options::timeouts>("timeouts",
                                   {.summary = "how long a client may take", .when = apply::live}),
      row<&http_options::access_log>("access_log", {.summary = "what is written of each request"}),
  };
};

static_assert(every_field_has_a_row<respond_options>());
static_assert(every_field_has_a_row<route_options>());
static_assert(every_field_has_a_row<http_limits>());
static_assert(every_field_has_a_row<http_timeouts>());
static_assert(every_field_has_a_row<access_log_options>());
static_assert(every_field_has_a_row<http_options>());

const section& detail::http_section() {
  return section_of<http_options>();
}

std::string http_spec_options::fingerprint() const {
  return to_json_text(write_section(section_of<http_options>(), &values, exposure::full), 0);
}

bool http_spec_options::live_change(const model::kind_options& to) const {
  const auto* other = dynamic_cast<const http_spec_options*>(&to);
  return other != nullptr &&
         to_json_text(write_restart_options(section_of<http_options>(), &values), 0) ==
             to_json_text(write_restart_options(section_of<http_options>(), &other->values), 0);
}

bool http_spec_options::adds(const model::kind_options& to) const {
  const auto* after = dynamic_cast<const http_spec_options*>(&to);
  return after != nullptr && std::ranges::all_of(values.listen, [after](const auto& address) {
           return std::ranges::find(after->values.listen, address) != after->values.listen.end();
         });
}

bool http_spec_options::excludes(const model::kind_options& other) const {
  const auto* there = dynamic_cast<const http_spec_options*>(&other);
  return there != nullptr && std::ranges::any_of(values.listen, [there](const auto& mine) {
           return std::ranges::any_of(there->values.listen, [&mine](const auto& theirs) {
             return detail::same_address(mine, theirs);
           });
         });
}

bool takes_all_of(const route_options& earlier, const route_options& later) {
  if (!earlier.host.empty() && earlier.host != later.host) {
    return false;
  }
  const auto takes_method = [&earlier](const std::string& method) {
    return std::ranges::find(earlier.methods, method) != earlier.methods.end();
  };
  if (!earlier.methods.empty() &&
      (later.methods.empty() || !std::ranges::all_of(later.methods, takes_method))) {
    return false;
  }
  if (!earlier.exact.empty()) {
    return later.exact == earlier.exact;
  }
  const auto& wanted = later.exact.empty() ? later.path : later.exact;
  return wanted.starts_with(earlier.path) &&
         (earlier.path.ends_with('/') || wanted.size() == earlier.path.size() ||
          wanted[earlier.path.size()] == '/');
}

namespace {

// They would be dropped from every answer: how a message is framed is decided where it is written.
constexpr std::array<std::string_view, 6> owned{
    "connection", "content-length", "keep-alive", "status", "transfer-encoding", "upgrade"};

constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~"; // RFC 9110 5.6.2

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) != 0 ||
                        token_marks.find(static_cast<char>(c)) != std::string_view::npos);
  });
}

std::string header_fault(std::string_view name, std::string_view value) {
  constexpr std::string_view breaks{"\r\n\0", 3};
  std::string lower{name};
  std::ranges::transform(
      lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (!is_token(name)) {
    return "expected the name of a header, got '" + std::string{name} + "'";
  }
  if (std::ranges::find(owned, lower) != owned.end()) {
    return "is written by the front itself";
  }
  return value.find_first_of(breaks) == std::string_view::npos ? std::string{}
                                                               : "must be a single line";
}

bool is_method(std::string_view text) {
  const auto fits = [](unsigned char c) { return std::isupper(c) != 0 || c == '-'; };
  return !text.empty() && std::ranges::all_of(text, fits);
}

} // namespace

std::vector<route_fault> faults_of(const route_options& route) {
  std::vector<route_fault> out;
  for (const auto& folder : route.files) {
    if (!folder.starts_with('/') || folder.find_first_not_of('/') == std::string::npos) {
      out.push_back({"files", {}, "expected absolute paths of folders, got '" + folder + "'"});
    }
  }
  const bool exact = !route.exact.empty();
  if (exact && route.path != route_options{}.path) {
    out.push_back({{}, {}, "needs only one of path and exact"});
  }
  const auto& wanted = exact ? route.exact : route.path;
  if (!wanted.starts_with('/')) {
    out.push_back({exact ? "exact" : "path", {}, "must begin with '/', got '" + wanted + "'"});
  }
  if (auto wrong = detail::route_host_fault(route.host); !wrong.empty()) {
    out.push_back({"host", {}, std::move(wrong)});
  }
  for (const auto& method : route.methods) {
    if (!is_method(method)) {
      out.push_back({"methods", {}, "expected methods such as GET, got '" + method + "'"});
    }
  }
  const auto fixed = route.respond.value_or(respond_options{});
  for (const auto& [name, value] : fixed.headers) {
    if (auto wrong = header_fault(name, value); !wrong.empty()) {
      out.push_back({"respond", name, std::move(wrong)});
    }
  }
  return out;
}

} // namespace kraken::config
