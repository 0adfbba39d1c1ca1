// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The real kind on a host of its own, so that a test sees what a daemon would do.
#include "kraken/native/rehearsal.hpp"

#include "containers/native/native_container.hpp"
#include "kraken/actor/plain_answer.hpp"
#include "kraken/actor/thrown_type.hpp"
#include "kraken/base/guarded.hpp"

#include <algorithm>
#include <deque>
#include <set>
#include <stdexcept>

namespace kraken::native {

class rehearsal::stage final : public actor::host, private executor {
public:
  stage(container_class of, std::map<std::string, std::string> args) {
    spec_ = native_child("rehearsed", of.name);
    spec_.args = std::move(args);
    container_classes one;
    one.push_back(std::move(of));
    if (auto added = classes_.add(std::move(one), "the rehearsal"); !added) {
      throw std::invalid_argument(added.error().context);
    }
  }

  ~stage() override { inside_.reset(); } // it may use all of this while it goes

  void begin() {
    inside_.reset();
    timers_.clear();
    watched_.clear();
    failure_.reset();
    phase_ = phase::starting;
    ++generation_;
    put_back();
    inside_ = std::make_unique<containers::native_container>(*this, classes_);
    guard([this] { inside_->start(); });
    if (failure_) {
      failure_->kind = model::cause_kind::start_error;
      inside_.reset(); // half begun: its destructor lets go
    }
    run();
  }

  /// Whatever is to be done now.
  void run() {
    for (bool busy = true; busy;) {
      auto posted = posted_.with([](auto& all) { return std::exchange(all, {}); });
      busy = !posted.empty();
      for (const auto& work : posted) {
        work();
      }
      busy = ring() || busy;
      if (phase_ == phase::ready && !lane_.empty()) {
        busy = true;
        hand_over();
      }
    }
  }

  void call(const std::function<void(actor::incarnation&)>& what) {
    if (inside_ != nullptr && phase_ != phase::ended) {
      guard([&] { what(*inside_); });
    }
    run();
  }

  void deliver(actor::letter what) {
    lane_.push_back(std::move(what));
    run();
  }

  void advance(milliseconds by) {
    const auto until = clock_.now() + by;
    while (!timers_.empty() && timers_.begin()->first.first <= until) {
      clock_.advance(std::max(timers_.begin()->first.first - clock_.now(), time_point::duration{}));
      run();
    }
    clock_.advance(until - clock_.now());
    run();
  }

  void gone(std::string_view what) {
    if (watched_.erase(std::string(what)) > 0) {
      call([&](actor::incarnation& inside) { inside.noticed({std::string(what), 2, {}}); });
    }
  }

  void go_on() {
    if (phase_ == phase::failed) {
      phase_ = phase::ready;
      call([](actor::incarnation& inside) { inside.resume(); });
    }
  }

  // host
  [[nodiscard]] const std::string& path() const noexcept override { return path_; }
  [[nodiscard]] std::uint64_t generation() const noexcept override { return generation_; }
  [[nodiscard]] const model::child_spec& spec() const noexcept override { return spec_; }
  [[nodiscard]] executor& shard() noexcept override { return *this; }
  [[nodiscard]] std::uint32_t shard_index() const noexcept override { return 0; }
  void open() override {}
  void ready() override { phase_ = phase_ == phase::starting ? phase::ready : phase_; }
  void unready() override { phase_ = phase_ == phase::ready ? phase::starting : phase_; }
  void failed(model::cause why) override {
    if (phase_ != phase::ended) {
      failure_ = std::move(why);
      phase_ = phase::failed;
    }
  }
  void ended(model::cause why) override {
    static_cast<void>(why);
    phase_ = phase::ended;
  }
  void recycle(std::string /*reason*/, actor::serves_on /*meanwhile*/) override {}
  void show_pid(std::int32_t /*pid*/) override {}
  void show_gauges(std::shared_ptr<const model::gauges> /*live*/) override {}
  void manage(model::command what, model::reply_callback done) override {
    orders.push_back({std::move(what), std::move(done)});
  }
  [[nodiscard]] time_point now() override { return clock_.now(); }
  [[nodiscard]] actor::timer at(time_point when, std::function<void()> then) override {
    const actor::timer made{when, ++last_};
    timers_.emplace(std::pair{when, made.number}, std::move(then));
    return made;
  }
  void cancel(actor::timer& which) noexcept override {
    timers_.erase({which.at, which.number});
    which = {};
  }
  result<actor::posted> send(const actor::draft& what) override {
    sent.push_back({std::string(what.to), {}, what.body, {}});
    return actor::posted::sent;
  }
  actor::call_id request(const actor::draft& what, actor::answer_callback done) override {
    sent.push_back(
        {std::string(what.to), std::string(what.name), what.body, until_answered(std::move(done))});
    return last_;
  }
  actor::call_id command(const actor::draft& what, actor::answer_callback done) override {
    return request(what, std::move(done));
  }
  void cancel_request(actor::call_id which) override {
    if (auto taken = open_.extract(which); !taken.empty()) {
      post([this, done = std::move(taken.mapped())] {
        guard([&] { done(actor::answer::cancelled()); });
      });
    }
  }
  [[nodiscard]] std::vector<std::string> matching(std::string_view /*glob*/) override { return {}; }
  void hold_letters() override {}
  void release_letters() override {}
  void watch(std::string_view target) override { watched_.emplace(target); }
  void unwatch(std::string_view target) override { watched_.erase(std::string(target)); }
  result<void> link(std::string_view /*target*/) override { return {}; }
  result<void> stash(actor::letter&& what) override {
    if (stash_.size() >= spec_.mailbox.capacity) {
      return fail(errc::mailbox_full, path_ + " has stashed as many letters as its mailbox holds");
    }
    stash_.push_back(std::move(what));
    return {};
  }
  void unstash() override { put_back(); }
  void bury(actor::letter&& what, actor::dead_reason why) override {
    ++unhandled_;
    what.reply.fail(actor::failure::of(why, path_ + " takes no such messages"));
  }

  std::vector<sending> sent;
  std::vector<order> orders;
  [[nodiscard]] phase at() const noexcept { return phase_; }
  [[nodiscard]] const std::optional<model::cause>& why() const noexcept { return failure_; }
  [[nodiscard]] std::size_t waiting() const noexcept { return lane_.size() + stash_.size(); }
  [[nodiscard]] std::size_t unhandled() const noexcept { return unhandled_; }

private:
  void post(std::function<void()> work) override {
    posted_.with([&](auto& all) { all.push_back(std::move(work)); });
  }
  [[nodiscard]] bool on_this_thread() const noexcept override { return true; }

  void guard(const std::function<void()>& what) {
    try {
      what();
    } catch (const std::exception& e) {
      failed(actor::cause_of(e));
    } catch (...) { // the user's own type
      failed(actor::cause_of_unknown());
    }
  }

  /// One timer that is due.
  bool ring() {
    if (timers_.empty() || timers_.begin()->first.first > clock_.now()) {
      return false;
    }
    const auto due = timers_.extract(timers_.begin());
    guard(due.mapped());
    return true;
  }

  void hand_over() {
    auto next = std::move(lane_.front());
    lane_.pop_front();
    bool taken = false;
    guard([&] { taken = inside_->receive(next); });
    if (!taken && phase_ != phase::failed) {
      bury(std::move(next), actor::dead_reason::unhandled);
    }
  }

  void put_back() {
    while (!stash_.empty()) {
      lane_.push_front(std::move(stash_.back()));
      stash_.pop_back();
    }
  }

  /// As in a daemon: answered once, and not when this incarnation is gone.
  actor::answer_callback until_answered(actor::answer_callback done) {
    const auto number = ++last_;
    open_[number] = std::move(done);
    return [this, number, mine = generation_](const actor::answer& what) {
      const auto found = open_.find(number);
      if (found == open_.end() || mine != generation_) {
        return;
      }
      const auto tell = found->second;
      if (what.final()) {
        open_.erase(found);
      }
      call([&](actor::incarnation&) { tell(what); });
    };
  }

  std::string path_ = "Main/rehearsed";
  model::child_spec spec_;
  containers::class_catalogue classes_;
  virtual_clock clock_;
  phase phase_ = phase::starting;
  std::optional<model::cause> failure_;
  std::uint64_t generation_ = 0;
  std::uint64_t last_ = 0; ///< number given to a timer or a request
  std::size_t unhandled_ = 0;
  std::map<std::pair<time_point, std::uint64_t>, std::function<void()>> timers_;
  std::map<actor::call_id, actor::answer_callback> open_;
  std::set<std::string, std::less<>> watched_;
  std::deque<actor::letter> lane_;
  std::deque<actor::letter> stash_;
  guarded<std::vector<std::function<void()>>> posted_;
  std::unique_ptr<containers::native_container> inside_;
};

rehearsal::rehearsal(container_class of, std::map<std::string, std::string> args)
    : stage_(std::make_unique<stage>(std::move(of), std::move(args))) {
  stage_->begin();
}

rehearsal::~rehearsal() = default;

rehearsal::phase rehearsal::state() const noexcept {
  return stage_->at();
}

const std::optional<model::cause>& rehearsal::failure() const noexcept {
  return stage_->why();
}

std::uint64_t rehearsal::generation() const noexcept {
  return stage_->generation();
}

std::size_t rehearsal::waiting() const noexcept {
  return stage_->waiting();
}

std::size_t rehearsal::unhandled() const noexcept {
  return stage_->unhandled();
}

void rehearsal::send_packed(packed what, std::string_view from) {
  actor::letter made;
  made.from = std::make_shared<const std::string>(from);
  made.body = std::move(what);
  stage_->deliver(std::move(made));
}

std::shared_ptr<const actor::answer> rehearsal::ask_packed(packed what, std::string_view name) {
  const auto stands = std::make_shared<actor::answer>(actor::answer::unfinished());
  actor::letter made;
  made.kind = name.empty() ? actor::letter_kind::request : actor::letter_kind::command;
  made.from = std::make_shared<const std::string>("Main/tester");
  made.body = std::move(what);
  made.name = name;
  made.reply =
      actor::answer_to(stage_->path(), [stands](const actor::answer& got) { *stands = got; });
  stage_->deliver(std::move(made));
  return stands;
}

void rehearsal::hear(const sending& which, const actor::answer& what) {
  if (which.done) {
    which.done(what);
  }
}

void rehearsal::advance(milliseconds by) {
  stage_->advance(by);
}

void rehearsal::gone(std::string_view what) {
  stage_->gone(what);
}

void rehearsal::carry_out(const order& which, const result<model::reply>& how) {
  stage_->call([&](actor::incarnation&) { which.done(how); });
}

void rehearsal::resume() {
  stage_->go_on();
}

void rehearsal::restart() {
  stop();
  stage_->begin();
}

void rehearsal::stop() {
  stage_->call([](actor::incarnation& inside) { inside.drain(); });
  stage_->call([](actor::incarnation& inside) { inside.stop(); });
}

void rehearsal::run() {
  stage_->run();
}

std::vector<rehearsal::sending> rehearsal::take_sent() {
  return std::exchange(stage_->sent, {});
}

std::vector<rehearsal::order> rehearsal::take_orders() {
  return std::exchange(stage_->orders, {});
}

} // namespace kraken::native
