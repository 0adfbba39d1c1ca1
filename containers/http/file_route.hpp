// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A route whose pool may answer with a file (X-Sendfile, X-Accel-Redirect): tells workers the
/// folders, so that they can open it with their own rights, and opens it for those that only name
/// one. The worker is free while it is sent. Other routes know nothing of it.
#pragma once

#include "kraken/net/exchange.hpp"

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace kraken::containers {

/// @thread its front's shard
class file_route final : public net::request_sink {
public:
  /// @param pool  who answers; outlives this
  /// @param roots folders below which files may be sent
  file_route(net::sink_directory::entry& pool, std::vector<std::string> roots);
  ~file_route() override;
  file_route(const file_route&) = delete;
  file_route& operator=(const file_route&) = delete;

  /// What the front binds the route to.
  [[nodiscard]] net::sink_directory::entry& entry() noexcept { return entry_; }

  /// Whether nobody waits for it.
  [[nodiscard]] bool idle() const noexcept { return turns_.empty(); }

  // net::request_sink
  void
  submit(net::exchange& from, const wire::request_facts& facts, net::retry_policy retry) override;
  void abandon(net::exchange& from) override;
  void resume(net::exchange& from) override;
  [[nodiscard]] net::body_intake intake() const noexcept override;

private:
  class turn;

  /// A turn that ends owns itself until its call returns.
  [[nodiscard]] std::unique_ptr<turn> release(net::exchange& home);

  net::sink_directory::entry& pool_;
  std::vector<std::string> roots_;
  std::string folders_; ///< the same as a request tells them
  net::sink_directory::entry entry_;
  std::unordered_map<net::exchange*, std::unique_ptr<turn>> turns_; ///< by their connection
};

} // namespace kraken::containers
