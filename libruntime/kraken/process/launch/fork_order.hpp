// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the daemon and a template say to each other, as bytes (docs/decisions/0023). Both sides use
/// it; sends nothing.
#pragma once

#include "kraken/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::process {

/// "Make a process." With it come as many descriptors as `targets` has, and last the end of a
/// socket for the one answer, a `template_word`.
struct fork_order {
  std::vector<int> targets;           ///< number of each descriptor: 0..fork_target_max, all differ
  std::vector<std::string> variables; ///< NAME=value, laid over the template's environment
};

/// Numbers that a template keeps free for its children.
inline constexpr int fork_target_max = 15;

/// @pre as the fields say; no NUL byte, no empty variable
[[nodiscard]] std::string write_fork_order(const fork_order& order);

/// @error errc::protocol_error saying what is wrong
[[nodiscard]] result<fork_order> read_fork_order(std::string_view bytes);

/// What a template says. `forked` and `failed` answer an order, the others go to its container.
enum class template_word : char {
  ready = 'r',   ///< orders can come
  refused = 'n', ///< forking would not be safe; the text says why, the process ends
  warning = 'w', ///< for the log
  warming = 'm', ///< it serves the text to itself now; empty: no more
  died = 'd',    ///< its script ended before the fork point; the text says how
  forked = 'f',  ///< with the pidfd of the child
  failed = 'e',  ///< no child; the text says why
};

struct template_message {
  template_word what = template_word::warning;
  std::string_view text; ///< of the bytes that were read
};

[[nodiscard]] std::string write_template_message(template_word what, std::string_view text = {});

/// @error errc::protocol_error
[[nodiscard]] result<template_message> read_template_message(std::string_view bytes);

} // namespace kraken::process
