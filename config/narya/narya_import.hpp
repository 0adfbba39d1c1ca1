// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Narya's configuration (`.rr.yaml`, `.nry.yaml`, NARYA_* and its flags) read as a document of
/// ours. Follows its documentation where program and documentation differ.
#pragma once

#include "config/document.hpp"
#include "kraken/base/result.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::config {

/// Narya's command line: `-x v`, `-x=v` and `--x` alike.
struct narya_flags {
  std::optional<std::string> config;
  std::optional<std::string> host;
  std::optional<std::string> port;
  std::optional<std::string> workers;
  bool version = false; ///< print `Narya Runtime Engine v2.0.0` and end
};

/// @error errc::invalid_argument naming the flag (Narya ends with exit code 2)
/// @thread any (pure)
[[nodiscard]] result<narya_flags> parse_narya_flags(std::span<const std::string> words);

/// What an import gives.
struct narya_document {
  node document; ///< pool `web` and front `http`, dialect narya; places are those of the source
  std::vector<std::string> warnings;
  std::vector<config_error> errors; ///< with Narya's own texts
};

/// Translates. Order: default < file < environment < flags.
/// @param file        as read; null node: all defaults
/// @param environment NARYA_HOST, NARYA_PORT, NARYA_WORKERS, NARYA_LOG_LEVEL are looked at
/// @thread any (pure)
[[nodiscard]] narya_document import_narya(const node& file,
                                          const std::map<std::string, std::string>& environment,
                                          const narya_flags& flags);

} // namespace kraken::config
