// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Options of a process, and definitions of its stop, as the process room wants them. Starts and
/// stops nothing.
#pragma once

#include "config/process_options.hpp"
#include "kraken/model/child_spec.hpp"
#include "kraken/process/launch/launch_spec.hpp"
#include "kraken/process/launch/supervised_process.hpp"

namespace kraken::containers {

/// All but the command line of a process with these options.
/// @thread any (pure)
[[nodiscard]] process::launch_spec launch_settings(const config::process_options& options);

enum class has_work : std::uint8_t { no, yes };

/// How the time of an orderly stop is divided. The shell kills when it is over: most of it is for
/// finishing work.
/// @param serves false: it still boots, there is nothing to finish
/// @thread any (pure)
[[nodiscard]] process::stop_times stop_times(const model::shutdown_spec& how, has_work unfinished);

} // namespace kraken::containers
