// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "apps/kraken-runtime/machine/descriptor_check.hpp"

#include "config/http_options.hpp"

#include <sys/resource.h>

namespace kraken::runtime {

void warn_of_descriptors(const model::child_spec& root, // NOLINT(misc-no-recursion)
                         std::vector<std::string>& warnings) {
  for (const auto& child : root.children) {
    warn_of_descriptors(child, warnings);
  }
  const auto* front = dynamic_cast<const config::http_spec_options*>(root.options.get());
  rlimit now{};
  if (front == nullptr || ::getrlimit(RLIMIT_NOFILE, &now) != 0) {
    return;
  }
  const auto wanted = front->values.limits.connections;
  if (wanted >= now.rlim_max && wanted != config::http_limits{}.connections) {
    warnings.push_back(root.id + ".limits.connections: " + std::to_string(wanted) +
                       " connections need a file descriptor each, and this process may have " +
                       std::to_string(now.rlim_max) +
                       " in all: raise the hard limit (ulimit -Hn, LimitNOFILE=)");
  }
}

} // namespace kraken::runtime
