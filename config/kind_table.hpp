// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The kinds a container of a file may have: one record each with name, summary, options and what
/// `start` means. The daemon adds the hooks (`actor::kind`) by name; nothing here runs a container.
#pragma once

#include "config/option_table.hpp"
#include "kraken/model/child_spec.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace kraken::config {

/// What `start` of a container holds.
enum class start_words : std::uint8_t { none, program, class_name };

/// Whether a file may declare children below a container.
enum class offspring : std::uint8_t { none, declared };

/// How one that needs a restart is renewed while it serves.
enum class renewal : std::uint8_t { in_place, beside };

/// The options of one kind while they are read.
class kind_values {
public:
  virtual ~kind_values() = default;

  /// The struct that the kind's rows point into.
  [[nodiscard]] virtual void* object() noexcept = 0;
  /// As a child spec carries them; the last call.
  [[nodiscard]] virtual std::shared_ptr<const model::kind_options> keep() = 0;
};

/// One kind. `actor::kind` of the same name has its hooks.
struct kind_row {
  std::string_view name;
  std::string_view summary; ///< one line for the reference page and editors
  start_words start = start_words::none;
  offspring children = offspring::none;
  renewal renewed = renewal::in_place;
  std::string_view gap{}; ///< what clients meet while another takes its place; empty: it has none
  const section* (*rows)() = nullptr;                 ///< null: it has no options of its own
  std::unique_ptr<kind_values> (*values)() = nullptr; ///< defaults; null with `rows`
  /// The struct inside a child spec's options; null when they are another kind's.
  const void* (*inside)(const model::kind_options* options) = nullptr;

  [[nodiscard]] const section* options() const { return rows == nullptr ? nullptr : rows(); }
};

/// All of them, in the order of the reference page.
[[nodiscard]] std::span<const kind_row> kinds() noexcept;

/// Null when there is no such kind.
[[nodiscard]] const kind_row* find_kind(std::string_view name) noexcept;

} // namespace kraken::config
