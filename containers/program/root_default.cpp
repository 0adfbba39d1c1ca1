// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/program/root_default.hpp"

namespace kraken::containers {

void allow_root_by_default(config::process_options& options,
                           const model::child_spec& definition,
                           const std::string& path,
                           const root_default& by_default) {
  if (options.allow_root || !options.user.empty() ||
      by_default.rights == process::superuser::refuse) {
    return;
  }
  options.allow_root = true;
  if (definition.bounds == nullptr && by_default.tell) {
    by_default.tell(path);
  }
}

} // namespace kraken::containers
