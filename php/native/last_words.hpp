// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the daemon is told when a worker's script ends that was not asked to: the FATAL frame.
#pragma once

#include "carrier.hpp"

namespace kraken::php {

/// Sends PHP's last error, or that the script has ended. Before the rest of an open answer: who is
/// known to end gets no further request.
void say_last_words(carrier& serving);

/// PHP's last error is one after which the script does not go on.
[[nodiscard]] bool last_error_is_deadly() noexcept;

} // namespace kraken::php
