// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Options of the kind `process`: what a program is started with besides its argv. The
/// initializers are the only place of their defaults; rows are in process_options.cpp.
#pragma once

#include "kraken/base/units.hpp"
#include "kraken/model/child_spec.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::config {

/// Permission bits taken away from files a program makes; written in octal (`027`).
struct file_mask {
  std::uint32_t bits = 027; ///< 0..0777

  friend bool operator==(const file_mask&, const file_mask&) = default;
};

/// Resource limits; absent: the daemon's own (`inherit`).
struct process_limits {
  std::optional<std::uint64_t> nofile;
  std::optional<bytes> as;
  std::optional<bytes> core = bytes{0};
  std::optional<std::uint64_t> nproc;

  friend bool operator==(const process_limits&, const process_limits&) = default;
};

/// What asks a program for an orderly end.
enum class stop_signal : std::uint8_t { term, hup, interrupt, quit, usr1, usr2, winch };

/// Its number.
/// @thread any (pure)
[[nodiscard]] int number_of(stop_signal which) noexcept;

struct process_options {
  std::map<std::string, std::string> env;
  std::string cwd; ///< absolute once loaded: relative to the file; default: the file's directory
  std::string user;
  std::string group;
  bool allow_root = false;
  bool inherit_env = false; ///< false: only PATH, HOME, LANG and the like reach the program
  process_limits limits;
  file_mask umask;
  stop_signal stop = stop_signal::term;

  friend bool operator==(const process_options&, const process_options&) = default;
};

/// Files for what a program writes; without one it goes to the daemon's log.
struct output_options {
  std::string file{};         ///< absolute once loaded: relative to the configuration file
  std::string errors{};       ///< of standard error; empty: `file`
  bytes max_size{50U << 20U}; ///< then it is turned over; 0: never
  std::uint32_t keep = 10;
  bool log = false; ///< whether the lines go to the daemon's log too

  friend bool operator==(const output_options&, const output_options&) = default;
};

/// Whom they name.
/// @thread any (pure)
[[nodiscard]] model::identity identity_of(const process_options& options);

/// The same, but run as what they are held to says.
/// @param bounds null: none
/// @thread any (pure)
[[nodiscard]] process_options held_to(const model::identity* bounds, process_options options);

/// What a program and the daemon say to each other.
enum class program_speech : std::uint8_t {
  nothing,
  kraken, ///< docs/reference/worker-protocol.md, without requests of HTTP
};

/// Options of the kind `process`.
struct program_options {
  process_options process; ///< same level in the file
  program_speech speaks = program_speech::nothing;
  output_options output{};
};

/// As `child_spec::options` of the kind `process`.
struct process_spec_options final : model::kind_options {
  program_options values;

  explicit process_spec_options(program_options wanted) : values(std::move(wanted)) {}
  [[nodiscard]] std::string fingerprint() const override;
  [[nodiscard]] model::identity runs_as() const override { return identity_of(values.process); }
  /// True when what differs counts at once: where its output goes.
  [[nodiscard]] bool live_change(const model::kind_options& to) const override;
};

/// What a definition asks a program to say that says nothing.
struct unsaid {
  std::string_view option; ///< `ready`, `alive`
  std::string_view text;
};

/// @param spec of the kind `process`; without options it is a program that says nothing
/// @thread any (pure)
[[nodiscard]] std::vector<unsaid> unsaid_by_program(const model::child_spec& spec);

} // namespace kraken::config
