// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A channel that speaks the Narya dialect, and the door an unmodified Narya worker knocks at: a
/// unix socket of its own, gone once it has connected.
#pragma once

#include "containers/php/pool/worker_channel.hpp"
#include "kraken/net/listener.hpp"
#include "kraken/wire/narya_frame.hpp"

#include <functional>
#include <memory>
#include <string>

namespace kraken::containers {

/// @thread its shard's
class narya_channel final : public worker_channel {
public:
  /// @param number of the worker in its pool, from 0
  narya_channel(net::event_loop& loop,
                unique_fd socket,
                channel_owner& owner,
                pool_shard& pool,
                std::shared_ptr<model::gauges> live,
                std::uint32_t number)
      : worker_channel(loop, std::move(socket), owner, pool, std::move(live)), number_(number) {}

  /// Opens the channel and sends the greeting.
  [[nodiscard]] result<void> greet();

  /// The dialect has no word for it: the channel is closed once the worker is idle, and its
  /// SDK ends on that.
  void drain() override;

private:
  std::size_t on_input(std::string_view input) override;
  std::string take_response(std::string_view payload);
  bool write_response(const wire::narya_response& response);
  void address_request() override;

  std::uint32_t number_;
  bool greeted_ = false;
  bool draining_ = false;
};

/// Where one worker connects.
/// @thread its shard's
class narya_door {
public:
  using entered = std::function<void(unique_fd socket)>;

  /// @param directory private to the daemon's user
  /// @param then      gets the first connection; must not destroy the door
  [[nodiscard]] static result<std::unique_ptr<narya_door>>
  open(net::event_loop& loop, const std::string& directory, entered then);
  ~narya_door();

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
  narya_door(std::string path, entered then) : path_(std::move(path)), then_(std::move(then)) {}

  std::string path_;
  entered then_;
  std::unique_ptr<net::listener> listener_;
};

} // namespace kraken::containers
