// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Texts of a document as values of basic types, with the error texts of the product. Private to
/// the room.
#pragma once

#include "config/option_table.hpp"
#include "kraken/base/units.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::config::detail {

// Each gives nothing after a fault, which the reader has then been told of.
[[nodiscard]] std::optional<std::string> read_text(const node& from, reader& in);
[[nodiscard]] std::optional<bool> read_truth(const node& from, reader& in);
[[nodiscard]] std::optional<std::int64_t>
read_integer(const node& from, const option_traits& range, reader& in);
[[nodiscard]] std::optional<double>
read_number(const node& from, const option_traits& range, reader& in);
[[nodiscard]] std::optional<milliseconds>
read_duration(const node& from, const option_traits& range, reader& in);
[[nodiscard]] std::optional<bytes>
read_size(const node& from, const option_traits& range, reader& in);
/// @return index of the word
[[nodiscard]] std::optional<std::size_t>
read_choice(const node& from, std::span<const std::string_view> words, reader& in);
[[nodiscard]] std::optional<std::map<std::string, std::string>> read_text_map(const node& from,
                                                                              reader& in);

/// The shortest text that reads back as the same number.
[[nodiscard]] node write_number(double value);

/// The items of a list; a scalar as a list of one, split at commas unless it is of a file.
[[nodiscard]] std::vector<node> items_of(const node& from);

/// `'10'`, `a list`, `a map` or `nothing`.
[[nodiscard]] std::string got(const node& from);

} // namespace kraken::config::detail
