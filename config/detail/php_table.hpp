// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Option rows of containers in PHP; those of the section `php` too. Private to the room.
#pragma once

#include "config/detail/option_row.hpp"
#include "config/detail/process_table.hpp"
#include "config/php_options.hpp"

namespace kraken::config {

template <>
struct option_table<php_options> {
  static constexpr std::string_view name = "php";
  static constexpr std::array rows{
      row<&php_options::binary>("binary", {.summary = "PHP's command line program"}),
      row<&php_options::package>(
          "package",
          {.summary = "directory of Kraken's PHP package, relative to the configuration file; "
                      "empty: the one that came with the daemon"}),
      row<&php_options::autoload>(
          "autoload",
          {.summary = "file that makes the application's classes known, relative to the "
                      "configuration file; empty: `vendor/autoload.php` in the working directory, "
                      "if there is one"}),
      row<&php_options::lookup>(
          "lookup",
          {.summary = "where the class of a container is looked for, `%name%` being its name; "
                      "the name itself is tried last"}),
      row<&php_options::ini>("ini", {.summary = "PHP settings, as of `php -d`"}),
      row<&php_options::output>("output", output_traits),
      row<&php_options::process>("", {}),
  };
};

static_assert(every_field_has_a_row<php_options>());

} // namespace kraken::config
