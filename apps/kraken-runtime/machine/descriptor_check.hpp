// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Whether this process may have as many connections as fronts are told to take.
#pragma once

#include "kraken/model/child_spec.hpp"

#include <string>
#include <vector>

namespace kraken::runtime {

/// Adds a sentence for each front whose `limits.connections` is beyond the hard limit of open
/// files. The default is not looked at: it is as many as there can be.
/// @thread any; asks the kernel
void warn_of_descriptors(const model::child_spec& root, std::vector<std::string>& warnings);

} // namespace kraken::runtime
