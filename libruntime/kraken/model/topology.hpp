// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A whole tree of child specs: checking it and finding a spec in it. A topology is its root
/// spec; there is no other type. Does not know which kinds are registered.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/model/child_spec.hpp"

#include <string_view>

namespace kraken::model {

/// Whether a tree can be: each spec by itself, no two children with one id, no more children
/// and no deeper than the limits, `significant` only where the parent has auto_shutdown.
/// @return nothing, or the first fault in tree order: `Main/web: backoff.factor: ...`
/// @thread any (pure)
[[nodiscard]] result<void> check_topology(const child_spec& root);

/// The spec at `path`, which begins with the root's id; null when there is none.
/// @thread any (pure)
[[nodiscard]] const child_spec* find_spec(const child_spec& root, std::string_view path) noexcept;

} // namespace kraken::model
