// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// `templates` and `extends`: containers that take their options from a named pattern. Private to
/// the room.
#pragma once

#include "config/document.hpp"

#include <cstddef>
#include <vector>

namespace kraken::config::detail {

/// Templates that extend templates, and uses of templates in one configuration.
inline constexpr std::size_t template_depth_max = 16;
inline constexpr std::size_t template_uses_max = 100'000;

/// Puts the options of templates under those of the containers that extend them, and takes
/// `templates` and `extends` out of the document. A container's own option wins over its
/// template's; maps are laid over each other key by key, children by id, `ready` and `alive` whole;
/// of several templates a later one wins.
/// @param errors gets unknown templates (with the nearest name), cycles with their chain, limits
void apply_templates(node& document, std::vector<config_error>& errors);

} // namespace kraken::config::detail
