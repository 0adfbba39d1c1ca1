// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The socket to one worker, whatever dialect it speaks: carries one request at a time to it and
/// its answer straight into the client's connection. Owns no process.
#pragma once

#include "containers/php/pool/pool_slab.hpp"
#include "kraken/model/container_status.hpp"
#include "kraken/net/stream.hpp"
#include "kraken/wire/worker_frame.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace kraken::containers {

class pool_shard;
struct pool_slot;

/// What a channel reports to the container of its worker.
class channel_owner {
public:
  virtual ~channel_owner() = default;

  /// The worker can take requests.
  virtual void worker_ready() = 0;
  /// The channel is of no more use: closed by the worker, or it broke the protocol (`why` says
  /// how).
  virtual void channel_ended(std::string why) = 0;
  /// The request exceeded its time.
  virtual void request_overdue() = 0;
  /// A request was answered. @return whether the worker may take another one
  [[nodiscard]] virtual bool request_answered(std::uint64_t memory_bytes, bool wants_recycle) = 0;
  /// The worker's own log message, or what it printed (no level), without a line end.
  virtual void worker_said(std::string_view level, std::string_view message) = 0;
  virtual void worker_failed(std::string type,
                             std::string message,
                             std::string place,
                             std::vector<std::string> parents) = 0;
  /// It takes messages of other containers, and will send some.
  virtual void worker_takes_letters() {}
  /// A frame between containers.
  /// @return false: not one of those the bridge takes
  /// @error errc::protocol_error
  [[nodiscard]] virtual result<bool> worker_letter(const wire::worker_frame& frame) {
    static_cast<void>(frame);
    return false;
  }
  /// All output was sent.
  virtual void worker_drained() {}
};

/// @thread its shard's
class worker_channel : public net::stream {
public:
  worker_channel(net::event_loop& loop,
                 unique_fd socket,
                 channel_owner& owner,
                 pool_shard& pool,
                 std::shared_ptr<model::gauges> live)
      : stream(loop, std::move(socket)), owner_(owner), pool_(pool), live_(std::move(live)) {}

  // For the pool.
  pool_slot* current = nullptr; ///< the request it works on
  bool in_pool = false;
  bool pulls = false;                        ///< takes its requests from the slab
  bool keeps_off = false;                    ///< has said that it takes none there
  std::uint32_t answers_ahead = 0;           ///< in the slab, before the end of `current` was read
  std::uint32_t seat = pool_slab::no_worker; ///< in the slab; may be without being used

  /// Sends the request in `slot`.
  void begin(pool_slot& slot);

  /// Sends the request in `slot`, which the worker has taken and asks for.
  void send_frame(pool_slot& slot);

  /// It was noticed that the worker has taken `current`.
  void took();

  /// The answer to `current` stands there, to be checked. Ends in `request_over` or `broken`.
  virtual void answered_in_slab(std::string_view area) { static_cast<void>(area); }

  /// Something that it, or one that shares memory with it, has done: it is not spoken to again.
  void accuse(std::string why);

  /// After an answer: whether the worker may take another request.
  [[nodiscard]] bool may_continue();

  /// After the end: whether the worker cannot have begun with `current`, because it had not even
  /// read it, or because not all of it was sent.
  [[nodiscard]] bool never_read() noexcept {
    return !pulls && (left_unread() || !output().empty()) && !sent_more_;
  }

  void overdue() { owner_.request_overdue(); }

  /// Nobody waits for the current answer any more.
  virtual void abandoned() {}

  /// Asks the worker to end once it has nothing to do.
  virtual void drain() {}

protected:
  /// Whole frames in, used bytes out; as net::stream.
  std::size_t on_input(std::string_view input) override = 0;
  void on_closed() override;

  /// The request's frame is at the end of the output, not sent yet.
  virtual void address_request() {}

  /// Ends the current request and takes the next.
  void request_over();

  /// The peer cannot be understood: the channel closes and its owner is told.
  void broken(std::string why);

  void leave_pool();

  bool sent_more_ = false; ///< something else went out after the request

  channel_owner& owner_;
  pool_shard& pool_;
  std::shared_ptr<model::gauges> live_;
  std::uint64_t memory_bytes_ = 0;
  bool wants_recycle_ = false;
};

} // namespace kraken::containers
