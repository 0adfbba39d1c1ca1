// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The keyed timers of one native incarnation, on the timers of its host. Gone with it.
#pragma once

#include "kraken/actor/incarnation.hpp"
#include "kraken/base/clock.hpp"
#include "kraken/base/result.hpp"
#include "kraken/native/context.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace kraken::containers {

/// @thread its container's shard
class native_timers {
public:
  /// @param shell outlives the timers
  explicit native_timers(actor::host& shell) noexcept : shell_(shell) {}
  ~native_timers();
  native_timers(const native_timers&) = delete;
  native_timers& operator=(const native_timers&) = delete;

  /// @see native::context::start_timer
  [[nodiscard]] result<void>
  start(std::string key, native::timing how, milliseconds interval, std::function<void()> then);
  void cancel(std::string_view key) noexcept;
  [[nodiscard]] bool has(std::string_view key) const noexcept { return by_key_.contains(key); }

private:
  struct entry {
    native::timing how = native::timing::single;
    milliseconds interval{0};
    std::function<void()> then;
    actor::timer waits;
  };

  using entry_ptr = std::shared_ptr<entry>;

  void arm(const std::string& key, const entry_ptr& which, time_point at);
  void elapsed(const std::string& key, const entry_ptr& which);
  [[nodiscard]] bool current(const std::string& key, const entry_ptr& which) const;

  actor::host& shell_;
  std::map<std::string, entry_ptr, std::less<>> by_key_;
};

} // namespace kraken::containers
