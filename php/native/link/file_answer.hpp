// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Answers that are files, opened by this process with its own rights: which part of it, with which
/// fields. Knows nothing of PHP and of document roots.
#pragma once

#include "answer.hpp"
#include "kraken/base/regular_file.hpp"

namespace kraken::php {

/// Makes the open answer one with this file; its fields stay, its body goes.
/// @param to held
/// @thread its link's
void answer_with_file(answer& to, const open_request& request, regular_file file);

/// Does so if the answer names a file (X-Sendfile, X-Accel-Redirect), nothing of it has left and
/// the route allows it. One that is not below the route's folders is answered 404.
/// @thread its link's
void send_named_file(answer& to, const open_request& request);

} // namespace kraken::php
