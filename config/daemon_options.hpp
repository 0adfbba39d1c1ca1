// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Options of the daemon itself. The initializers are the only place of their defaults; names,
/// ranges and summaries are rows in daemon_options.cpp.
#pragma once

#include "config/php_options.hpp"
#include "kraken/base/log.hpp"
#include "kraken/base/units.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace kraken::config {

struct log_options {
  log::level level = log::level::info;
  log::format format = log::format::text;
  std::string file; ///< absolute once loaded; empty: standard error
};

struct admin_options {
  std::string socket;     ///< absolute once loaded; empty: `default_socket()` (base)
  std::string listen;     ///< `host:port`; empty: no TCP listener. Needs `token_file`
  std::string token_file; ///< absolute once loaded
};

struct stop_options {
  milliseconds deadline = seconds{80}; ///< of an orderly stop of the whole tree
};

struct native_plugin_options {
  std::vector<std::string> plugins; ///< absolute once loaded
};

struct spool_options {
  std::string directory; ///< absolute once loaded; empty: `default_spool_directory()` (base)
};

struct daemon_options {
  std::string node = "kraken";
  log_options log;
  admin_options admin;
  std::uint32_t shards = 0; ///< 0: one per core this process may use
  stop_options shutdown;
  spool_options spool;
  native_plugin_options native;
  php_options php; ///< of containers in PHP made by verbs; those of the file have taken it over
};

} // namespace kraken::config
