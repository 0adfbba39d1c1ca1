// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a reload would do, told to people: one record for each container, with the options that
/// differ. Carries nothing out.
#pragma once

#include "config/daemon_options.hpp"
#include "console/api_json.hpp"
#include "kraken/model/child_spec.hpp"

#include <vector>

namespace kraken::runtime {

/// `create`, `destroy`, `replace` (another container under the same alias), `restart` (the program
/// in it is replaced), `update` (while it runs), `reorder`; in the order they are carried out.
/// @thread any (pure)
[[nodiscard]] std::vector<console::change_record> changes_between(const model::child_spec& from,
                                                                  const model::child_spec& to);

/// A whole tree where there is none.
[[nodiscard]] console::change_record creation_of(const model::child_spec& root);

/// `daemon`: options that count from the daemon's next start; empty when none differ.
[[nodiscard]] std::vector<console::change_record>
changes_between(const config::daemon_options& from, const config::daemon_options& to);

} // namespace kraken::runtime
