// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The order in which a change of the topology is carried out: what is new is proven before
/// anything that serves is taken away, so that a refused change costs only what it brought.
/// Issues no command itself. docs/decisions/0045-what-is-new-is-proven-first.md
#pragma once

#include "kraken/model/child_spec.hpp"
#include "kraken/model/command.hpp"

#include <functional>
#include <string_view>
#include <vector>

namespace kraken::model {

/// The commands of `diff(from, to)`, to be carried out one after the other, each awaited:
/// 1. `update` of what runs nothing: perhaps an ordered start waits for one before it;
/// 2. `create` of what is new, left to right, after the `update` of a parent it stands below;
/// 3. `update` of what is replaced beside itself and loses nothing by it (`kind_options::adds`);
/// 4. all else that changes, left to right: what is restarted, what becomes another container,
///    what is new and wants what something that goes still holds (`kind_options::excludes`), that
///    one's `destroy` before it;
/// 5. `update` of a parent whose children are out of order after that;
/// 6. `destroy` of all else that goes, right to left.
///
/// @param rests whether the container at a path runs nothing
/// @pre as `diff`
/// @thread any (pure)   @cost O(n * m) for n that come or change and m that go or change
[[nodiscard]] std::vector<command>
plan_change(const child_spec& from,
            const child_spec& to,
            const std::function<bool(std::string_view path)>& rests);

} // namespace kraken::model
