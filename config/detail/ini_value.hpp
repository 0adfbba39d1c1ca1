// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Settings of PHP that would be lost without a word: numbers, because PHP takes what is none for
/// 0, and files of settings that are not read.
#pragma once

#include "kraken/model/child_spec.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kraken::config::detail {

/// @return what is wrong; empty: nothing, or nothing is known of a setting of this name
/// @thread any (pure)
[[nodiscard]] std::string ini_fault(std::string_view name, std::string_view value);

/// Warns of a `.user.ini` in a document root, which php-fpm reads and kraken-php does not. Looks
/// for the file.
/// @param spec  with its names completed; of any kind
/// @param where the warning begins with it
void warn_of_user_ini(const model::child_spec& spec,
                      const std::string& where,
                      std::vector<std::string>& warnings);

} // namespace kraken::config::detail
