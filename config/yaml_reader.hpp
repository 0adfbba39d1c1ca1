// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// YAML text as a document with places. The only file that knows yaml-cpp is its source; knows
/// no option.
#pragma once

#include "config/document.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::config {

/// Limits of one file; aliases count as what they stand for.
inline constexpr std::size_t yaml_bytes_max = 1U << 20U;
inline constexpr std::size_t yaml_depth_max = 64;
inline constexpr std::size_t yaml_values_max = 100'000;

/// A document, and what is wrong with it. With errors the document is what could be read.
struct yaml_document {
  node root;
  std::vector<config_error> errors; ///< syntax, duplicate keys, limits; at most 100
};

/// Reads one YAML document: anchors, aliases and `<<` are followed; a duplicate key, a second
/// document and a key that is no scalar are errors. Scalars stay text: options give them types.
/// @param from    origin of the places
/// @param source  name shown in errors
/// @thread any (pure)
[[nodiscard]] yaml_document read_yaml(std::string_view text, origin from, std::string source);

} // namespace kraken::config
