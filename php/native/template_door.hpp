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

  /// Serves orders, each with a child that was made before it came; the next one is made when that
  /// child says so, or when another order comes. Where none could be made, or it was killed before
  /// it had an order, a child is made for the order.
  /// @param daemon    the template's parent, and so its children's
  /// @param make_ready what a child that is made ahead does before it waits for its order
  /// @return in a child, its order, which it has answered; nothing: the daemon wants this process,
  ///         be it the template or a child without order, to end, or is gone
  [[nodiscard]] std::optional<received_order> serve(pid_t daemon, void (*make_ready)());

  /// What a child does first with its order: a group of its own, its own descriptors and
  /// environment. The door is closed for it.
  /// @error errc::system_error naming the step
  [[nodiscard]] result<void> leave(received_order& order);

  /// In a child with an order: from here on the template makes the next one ahead.
  void ask_for_another() noexcept;

  [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }

private:
  [[nodiscard]] std::optional<received_order> wait() const;
  [[nodiscard]] std::optional<received_order> live_as_child(std::optional<received_order> order);
  [[nodiscard]] bool needs_another(const unique_fd& child) const;
  void tell_template(char what) const noexcept;

  unique_fd socket_;
  std::vector<unique_fd> kept_free_;
  unique_fd to_template_; ///< of a child made ahead: where it says how far it is
};

} // namespace kraken::php
