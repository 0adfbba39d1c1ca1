// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// `$_SERVER` of a request. Most of it is what it was for the last one, so where no script has kept
/// or changed that, it is used again.
#pragma once

#include "php/native/carrier.hpp"

struct _zval_struct; // PHP's own name

namespace kraken::php {

/// After PHP's start-up: `$_SERVER` of a request is made here, where applications see what was sent
/// and the environment is settled; else by PHP, through the callback for server variables.
void make_server_arrays();

/// Adds REMOTE_USER, as nginx has it: who the client says it is by basic authorization. Nobody has
/// looked at the password.
void add_user(_zval_struct* into);

} // namespace kraken::php
