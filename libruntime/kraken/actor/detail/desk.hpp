// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Where one container writes: finds the target, asks its seat for admission, sends; keeps what has
/// to wait for either side, and the requests that are not answered yet. Never calls the shell or
/// the incarnation back from inside a call of the incarnation.
#pragma once

#include "kraken/actor/detail/deadlines.hpp"
#include "kraken/actor/detail/open_call.hpp"
#include "kraken/actor/detail/outbox.hpp"
#include "kraken/actor/detail/routes.hpp"
#include "kraken/actor/detail/watch_ticket.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace kraken::actor {

struct heard_of;

/// The shell as its desk sees it.
class desk_owner {
public:
  virtual ~desk_owner() = default;

  [[nodiscard]] virtual time_point time() = 0;
  [[nodiscard]] virtual deadlines& timers() = 0;
  /// A deadline was added.
  virtual void wake_for_timers() = 0;
};

/// @thread the container's shard
class desk {
public:
  /// @param all, owner outlive the desk
  desk(const routes& all, dead_letters& dead, seat_ptr own, desk_owner& owner);
  ~desk();
  desk(const desk&) = delete;
  desk& operator=(const desk&) = delete;

  [[nodiscard]] result<posted> send(const draft& what);
  /// @param kind request or command
  [[nodiscard]] call_id
  call(letter_kind kind, const draft& what, answer_callback done, std::uint64_t life);
  void cancel(call_id which);

  /// An answer has come.
  /// @return what to call with it now, empty if nobody waits for it any more
  [[nodiscard]] answer_callback hear(container_call& from, const answer& what);

  void watch(std::string_view target, std::uint64_t life);
  void unwatch(std::string_view target);
  [[nodiscard]] result<void> link(std::string_view target, std::uint64_t life);
  /// The other end of a link to this container.
  void link_back(const seat_ptr& from, std::uint64_t life);
  /// @return the life that still waited for it, and does not any more; 0: none
  [[nodiscard]] std::uint64_t hear_of(const heard_of& what);

  /// The container serves, or does not: what waited for that is sent.
  void show_ready(bool ready);
  /// There may be room in the mailbox of `where`.
  void room_at(const seat_ptr& where);

  /// An incarnation is gone: takes its requests and watches back. What waits to be sent stays.
  void end_life(std::uint64_t life);
  /// The container itself is gone: what still waits is dead.
  void close();

private:
  struct open_entry {
    std::shared_ptr<container_call> call;
    milliseconds timeout{0};
    deadlines::token timer{};
    std::uint64_t life = 0; ///< generation that asked
  };

  struct bound_entry {
    seat_ptr to; ///< null: there was no such container
    std::uint64_t number = 0;
    std::uint64_t life = 0;
  };
  using bound = std::map<std::string, bound_entry>; ///< by path

  [[nodiscard]] result<posted> send_to(const draft& what, const seat_ptr& to);
  [[nodiscard]] result<posted> pass_on(letter&& what, const seat_ptr& to);
  void bind(bound& where, const seat_ptr& to, bond kind, std::uint64_t life);
  void unbind(bound& where, std::uint64_t life);
  void arm(open_entry& what, time_point now);
  void expire(call_id which);

  dead_letters& dead_;
  desk_owner& owner_;
  seat_ptr own_;
  route_cache known_;
  std::unordered_map<call_id, open_entry> open_;
  call_id last_call_ = 0;
  bound watched_;
  bound linked_;
  std::uint64_t last_bond_ = 0;
  outbox waiting_;
  bool ready_ = false;
};

} // namespace kraken::actor
