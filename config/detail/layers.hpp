// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What environment and flags put over a document, and the document used without a file. Private
/// to the room.
#pragma once

#include "config/loader.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::config::detail {

/// A container of a document.
struct placed_container {
  std::string path; ///< `web`, `render/gpu`; `Main` for the root
  const node* at = nullptr;
};

/// All containers, the root first, parents before children.
[[nodiscard]] std::vector<placed_container> containers_of(const node& document);

/// Puts a value at `path`: `log.level`, `web.queue.timeout`, `Main.supervise.intensity`.
void put_option(node& document,
                std::string_view path,
                node value,
                std::vector<config_error>& errors);

/// A value as environment and flags write it: YAML when it begins with `[` or `{` and is valid,
/// else text.
[[nodiscard]] node value_of(std::string_view text, origin from, std::string_view source);

/// The name of the variable for an option: `KRAKEN_WEB_QUEUE_TIMEOUT`.
[[nodiscard]] std::string variable_of(std::string_view path);

/// Puts KRAKEN_* variables over the document. A variable that is no option is a warning: it may
/// be meant for another program.
void put_environment(node& document,
                     const std::map<std::string, std::string>& environment,
                     std::vector<config_error>& errors,
                     std::vector<std::string>& warnings);

/// Puts the quick flag `flag` over `option` of the container `id`, else of the only one of `kind`.
void put_quick_flag(node& document,
                    std::string_view flag,
                    const std::string& text,
                    std::string_view id,
                    std::string_view kind,
                    std::string_view option,
                    std::vector<config_error>& errors);

/// The default topology for a directory, a worker script or an index.php. Of a directory its
/// index.php counts, else its worker.php, else the worker.php beside a folder named `public`.
/// @param target    as given
/// @param directory what it is relative to
/// @param choice    what was taken and why; unchanged after an error
/// @return          a document; null node after an error
[[nodiscard]] node default_topology(const std::string& target,
                                    const std::string& directory,
                                    std::optional<target_choice>& choice,
                                    std::vector<config_error>& errors);

} // namespace kraken::config::detail
