// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The loop of a worker of the PHP package (docs/decisions/0043): requests are made objects here
/// and handed to the handler, and what it returns is put where the daemon reads it. What this does
/// not know - a failure, a stream, a body that is large - is settled by the package.
#pragma once

#include "php/native/carrier.hpp"

#include <cstdint>

struct _zval_struct; // PHP's own names
struct _zend_fcall_info;
struct _zend_fcall_info_cache;

namespace kraken::php {

/// Something of PHP's that can be called.
struct php_callable {
  _zend_fcall_info* what = nullptr; ///< null: nothing
  _zend_fcall_info_cache* where = nullptr;
};

/// What the loop calls.
struct package_calls {
  php_callable handler; ///< (Request): mixed
  php_callable settle;  ///< (Request, mixed returned, ?Throwable): void; gives the answer
  php_callable flush;   ///< (): void; logs what was printed
  php_callable reset;   ///< (): mixed; or nothing
};

/// Serves until the daemon wants this process gone, or, in a template, until nothing is left to be
/// rehearsed. PHP's exception may be set when it returns.
/// @return true: it was a rehearsal, and the script is to attach once more
[[nodiscard]] bool serve_package(carrier& serving, package_calls& calls);

/// The classes are those of this version.
[[nodiscard]] bool knows_package();

/// The request whose handler runs, or died.
/// @return null: none
[[nodiscard]] const _zval_struct* package_request() noexcept;

/// How often `serve_package` has begun a request since it was called last.
[[nodiscard]] std::uint64_t package_requests() noexcept;

/// This worker is to be replaced after its answer.
void recycle_package() noexcept;

} // namespace kraken::php
