// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Worker mode: what PHP does at the start and at the end of a request, done around a handler
/// while the script that booted goes on. Superglobals, header fields, output, uploads, session and
/// shutdown functions begin anew; statics, globals and settings stay, as everywhere in this mode.
#pragma once

#include "carrier.hpp"

namespace kraken::php {

/// Between two requests: output is a log, header fields go nowhere.
void enter_idle(carrier& serving) noexcept;
void leave_idle() noexcept;

/// The request of `serving.link()` becomes PHP's. Not while idle.
void begin_request(carrier& serving);

/// Makes the answer a 500, where it says no error already and can still be changed.
void turn_into_error() noexcept;

/// What nobody has caught is reported, and the answer a 500; an `exit` has the worker replaced.
void settle_late_exception(carrier& serving);

/// Runs the request's shutdown functions, sends the rest of the answer and forgets the request.
void end_request(carrier& serving);

/// The script dies within a request: what the request registered is for PHP to run, and after that
/// what was registered before it. PHP alone knows what to put right before anything can run.
void leave_shutdown_functions() noexcept;

/// Sends the rest of the answer; what is printed afterwards goes nowhere, while the request goes
/// on.
void finish_early(carrier& serving);

} // namespace kraken::php
