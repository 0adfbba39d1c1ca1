// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// From one topology to another as a list of commands, in the spirit of OTP's code_change: what
/// did not change is not touched, what can change while it runs is not restarted, and what must be
/// restarted keeps its alias, its mailbox and the children it was given while it ran. Issues no
/// command itself.
#pragma once

#include "kraken/model/child_spec.hpp"
#include "kraken/model/command.hpp"

#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace kraken::model {

/// A container that is there.
struct container_there {
  std::string_view path;
  const child_spec* made = nullptr; ///< its definition, if a command made it
};

/// `from` as it has become: a container that a command has put in the place of another has the
/// definition it was made with, and children are in the order they are in. What commands have made
/// under other names is not in it.
/// @param there parents before their children, siblings from left to right
/// @thread any (pure)   @cost O(n log n)
[[nodiscard]] child_spec as_it_runs(child_spec from, std::span<const container_there> there);

/// The part of `from` that a change to `to` can begin with: without containers that have been
/// destroyed since they were made, so that `diff` creates those that `to` wants. One that is
/// `temporary` has gone as it was meant to and counts as there, unless `to` defines it anew.
/// @param exists whether there is a container at this path
/// @thread any (pure)
[[nodiscard]] child_spec
without_destroyed(child_spec from,
                  const child_spec& to,
                  const std::function<bool(std::string_view path)>& exists);

/// The commands that turn the tree `from` into `to`, to be carried out one after the other:
/// 1. `destroy` of what is gone or is another container now, right to left;
/// 2. `update` of what has another definition (its supervisor restarts it if `needs_restart`),
///    and `create` of what is new, with its whole subtree, left to right;
/// 3. `update` of a parent whose children are out of order after that (`create` appends).
///
/// The two roots are taken for the same container. A root is never destroyed: if it changes, it
/// gets an `update`, and what is not live waits for its next start.
///
/// Both trees must pass `check_topology`. `origin` of the commands is empty.
/// @return empty when nothing changed
/// @thread any (pure)   @cost O(n * m) for n, m children of one parent
[[nodiscard]] std::vector<command> diff(const child_spec& from, const child_spec& to);

/// What a `create`, `destroy` or `update` makes of the definitions; other verbs leave them alone.
/// Applying all of `diff(from, to)` to `from` gives `to`; applying the first n gives what is there
/// when the rest was not carried out, so that the way back is a diff as well.
/// @thread any (pure)
void apply(child_spec& tree, const command& what);

} // namespace kraken::model
