// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The facts `kraken doctor` judges, gathered from this machine. Judges nothing itself.
#pragma once

#include "console/doctor.hpp"

#include <string>

namespace kraken::app {

/// Asks the kernel, and `php` and `kraken-php`, which are run for a moment.
/// @param native path of `kraken-php`
/// @param socket the admin socket this console would use
/// @thread the main one; takes some 50 ms
[[nodiscard]] console::machine_facts look_at_machine(const std::string& native,
                                                     const std::string& socket);

} // namespace kraken::app
