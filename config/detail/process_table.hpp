// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Option rows of programs; those of a pool's workers too. Private to the room.
#pragma once

#include "config/detail/option_row.hpp"
#include "config/process_options.hpp"
#include "kraken/base/limits.hpp"

namespace kraken::config {

namespace detail {

/// Of `option_row::read`, for a map of variables.
void read_variables(void* into, const node& from, const option_traits& traits, reader& in);

} // namespace detail

template <>
struct value_codec<file_mask> {
  static void read(file_mask& into, const node& from, const option_traits& traits, reader& in);
  static node write(const file_mask& value, exposure how);
  static shape describe() { return {.pattern = "^0?[0-7]{1,3}$"}; }
};

template <>
struct choice_words<stop_signal> {
  static constexpr std::array words{
      std::pair<std::string_view, stop_signal>{"TERM", stop_signal::term},
      std::pair<std::string_view, stop_signal>{"HUP", stop_signal::hup},
      std::pair<std::string_view, stop_signal>{"INT", stop_signal::interrupt},
      std::pair<std::string_view, stop_signal>{"QUIT", stop_signal::quit},
      std::pair<std::string_view, stop_signal>{"USR1", stop_signal::usr1},
      std::pair<std::string_view, stop_signal>{"USR2", stop_signal::usr2},
      std::pair<std::string_view, stop_signal>{"WINCH", stop_signal::winch},
  };
};

/// Its names are checked as well.
constexpr option_row variables_row(option_row as_texts) {
  as_texts.read = detail::read_variables;
  return as_texts;
}

template <>
struct option_table<process_limits> {
  static constexpr std::string_view name = "limits";
  static constexpr std::array rows{
      row<&process_limits::nofile>("nofile", {.summary = "open files", .min = 8}),
      row<&process_limits::as>("as", {.summary = "address space", .min = 1'048'576}),
      row<&process_limits::core>("core", {.summary = "size of a core dump"}),
      row<&process_limits::nproc>(
          "nproc", {.summary = "processes of the user in all, as setrlimit(2) counts", .min = 1}),
  };
};

template <>
struct option_table<process_options> {
  static constexpr std::string_view name = "process";
  static constexpr std::array rows{
      variables_row(row<&process_options::env>(
          "env",
          {.summary = "variables added to the program's environment", .shown = secrecy::secret})),
      row<&process_options::cwd>(
          "cwd",
          {.summary = "working directory, relative to the configuration file; empty: the "
                      "directory of the file"}),
      row<&process_options::user>(
          "user", {.summary = "user to run as, name or number; empty: the daemon's own"}),
      row<&process_options::group>(
          "group", {.summary = "group to run as, name or number; empty: the user's primary one"}),
      row<&process_options::allow_root>("allow_root", {.summary = "whether it may run as root"}),
      row<&process_options::inherit_env>(
          "inherit_env",
          {.summary = "whether it gets the daemon's whole environment, not only PATH, HOME, "
                      "LANG, LC_*, TZ and TMPDIR"}),
      row<&process_options::limits>("limits", {.summary = "resource limits"}),
      row<&process_options::umask>(
          "umask", {.summary = "permission bits, in octal, that files it makes do not get"}),
      row<&process_options::stop>(
          "stop_signal", {.summary = "signal that asks it for an orderly end, before SIGKILL"}),
  };
};

template <>
struct option_table<output_options> {
  static constexpr std::string_view name = "output";
  static constexpr std::array rows{
      row<&output_options::file>(
          "file",
          {.summary = "where to, relative to the configuration file, opened anew at SIGUSR1; "
                      "empty: the daemon's log"}),
      row<&output_options::errors>("stderr",
                                   {.summary = "another file for standard error; empty: `file`"}),
      row<&output_options::max_size>(
          "max_size",
          {.summary = "size at which the file is turned over: it is FILE.1 then; 0: never"}),
      row<&output_options::keep>(
          "keep",
          {.summary = "how many old files stay; 0: none, the file begins anew",
           .max = limits::rotated_files_max}),
      row<&output_options::log>("log",
                                {.summary = "whether the lines go to the daemon's log as well"}),
  };
};

/// The row of every kind that has programs.
inline constexpr option_traits output_traits{
    .summary = "a file for what it writes, turned over by size", .when = apply::live};

/// Whether options differ only in what counts at once, or by replacing workers one by one.
template <class T>
bool differs_live(const T& one, const T& other) {
  return to_json_text(write_restart_options(section_of<T>(), &one), 0) ==
         to_json_text(write_restart_options(section_of<T>(), &other), 0);
}

static_assert(every_field_has_a_row<process_limits>());
static_assert(every_field_has_a_row<output_options>());
static_assert(every_field_has_a_row<process_options>());

} // namespace kraken::config
