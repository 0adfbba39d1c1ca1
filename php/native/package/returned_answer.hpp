// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a handler of the PHP package has returned, put into the slab as it stands: a
/// `Kraken\Response`, or the arrays that `Response::of()` takes, with a string for a body. All else
/// is for the package itself, which says what is wrong with it, too.
#pragma once

#include "php/native/link/daemon_link.hpp"

#include <cstdint>

struct _zval_struct; // PHP's own names
struct _zend_class_entry;

namespace kraken::php {

/// Finds the properties of the class. Once, before the others here.
/// @return false: they are not those of this version; then every answer is for the package
[[nodiscard]] bool know_response_class(_zend_class_entry* known);

/// @return false: nothing was said; the package is to answer
[[nodiscard]] bool put_returned(daemon_link& link,
                                const _zval_struct* returned,
                                wire::worker_after after,
                                std::uint64_t memory_bytes);

} // namespace kraken::php
