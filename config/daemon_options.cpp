// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The daemon's option rows.
#include "config/daemon_options.hpp"

#include "config/detail/option_row.hpp"
#include "config/detail/php_table.hpp"
#include "config/detail/sections.hpp"

namespace kraken::config {

template <>
struct choice_words<log::level> {
  static constexpr std::array words{
      std::pair<std::string_view, log::level>{"debug", log::level::debug},
      std::pair<std::string_view, log::level>{"info", log::level::info},
      std::pair<std::string_view, log::level>{"warn", log::level::warn},
      std::pair<std::string_view, log::level>{"error", log::level::error},
      std::pair<std::string_view, log::level>{"off", log::level::off},
  };
};

template <>
struct choice_words<log::format> {
  static constexpr std::array words{
      std::pair<std::string_view, log::format>{"text", log::format::text},
      std::pair<std::string_view, log::format>{"json", log::format::json},
  };
};

template <>
struct option_table<log_options> {
  static constexpr std::string_view name = "log";
  static constexpr std::array rows{
      row<&log_options::level>("level", {.summary = "least level that is logged"}),
      row<&log_options::format>("format", {.summary = "form of the log lines"}),
      row<&log_options::file>(
          "file",
          {.summary =
               "where to log, relative to the configuration file, made with mode 0640; empty: "
               "standard error"}),
  };
};

template <>
struct option_table<admin_options> {
  static constexpr std::string_view name = "admin";
  static constexpr std::array rows{
      row<&admin_options::socket>(
          "socket",
          {.summary = "unix socket of the admin API, relative to the configuration file; empty: "
                      "kraken.sock in the runtime directory of the user"}),
      row<&admin_options::listen>(
          "listen",
          {.summary = "host:port of the admin API; empty: only the socket; needs token_file"}),
      row<&admin_options::token_file>(
          "token_file", {.summary = "file with the token that clients of admin.listen must send"}),
  };
};

template <>
struct option_table<stop_options> {
  static constexpr std::string_view name = "shutdown";
  static constexpr std::array rows{
      row<&stop_options::deadline>(
          "deadline",
          {.summary = "how long an orderly stop of the whole tree may take",
           .min = 1,
           .max = 86'400'000}),
  };
};

template <>
struct option_table<native_plugin_options> {
  static constexpr std::string_view name = "native";
  static constexpr std::array rows{
      row<&native_plugin_options::plugins>(
          "plugins",
          {.summary = "shared libraries with classes of native containers, relative to the "
                      "configuration file"}),
  };
};

template <>
struct option_table<spool_options> {
  static constexpr std::string_view name = "spool";
  static constexpr std::array rows{
      row<&spool_options::directory>(
          "directory",
          {.summary = "folder of temporary files without a name, for what is too large for memory, "
                      "relative to the configuration file; empty: TMPDIR, else /var/tmp"}),
  };
};

template <>
struct option_table<daemon_options> {
  static constexpr std::string_view name = "daemon";
  static constexpr std::array rows{
      row<&daemon_options::node>("node", {.summary = "name of this daemon"}),
      row<&daemon_options::log>("log", {.summary = "what is logged, how and where"}),
      row<&daemon_options::admin>("admin", {.summary = "the door of console and tools"}),
      row<&daemon_options::shards>(
          "shards",
          {.summary = "threads that serve; 0: one per core the daemon may use", .max = 128}),
      row<&daemon_options::shutdown>("shutdown", {.summary = "the daemon's end"}),
      row<&daemon_options::spool>("spool", {.summary = "temporary files of the daemon"}),
      row<&daemon_options::native>("native", {.summary = "native containers, all of them"}),
      row<&daemon_options::php>(
          "php", {.summary = "containers in PHP, unless they say otherwise themselves"}),
  };
};

static_assert(every_field_has_a_row<log_options>());
static_assert(every_field_has_a_row<admin_options>());
static_assert(every_field_has_a_row<stop_options>());
static_assert(every_field_has_a_row<spool_options>());
static_assert(every_field_has_a_row<native_plugin_options>());
static_assert(every_field_has_a_row<daemon_options>());

const section& detail::daemon_section() {
  return section_of<daemon_options>();
}

} // namespace kraken::config
