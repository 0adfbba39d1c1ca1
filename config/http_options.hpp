// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Options of the kind `http`. The initializers are the only place of their defaults; rows are
/// in http_options.cpp. Addresses stay text: `net` reads them.
#pragma once

#include "kraken/base/limits.hpp"
#include "kraken/base/units.hpp"
#include "kraken/model/child_spec.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kraken::config {

/// Whether a request whose worker died may be given to another one.
enum class route_retry : std::uint8_t { none, idempotent };

/// A response that needs no worker.
struct respond_options {
  std::uint16_t status = 200;
  std::map<std::string, std::string> headers;
  std::string body;
};

/// One route; exactly one of `to` and `respond`. The first that matches is taken.
struct route_options {
  std::string host;                 ///< lower case, no port; empty: any
  std::string path = "/";           ///< prefix; unused when `exact` is not empty
  std::string exact;                ///< the whole path; empty: `path` is used
  std::vector<std::string> methods; ///< upper case; empty: any
  std::string to;                   ///< id of a pool
  std::optional<respond_options> respond;
  route_retry retry = route_retry::none;
  std::vector<std::string> files; ///< absolute paths of folders
};

/// Whether every request that `later` matches is taken by `earlier`.
/// @thread any (pure)
[[nodiscard]] bool takes_all_of(const route_options& earlier, const route_options& later);

struct http_limits {
  bytes request_line{limits::http_request_line_bytes};
  bytes header_bytes{limits::http_header_bytes};
  bytes header_line{limits::http_header_line_bytes};
  std::uint32_t header_fields = limits::http_header_fields;
  bytes body{8U << 20U};
  std::uint32_t connections = 10'000; ///< of all shards together
  bytes spool{256U << 20U};
  bytes spool_total{4ULL << 30U}; ///< of all shards together
};

struct http_timeouts {
  milliseconds header = seconds{10};
  milliseconds body = seconds{30};
  milliseconds idle = seconds{60};
  milliseconds write = seconds{60};
};

/// One line per request, or none.
enum class access_log_format : std::uint8_t { off, text, json, combined };

struct access_log_options {
  access_log_format format = access_log_format::off;
  std::string file; ///< absolute once loaded; empty: standard error
};

struct http_options {
  std::vector<std::string> listen; ///< `host:port`, `:port`, `unix:/path`, `fd:N`; at least one
  std::vector<route_options> routes;
  http_limits limits;
  http_timeouts timeouts;
  access_log_options access_log;
};

/// As `child_spec::options` of the kind `http`.
struct http_spec_options final : model::kind_options {
  http_options values;

  explicit http_spec_options(http_options wanted) : values(std::move(wanted)) {}
  [[nodiscard]] std::string fingerprint() const override;
  /// True when only limits and timeouts differ.
  [[nodiscard]] bool live_change(const model::kind_options& to) const override;
  /// True when no address is given up.
  [[nodiscard]] bool adds(const model::kind_options& to) const override;
  /// True when they have an address in common.
  [[nodiscard]] bool excludes(const model::kind_options& other) const override;
};

/// One mistake and where it is: `key` of the route, and `field` of `respond.headers`.
struct route_fault {
  std::string key; ///< empty: the route as a whole
  std::string field;
  std::string text;
};

/// @thread any (pure)
[[nodiscard]] std::vector<route_fault> faults_of(const route_options& route);

} // namespace kraken::config
