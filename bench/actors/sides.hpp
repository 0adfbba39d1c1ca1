// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The measurements by name. Each prints lines `name value`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace kraken::bench {

void kraken_start_stop(std::size_t size, std::uint32_t shards, double idle_seconds);

/// @param shards 1: both on one loop; 2: on two
void kraken_messages(std::size_t count, std::uint32_t shards);
void kraken_ping_pong(std::size_t count, std::uint32_t shards);
void kraken_requests(std::size_t count, std::uint32_t shards);

/// @param size 1: one_for_one; more: one_for_all
void kraken_restarts(std::size_t rounds, std::size_t size);

/// @param source directory of this source tree
/// @param in_flight 1: one after another; 16: so many at a time
void kraken_php_requests(std::size_t count, std::size_t in_flight, const std::string& source);
/// The process asks a native container, one request after another.
void kraken_php_asks(std::size_t count, const std::string& source);
void kraken_php_deaths(std::size_t rounds, const std::string& source);

void caf_start_stop(std::size_t size, double idle_seconds);
/// @param threads of CAF's scheduler
void caf_messages(std::size_t count, std::size_t threads);
void caf_ping_pong(std::size_t count, std::size_t threads);

} // namespace kraken::bench
