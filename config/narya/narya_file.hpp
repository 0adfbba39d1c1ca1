// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Whose configuration a file is that is none of ours.
#pragma once

#include "config/document.hpp"

#include <optional>
#include <string_view>

namespace kraken::config {

/// True when a file is Narya's: by name, or by the keys at its top.
[[nodiscard]] bool is_narya(std::string_view file_name, const node& document);

/// RoadRunner's file has the same name as Narya's. Narya passes over keys it does not know, so its
/// defaults would be served instead: on all addresses, another script.
/// @return what to say of such a file; nothing for another
[[nodiscard]] std::optional<config_error> fault_of_roadrunner(const node& file);

} // namespace kraken::config
