// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The table of commands: name, arguments, flags, texts and where each is carried out. Parsing,
/// help, completion, reference page, OpenAPI file and the admin API's checks all come from it.
/// Carries nothing out itself.
#pragma once

#include "console/api_table.hpp"

#include "kraken/base/result.hpp"
#include "kraken/base/units.hpp"
#include "kraken/model/command.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kraken::console {

/// Where a command is carried out.
enum class place : std::uint8_t {
  console, ///< by the console itself; needs no daemon
  program, ///< by `kraken-runtime`, which takes this process's place
  daemon,  ///< `POST /api/v1/commands`
  view,    ///< a GET of the admin API; `command_row::shows` says which
};

enum class value_type : std::uint8_t {
  flag, ///< a switch without a value
  text,
  word,  ///< one of `choices`
  alias, ///< alias or path of a container
  count, ///< decimal number, 0..4294967295
  file,  ///< path of a file or directory
  time,  ///< duration with a unit: `10s`
  pair,  ///< `key=value`
  json,  ///< one JSON value; given in `command_request::values`, not among the texts
};

/// The values of `-o`, each at the place of its `form` (invocation.hpp).
inline constexpr std::array output_forms{std::string_view{"table"},
                                         std::string_view{"wide"},
                                         std::string_view{"json"},
                                         std::string_view{"yaml"},
                                         std::string_view{"name"}};

/// What a shell offers for a value.
enum class completion : std::uint8_t { none, containers, commands, files, choices };

struct argument_row {
  std::string_view name;
  value_type type;
  bool required;
  std::string_view fallback; ///< value used when absent; empty: none
  completion source;
  std::string_view summary;
  std::span<const std::string_view> choices{}; ///< for `word`
  bool repeatable = false;                     ///< the last one: several texts are joined by commas
  std::uint32_t least = 0;                     ///< for `count`
  std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
};

struct flag_row {
  std::string_view name; ///< without dashes
  char brief;            ///< one-letter form; 0 none
  value_type type;
  std::string_view metavar; ///< how the value is called in help; empty for switches
  std::string_view fallback;
  completion source;
  std::string_view summary;
  bool repeatable = false;
  std::span<const std::string_view> choices{};
  /// The value when the flag stands alone; not empty: a value is given by `=` only.
  std::string_view alone{};
};

/// How a command names the container it concerns.
enum class subject : std::uint8_t {
  none,
  root,         ///< the root of the tree (`project:*`)
  alias,        ///< argument `alias`
  parent_alias, ///< arguments `parent` and `alias`: a child
};

/// What becomes of a command when nobody waits for its answer any longer.
enum class unheard : std::uint8_t {
  ends,       ///< nothing was under way
  goes_on,    ///< the daemon carries it out; so whatever has an `effect`
  taken_back, ///< the daemon lets go of it
};

struct command_row {
  std::string_view name; ///< `family:verb`, or one word for ours
  std::string_view summary;
  place runs;
  std::span<const argument_row> arguments;
  std::span<const flag_row> flags;
  subject about;
  std::optional<model::verb> effect; ///< what it does to a container, if it does
  std::optional<endpoint> shows;     ///< for `place::view`
  std::string_view success;          ///< what is said when it was done; `{alias}` is filled in
  std::string_view unchanged;        ///< ... when it was so already; empty: `success`
  std::string_view failure;          ///< first sentence when it could not be done
  std::span<const errc> errors;      ///< codes it can answer; exit codes follow from them
  std::string_view examples;         ///< one command line per line
  /// Longest wait for an answer without `--timeout`. 0: until there is one; the daemon shows
  /// meanwhile that it works on it.
  seconds patience{30};
  std::span<const std::string_view> forms = output_forms; ///< those of its output
  unheard then = unheard::ends;

  [[nodiscard]] constexpr unheard if_unheard() const noexcept {
    return effect ? unheard::goes_on : then;
  }
};

/// Every command, in the order help shows them: ours first, then Kraken's families.
/// @thread any (pure)
[[nodiscard]] std::span<const command_row> commands();

/// Flags every command takes.
[[nodiscard]] std::span<const flag_row> global_flags();

/// @return nothing if there is no command of this name
[[nodiscard]] const command_row* find_command(std::string_view name);

/// The row of a command, or an error that names the nearest one.
/// @error errc::invalid_argument `there is no command 'tre' (did you mean 'tree'?)`
[[nodiscard]] result<const command_row*> require_command(std::string_view name);

/// The part before the colon; empty for one-word commands.
[[nodiscard]] std::string_view family_of(const command_row& row);

[[nodiscard]] std::string_view to_string(value_type type) noexcept;
[[nodiscard]] std::string_view to_string(place where) noexcept;

namespace detail {
/// Rows about messages; `commands()` appends them to the others.
[[nodiscard]] std::span<const command_row> message_verbs();
/// The 27 verbs of the Kraken framework; `commands()` has them last.
[[nodiscard]] std::span<const command_row> kraken_verbs();
} // namespace detail

} // namespace kraken::console
