// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The shell of one container: an actor that lives as long as its alias. Holds the state, the
/// mailbox, the current incarnation and the children; changes state only along
/// `model::transitions`. What to do about a failure is decided by its supervisors, not here.
///
///   instruction (from its supervisor) --> obey ----+
///   life_report (from its incarnation) -> hear ----+--> move/show --> board, child_report
///   child_report, manage, tick ----------> remote_supervisor -------> children
#pragma once

#include "kraken/actor/alarm_clock.hpp"
#include "kraken/actor/detail/answer_log.hpp"
#include "kraken/actor/detail/container_parts.hpp"
#include "kraken/actor/detail/desk.hpp"
#include "kraken/actor/detail/life.hpp"
#include "kraken/actor/detail/shared_record.hpp"
#include "kraken/actor/mailbox.hpp"
#include "kraken/actor/messages.hpp"
#include "kraken/actor/nursery.hpp"
#include "kraken/actor/remote_supervisor.hpp"
#include "kraken/actor/shard/hosted_actor.hpp"

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kraken::actor {

class container final : public hosted_actor,
                        private supervisor_owner,
                        private life_owner,
                        private desk_owner,
                        private letter_taker {
public:
  container(caf::actor_config& config, birth given);
  ~container() override;
  void on_exit() override;

protected:
  beginning begin() override;
  bool receive(caf::mailbox_element& what) override;
  void on_exception(const std::string& what) override;

private:
  using after = detail::after;
  using companion = detail::companion;
  using effect = detail::effect;
  using owed = detail::owed;
  using recycle_wish = detail::recycle_wish;
  using solving = detail::solving;
  using step = detail::step;
  using way_out = detail::way_out;

  // container.cpp: the actor
  void end_turn();
  void take(const order& what);
  void arm() { wake_up_.at(deadlines_.next()); }
  void on_tick();
  void move(model::event on, model::phase to);
  void show(model::phase to);
  void end_story();
  void publish();
  void report(child_report::note what, model::force flags = model::force::standard);
  void report(child_report&& made);
  void report_changes();
  [[nodiscard]] remote_supervisor& supervisor();
  [[nodiscard]] const std::string& path() const noexcept { return birth_.who->path; }

  // container_instructions.cpp: what the supervisor wants
  void obey(const instruction& what);
  void overruled(instruction::act by);
  void start(const reply_to& tree);
  void begin_anew();
  void restart(const instruction& what);
  void stop(const instruction& what);
  void destroy(const instruction& what);
  void replace();
  void recycle_asked(const reply_to& reply);
  void show_budget(const instruction& what);
  void expect(const instruction& what);
  void update(const instruction& what);
  void on_manage(const manage& what);
  [[nodiscard]] bool asked_too_late(const manage& what) const;

  // container_life.cpp: what the incarnation does
  void begin_life();
  [[nodiscard]] std::unique_ptr<life> make_life(std::uint64_t generation);
  void begin_in_turn();
  void arm_start();
  void hear(const life_report& what);
  void hear_early(life& from);
  void on_ready();
  void on_unready();
  void start_children();
  void end_children(after then, ending how);
  void check_ready();
  void on_ended(const model::cause& why);
  void on_recycle(const model::cause& why, serves_on meanwhile);
  void end_unasked(model::cause why);

  // container_mail.cpp: letters and answers
  void set_gate();
  void open_lane();
  void on_deliver(deliver& what);
  [[nodiscard]] bool came_before(letter& what);
  void pump_soon();
  void on_answered(const answered& what);
  void on_withdraw(const withdraw& what);
  void on_watch(const watch_asked& what);
  void on_unwatch(const unwatch_asked& what);
  void on_notice(const heard_of& what);
  void on_room_wanted(const room_wanted& what);
  void vacate(const seat& own);
  void tell_watchers();
  void tell_linked();
  void pump_lane();
  void hand_over(letter& what);

  // container_handover.cpp: planned replacement
  [[nodiscard]] bool overlaps() const;
  [[nodiscard]] bool earned();
  [[nodiscard]] model::cause too_early(const model::cause& why);
  void recycle_in_place(const model::cause& why);
  void begin_successor(model::cause why, const reply_to& reply);
  void begin_beside();
  void hear_beside(const life_report& what);
  void take_over();
  void beside_threw(const life::thrown& what);
  void end_successor(model::cause why);
  void successor_failed(const model::cause& why);
  void ask_again();
  void settle_companion(ending how);
  void end_companion(ending how);
  void companion_gone();
  void show_companion(model::companion role);

  // container_failing.cpp: what a failure means
  void failed(model::cause why, ending how);
  void on_thrown(const life::thrown& what);
  void record(model::cause why);
  void record_end(model::cause why);
  void record_too(model::cause why);
  [[nodiscard]] model::cause completed(model::cause why);
  void remember(const model::cause& why);

  // container_solving.cpp: the local supervisor's plan
  void solve(const model::plan_move& next);
  void try_step(const model::plan_move& next);
  [[nodiscard]] effect carry_out(const model::solver_row& solver);
  [[nodiscard]] effect proceed();
  [[nodiscard]] effect start_anew();
  [[nodiscard]] effect hand_up(child_report::note what);
  [[nodiscard]] bool achieved(model::solver_act what) const noexcept;
  void ask(const model::solver_row& solver);
  void await_step();
  void on_plan_step(const plan_step& what);
  void on_proceed(const instruction& what);
  void on_recreate(const instruction& what);
  void step_succeeded();
  void step_rejected(model::again useful, const std::string& reason);
  void solved();
  void abandon_plan(const std::string& reason);
  void end_plan();
  void note_step(std::string_view what, const std::string& reason = {});

  // container_ending.cpp: the way out
  void leave(after then, ending how, child_report::note note = child_report::note::ended);
  void end_incarnation();
  void kill_incarnation();
  void incarnation_gone();
  void end_life();
  [[nodiscard]] bool waits_for_companion() const;
  void arrive();
  void arrive_destroyed();

  // supervisor_owner, desk_owner
  void wake_for_timers() override { arm(); }
  [[nodiscard]] time_point time() override { return now(); }
  [[nodiscard]] deadlines& timers() override { return deadlines_; }
  [[nodiscard]] const std::string& path_of_owner() const override { return path(); }
  void make_shell(const std::shared_ptr<child_entry>& child) override;
  [[nodiscard]] bool running() const override;
  [[nodiscard]] bool comes_back() const override;
  [[nodiscard]] bool serving() const noexcept;
  void children_started() override;
  void children_ended() override;
  void supervision_gave_up(model::cause why) override;
  void supervision_done(model::cause why) override;
  void child_hopeless(const std::string& why) override;
  void child_changed(const model::container_identity& who,
                     const model::container_condition& now) override;

  // life_owner
  [[nodiscard]] hosted_actor& shell() noexcept override { return *this; }
  [[nodiscard]] desk& mail() override;
  void end_mail_of_life(std::uint64_t generation) override;
  void hold_lane() override;
  void release_lane() override;
  [[nodiscard]] time_point time_of_life() override { return now(); }
  [[nodiscard]] farewell farewell_of_life(std::uint64_t generation) const noexcept override;
  [[nodiscard]] timer
  set_life_timer(std::uint64_t generation, time_point when, std::function<void()> then) override;
  void cancel_life_timer(timer& which) noexcept override { deadlines_.cancel(which); }
  [[nodiscard]] bool stash_letter(letter&& what) override { return lane_.stash(std::move(what)); }
  void unstash_letters() override;
  void take_letter(letter&& what) override; // of letter_taker

  birth birth_;
  shared_record<model::container_condition> status_;
  std::shared_ptr<status_board::line> line_; ///< of the board
  kraken::actor::mailbox lane_;
  deadlines deadlines_;
  wake_up wake_up_;
  std::unique_ptr<desk> desk_; ///< this and the next are made when they are needed
  std::unique_ptr<remote_supervisor> supervisor_;
  std::unique_ptr<life> life_; ///< null: nothing runs
  std::unique_ptr<companion> beside_;
  std::unique_ptr<nursery> nursery_; ///< while its children's shells are made
  std::unique_ptr<recycle_wish> due_;
  std::uint64_t last_generation_ = 0, last_step_ = 0; ///< given to any incarnation, to any step
  std::unique_ptr<solving> solving_;
  std::list<std::pair<model::cause, ending>> failures_waiting_; ///< came while one is solved
  std::unique_ptr<model::cause> done_waiting_;                  ///< supervision_done() likewise
  deadlines::token start_timer_, end_timer_, due_timer_;
  time_point launched_{};
  std::uint32_t failed_successors_ = 0; ///< in a row
  std::optional<way_out> leaving_;
  reply_to tree_next_; ///< of a recursive start: the next start of the children is one
  owed owed_ = owed::both;
  bool owes_report_ = false, lane_held_ = false;  ///< of this turn's changes; by the incarnation
  bool pump_under_way_ = false, passing_ = false; ///< it was stopped to be started again
  std::vector<std::shared_ptr<watch_ticket>> watchers_;
  std::vector<std::shared_ptr<const room_ticket>> want_room_;
  std::shared_ptr<answer_log> log_;            ///< null until a request with an identity has come
  std::uint64_t children_begun_ = 0;           ///< generation that began to start them
  std::uint64_t obeyed_ = 0, obeyed_told_ = 0; ///< serial of the last instruction, of the last told
};

} // namespace kraken::actor
