// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The measurements by name. Each prints lines `name value`.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kraken::bench {

void kraken_start_stop(std::size_t size, std::uint32_t shards, double idle_seconds);

void caf_start_stop(std::size_t size, double idle_seconds);

} // namespace kraken::bench
