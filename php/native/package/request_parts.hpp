// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a `Kraken\Request` tells, made as PHP's values of a request's bytes. Knows no object.
#pragma once

#include "field_lists.hpp"
#include "kraken/wire/slab_request.hpp"

#include <array>
#include <cstddef>
#include <string_view>

struct _zval_struct; // PHP's own names
struct _zend_array;

namespace kraken::php {

/// Properties that are made here, in the order in which the class has them.
enum part : std::size_t {
  method,
  target,
  path,
  query,
  version,
  scheme,
  host,
  remote,
  local,
  body,
  timeout,
  cookie,
  headers,
  all, ///< made anew each time: it is given away
  part_count
};

inline constexpr std::array<std::string_view, part_count> part_names{"method",
                                                                     "target",
                                                                     "path",
                                                                     "query",
                                                                     "version",
                                                                     "scheme",
                                                                     "host",
                                                                     "remote",
                                                                     "local",
                                                                     "body",
                                                                     "timeout",
                                                                     "cookie",
                                                                     "headers",
                                                                     "all"};

/// Of what they are made.
struct request_source {
  wire::slab_texts texts;
  bool walked = false; ///< its fields, and these were among them:
  cookie_lines cookies;
};

/// @param which not `all`
void make_part(_zval_struct* at, request_source& from, part which);

/// @param parts those that were made before, in their order; undefined: it was not
void make_all(_zval_struct* at, request_source& from, const _zval_struct* parts);

/// What `make_all` copies. Once, before it.
void prepare_all();

} // namespace kraken::php
