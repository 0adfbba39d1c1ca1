// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Options of the kind `php`: how a container written in PHP is started. The section `php` of the
/// file has the same ones, for all of them. The initializers are the only place of their
/// defaults; rows are in php_options.cpp.
#pragma once

#include "config/process_options.hpp"

#include <map>
#include <string>
#include <vector>

namespace kraken::config {

struct php_options {
  process_options process;    ///< same level in the file
  std::string binary = "php"; ///< found by PATH unless it has a slash
  std::string package;        ///< absolute once loaded; empty: the one beside the daemon
  std::string autoload; ///< absolute once loaded; empty: `vendor/autoload.php` in `cwd`, if any
  std::vector<std::string> lookup{R"(App\Process\Container\%name%\%name%Container)",
                                  R"(App\Runtime\Container\%name%\%name%Container)"};
  std::map<std::string, std::string> ini;
  output_options output{};
};

/// As `child_spec::options` of the kind `php`.
struct php_spec_options final : model::kind_options {
  php_options values;

  explicit php_spec_options(php_options wanted) : values(std::move(wanted)) {}
  [[nodiscard]] std::string fingerprint() const override;
  [[nodiscard]] model::identity runs_as() const override { return identity_of(values.process); }
  /// True when what differs counts at once: where its output goes.
  [[nodiscard]] bool live_change(const model::kind_options& to) const override;
};

} // namespace kraken::config
