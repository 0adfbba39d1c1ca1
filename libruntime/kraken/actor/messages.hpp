// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Every message between the actors of this room. They stay within one process, so none is
/// serialized; nothing in them is written after sending. All but letters and their answers travel
/// in CAF's high-priority queue: the lifecycle lane is served first and never dropped.
#pragma once

#include "kraken/actor/child_report.hpp"
#include "kraken/actor/detail/open_call.hpp"
#include "kraken/actor/detail/outbox.hpp"
#include "kraken/actor/detail/pending_reply.hpp"
#include "kraken/actor/detail/put_in_lane.hpp"
#include "kraken/actor/detail/seat.hpp"
#include "kraken/actor/detail/watch_ticket.hpp"
#include "kraken/actor/incarnation.hpp"
#include "kraken/actor/status_board.hpp"
#include "kraken/base/assert.hpp"
#include "kraken/base/clock.hpp"
#include "kraken/model/cause.hpp"
#include "kraken/model/command.hpp"
#include "kraken/model/lifecycle.hpp"
#include "kraken/model/solvers.hpp"

#include "caf/actor.hpp"
#include "caf/actor_cast.hpp"
#include "caf/allowed_unsafe_message_type.hpp"
#include "caf/mailbox_element.hpp"
#include "caf/make_message.hpp"
#include "caf/message_id.hpp"
#include "caf/message_priority.hpp"

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace kraken::actor {

/// How an incarnation is ended.
enum class ending : std::uint8_t {
  orderly, ///< `stop()`, then `kill()` when `shutdown` is over
  kill,    ///< `kill()` at once
};

/// Who asked for a child. Children made by an incarnation end with it.
enum class maker : std::uint8_t { declared, operated, incarnation };

/// What a supervisor intends to do about a failed child; for the child's status.
struct outlook {
  model::phase at = model::phase::held; ///< backing_off or parked
  std::string_view next_action;         ///< a literal
  time_point next_at{};
  std::uint32_t restarts_in_window = 0;
  std::uint32_t intensity = 0;
  std::shared_ptr<const model::budget_gauge> budget{}; ///< null: what is spent stays so
};

/// From a supervisor to its child. Each is answered by at least one `child_report`.
struct instruction {
  enum class act : std::uint8_t {
    start,
    start_tree, ///< the descendants that were stopped, too
    restart,    ///< after a failure; only if `generation` is still current
    stop,
    destroy,
    settle,   ///< a stop that was for now only has become one for good
    replace,  ///< end this incarnation and start the next, by an operator
    recycle,  ///< planned replacement; without `reply`: the one it asked for itself
    expect,   ///< show `then`
    reset,    ///< forget the failure history of its own children
    update,   ///< `rank` is the new one, and `spec` unless null
    proceed,  ///< RuntimeContinue: go on, if the step that asked for it is still under way
    recreate, ///< RuntimeStart, RuntimeRecreate: end this incarnation and ask for a restart
  };

  act what = act::start;
  std::uint64_t serial = 0;     ///< 1, 2, 3 ... per child
  std::uint64_t generation = 0; ///< restart, expect
  ending how = ending::orderly; ///< stop, destroy, replace
  bool passing = false;         ///< stop: its supervisor will start it again
  outlook then{};               ///< restart: the budget; expect
  reply_to reply{};             ///< recycle: the child may answer; update: it does; start_tree: all
  std::uint64_t step = 0;       ///< answers this step of the child's plan; 0: nobody of it asked
  std::uint64_t rank = 0;       ///< update
  std::shared_ptr<const model::child_spec> spec{}; ///< update
};

/// A command for this container or for its child `id`.
struct manage {
  std::shared_ptr<const model::command> what;
  std::string id; ///< empty: the container itself
  maker made_by = maker::operated;
  reply_to reply;
  std::uint64_t life = 0; ///< generation of the incarnation that says so; 0: none does
};

/// What an incarnation said through its host.
struct life_report {
  enum class kind : std::uint8_t { go, open, ready, unready, failed, ended, recycle, pid, gauges };

  kind what = kind::ready;
  std::uint64_t generation = 0;
  std::shared_ptr<const model::cause> why{}; ///< failed, ended, recycle; unready: hopeless
  std::int32_t pid = 0;
  std::shared_ptr<const model::gauges> live{};
  serves_on meanwhile = serves_on::no; ///< recycle
};

/// The step of the plan under way may have come to its end.
struct plan_step {
  std::uint64_t step = 0;
};

struct pump {}; ///< go on handing out the user lane
struct tick {}; ///< wake up: some deadline may be due

/// A letter on its way to a user lane; destroyed there, because the shell has ended: a dead letter.
struct deliver {
  deliver(letter&& sent, seat_ptr target) noexcept : what(std::move(sent)), to(std::move(target)) {}
  deliver(deliver&&) noexcept = default;
  deliver& operator=(deliver&&) = delete;
  /// CAF wants one and has no use for it: a mailbox element has one owner.
  deliver(const deliver&) { KRAKEN_ASSERT(false); }
  deliver& operator=(const deliver&) = delete;
  ~deliver() {
    if (to != nullptr) {
      to->vacate();
      to->bury(what, dead_reason::closed);
    }
  }

  letter what;
  seat_ptr to; ///< null: opened
};

/// The answer, or a sign of life, to a request of this container.
struct answered {
  std::shared_ptr<container_call> call;
  answer what;
};

/// Nobody waits for the answer of this request any more, or not until its identity comes again.
struct withdraw {
  enum class reason : std::uint8_t { taken_back, expired } why = reason::taken_back;
  std::shared_ptr<open_call> call;
};

/// A promise of notice for the shell to keep.
struct watch_asked {
  std::shared_ptr<watch_ticket> ticket;
};

/// The watch `number` of `watcher` is over.
struct unwatch_asked {
  seat_ptr watcher;
  std::uint64_t number = 0;
};

/// To a watcher.
struct heard_of {
  std::uint64_t number = 0;
  bond kind = bond::watch;
  notice what;
};

/// A sender waits for room in this mailbox.
struct room_wanted {
  std::shared_ptr<const room_ticket> ticket;
};

/// To a sender: there may be room.
struct room_at {
  seat_ptr where;
};

/// What travels in the lifecycle lane: one message to CAF, whatever it is about.
struct order {
  std::variant<instruction,
               life_report,
               child_report,
               child_reports,
               manage,
               plan_step,
               tick,
               withdraw,
               watch_asked,
               unwatch_asked,
               heard_of,
               room_wanted,
               room_at>
      what;
};

/// Sends in the lifecycle lane.
template <class Message>
requires std::constructible_from<decltype(order::what), Message>
void tell(const caf::actor& whom, Message&& what) {
  put_ahead(whom, order{std::forward<Message>(what)});
}

/// Sends an admitted letter.
inline void mail(const seat_ptr& to, letter&& what) {
  if (auto* const shell = to->here()) {
    return shell->take_letter(std::move(what));
  }
  post_to(to->shell(), deliver(std::move(what), to));
}

/// Asks for admission and sends the letter, or buries it.
/// @return nothing when it has to wait for room (policy `block`): then it is untouched
/// @thread any
[[nodiscard]] std::optional<result<posted>> try_post(letter& what, const seat_ptr& to);

/// As `try_post`, on any thread as well; what would have to wait is refused.
/// @error as host::send
[[nodiscard]] result<posted> post(letter&& what, const seat_ptr& to);

} // namespace kraken::actor

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(kraken::actor::order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(kraken::actor::pump)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(kraken::actor::deliver)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(kraken::actor::answered)
