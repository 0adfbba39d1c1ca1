// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What may stand in `warm` of a pool. Whether the application has such a page nobody knows here.
#pragma once

#include "config/pool_options.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace kraken::config::detail {

/// A path, or a URL with a host, in visible ASCII and without a fragment.
/// @thread any (pure)
[[nodiscard]] constexpr bool is_warm_target(std::string_view text) noexcept {
  const bool visible = std::all_of(
      text.begin(), text.end(), [](char each) { return each > ' ' && each <= '~' && each != '#'; });
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (text.starts_with(scheme)) {
      const auto rest = text.substr(scheme.size());
      return visible && !rest.empty() && rest.front() != '/' && rest.front() != '?';
    }
  }
  return visible && text.starts_with('/');
}

/// @return what is wrong, as a sentence without its subject; empty: nothing
[[nodiscard]] inline std::string warm_fault(const pool_options& pool) {
  const auto wrong = std::find_if_not(pool.warm.begin(), pool.warm.end(), is_warm_target);
  if (wrong != pool.warm.end()) {
    return "must be paths (/cart?full=1) or URLs (https://shop.example/cart), got '" + *wrong + "'";
  }
  const bool boots =
      pool.carrier == worker_carrier::native && pool.fork_from == worker_template::app;
  return boots || pool.warm.empty()
             ? std::string{}
             : "is served by a template that has booted: carrier: native, template: app";
}

} // namespace kraken::config::detail
