// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One table per options struct: reading, printing, schema and reference page are all made from
/// its rows. Holds no option itself; the struct's initializers are the defaults.
#pragma once

#include "config/document.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::config {

/// Whether a change is taken over by what runs: at once, by replacing workers one by one, or not.
enum class apply : std::uint8_t { live, rolling, restart };

[[nodiscard]] std::string_view word_of(apply value) noexcept;

/// How settled an option is.
enum class tier : std::uint8_t { stable, experimental };

/// Whether values may be shown.
enum class secrecy : std::uint8_t { open, secret };

/// Whether an option may be left out.
enum class presence : std::uint8_t { optional, required };

/// Whether secrets are printed.
enum class exposure : std::uint8_t { full, redacted };

/// What a row says besides key and type. Ranges are in ms for durations, bytes for sizes.
struct option_traits {
  std::string_view summary{};
  std::int64_t min = 0;
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  apply when = apply::restart;
  tier level = tier::stable;
  secrecy shown = secrecy::open;
  presence need = presence::optional;
};

struct section;

/// What values of an option look like.
struct shape {
  enum class type : std::uint8_t {
    text,
    truth,
    integer,
    number,
    duration,
    size,
    choice,  ///< one of `words`
    list,    ///< of `parts[0]`
    map,     ///< text to `parts[0]`
    section, ///< options of `inner`
    any_of,  ///< any of `parts`
  };

  type is = type::text;
  std::vector<std::string_view> words{};
  std::vector<shape> parts{};
  const section* inner = nullptr;
  std::string_view pattern{}; ///< of text: regular expression (ECMA 262); empty: any
};

class reader;

/// One option, made by `row<&T::member>(key, traits)` of detail/option_row.hpp.
struct option_row {
  std::string_view key; ///< empty: the options of the member stand on this level
  option_traits traits;
  void* (*locate)(void* object) = nullptr; ///< the member
  void (*read)(void* member, const node& value, const option_traits& traits, reader& in) = nullptr;
  node (*write)(const void* member, exposure how) = nullptr;
  shape (*describe)() = nullptr;
};

/// The options of one struct.
struct section {
  std::string_view name;
  std::span<const option_row> rows;
  node (*standard)(exposure how) = nullptr; ///< all defaults, as a map
};

/// Collects mistakes while a document is read.
/// @thread one
class reader {
public:
  explicit reader(std::vector<config_error>& errors) : errors_(errors) {}

  /// Notes a mistake at `where`, in the option that is being read.
  void fault(const place& where, std::string message);

  /// Option names below `key` until the end of the returned object's life.
  class inside {
  public:
    inside(reader& in, std::string_view key);
    ~inside();
    inside(const inside&) = delete;
    inside& operator=(const inside&) = delete;

  private:
    reader& in_;
    std::size_t length_;
  };

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
  std::vector<config_error>& errors_;
  std::string path_;
};

/// An options struct and its table.
struct bound_section {
  const section* rows = nullptr;
  void* object = nullptr; ///< of the section's struct
};

/// Reads a map into several structs at once; keys that none of them has are mistakes.
/// @param elsewhere keys that are read by the caller
void read_sections(std::span<const bound_section> into,
                   const node& value,
                   std::span<const std::string_view> elsewhere,
                   reader& in);

/// All options as a map in the order of the rows.
/// @param object of the section's struct
[[nodiscard]] node write_section(const section& what, const void* object, exposure how);

/// As `write_section`, only options whose change ends what runs.
[[nodiscard]] node write_restart_options(const section& what, const void* object);

/// A row wherever it stands: with its keys from the section down, joined by `.`.
struct option_view {
  std::string key;
  const option_row* row = nullptr;
  shape looks;
  apply when = apply::restart; ///< as a row above it, unless that says `restart`
};

/// All rows, those of inner sections after the row they belong to. Not into lists.
[[nodiscard]] std::vector<option_view> all_options(const section& what);

/// The keys a map of this section may have.
[[nodiscard]] std::vector<std::string_view> keys_of(const section& what);

/// `unknown option (did you mean 'intensity'?)`
[[nodiscard]] std::string
unknown_text(std::string_view what, std::string_view word, std::span<const std::string_view> known);

} // namespace kraken::config
