// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One process asked of a template, until it runs or is known not to. Launches nothing itself and
/// does not fall back.
#pragma once

#include "kraken/base/reactor.hpp"
#include "kraken/process/launch/child_registry.hpp"
#include "kraken/process/launch/template_link.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kraken::process {

/// @thread its loop's
class fork_request {
public:
  /// Called once, on the loop, unless the request is destroyed before; may destroy it.
  /// The errors: errc::timeout (then the template is cut off), unreachable, refused (the template
  /// could not), not_found (it has ended already), protocol_error (the answer is no child of ours)
  using answer = std::function<void(result<child>)>;

  /// @param children outlives this object
  fork_request(reactor& loop,
               child_registry& children,
               std::shared_ptr<template_link> to,
               answer done);

  /// Once.
  /// @param spec only its `inherit` and its variables KRAKEN_* count: all else is the template's.
  ///        Output goes to pipes
  /// @error as `template_link::ask`; errc::limit_exceeded
  [[nodiscard]] result<void> send(launch_spec spec);

private:
  [[nodiscard]] result<child> read_answer();
  void finish(result<child> outcome);

  reactor& loop_;
  child_registry& children_;
  std::shared_ptr<template_link> to_;
  answer done_;
  child made_;
  std::optional<child_registry::expectation> expected_;
  unique_fd answer_end_;
  std::unique_ptr<reactor::waiting> answered_;
  std::unique_ptr<reactor::waiting> patience_;
};

} // namespace kraken::process
