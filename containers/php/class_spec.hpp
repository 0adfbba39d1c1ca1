// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// From the NAME of `process:create PARENT ALIAS NAME` to a container in PHP. Starts nothing and
/// does not know which classes there are.
#pragma once

#include "config/php_options.hpp"
#include "kraken/base/result.hpp"
#include "kraken/model/child_spec.hpp"

#include <string_view>

namespace kraken::containers {

/// Whether a NAME is written like a class and not like a program: one word of letters, digits, `_`
/// and `\` that begins with a capital letter or has a namespace.
/// @thread any (pure)
[[nodiscard]] bool is_class_name(std::string_view name) noexcept;

/// @error what `model::check` finds
/// @thread any (pure)
[[nodiscard]] result<model::child_spec>
class_spec(std::string_view alias, std::string_view name, const config::php_options& options);

} // namespace kraken::containers
