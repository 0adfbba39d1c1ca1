// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// `$_SERVER` of a request. Most of it is what it was for the last one, so its strings are kept.
#pragma once

#include "carrier.hpp"

struct _zval_struct; // PHP's own name

namespace kraken::php {

/// Adds the environment and the variables of the open request.
/// @return false: nothing was added, for a filter changes what applications see; each variable has
///         to go through it
[[nodiscard]] bool fill_server_array(carrier& serving, _zval_struct* into);

/// Adds REMOTE_USER, as nginx has it: who the client says it is by basic authorization. Nobody has
/// looked at the password.
void add_user(_zval_struct* into);

/// After PHP's start-up: filter_input() and its like get to know the variables when they are
/// called.
void inform_filter_when_asked();

} // namespace kraken::php
