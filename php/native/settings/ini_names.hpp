// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Settings that PHP does not know: a misspelled name is told, not passed over. Needs PHP started.
#pragma once

#include <string>
#include <string_view>

namespace kraken::php {

/// Whether nothing is to be told of the name: PHP knows it, its tables never hold it (`extension`),
/// or it is one of an opcache that is not loaded.
[[nodiscard]] bool is_ini_name(std::string_view name) noexcept;

/// What is told of a name that PHP's tables do not hold, with the nearest one they do.
[[nodiscard]] std::string unknown_ini_text(std::string_view name);

} // namespace kraken::php
