// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The places with which a request in a slab begins.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace kraken::wire {

/// The texts that each request has.
namespace slab_text {
enum name : std::size_t {
  method,
  target,
  path,
  query,
  version,
  scheme,
  host,
  ends,
  folders,
  body,
  count
};
} // namespace slab_text

namespace detail {

/// Where a text stands, from the first of them.
struct text_place {
  std::uint32_t at;
  std::uint32_t bytes;
};

/// Of a field.
struct field_place {
  text_place name;
  text_place value;
};

struct request_places {
  std::uint32_t field_count;
  std::uint32_t text_bytes;
  std::array<text_place, slab_text::count> texts;
  std::uint64_t timeout_ms;
};

static_assert(sizeof(request_places) == 96 && sizeof(field_place) == 16);

} // namespace detail

} // namespace kraken::wire
