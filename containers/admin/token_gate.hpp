// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The admin API's door on TCP: lets requests with the right bearer token through, answers 401 to
/// all others. Knows no API.
#pragma once

#include "kraken/net/exchange.hpp"

#include <string>
#include <string_view>

namespace kraken::containers {

/// @thread its shard's
class token_gate final : public net::request_sink {
public:
  /// @param token not empty; the secret itself is only kept here
  token_gate(net::request_sink& behind, std::string token)
      : behind_(behind), token_(std::move(token)) {}

  void
  submit(net::exchange& from, const wire::request_facts& facts, net::retry_policy retry) override;
  void abandon(net::exchange& from) override { behind_.abandon(from); }
  void resume(net::exchange& from) override { behind_.resume(from); }

private:
  [[nodiscard]] bool right(std::string_view authorization) const noexcept;

  net::request_sink& behind_;
  std::string token_;
};

} // namespace kraken::containers
