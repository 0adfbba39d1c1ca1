// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Matching of host, path and method.
#include "containers/http/route_table.hpp"

#include "kraken/wire/http1_field.hpp"

#include <algorithm>

namespace kraken::containers {

namespace {

// A name with the root's dot behind it is the same name.
std::string_view name_of(std::string_view host) {
  const auto colon = host.rfind(':');
  // The colons of `[::1]` are not the port's.
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    host = host.substr(0, colon);
  }
  if (host.ends_with('.')) {
    host.remove_suffix(1);
  }
  return host;
}

// `*.example.org` takes every name below `example.org`, not that itself.
bool takes_host(std::string_view wanted, std::string_view name) {
  if (!wanted.starts_with("*.")) {
    return wire::equals_lower(name, wanted);
  }
  const auto end = wanted.substr(1);
  return name.size() > end.size() && wire::equals_lower(name.substr(name.size() - end.size()), end);
}

// A prefix ends at a segment: `/api` takes `/api` and `/api/x`, not `/apix`. The shortest takes
// all, the `*` of OPTIONS included.
bool under_prefix(std::string_view path, std::string_view prefix) {
  if (prefix == "/") {
    return true;
  }
  if (!path.starts_with(prefix)) {
    return false;
  }
  return prefix.back() == '/' || path.size() == prefix.size() || path[prefix.size()] == '/';
}

bool takes_all(const route& which) {
  return which.host.empty() && !which.exact && which.path == "/" && which.methods.empty();
}

} // namespace

route_table::route_table(std::vector<route> routes)
    : routes_(std::move(routes)), first_takes_all_(!routes_.empty() && takes_all(routes_.front())) {
  for (auto& each : routes_) {
    std::ranges::transform(each.host, each.host.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (each.host.ends_with('.')) {
      each.host.pop_back();
    }
  }
}

route_table::match route_table::search(std::string_view host,
                                       std::string_view path,
                                       std::string_view method) const noexcept {
  match out;
  const auto name = name_of(host);
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    const auto& candidate = routes_[i];
    if (!candidate.host.empty() && !takes_host(candidate.host, name)) {
      continue;
    }
    if (candidate.exact ? path != candidate.path : !under_prefix(path, candidate.path)) {
      continue;
    }
    if (!candidate.methods.empty() &&
        std::find(candidate.methods.begin(), candidate.methods.end(), method) ==
            candidate.methods.end()) {
      out.method_refused = true;
      continue;
    }
    return {&candidate, false, i};
  }
  return out;
}

} // namespace kraken::containers
