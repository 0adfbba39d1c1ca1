// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A native container as its author writes it: a class with steps (docs/decisions/0012). One object
/// is one incarnation; a restart is a new object.
#pragma once

#include "kraken/model/container_status.hpp"
#include "kraken/native/arguments.hpp"
#include "kraken/native/behaviour.hpp"
#include "kraken/native/context.hpp"

namespace kraken::native {

/// Base of native containers. All calls come on one thread, one after the other; they may not
/// block it unless the container has `own_thread`. Throwing anywhere fails the container: in the
/// first three steps as `start_error`.
class container {
public:
  /// @param self outlives the container
  explicit container(context& self) noexcept : self_(self) {}
  container(const container&) = delete;
  container& operator=(const container&) = delete;
  /// Lets go of everything, also after a half-done step.
  virtual ~container() = default;

  /// First: its arguments. One that nobody reads is an error.
  virtual void config(arguments& given) { static_cast<void>(given); }
  /// Second: what it needs. May wait for it: `self().ready_later()`, then `ready()`.
  virtual void boot() {}
  /// Third: its first behaviour. It is ready when this returns, unless it said `ready_later()`.
  [[nodiscard]] virtual behaviour construct() = 0;

  /// An orderly end has begun: nothing new. Its children end next, then `stop()` follows.
  virtual void drain() {}
  /// The end; leads to `self().end()`, at once or within `shutdown`.
  virtual void stop() { self_.end(); }
  /// It goes on after a failure: the local rule said `continue`.
  virtual void resumed() {}
  /// A child of its own has changed its phase: where it is now, not each step it took in one turn.
  virtual void child_changed(const model::container_status& child) { static_cast<void>(child); }

protected:
  [[nodiscard]] context& self() noexcept { return self_; }

private:
  context& self_;
};

} // namespace kraken::native
