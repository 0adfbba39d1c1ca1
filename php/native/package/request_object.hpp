// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// `Kraken\Request` of the PHP package as this process makes it: an object of that class which
/// holds the request's bytes as they stood in the slab, and whose properties are made when they are
/// asked for. Knows what the class calls them; runs nothing of it.
#pragma once

#include <string_view>

struct _zval_struct; // PHP's own names
struct _zend_class_entry;

namespace kraken::php {

/// Finds the properties of the class. Once, before the others here.
/// @return false: they are not those of this version, and requests go as frames
[[nodiscard]] bool know_request_class(_zend_class_entry* known);

/// @param bytes are copied
/// @return false: they make no sense, and there is no object
[[nodiscard]] bool make_request(std::string_view bytes, _zval_struct* into);

/// One that reads its frame itself, as under stock PHP.
void make_framed_request(std::string_view frame, _zval_struct* into);

/// Lets go of a request that was answered. The object that nobody has kept is the next request's.
void end_request_object(_zval_struct* request);

/// It has a form, whose files are to be deleted with it.
[[nodiscard]] bool has_form(const _zval_struct* request) noexcept;

} // namespace kraken::php
