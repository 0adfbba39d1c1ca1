// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The host of a native incarnation on a thread of its own: the container as seen from there. What
/// has no answer is posted to the shard; what has one waits for it, for the shard never waits for
/// this thread. Callbacks stay here: no object of the user's goes over with them.
#pragma once

#include "containers/native/own_loop.hpp"
#include "kraken/actor/incarnation.hpp"
#include "kraken/actor/relayed_answer.hpp"
#include "kraken/base/result.hpp"
#include "kraken/model/cause.hpp"
#include "kraken/model/child_spec.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kraken::containers {

class thread_host;

/// What shard and thread share. Held by both; what is posted to the loop refers to it only.
struct thread_link {
  explicit thread_link(actor::host& of) : shard(of.shard()), shell(&of) {}

  executor& shard; ///< outlives both
  own_loop loop;
  thread_host* side = nullptr; ///< the thread's

  // The shard's.
  actor::host* shell;                                       ///< null: the incarnation is gone
  std::unordered_map<actor::call_id, actor::call_id> calls; ///< by the number used over there
  std::function<void(model::cause)> over;                   ///< the thread's last word
};

using thread_link_ptr = std::shared_ptr<thread_link>;

/// Who the incarnation is, copied for its thread.
struct thread_birth {
  std::string path;
  std::uint64_t generation = 0;
  std::uint32_t shard = 0;
  std::shared_ptr<const model::child_spec> spec;
};

/// @thread its own, all members
class thread_host final : public actor::host {
public:
  thread_host(thread_link_ptr link, thread_birth born);

  /// The thread's whole work: starts the incarnation, runs its loop, destroys it.
  /// @return why it ended
  [[nodiscard]] model::cause run(std::unique_ptr<actor::incarnation> inside);

  // What the shard asks for, by posts.
  /// What `what` throws fails the container.
  void call(const std::function<void(actor::incarnation&)>& what);
  using letter_done = std::function<void(bool taken, const std::optional<model::cause>& threw)>;
  /// @param done called on the shard, unless the incarnation is gone there
  void take(const std::shared_ptr<actor::letter>& what, letter_done done);
  /// Goes on after a failure; a letter that came meanwhile follows.
  void resume();
  void hear(actor::call_id which, const actor::answer& what);
  void managed(actor::call_id which, const result<model::reply>& what);
  void updated(std::shared_ptr<const model::child_spec> spec);
  void end(const std::function<void(actor::incarnation&)>& how, actor::farewell why);

  // host
  [[nodiscard]] const std::string& path() const noexcept override { return born_.path; }
  [[nodiscard]] std::uint64_t generation() const noexcept override { return born_.generation; }
  [[nodiscard]] const model::child_spec& spec() const noexcept override { return *born_.spec; }
  [[nodiscard]] executor& shard() noexcept override { return link_->loop; }
  [[nodiscard]] std::uint32_t shard_index() const noexcept override { return born_.shard; }
  [[nodiscard]] actor::farewell leaving() const noexcept override { return leaving_; }
  void open() override;
  void ready() override;
  void unready() override;
  void failed(model::cause why) override;
  void ended(model::cause why) override;
  void recycle(std::string reason, actor::serves_on meanwhile) override;
  void show_pid(std::int32_t pid) override;
  void show_gauges(std::shared_ptr<const model::gauges> live) override;
  void manage(model::command what, model::reply_callback done) override;
  [[nodiscard]] time_point now() override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] actor::timer at(time_point when, std::function<void()> then) override;
  void cancel(actor::timer& which) noexcept override { link_->loop.cancel(which); }
  result<actor::posted> send(const actor::draft& what) override;
  actor::call_id request(const actor::draft& what, actor::answer_callback done) override;
  actor::call_id command(const actor::draft& what, actor::answer_callback done) override;
  void cancel_request(actor::call_id which) override;
  [[nodiscard]] std::vector<std::string> matching(std::string_view glob) override;
  void hold_letters() override {} // it is given one at a time
  void release_letters() override {}
  void watch(std::string_view target) override;
  void unwatch(std::string_view target) override;
  result<void> link(std::string_view target) override;
  result<void> stash(actor::letter&& what) override;
  void unstash() override;
  void bury(actor::letter&& what, actor::dead_reason why) override;

private:
  void tell(std::function<void(actor::host&)> what);
  template <class T>
  [[nodiscard]] result<T> ask(std::function<result<T>(actor::host&)> what);
  [[nodiscard]] actor::call_id
  expect(actor::letter_kind kind, const actor::draft& what, actor::answer_callback done);
  [[nodiscard]] std::optional<model::cause> guard(const std::function<void()>& what) const;

  thread_link_ptr link_;
  thread_birth born_;
  actor::farewell leaving_ = actor::farewell::stop;
  std::optional<model::cause> end_;
  bool held_ = false;            ///< it failed; what becomes of it is not known yet
  std::function<void()> letter_; ///< came while held
  std::unordered_map<actor::call_id, actor::answer_callback> waiting_;
  std::unordered_map<actor::call_id, model::reply_callback> managing_;
  actor::call_id last_call_ = 0;
  std::unique_ptr<actor::incarnation> inside_; ///< last: may use all of the above while it goes
};

/// Posts to the loop of a link that may be gone.
[[nodiscard]] actor::other_thread poster(const thread_link_ptr& link);

} // namespace kraken::containers
