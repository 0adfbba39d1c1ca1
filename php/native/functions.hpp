// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The functions PHP programs have in this process and nowhere else.
#pragma once

struct _zend_module_entry; // PHP's own name

namespace kraken::php {

/// The module that brings them; PHP keeps its address.
[[nodiscard]] _zend_module_entry* native_functions() noexcept;

} // namespace kraken::php
