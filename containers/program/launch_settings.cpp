// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/program/launch_settings.hpp"

namespace kraken::containers {

process::launch_spec launch_settings(const config::process_options& options) {
  process::launch_spec spec;
  spec.environment.set = options.env;
  spec.environment.base =
      options.inherit_env ? process::environment_base::inherit : process::environment_base::clean;
  spec.directory = options.cwd;
  spec.user = options.user;
  spec.group = options.group;
  spec.root = options.allow_root ? process::superuser::allow : process::superuser::refuse;
  spec.limits.core = options.limits.core;
  spec.limits.address_space = options.limits.as;
  spec.limits.open_files = options.limits.nofile;
  spec.limits.processes = options.limits.nproc;
  spec.umask = options.umask.bits;
  spec.stop_signal = config::number_of(options.stop);
  return spec;
}

process::stop_times stop_times(const model::shutdown_spec& how, has_work unfinished) {
  process::stop_times times;
  times.drain = how.time - how.time / 5;
  times.terminate = std::nullopt;
  if (how.how == model::shutdown_spec::mode::infinity) {
    times.drain = std::chrono::hours{24 * 365};
  }
  if (unfinished == has_work::no) {
    times.drain = milliseconds{0};
  }
  return times;
}

} // namespace kraken::containers
