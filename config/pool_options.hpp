// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Options of the kind `pool`. The initializers are the only place of their defaults; rows are
/// in pool_options.cpp.
#pragma once

#include "config/process_options.hpp"
#include "kraken/base/units.hpp"
#include "kraken/model/child_spec.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace kraken::config {

/// What a worker speaks.
enum class worker_dialect : std::uint8_t { kraken, narya };

/// PHP takes its memory in pieces of this size: a smaller `memory_limit` cannot be kept.
inline constexpr bytes php_memory_min{2U << 20U};

/// What runs a pool's workers: the program of `start`, or our own PHP (docs/decisions/0020), with a
/// script that boots once or one that runs anew for each request.
enum class worker_carrier : std::uint8_t { program, native, classic };

/// When the workers of our own PHP are forked from a template (docs/decisions/0023): never, when
/// PHP has started, or when the script waits for its first request.
enum class worker_template : std::uint8_t { off, php, app };

/// How requests reach the workers of our own PHP (docs/decisions/0022).
enum class worker_transport : std::uint8_t { automatic, socket, slab };

/// Workers of a pool: `size: 8`, or `size: {min: 2, count: 4, max: 16}`. A missing count is min,
/// a missing min or max is count. min <= count <= max once loaded.
struct pool_size {
  std::uint32_t min = 4;
  std::uint32_t count = 4; ///< at the start
  std::uint32_t max = 4;
};

struct queue_options {
  std::uint32_t max = 1'000;          ///< waiting requests; 0: none may wait
  milliseconds timeout = seconds{10}; ///< 0: as long as the request timeout
};

struct request_options {
  milliseconds timeout = seconds{30};
};

/// When a worker is replaced; 0: never for this reason.
struct recycle_options {
  std::uint64_t requests = 0;
  bytes memory{0};      ///< replaced after its answer
  bytes memory_hard{0}; ///< killed
  milliseconds ttl{0};
  milliseconds idle{0};
};

/// When a pool shrinks; 0: never.
struct scale_options {
  milliseconds gradual_idle{0};    ///< one worker at a time
  milliseconds aggressive_idle{0}; ///< down to min at once
};

/// Files whose change replaces the workers: `watch: true`, or paths and globs.
struct watched_paths {
  bool project = false;           ///< those of the project that the script belongs to
  std::vector<std::string> paths; ///< instead; relative to `cwd`

  friend bool operator==(const watched_paths&, const watched_paths&) = default;
};

struct pool_options {
  process_options process; ///< same level in the file
  pool_size size;
  worker_dialect dialect = worker_dialect::kraken;
  bytes memory_limit{0}; ///< PHP's own, of each worker; 0: as php.ini says
  worker_carrier carrier = worker_carrier::program;
  worker_template fork_from = worker_template::php; ///< not with `worker_carrier::program`
  std::vector<std::string> warm; ///< paths and URLs; only with `worker_template::app`
  worker_transport transport = worker_transport::automatic;
  std::map<std::string, std::string> ini;       ///< not with `worker_carrier::program`
  std::map<std::string, std::string> ini_fixed; ///< the same, and no script changes them
  queue_options queue;
  request_options request;
  recycle_options recycle;
  scale_options scale;
  watched_paths watch;
  output_options output{};
};

/// As `child_spec::options` of the kind `pool`.
struct pool_spec_options final : model::kind_options {
  pool_options values;

  explicit pool_spec_options(pool_options wanted) : values(std::move(wanted)) {}
  [[nodiscard]] std::string fingerprint() const override;
  [[nodiscard]] model::identity runs_as() const override { return identity_of(values.process); }
  /// True when the pool goes on: what differs counts at once (sizes, queue, timeouts ...), or its
  /// workers are replaced one by one.
  [[nodiscard]] bool live_change(const model::kind_options& to) const override;
  [[nodiscard]] bool live_start() const override { return true; }
  [[nodiscard]] bool excludes(const model::kind_options& /*other*/) const override { return false; }
};

} // namespace kraken::config
