// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the process knows, as PHP arrays.
#pragma once

#include "carrier.hpp"

struct _zval_struct; // PHP's own name

namespace kraken::php {

/// The request's header fields, `X-My-Name` => value.
/// @param into an array
void add_request_headers(carrier& serving, _zval_struct* into) noexcept;

/// The header fields the answer has so far.
void add_response_headers(_zval_struct* into) noexcept;

/// What the daemon said first: alias, generation, args.
void add_welcome(const wire::worker_welcome& welcome, _zval_struct* into) noexcept;

/// Sends the header fields the answer has so far as early hints.
void send_hints(carrier& serving) noexcept;

} // namespace kraken::php
