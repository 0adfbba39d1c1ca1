// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The daemon's end of the socket to a template. Waits for nothing: answers come elsewhere.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"
#include "kraken/process/launch/fork_order.hpp"

#include <span>
#include <utility>

namespace kraken::process {

/// @thread any, all members
class template_link {
public:
  /// The number under which a template finds its end, and the variable that says so.
  static constexpr int their_number = 3;
  static constexpr const char* variable = "KRAKEN_TEMPLATE_FD";

  /// @return the link and the template's end
  /// @error errc::system_error
  [[nodiscard]] static result<std::pair<std::shared_ptr<template_link>, unique_fd>> make();

  explicit template_link(unique_fd socket) noexcept : socket_(std::move(socket)) {}

  /// Asks for a process.
  /// @param descriptors one for each target of the order; stay the caller's
  /// @return where the one answer, or the end of the template, can be read
  /// @error errc::unreachable it is gone; errc::busy; errc::system_error
  [[nodiscard]] result<unique_fd> ask(const fork_order& order, std::span<const int> descriptors);

  /// Readable when it says something, or is gone.
  [[nodiscard]] int fd() const noexcept { return socket_.get(); }

  /// Cuts it off: it ends, and its container sees that.
  void cut() noexcept;

private:
  unique_fd socket_;
};

} // namespace kraken::process
