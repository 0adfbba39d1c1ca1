// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which route a request takes: the first that matches, in the order of the configuration.
/// Immutable once made, shared by all shards; answers nothing itself.
#pragma once

#include "kraken/net/exchange.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kraken::containers {

/// A response that needs no worker.
struct fixed_response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct route {
  std::string host;       ///< without port; `*.name`: all names below it; empty: any
  std::string path = "/"; ///< a prefix, or the whole path when `exact`
  bool exact = false;
  std::vector<std::string> methods; ///< empty: any
  std::string to;                   ///< sink; empty: `respond` answers
  fixed_response respond;
  net::retry_policy retry = net::retry_policy::none;
  std::vector<std::string> files; ///< folders of files it may answer with; empty: none
};

/// @thread any once made
class route_table {
public:
  explicit route_table(std::vector<route> routes);

  struct match {
    const route* taken = nullptr; ///< null: nothing matches
    bool method_refused = false;  ///< a route has this path, but not this method
    std::size_t index = 0;
  };

  /// @param host   of the request, with or without port
  /// @param path   decoded, starts with `/`
  /// @param method as received
  [[nodiscard]] match
  find(std::string_view host, std::string_view path, std::string_view method) const noexcept {
    return first_takes_all_ ? match{routes_.data(), false, 0} : search(host, path, method);
  }

  [[nodiscard]] const std::vector<route>& routes() const noexcept { return routes_; }

private:
  [[nodiscard]] match
  search(std::string_view host, std::string_view path, std::string_view method) const noexcept;

  std::vector<route> routes_;
  bool first_takes_all_; ///< as in most configurations
};

} // namespace kraken::containers
