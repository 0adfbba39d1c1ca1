// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What becomes of a definition that names no user, made at run time in a daemon of root's. Asks no
/// account database; the limits of a creator are applied elsewhere (`config::held_to`).
#pragma once

#include "config/process_options.hpp"
#include "kraken/model/child_spec.hpp"
#include "kraken/process/launch/launch_spec.hpp"

#include <functional>
#include <string>

namespace kraken::containers {

/// The daemon's answer, the same for all of its containers.
struct root_default {
  process::superuser rights = process::superuser::refuse;
  std::function<void(const std::string& path)> tell; ///< of who runs so; may be empty
};

/// Lets it run as root if nothing else is said and that is the default, and tells so of what no
/// creator bounds.
void allow_root_by_default(config::process_options& options,
                           const model::child_spec& definition,
                           const std::string& path,
                           const root_default& by_default);

} // namespace kraken::containers
