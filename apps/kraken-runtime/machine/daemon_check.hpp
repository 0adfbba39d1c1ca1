// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the daemon itself asks of the machine's files: its log, its sockets, temporary files,
/// access logs, folders of files to answer with. Looked at with the eyes of who runs this.
#pragma once

#include "config/loader.hpp"
#include "containers/native/class_catalogue.hpp"

namespace kraken::runtime {

/// Notes every file or folder that is missing, or closed to whoever is going to use it. Fronts that
/// do not start with the daemon may have theirs later.
/// @param document what `from` was read from, for the places
/// @param classes  native classes of this program; null: they are looked for elsewhere
/// @thread any; reads the file system and the account database
void check_daemon(const config::configuration& from,
                  const config::node& document,
                  const containers::class_catalogue* classes,
                  std::vector<config::config_error>& errors);

} // namespace kraken::runtime
