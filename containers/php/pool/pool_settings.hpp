// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a pool and its workers are told, made from the options of the kind `pool`.
#pragma once

#include "config/pool_options.hpp"
#include "kraken/base/limits.hpp"
#include "kraken/base/units.hpp"
#include "kraken/model/pool_scaling.hpp"
#include "kraken/model/recycle_rules.hpp"
#include "kraken/process/launch/launch_spec.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kraken::containers {

/// What a worker speaks (DESIGN §5: tiers and dialects).
enum class dialect : std::uint8_t {
  kraken, ///< docs/reference/worker-protocol.md on an inherited descriptor
  narya,  ///< the Narya runtime's protocol on a unix socket
};

struct pool_settings {
  std::vector<std::string> argv; ///< with PHP's settings that are options of the pool
  dialect speaks = dialect::kraken;
  config::worker_carrier carrier = config::worker_carrier::program;
  config::worker_template forks = config::worker_template::off; ///< of a native carrier
  std::vector<std::string> warm;                ///< requests of the template to itself
  bool by_slab = false;                         ///< its workers can take requests by shared memory
  bool takes_files = false;                     ///< its workers take large bodies as descriptors
  std::map<std::string, std::string> ini;       ///< of a native carrier
  std::map<std::string, std::string> ini_fixed; ///< the same, not for scripts
  std::uint32_t count = 4;                      ///< workers at the start
  model::scaling_rules scaling;
  std::uint32_t queue_max = 1000;           ///< waiting requests; 0: none may wait
  milliseconds queue_timeout = seconds{10}; ///< 0: as long as the request timeout
  milliseconds request_timeout = seconds{30};
  model::recycle_rules recycle;
  config::process_options process; ///< of each worker
  config::watched_paths watch;
  config::output_options output;
};

/// What a worker or template is made with, as the options of its definition. It has another when
/// its pool gives it one, which also says when it is replaced.
struct made_options final : model::kind_options {
  std::shared_ptr<const pool_settings> with;

  explicit made_options(std::shared_ptr<const pool_settings> settings)
      : with(std::move(settings)) {}
  [[nodiscard]] std::string fingerprint() const override { return {}; }
  [[nodiscard]] bool live_change(const model::kind_options&) const override { return true; }
  [[nodiscard]] bool live_start() const override { return true; }
};

/// @return null for a definition that no pool has made
/// @thread any (pure)
[[nodiscard]] std::shared_ptr<const pool_settings> settings_in(const model::child_spec& made);

/// The options of a pool as the rest of this room wants them.
/// @param argv program and arguments of the child spec
/// @thread any (pure)
[[nodiscard]] pool_settings make_settings(std::vector<std::string> argv,
                                          const config::pool_options& options);

/// Whether workers of the one would be made as those of the other.
/// @thread any (pure)
[[nodiscard]] bool same_process(const pool_settings& one, const pool_settings& other);

/// All but the command line of a process of the pool.
/// @param path of its container
/// @thread any (pure)
[[nodiscard]] process::launch_spec
process_spec(const pool_settings& settings, const std::string& path, std::uint64_t generation);

/// The command line of a worker.
/// @param native_program `kraken-php`
/// @thread any (pure)
[[nodiscard]] std::vector<std::string> worker_argv(const pool_settings& settings,
                                                   const std::string& native_program);

/// The command line of the template, of a pool that has one.
/// @thread any (pure)
[[nodiscard]] std::vector<std::string> template_argv(const pool_settings& settings,
                                                     const std::string& native_program);

} // namespace kraken::containers
