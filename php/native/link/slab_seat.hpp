// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// This process's place in the pool's slab (docs/decisions/0022): takes requests, gives answers,
/// sleeps. Knows neither frames nor PHP.
#pragma once

#include "kraken/slab/segment.hpp"
#include "kraken/slab/steps.hpp"
#include "kraken/wire/slab_answer.hpp"
#include "life_mark.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace kraken::php {

/// @thread one: the process has no other
class slab_seat {
public:
  /// What there is to do.
  enum class next : std::uint8_t {
    request, ///< it is ours until `answered` or `done`
    letters, ///< something may be on the socket: read it without waiting
  };

  /// Takes the seat that the daemon offers by environment and WELCOME.
  /// @return null: none is offered, or it is not one of this version
  [[nodiscard]] static std::unique_ptr<slab_seat> take(std::uint32_t number);

  /// Waits for something to do, for a second at most.
  [[nodiscard]] next wait();

  /// `then` is called once, before `wait` sleeps for the first time from now on.
  void before_rest(std::function<void()> then) { before_rest_ = std::move(then); }

  /// What frames call the open request.
  [[nodiscard]] std::uint32_t stream() const noexcept;
  /// Its bytes; empty: they have to be asked for.
  [[nodiscard]] std::string_view request() const noexcept;
  /// The request's frame is wanted on the socket.
  void ask();

  /// Where its answer goes.
  [[nodiscard]] std::span<char> answer_room() const noexcept;
  /// The answer stands there.
  void answered();
  /// The request was answered another way.
  void done() noexcept { open_ = false; }

  [[nodiscard]] bool open() const noexcept { return open_; }

  /// Takes no more: a bell that it heard is passed on.
  void leave();

private:
  slab_seat(slab::segment memory, unique_fd bell, std::uint32_t number)
      : memory_(std::move(memory)), bell_(std::move(bell)), number_(number) {}

  [[nodiscard]] bool takes_no_more() const noexcept;
  void rest(std::uint32_t heard);
  void tell(slab::stage becomes);

  slab::segment memory_;
  std::optional<life_mark> life_;
  unique_fd bell_; ///< the daemon's
  std::uint32_t number_;
  std::uint32_t letters_seen_ = 0;
  std::uint64_t taken_ = 0;
  slab::claimed slot_;
  bool open_ = false;
  std::function<void()> before_rest_;
};

} // namespace kraken::php
