// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The media type of a file that is sent as it is.
#pragma once

#include <string_view>

namespace kraken::php {

/// By the end of its name, in small letters or capitals; `application/octet-stream` if unknown.
/// @thread any (pure)
[[nodiscard]] std::string_view media_type(std::string_view file) noexcept;

} // namespace kraken::php
