// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The door of the tree: finds out whom a command concerns, sends it there and sees to it that it
/// is answered in time. Also the root's supervisor: a root that gives up ends the tree.
#pragma once

#include "kraken/actor/alarm_clock.hpp"
#include "kraken/actor/detail/tree_context.hpp"
#include "kraken/actor/messages.hpp"
#include "kraken/actor/remote_supervisor.hpp"
#include "kraken/actor/shard/hosted_actor.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kraken::actor {

/// From the facade.
struct begin_tree {
  reply_to done;
};

struct execute {
  std::shared_ptr<const model::command> what;
  reply_to reply;
};

/// A request from outside that has to be answered within its time.
struct expect_answer {
  std::weak_ptr<outside_call> call; ///< weak: an answered one must not be kept
  milliseconds timeout{0};
};

struct end_tree {
  milliseconds deadline{0};
};

class runtime_manager final : public hosted_actor, private supervisor_owner {
public:
  runtime_manager(caf::actor_config& config,
                  std::shared_ptr<tree_context> tree,
                  std::shared_ptr<const model::child_spec> root);
  ~runtime_manager() override;

  void on_exit() override;

protected:
  beginning begin() override;
  bool receive(caf::mailbox_element& what) override;
  void on_exception(const std::string& what) override;

private:
  void arm() { wake_up_.at(deadlines_.next()); }
  void obey(const order& what);
  void begin_with(const begin_tree& what);
  void route(const execute& what);
  void create_root(const execute& what);
  void watch_over(const expect_answer& what);
  void send_to(const std::string& path, std::string id, const execute& what);
  void bound_the_way_down();
  void gave_up(const model::cause& why, milliseconds deadline);
  void finish(int exit_code, milliseconds deadline);
  void check_finished();

  // supervisor_owner
  [[nodiscard]] time_point time() override { return now(); }
  [[nodiscard]] deadlines& timers() override { return deadlines_; }
  [[nodiscard]] const std::string& path_of_owner() const override { return path_; }
  void make_shell(const std::shared_ptr<child_entry>& child) override;
  [[nodiscard]] bool running() const override { return !exit_code_; }
  void children_started() override {}
  void children_ended() override {}
  void supervision_gave_up(model::cause why) override;
  void supervision_done(model::cause) override {}
  void child_changed(const model::container_identity& who,
                     const model::container_condition& now) override;

  std::shared_ptr<tree_context> tree_;
  std::shared_ptr<const model::child_spec> root_;
  const std::string path_; ///< empty: above the root is nothing
  deadlines deadlines_;
  std::vector<caf::actor> clocks_; ///< one per shard
  wake_up wake_up_;
  remote_supervisor supervisor_;
  std::optional<int> exit_code_; ///< set: the tree is ending
  deadlines::token kill_timer_;
};

} // namespace kraken::actor

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(kraken::actor::begin_tree)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(kraken::actor::execute)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(kraken::actor::expect_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(kraken::actor::end_tree)
