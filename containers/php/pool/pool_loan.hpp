// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A request of one shard worked on by an idle worker of another: an exchange whose answer goes
/// home as bytes by post. Only used when the home shard has no idle worker itself.
#pragma once

#include "kraken/net/event_loop.hpp"
#include "kraken/net/exchange.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace kraken::containers {

class pool_shard;

/// Where a lent request belongs.
struct loan_home {
  std::weak_ptr<pool_shard> pool; ///< to be locked on `loop` only
  net::event_loop* loop = nullptr;
  std::uint32_t slot = 0;
  std::uint32_t round = 0;
};

/// What became of a lent request by what its lender said.
enum class loan_state : std::uint8_t { waiting, streaming, congested, over };

/// Whether a request has waited: it keeps its place in the queue until it has arrived.
enum class loan_place : std::uint8_t { none, kept };

/// What travels to the lender's shard.
struct loan_request {
  loan_home home;
  wire::byte_buffer frame;
  bool parcel = false; ///< `frame` is a slab's request
  net::stored_body body;
  std::uint32_t wire_id = 0;
  bool may_retry = false;
  loan_place place = loan_place::none;
  wire::response_context context; ///< `date` is the lender's own
};

/// The home side's stand-in on the other shard. Owns itself between `pool_shard::accept_loan` and
/// the end of the answer.
/// @thread the lender's shard
class pool_loan final : public net::exchange {
public:
  pool_loan(pool_shard& here, loan_home home, wire::response_context context)
      : here_(here), home_(std::move(home)), context_(context) {}

  [[nodiscard]] wire::byte_buffer& output() noexcept override { return output_; }
  [[nodiscard]] wire::response_context context() noexcept override;
  void interim() override;
  void answered(int status, wire::connection_after after) override;
  void answered_with_file(int status, wire::connection_after after, net::file_part body) override;
  void failed(int status, std::string_view detail) override;
  void streaming(int status, wire::body_framing framing, wire::connection_after after) override;
  void stream_part(std::string_view part) override;
  void stream_ended() override;
  void stream_broken() override;
  [[nodiscard]] bool congested() const noexcept override { return congested_; }

  void set_congested(bool is) { congested_ = is; }

  [[nodiscard]] const loan_home& home() const { return home_; }

private:
  /// Carries out `what(pool, its exchange)` at home, if the request is still there.
  template <class What>
  void at_home(What what);
  void done();

  pool_shard& here_;
  loan_home home_;
  wire::response_context context_;
  wire::byte_buffer output_;
  bool congested_ = false;
};

} // namespace kraken::containers
