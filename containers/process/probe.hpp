// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One look whether a program serves: it takes a connection, answers an HTTP request, or a command
/// succeeds. Never blocks the shard; says nothing about when to look again.
#pragma once

#include "kraken/base/reactor.hpp"
#include "kraken/base/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace kraken::containers {

/// A look under way; destroying it ends it without a word.
class probe {
public:
  virtual ~probe() = default;
};

/// Called once, never from within the call that begins the look. May destroy the probe.
using probe_done = std::function<void(result<void>)>;

/// Where a tcp or http probe goes.
struct probe_target {
  std::string host; ///< numeric
  std::uint16_t port = 0;
  std::string path; ///< of http; empty: tcp
};

/// @param text `127.0.0.1:8080`, `localhost:8080`
/// @error errc::invalid_argument naming the text
[[nodiscard]] result<probe_target> tcp_target(std::string_view text);
/// @param text `http://127.0.0.1:8080/health` or `127.0.0.1:8080/health`
/// @error errc::invalid_argument naming the text
[[nodiscard]] result<probe_target> http_target(std::string_view text);

/// Connects; with a path asks for it and wants a status of 200..399. Ends after `timeout` at the
/// latest.
/// @thread the loop's
[[nodiscard]] std::unique_ptr<probe>
look_at(reactor& loop, const probe_target& target, milliseconds timeout, probe_done done);

} // namespace kraken::containers
