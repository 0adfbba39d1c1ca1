// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Worker mode: a script that boots, and one request after another given to its handler.
#pragma once

#include "carrier.hpp"

struct _zend_fcall_info; // PHP's own names
struct _zend_fcall_info_cache;

namespace kraken::php {

/// Waits for a request and has the handler answer it. An exception of the handler is PHP's
/// "uncaught" and answered 500; an `exit` ends the request, and the process is to be replaced.
/// @return false: the daemon wants this process to end, or is gone
[[nodiscard]] bool
handle_one(carrier& serving, _zend_fcall_info& handler, _zend_fcall_info_cache& cache);

/// The same again and again, until the end or an exception that nobody has caught.
void handle_all(carrier& serving, _zend_fcall_info& handler, _zend_fcall_info_cache& cache);

/// Runs the script that boots, to its end.
/// @return the exit code of the process
[[nodiscard]] int run_worker(carrier& serving, int argc, char** argv);

} // namespace kraken::php
