// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A template's side of its socket to the daemon: orders in, words out, and the fork between them
/// (docs/decisions/0023). Knows nothing of PHP.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"
#include "kraken/process/launch/fork_order.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace kraken::php {

/// One order with what came along.
struct received_order {
  process::fork_order what;
  std::vector<unique_fd> descriptors; ///< as `what.targets`
  unique_fd answer;
};

/// @thread one: a template has no other
class template_door {
public:
  /// Before anything opens a descriptor: keeps the numbers up to `process::fork_target_max` free
  /// for the children.
  explicit template_door(unique_fd socket);

  /// @return false: the daemon is gone
  bool say(process::template_word what, std::string_view text = {}) const;

  /// Waits for a good order; a bad one is answered and forgotten.
  /// @return nothing: the daemon wants this process to end, or is gone
  [[nodiscard]] std::optional<received_order> wait() const;

  /// What a child does first, by itself: a group of its own, an end with the daemon, its own
  /// descriptors and environment. The door is closed for it.
  /// @param daemon the template's parent, and so the child's
  /// @error errc::unreachable when the daemon is gone; errc::system_error naming the step
  [[nodiscard]] result<void> leave(received_order& order, pid_t daemon);

  [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }

private:
  unique_fd socket_;
  std::vector<unique_fd> kept_free_;
};

/// Makes a child of the daemon that goes on where this process is, and answers the order.
/// @return true in the child
[[nodiscard]] bool fork_for(received_order& order);

} // namespace kraken::php
