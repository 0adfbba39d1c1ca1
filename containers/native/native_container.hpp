// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The kind `native`: one object of a registered class as an incarnation. Runs its steps and
/// handlers and is the context they see; supervises nothing and sends nothing itself.
#pragma once

#include "containers/native/class_catalogue.hpp"
#include "containers/native/native_timers.hpp"
#include "kraken/actor/incarnation.hpp"
#include "kraken/actor/relayed_answer.hpp"
#include "kraken/native/container_class.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace kraken::containers {

/// What is different for an incarnation with a thread of its own.
struct own_thread_parts {
  actor::other_thread post{}; ///< to that thread, which may be gone before its doors are
  std::stop_source ending{std::nostopstate};
};

/// @thread its host's: the shard, or its own
class native_container final : public actor::incarnation, private native::context {
public:
  /// @param classes outlives every container
  /// @param own of an incarnation whose host is on a thread of its own; else empty
  native_container(actor::host& shell, const class_catalogue& classes, own_thread_parts own = {});
  ~native_container() override;

  // incarnation
  void start() override;
  void drain() override;
  void stop() override;
  void kill() override;
  void resume() override;
  [[nodiscard]] bool receive(actor::letter& what) override;
  void noticed(const actor::notice& what) override;
  void child_changed(const model::container_identity& who,
                     const model::container_condition& now) override;

private:
  // context
  [[nodiscard]] const std::string& path() const noexcept override { return shell_.path(); }
  [[nodiscard]] std::uint64_t generation() const noexcept override { return shell_.generation(); }
  [[nodiscard]] const model::child_spec& definition() const noexcept override {
    return shell_.spec();
  }
  void ready_later() override { readiness_ = readiness::later; }
  void ready() override;
  void unready() override;
  void fail(std::string why) override;
  void end() override;
  [[nodiscard]] std::stop_token stopping() override;
  void recycle(std::string reason) override {
    shell_.recycle(std::move(reason), actor::serves_on::yes); // it handles messages until its end
  }
  void become(native::behaviour next) override { next_ = std::move(next); }
  result<void> stash(const native::message& what) override {
    return shell_.stash(std::move(what.letter()));
  }
  result<void> stash(native::request&& what) override {
    return shell_.stash(std::move(what.letter()));
  }
  void unstash_all() override { shell_.unstash(); }
  [[nodiscard]] time_point now() override { return shell_.now(); }
  result<void> start_timer(std::string key,
                           native::timing how,
                           milliseconds interval,
                           std::function<void()> then) override {
    return timers_.start(std::move(key), how, interval, std::move(then));
  }
  void cancel_timer(std::string_view key) noexcept override { timers_.cancel(key); }
  [[nodiscard]] bool has_timer(std::string_view key) const noexcept override {
    return timers_.has(key);
  }
  void receive_timeout(milliseconds after, std::function<void()> then) override;
  result<actor::posted> send_draft(const actor::draft& what) override { return shell_.send(what); }
  actor::call_id request_draft(const actor::draft& what, actor::answer_callback done) override;
  void cancel_request(actor::call_id which) override { shell_.cancel_request(which); }
  void watch(std::string target, std::function<void(const actor::notice&)> then) override;
  void unwatch(std::string_view target) override;
  void manage(model::command what, model::reply_callback done) override {
    shell_.manage(std::move(what), std::move(done));
  }
  [[nodiscard]] native::door way_back() override;

  /// What `ready()` waits for.
  enum class readiness : std::uint8_t { by_itself, later, told };

  struct pulse {}; ///< gone with this incarnation

  /// No letter for so long.
  struct silence {
    milliseconds after{0};
    std::shared_ptr<const std::function<void()>> then;
    actor::timer waits;
  };

  void begin_to_leave();
  [[nodiscard]] bool deal_with(actor::letter& what);
  void listen_until(time_point at);
  void silent();

  actor::host& shell_;
  const class_catalogue& classes_;
  readiness readiness_ = readiness::by_itself;
  bool ended_ = false; ///< reported; nothing follows
  bool leaving_ = false;
  own_thread_parts own_;
  native::behaviour current_;
  std::optional<native::behaviour> next_; ///< from the next letter on
  time_point heard_{};                    ///< last letter
  silence silence_;
  native_timers timers_;
  std::map<std::string, std::function<void(const actor::notice&)>, std::less<>> watched_;
  std::shared_ptr<const pulse> pulse_ = std::make_shared<const pulse>();
  std::unique_ptr<native::container> object_; ///< last: may use all of the above while it goes
};

} // namespace kraken::containers
