// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The fields of a request as the PHP package has them: name to the list of its values.
#pragma once

#include "kraken/wire/slab_request.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

struct _zval_struct; // PHP's own name

namespace kraken::php {

/// How the names are written.
enum class field_names : std::uint8_t {
  lower,           ///< `content-type`
  as_sent_by_most, ///< `Content-Type`, and no `Host`: what a Narya handler reads
};

/// Lines of `cookie` that were seen on the way.
struct cookie_lines {
  std::size_t count = 0;
  std::string_view first;
};

/// Values in the order in which they came.
cookie_lines
make_field_lists(wire::slab_request_fields fields, field_names how, _zval_struct* into);

} // namespace kraken::php
