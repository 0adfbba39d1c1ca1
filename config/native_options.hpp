// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Options of the kind `native`. The initializers are the only place of their defaults; rows are
/// in native_options.cpp. Which classes there are is known to the daemon, not to the file.
#pragma once

#include "kraken/model/child_spec.hpp"

#include <string>
#include <utility>

namespace kraken::config {

struct native_options {
  bool own_thread = false;
};

/// As `child_spec::options` of the kind `native`.
struct native_spec_options final : model::kind_options {
  native_options values;

  explicit native_spec_options(native_options wanted) : values(wanted) {}
  [[nodiscard]] std::string fingerprint() const override;
};

} // namespace kraken::config
