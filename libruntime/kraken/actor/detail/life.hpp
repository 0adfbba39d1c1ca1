// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One generation of a container: the incarnation with its host. Turns what the incarnation
/// reports into messages to the shell, so that no report re-enters the shell, and what it throws
/// into causes, so that nothing it does can end the shell.
#pragma once

#include "kraken/actor/detail/deadlines.hpp"
#include "kraken/actor/detail/tree_context.hpp"
#include "kraken/actor/incarnation.hpp"
#include "kraken/actor/messages.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kraken::actor {

class desk;
class hosted_actor;

/// The shell as its lives use it besides sending to it.
class life_owner {
public:
  virtual ~life_owner() = default;

  [[nodiscard]] virtual hosted_actor& shell() noexcept = 0;
  /// Where a life writes; made when it first does.
  [[nodiscard]] virtual desk& mail() = 0;
  /// A life is over: what it asked for is taken back.
  virtual void end_mail_of_life(std::uint64_t generation) = 0;
  /// Whether the incarnation takes letters now, besides what its phase says.
  virtual void hold_lane() = 0;
  virtual void release_lane() = 0;
  [[nodiscard]] virtual time_point time_of_life() = 0;
  /// Why the life of that generation is to end.
  [[nodiscard]] virtual farewell farewell_of_life(std::uint64_t generation) const noexcept = 0;
  /// Hands `then` back at `when`, to be run by `life::elapsed` of that generation; not after its
  /// end.
  [[nodiscard]] virtual timer
  set_life_timer(std::uint64_t generation, time_point when, std::function<void()> then) = 0;
  virtual void cancel_life_timer(timer& which) noexcept = 0;
  /// @return false when too many are stashed already
  [[nodiscard]] virtual bool stash_letter(letter&& what) = 0;
  virtual void unstash_letters() = 0;
};

/// @thread the container's shard
class life final : public host {
public:
  life(life_owner& shell,
       tree_context& tree,
       identity_ptr who,
       std::uint32_t shard,
       std::uint64_t generation,
       std::shared_ptr<const model::child_spec> spec);
  ~life() override;
  life(const life&) = delete;
  life& operator=(const life&) = delete;

  // Calls into the incarnation. A cause is what it threw.
  using thrown = std::optional<model::cause>;
  /// Whether it may begin now; otherwise it reports `go` when it may. It can be ended meanwhile.
  [[nodiscard]] bool may_begin(const kind& of);
  /// What it reports inside of `begin`, `stop` and `kill` is kept for `take_early`.
  [[nodiscard]] thrown begin(const kind& of);
  [[nodiscard]] std::vector<life_report> take_early() { return std::exchange(early_, {}); }
  /// Sends it instead, to be heard when it is its turn.
  void send_early();
  [[nodiscard]] thrown drain();
  [[nodiscard]] thrown doom();
  [[nodiscard]] thrown stop();
  [[nodiscard]] thrown kill();
  [[nodiscard]] thrown resume();
  /// @param time set to how long it may take until `stop`
  [[nodiscard]] thrown hand_over(milliseconds& time);
  [[nodiscard]] thrown child_changed(const model::container_identity& who,
                                     const model::container_condition& now);
  [[nodiscard]] thrown update(std::shared_ptr<const model::child_spec> spec,
                              const update_hold& hold);
  [[nodiscard]] thrown elapsed(const std::function<void()>& then);
  /// @param taken set to whether the incarnation handled it
  [[nodiscard]] thrown receive(letter& what, bool& taken);
  [[nodiscard]] bool takes_letters() const noexcept { return incarnation_->takes_letters(); }
  [[nodiscard]] thrown noticed(const notice& what);
  [[nodiscard]] thrown hear(const answer_callback& done, const answer& what);
  [[nodiscard]] result<std::uint32_t> scale(std::uint32_t count);
  [[nodiscard]] std::string remark_on_size() const { return incarnation_->remark_on_size(); }
  /// The cause of a start that took longer than `within`, with what it waited for.
  /// @param who null: nothing is known
  [[nodiscard]] static model::cause late_start(const life* who, milliseconds within);
  [[nodiscard]] result<void> when_scaled(std::function<void(result<void>)> done);
  [[nodiscard]] result<void> signal_process(int number);
  [[nodiscard]] result<void> recycle_workers(std::function<void(result<void>)> done);

  // host
  void boots_no_more() override { boot_.reset(); }
  [[nodiscard]] const std::string& path() const noexcept override { return who_->path; }
  [[nodiscard]] std::uint64_t generation() const noexcept override { return number_; }
  [[nodiscard]] const model::child_spec& spec() const noexcept override { return *spec_; }
  [[nodiscard]] executor& shard() noexcept override;
  [[nodiscard]] std::uint32_t shard_index() const noexcept override { return shard_; }
  [[nodiscard]] farewell leaving() const noexcept override {
    return owner_.farewell_of_life(number_);
  }
  void open() override { say({.what = life_report::kind::open}); }
  void ready() override;
  void unready() override { say({.what = life_report::kind::unready}); }
  void hopeless(model::cause why) override;
  void failed(model::cause why) override;
  void ended(model::cause why) override;
  void recycle(std::string reason, serves_on meanwhile) override;
  void show_pid(std::int32_t pid) override;
  void show_gauges(std::shared_ptr<const model::gauges> live) override;
  void note(std::string name, std::vector<std::pair<std::string, std::string>> details) override {
    tree_.board.note(path(), std::move(name), std::move(details));
  }
  void manage(model::command what, model::reply_callback done) override;
  [[nodiscard]] time_point now() override { return owner_.time_of_life(); }
  [[nodiscard]] timer at(time_point when, std::function<void()> then) override;
  void cancel(timer& which) noexcept override { owner_.cancel_life_timer(which); }
  result<posted> send(const draft& what) override;
  call_id request(const draft& what, answer_callback done) override;
  call_id command(const draft& what, answer_callback done) override;
  void cancel_request(call_id which) override;
  [[nodiscard]] std::vector<std::string> matching(std::string_view glob) override;
  void hold_letters() override { owner_.hold_lane(); }
  void release_letters() override { owner_.release_lane(); }
  void watch(std::string_view target) override;
  void unwatch(std::string_view target) override;
  result<void> link(std::string_view target) override;
  result<void> stash(letter&& what) override;
  void unstash() override { owner_.unstash_letters(); }
  void bury(letter&& what, dead_reason why) override;

private:
  struct pulse {}; ///< gone when the incarnation is: late answers are not delivered

  template <class Call>
  [[nodiscard]] thrown guard(Call&& call);
  template <class Call>
  [[nodiscard]] thrown guard_keeping(Call&& call);
  [[nodiscard]] std::weak_ptr<const pulse> alive();
  [[nodiscard]] answer_callback while_alive(answer_callback done);
  void say(life_report what);
  void watch_boot(std::uint32_t looks);

  life_owner& owner_;
  tree_context& tree_;                    ///< its owner's
  std::unique_ptr<boot_gate::pass> boot_; ///< while it waits for its turn, and while it boots
  std::int32_t pid_ = 0;
  std::shared_ptr<const model::child_spec> spec_;
  /// What `make` may have referred to; null: it is `spec_`.
  std::shared_ptr<const model::child_spec> first_spec_;
  identity_ptr who_;
  std::uint64_t number_;
  std::uint32_t shard_;
  bool keeps_reports_ = false;
  std::vector<life_report> early_;
  std::shared_ptr<const pulse> pulse_; ///< made when something waits for an answer
  std::unique_ptr<incarnation> incarnation_;
};

} // namespace kraken::actor
