// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A configuration as a tree of values that know where they were written. Knows no option; does
/// not read files.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::config {

/// Who gave a value; a later one wins.
enum class origin : std::uint8_t { standard, file, environment, flag };

/// Where a value was written.
struct place {
  origin from = origin::standard;
  std::shared_ptr<const std::string> source; ///< file name, variable or flag; may be null
  std::uint32_t line = 0;                    ///< of a file, 1-based; 0: the file as a whole
  std::uint32_t column = 0;                  ///< 1-based

  /// `kraken.yaml:12:7`, `KRAKEN_WEB_SIZE`, `--set` or `default`.
  [[nodiscard]] std::string text() const;
};

/// One value of a document.
struct node {
  enum class type : std::uint8_t { null, text, number, truth, list, map };
  struct entry;

  type is = type::null;
  std::string text; ///< of text, number, truth; documents that were read have no number, truth
  place at;
  std::vector<node> items;    ///< of a list
  std::vector<entry> entries; ///< of a map, in the order written; keys differ
  bool partial = false;       ///< of a map: a template it extends could not be found

  [[nodiscard]] static node of_text(std::string text);
  [[nodiscard]] static node of_number(std::string text);
  [[nodiscard]] static node of_truth(std::string_view text); ///< `true` or `false`
  [[nodiscard]] static node list();
  [[nodiscard]] static node map();

  [[nodiscard]] bool scalar() const noexcept {
    return is == type::text || is == type::number || is == type::truth;
  }

  /// The value of `key`; null when there is none or this is no map.
  [[nodiscard]] const node* find(std::string_view key) const noexcept;
  [[nodiscard]] node* find(std::string_view key) noexcept;

  /// Adds or replaces the value of `key`; makes a null node a map. @return this
  node& set(std::string_view key, node value);
};

struct node::entry {
  std::string key;
  place at; ///< of the key
  node value;
};

/// One mistake in a configuration.
struct config_error {
  place at;
  std::string path; ///< `web.queue.timeout`; empty: the document as a whole
  std::string message;

  /// `kraken.yaml:12:7: web.queue.timeout: expected duration, got '10' (did you mean '10s'?)`
  [[nodiscard]] std::string text() const;
};

/// Lays `over` onto `base`: maps key by key, lists of maps with an `id` element by element, all
/// else whole.
void lay_over(node& base, const node& over);

/// Adds to `base` what only `under` has; maps are gone into, lists and scalars stay as they are.
void lay_under(node& base, const node& under);

/// @param depth spaces per level; 0: one line
[[nodiscard]] std::string to_json_text(const node& value, unsigned depth);

} // namespace kraken::config
