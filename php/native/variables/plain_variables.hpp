// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// `$_GET` and `$_COOKIE` of requests whose query and cookies are plain, made without PHP's parser,
/// which copies each name and value several times, once for the filter extension. What that one
/// would have been told it is told when a script asks it.
#pragma once

#include "php/native/carrier.hpp"

#include <cstdint>

struct _zend_array; // PHP's own name

namespace kraken::php {

/// After PHP's start-up. Without effect where a filter changes what applications see, or where an
/// extension parses in its own way.
void read_plain_variables();

enum class plain_source : std::uint8_t { query, cookies };

/// Makes an array of the request before the one of this request, where they have the same names in
/// the same order and no script has kept it.
/// @param made what scripts see and PHP holds beside it
/// @return false: it is not that, and has to be replaced
[[nodiscard]] bool refresh_plain_variables(carrier& serving, _zend_array* made, plain_source from);

/// Tells the filter extension what it was not told of the open request.
void tell_filter_of_variables(carrier& serving);

/// Whether values come to applications as they were sent. Of the whole process.
[[nodiscard]] bool values_are_unfiltered();

} // namespace kraken::php
