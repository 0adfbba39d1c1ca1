// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// From one topology to another as a list of commands, in the spirit of OTP's code_change: what
/// did not change is not touched, and what can change while it runs is not restarted. Issues no
/// command itself.
#pragma once

#include "kraken/model/child_spec.hpp"
#include "kraken/model/command.hpp"

#include <vector>

namespace kraken::model {

/// The commands that turn the tree `from` into `to`, to be carried out one after the other:
/// 1. `destroy` of what is gone and of what must be replaced, right to left;
/// 2. `update` of what changes while it runs, and `create` of what is new or replaced, with its
///    whole subtree, left to right;
/// 3. `update` of a parent whose children are out of order after that (`create` appends).
///
/// The two roots are taken for the same container. A root is never destroyed: if it changes, it
/// gets an `update`, and what is not live waits for its next start.
///
/// Both trees must pass `check_topology`. `origin` of the commands is empty.
/// @return empty when nothing changed
/// @thread any (pure)   @cost O(n * m) for n, m children of one parent
[[nodiscard]] std::vector<command> diff(const child_spec& from, const child_spec& to);

} // namespace kraken::model
