// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A request that a pool has taken and not answered yet, as its shard keeps it. Plain data.
#pragma once

#include "containers/php/pool/pool_slab.hpp"
#include "kraken/net/event_loop.hpp"
#include "kraken/net/exchange.hpp"
#include "kraken/wire/byte_buffer.hpp"

#include <cstdint>

namespace kraken::containers {

class pool_shard;
class worker_channel;

/// Reused; its frame keeps its memory.
struct pool_slot final : net::deadline {
  /// offered: in the slab, waiting or with a worker that has not been noticed yet.
  enum class stage : std::uint8_t { unused, waiting, offered, working, streaming, lent };

  stage at = stage::unused;
  bool may_retry = false;
  bool lent_streaming = false; ///< lent, and its answer has begun
  bool settled = false; ///< counted already: the client was gone or answered before the worker was
  std::uint32_t lent_to = 0; ///< shard, while lent
  std::uint32_t wire_id = 0; ///< what the frame calls the request
  std::uint32_t round = 0;   ///< tells a reused slot from the one an exchange knew
  std::uint32_t index = 0;
  net::exchange* from = nullptr;             ///< null: the client is gone
  worker_channel* worker = nullptr;          ///< while working
  wire::byte_buffer frame;                   ///< what the worker is sent
  net::stored_body body;                     ///< beside it, if the body is in a file
  bool frame_sent = false;                   ///< its worker has asked for it
  bool answered_ahead = false;               ///< reported, and waits for the end of another
  bool parcel = false;                       ///< `frame` is a slab's request, not a frame yet
  std::uint32_t place = pool_slab::no_place; ///< in the slab
  std::uint32_t placed_bytes = 0;            ///< of the request there; 0: it is in `frame`
  time_point since{};                        ///< when it began to wait
  pool_slot* prev = nullptr;                 ///< in the queue, or among the offered
  pool_slot* next = nullptr;
  pool_shard* owner = nullptr;

private:
  friend class pool_shard;
  void expired(time_point now) override;
};

} // namespace kraken::containers
