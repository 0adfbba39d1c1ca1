// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The filter extension learns a request's variables when a script asks it for them: most scripts
/// never do. Makes no superglobal.
#pragma once

namespace kraken::php {

/// After PHP's start-up: filter_input() and its like get to know the variables when they are
/// called.
void inform_filter_when_asked();

} // namespace kraken::php
