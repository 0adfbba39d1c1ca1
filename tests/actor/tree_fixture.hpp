// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A tree under CAF's test coordinator: no threads, virtual time, scripted incarnations that leave
/// an ordered trace. Not for tests of real threads (hosted_mode_test.cpp).
#pragma once

#include "kraken/actor/detail/tree_context.hpp"
#include "kraken/actor/incarnation.hpp"
#include "kraken/actor/runtime_manager.hpp"
#include "kraken/actor/shard/system_config.hpp"
#include "kraken/base/executor.hpp"

#include "caf/actor_system.hpp"
#include "caf/scheduler/test_coordinator.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::actor_test {

/// What an incarnation does when the shell calls it.
enum class on_start : std::uint8_t { ready, exit, hang, fail, throws };
enum class on_stop : std::uint8_t { end, hang, throws };
enum class on_kill : std::uint8_t { end, hang };

struct script {
  on_start start = on_start::ready;
  on_stop stop = on_stop::end;
  on_kill kill = on_kill::end;
  int code = 1;              ///< of `exit`
  milliseconds finishing{0}; ///< what it asks for when it is handed over
  bool resume_throws = false;
  bool holds_updates = false; ///< into `stage::holds`
};

class scripted;

/// Scripts by path, and the incarnations that live now.
struct stage {
  std::map<std::string, std::deque<script>, std::less<>> next; ///< one per generation, then
  std::map<std::string, script, std::less<>> always;           ///< this, then the default
  std::map<std::string, scripted*, std::less<>> live;          ///< by path: the newest of each
  std::map<std::string, scripted*, std::less<>> lives;         ///< by `path#generation`
  std::vector<std::string> trace;
  std::map<std::string, actor::farewell, std::less<>> farewells; ///< of the last stop()
  int made = 0;                                                  ///< objects alive
  std::function<void()> on_receive;                ///< called at each message; may be empty
  std::function<void(const void* stack)> on_start; ///< at each start, with a place on the stack
  /// Requests nobody has answered yet, in order; those named `echo` are answered at once.
  std::deque<actor::letter> asked;
  std::vector<actor::update_hold> holds;
};

/// An incarnation that does what its script says and what the test tells it.
class scripted final : public actor::incarnation {
public:
  scripted(stage& on, actor::host& shell);
  ~scripted() override;

  void start() override;
  void drain() override;
  void stop() override;
  void kill() override;
  void resume() override;
  bool receive(actor::letter& what) override;
  void noticed(const actor::notice& what) override;
  void child_changed(const model::container_identity& who,
                     const model::container_condition& now) override;
  milliseconds relieved() override;
  result<std::uint32_t> scale(std::uint32_t count) override;
  void updated(const model::child_spec& spec, const actor::update_hold& hold) override;
  actor::host& shell() { return shell_; }
  script& script_for_test() { return script_; }

private:
  void note(std::string_view what);
  void end(model::cause_kind kind, int code);

  stage& on_;
  actor::host& shell_;
  script script_;
};

/// Runs posted work when told to.
class manual_executor final : public executor {
public:
  void post(std::function<void()> work) override { queue_.push_back(std::move(work)); }
  [[nodiscard]] bool on_this_thread() const noexcept override { return true; }
  bool run();

private:
  std::deque<std::function<void()>> queue_;
};

/// The answer to a command, as far as there is one.
struct answer {
  int times = 0;
  std::optional<result<model::reply>> got;

  [[nodiscard]] bool ok() const { return got && got->has_value(); }
  [[nodiscard]] errc code() const { return got && !*got ? got->error().code : errc::none; }
};

using answer_ptr = std::shared_ptr<answer>;

model::cause cause_of(model::cause_kind kind, int code = 0);
model::child_spec leaf(std::string id);
/// Of a kind whose next incarnation becomes ready beside the old one.
model::child_spec overlapping(std::string id);
model::child_spec supervisor(std::string id, std::vector<model::child_spec> children);
model::child_spec pool(std::string id, std::vector<model::child_spec> children);

class tree_fixture {
public:
  tree_fixture();
  ~tree_fixture();
  tree_fixture(const tree_fixture&) = delete;
  tree_fixture& operator=(const tree_fixture&) = delete;

  /// Creates and starts the tree; runs until nothing is left to do now.
  answer_ptr start(model::child_spec root);
  answer_ptr ask(model::command what);
  answer_ptr ask(model::verb what, std::string target);
  void stop_tree(milliseconds deadline);
  /// As `tree::send` does it.
  result<actor::posted> post(std::string_view path, actor::letter what);

  void run();
  /// In steps of 10 ms, each run to its end.
  void advance(milliseconds by);

  // What living incarnations do: by path, or by `path#generation`.
  void crash(std::string_view path, int code = 255);
  void exit_normally(std::string_view path);
  void throws(std::string_view path, std::string type);
  void recycles(std::string_view path, actor::serves_on meanwhile = actor::serves_on::yes);
  /// Shows that it has answered something.
  void answers(std::string_view path);
  void opens(std::string_view path);
  void becomes_ready(std::string_view path);
  void becomes_unready(std::string_view path);

  [[nodiscard]] model::phase phase(std::string_view path) const;
  [[nodiscard]] model::container_status status(std::string_view path) const;
  std::vector<std::string> take_trace();
  [[nodiscard]] std::string took(); ///< the trace as one line
  [[nodiscard]] actor::host& host_of(std::string_view path);

  stage on;
  std::shared_ptr<actor::tree_context> tree;
  std::optional<int> exit_code;
  std::size_t handled = 0; ///< messages handled so far: what things cost, without a clock

private:
  actor::system_config config_;
  caf::actor_system system_;
  caf::scheduler::test_coordinator& coordinator_;
  manual_executor executor_;
  caf::actor manager_;
};

} // namespace kraken::actor_test
