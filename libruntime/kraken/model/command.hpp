// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A verb with its arguments, and its answer: the only way anything changes. Console, topology
/// diff, admin API and PHP issue the same ones. The table of verbs is `console/command_table`.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/model/child_spec.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace kraken::model {

/// What a command does to a container. One enumerator per effect, not per spelling: the console's
/// `process:start`, `runtime:start` and `container:start` are all `start`.
enum class verb : std::uint8_t {
  create, ///< child `spec` under `target`; starts it unless autostart is off
  start,
  stop,    ///< its children too, right to left
  destroy, ///< stop, then children, then itself
  restart, ///< stop and start, by an operator: clears the failure history
  recycle, ///< planned replacement of the incarnation, or of each worker of a pool
  scale,   ///< pool: `count` workers
  reset,   ///< forget the failure history (supervisor:reset)
  update,  ///< `spec` replaces the target's definition while it runs (reload): supervision fields
           ///< and live options count at once, the rest from the next start. The order of
           ///< `spec->children` is the new start order; the children have commands of their own
  start_tree, ///< recursive start (`arch:start`)
  stop_tree,
  signal, ///< the signal `count` to the target's process, behind its supervisor's back (chaos:kill)
};

[[nodiscard]] constexpr std::string_view to_string(verb value) noexcept {
  constexpr std::array<std::string_view, 12> names{"create",
                                                   "start",
                                                   "stop",
                                                   "destroy",
                                                   "restart",
                                                   "recycle",
                                                   "scale",
                                                   "reset",
                                                   "update",
                                                   "start_tree",
                                                   "stop_tree",
                                                   "signal"};
  return names[static_cast<std::size_t>(value)];
}

/// Kraken's create and destroy flags, by value.
enum class force : std::uint8_t { standard = 0, soft = 1, hard = 2, full = 3 };

struct command {
  verb what = verb::start;
  std::string target; ///< alias or path it concerns; create: of the
                      ///< parent, empty for the root itself
  force flags = force::standard;
  bool keep = false;                      ///< `DESTROY_KEEP`
  bool try_once = false;                  ///< create: destroyed again if its first start fails
  bool undone_on_failure = false;         ///< who asks lives with no failure, nor with its retries
  std::uint32_t count = 0;                ///< scale; signal
  std::shared_ptr<const child_spec> spec; ///< create, update. Create without a kind: as the child
                                          ///< of this id is defined already
  std::shared_ptr<const identity> asker;  ///< create: whom the container runs as that asks for it;
                                          ///< null: no container does, or the parent itself
  nameless unnamed = nameless::as_daemon; ///< create
  std::string origin = "console";         ///< who asked; for the event log
};

/// The text of success (`Process has been created.` is the console's; this one is ours).
struct reply {
  std::string text;
  bool changed = true; ///< false: it was so already
  std::string note{};  ///< a sentence more for who asked; empty: none
};

using reply_callback = std::function<void(result<reply>)>;

} // namespace kraken::model
