// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// PHP's side of a server: the module it is started with and its callbacks, which find the
/// process's carrier through SG(server_context). Runs no script.
#pragma once

#include "carrier.hpp"

#include <string>
#include <vector>

namespace kraken::php {

/// PHP in this process, from its start-up to its end. One per process: PHP has no other.
class engine {
public:
  /// @param settings `name=value`, stronger than php.ini
  /// @param fixed    names that only those settings decide: no script changes them
  engine(carrier& serving,
         std::string program,
         const std::vector<std::string>& settings,
         std::vector<std::string> fixed);
  ~engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  /// @return false: PHP did not start, and said why on standard error
  [[nodiscard]] bool start();

private:
  [[nodiscard]] bool fix_settings() const;

  carrier& serving_;
  std::string program_;
  std::string settings_; ///< as lines of php.ini
  std::vector<std::string> fixed_;
  std::vector<std::string> named_; ///< the other settings: scripts may change them
  bool started_ = false;
};

/// The version of the PHP this program was compiled against: `8.2.35`.
[[nodiscard]] const char* built_for() noexcept;

/// The carrier of this process. Only between the start and the end of its engine.
[[nodiscard]] carrier& current_carrier() noexcept;

/// Tells PHP what the open request is; without one, that there is none.
void describe_request(carrier& serving) noexcept;

} // namespace kraken::php
