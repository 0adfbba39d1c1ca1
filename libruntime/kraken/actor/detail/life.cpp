// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/detail/life.hpp"

#include "kraken/actor/detail/desk.hpp"
#include "kraken/actor/shard/hosted_actor.hpp"
#include "kraken/actor/thrown_type.hpp"
#include "kraken/base/assert.hpp"
#include "kraken/base/units.hpp"
#include "kraken/model/alias.hpp"

#include <exception>
#include <typeinfo>
#include <utility>

namespace kraken::actor {

namespace {

/// In place of an incarnation that waits for its turn to be made.
class unborn final : public incarnation {
public:
  explicit unborn(host& shell) : shell_(shell) {}

  void start() override {}
  void stop() override { end(); }
  void kill() override { end(); }
  result<void> signal_process(int /*number*/) override {
    return fail(errc::not_started, "it waits for its turn to start");
  }

private:
  void end() {
    model::cause why;
    why.kind = model::cause_kind::exit_normal;
    shell_.ended(std::move(why));
  }

  host& shell_;
};

} // namespace

life::life(life_owner& shell,
           tree_context& tree,
           identity_ptr who,
           std::uint32_t shard,
           std::uint64_t generation,
           std::shared_ptr<const model::child_spec> spec)
    : owner_(shell), tree_(tree), spec_(std::move(spec)), who_(std::move(who)), number_(generation),
      shard_(shard) {}

life::~life() {
  pulse_.reset();
  incarnation_.reset();
  owner_.end_mail_of_life(number_);
}

template <class Call>
life::thrown life::guard(Call&& call) {
  try {
    std::forward<Call>(call)();
    return std::nullopt;
  } catch (const std::exception& e) {
    return cause_of(e);
  } catch (...) { // a kind's own type: the failure counts, its text is unknown
    return cause_of_unknown();
  }
}

template <class Call>
life::thrown life::guard_keeping(Call&& call) {
  keeps_reports_ = true;
  auto threw = guard(std::forward<Call>(call));
  keeps_reports_ = false;
  return threw;
}

void life::send_early() {
  for (auto& each : take_early()) {
    say(std::move(each));
  }
}

bool life::may_begin(const kind& of) {
  const auto& gate = tree_.shards[shard_].boots;
  if (of.starts == launches::nothing || gate == nullptr) {
    return true;
  }
  incarnation_ = std::make_unique<unborn>(*this);
  boot_ = std::make_unique<boot_gate::pass>(*gate,
                                            std::string{model::parent_of(who_->path)},
                                            [this] { say({.what = life_report::kind::go}); });
  return boot_->holds();
}

/// A place is for the time it computes: who waits for a database need not hold up the others, and
/// who never comes to an end must not.
void life::watch_boot(std::uint32_t looks) {
  static_cast<void>(owner_.set_life_timer(
      number_, owner_.time_of_life() + limits::boot_look, [this, left = looks - 1] {
        if (boot_ == nullptr) {
          return;
        }
        if (left == 0 || (pid_ != 0 && tree_.sleeps && tree_.sleeps(pid_))) {
          boot_.reset();
        } else {
          watch_boot(left);
        }
      }));
}

life::thrown life::begin(const kind& of) {
  if (boot_ != nullptr) {
    watch_boot(limits::boot_looks_max);
  }
  return guard_keeping([&] {
    incarnation_ = of.make(*this);
    KRAKEN_ASSERT(incarnation_ != nullptr);
    incarnation_->start();
  });
}

life::thrown life::drain() {
  return guard([this] { incarnation_->drain(); });
}

life::thrown life::doom() {
  return guard([this] { incarnation_->doomed(); });
}

life::thrown life::stop() {
  return guard_keeping([this] { incarnation_->stop(); });
}

life::thrown life::kill() {
  return guard_keeping([this] { incarnation_->kill(); });
}

life::thrown life::resume() {
  if (dynamic_cast<const unborn*>(incarnation_.get()) != nullptr && boot_->holds()) {
    say({.what = life_report::kind::go}); // it came while the container had failed
  }
  return guard([this] { incarnation_->resume(); });
}

life::thrown life::hand_over(milliseconds& time) {
  return guard([&] { time = incarnation_->relieved(); });
}

life::thrown life::child_changed(const model::container_identity& who,
                                 const model::container_condition& now) {
  return guard([&] { incarnation_->child_changed(who, now); });
}

life::thrown life::update(std::shared_ptr<const model::child_spec> spec, const update_hold& hold) {
  if (first_spec_ == nullptr) {
    first_spec_ = spec_;
  }
  spec_ = std::move(spec);
  return guard([&] { incarnation_->updated(*spec_, hold); });
}

life::thrown life::elapsed(const std::function<void()>& then) {
  return guard(then);
}

timer life::at(time_point when, std::function<void()> then) {
  return owner_.set_life_timer(number_, when, std::move(then));
}

life::thrown life::receive(letter& what, bool& taken) {
  return guard([&] { taken = incarnation_->receive(what); });
}

life::thrown life::noticed(const notice& what) {
  return guard([&] { incarnation_->noticed(what); });
}

life::thrown life::hear(const answer_callback& done, const answer& what) {
  return guard([&] { done(what); });
}

result<std::uint32_t> life::scale(std::uint32_t count) {
  result<std::uint32_t> answer;
  if (const auto threw = guard([&] { answer = incarnation_->scale(count); })) {
    return fail(errc::container_failed, threw->text());
  }
  return answer;
}

result<void> life::when_scaled(std::function<void(result<void>)> done) {
  if (const auto threw = guard([&] { incarnation_->when_scaled(std::move(done)); })) {
    return fail(errc::container_failed, threw->text());
  }
  return {};
}

result<void> life::signal_process(int number) {
  result<void> answer;
  if (const auto threw = guard([&] { answer = incarnation_->signal_process(number); })) {
    return fail(errc::container_failed, threw->text());
  }
  return answer;
}

result<void> life::recycle_workers(std::function<void(result<void>)> done) {
  result<void> answer;
  if (const auto threw = guard([&] { answer = incarnation_->recycle_workers(std::move(done)); })) {
    return fail(errc::container_failed, threw->text());
  }
  return answer;
}

executor& life::shard() noexcept {
  return *tree_.shards[shard_].runs;
}

void life::say(life_report what) {
  what.generation = number_;
  if (keeps_reports_) {
    return early_.push_back(std::move(what));
  }
  tell(caf::actor_cast<caf::actor>(&owner_.shell()), std::move(what));
}

void life::ready() {
  boot_.reset();
  say({.what = life_report::kind::ready});
}

void life::hopeless(model::cause why) {
  say({.what = life_report::kind::unready,
       .why = std::make_shared<const model::cause>(std::move(why))});
}

void life::failed(model::cause why) {
  say({.what = life_report::kind::failed,
       .why = std::make_shared<const model::cause>(std::move(why))});
}

void life::ended(model::cause why) {
  boot_.reset();
  say({.what = life_report::kind::ended,
       .why = std::make_shared<const model::cause>(std::move(why))});
}

void life::recycle(std::string reason, serves_on meanwhile) {
  model::cause why;
  why.kind = model::cause_kind::recycle;
  why.message = std::move(reason);
  say({.what = life_report::kind::recycle,
       .why = std::make_shared<const model::cause>(std::move(why)),
       .meanwhile = meanwhile});
}

void life::show_pid(std::int32_t pid) {
  pid_ = pid;
  say({.what = life_report::kind::pid, .pid = pid});
}

void life::show_gauges(std::shared_ptr<const model::gauges> live) {
  say({.what = life_report::kind::gauges, .live = std::move(live)});
}

void life::manage(model::command what, model::reply_callback done) {
  // A child may answer for itself, on its own shard.
  auto reply = std::make_shared<pending_reply>(
      &shard(), [alive = alive(), done = std::move(done)](result<model::reply> answer) {
        if (const auto still = alive.lock(); still != nullptr && done) {
          done(std::move(answer));
        }
      });
  actor::manage sent;
  sent.id =
      what.what == model::verb::create ? std::string{} : std::string(model::alias_of(what.target));
  sent.what = std::make_shared<const model::command>(std::move(what));
  sent.made_by = maker::incarnation;
  sent.life = number_;
  sent.reply = std::move(reply);
  tell(caf::actor_cast<caf::actor>(&owner_.shell()), std::move(sent));
}

std::weak_ptr<const life::pulse> life::alive() {
  if (pulse_ == nullptr) {
    pulse_ = std::make_shared<const pulse>();
  }
  return pulse_;
}

/// The desk is the container's, and may outlive the one who asked.
answer_callback life::while_alive(answer_callback done) {
  return [alive = alive(), done = std::move(done)](const answer& what) {
    if (const auto still = alive.lock()) {
      done(what);
    }
  };
}

result<posted> life::send(const draft& what) {
  return owner_.mail().send(what);
}

call_id life::request(const draft& what, answer_callback done) {
  return owner_.mail().call(letter_kind::request, what, while_alive(std::move(done)), number_);
}

call_id life::command(const draft& what, answer_callback done) {
  return owner_.mail().call(letter_kind::command, what, while_alive(std::move(done)), number_);
}

void life::cancel_request(call_id which) {
  owner_.mail().cancel(which);
}

std::vector<std::string> life::matching(std::string_view glob) {
  auto all = tree_.shells.matching(glob);
  std::erase(all, who_->path);
  return all;
}

void life::watch(std::string_view target) {
  owner_.mail().watch(target, number_);
}

void life::unwatch(std::string_view target) {
  owner_.mail().unwatch(target);
}

result<void> life::link(std::string_view target) {
  return owner_.mail().link(target, number_);
}

result<void> life::stash(letter&& what) {
  if (!owner_.stash_letter(std::move(what))) {
    return fail(errc::mailbox_full,
                who_->path + " has stashed as many letters as its mailbox holds: " +
                    std::to_string(spec_->mailbox.capacity));
  }
  return {};
}

model::cause life::late_start(const life* who, milliseconds within) {
  model::cause late;
  late.kind = model::cause_kind::start_timeout;
  late.message = "not ready within " + kraken::to_string(within);
  const bool lives = who != nullptr && who->incarnation_ != nullptr;
  if (const auto remark = lives ? who->incarnation_->remark_on_start() : ""; !remark.empty()) {
    late.message += ": " + remark;
  }
  return late;
}

void life::bury(letter&& what, dead_reason why) {
  auto over = std::move(what);
  if (auto* const call = over.reply.call()) {
    return call->to->bury(over, why);
  }
  if (over.kind == letter_kind::message) { // a request was answered before
    tree_.dead->add(over.sender(), who_->path, why);
  }
}

} // namespace kraken::actor
