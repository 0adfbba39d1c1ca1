// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Containers of a document as child specs, and back. Checks what a container says by itself; how
/// containers fit together is the loader's.
#pragma once

#include "config/document.hpp"
#include "config/option_table.hpp"
#include "kraken/model/child_spec.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kraken::config {

/// Reads the container `from` and those below it. Options of a kind become *_spec_options.
/// @param path names of the containers above it joined by `/`, for errors; empty: a child of the
///             root
[[nodiscard]] model::child_spec
read_container(const node& from, const std::string& path, std::vector<config_error>& errors);

/// Reads the root: as a container, but its id is `Main` and its kind `supervisor`.
/// @param from null: a root without children
[[nodiscard]] model::child_spec read_root(const node* from, std::vector<config_error>& errors);

/// Every option of a container with its value, children included, in the order of the tables.
[[nodiscard]] node write_container(const model::child_spec& spec, exposure how);

/// Every option of a container of `kind` with its default; a pool's differ from the others'.
/// @param kind a registered kind
[[nodiscard]] node standard_container(std::string_view kind);

/// The default of `shutdown` for those that have requests in work: most of what the whole tree has,
/// and the rest is for who ends after them.
/// @param whole the daemon's `shutdown.deadline`
[[nodiscard]] milliseconds time_to_finish(milliseconds whole) noexcept;

/// Writes it where `shutdown` is missing, in the containers below `parent`.
void give_time_to_finish(node& parent, milliseconds whole);

/// The kind that a container of a document has: its `type`, `supervisor` when it only has
/// children, else empty.
[[nodiscard]] std::string_view kind_of(const node& container);

} // namespace kraken::config
