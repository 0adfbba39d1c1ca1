// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// All access logs of the daemon: who opens one gets a handle, and the daemon can have all of them
/// reopened, counted and ended. Writes none itself.
#pragma once

#include "containers/http/access/access_log.hpp"
#include "kraken/base/guarded.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kraken::containers {

/// @thread any
class access_logs {
public:
  /// The log ends when its last handle goes. What this container had open before loses lines until
  /// it can be opened again: no front stays away for a file that was good once.
  /// @error as access_log::open, of a file that is new
  [[nodiscard]] result<std::shared_ptr<access_log>> open(std::string container, std::string file);

  /// After a rotation. What fails is logged and keeps its old file.
  void reopen_all();

  /// Ends all and waits for what they have to be written.
  /// @param within for all of them together; those that need longer lose their lines
  void end_all(milliseconds within);

  /// Calls `each(log)` for those that have not ended. `each` must not come back here.
  template <class Each>
  void visit(Each each) const {
    all_.with([&](const auto& all) {
      for (const auto& log : all) {
        each(std::as_const(*log));
      }
    });
  }

private:
  using list = std::vector<std::shared_ptr<access_log>>;

  [[nodiscard]] list snapshot() const;

  guarded<list> all_;
  guarded<std::map<std::string, std::string>> proven_; ///< the last file of each container
};

} // namespace kraken::containers
