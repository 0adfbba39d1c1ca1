// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Work in the loop refers to the link by a plain pointer: the thread that runs the loop holds the
/// link. Work on the shard holds it, and asks whether the incarnation is still there.
#include "containers/native/thread_host.hpp"

#include "kraken/actor/thrown_type.hpp"

#include <exception>
#include <future>
#include <utility>

namespace kraken::containers {

namespace {

/// A draft whose texts live as long as it does.
struct kept_draft {
  std::string to;
  std::string id;
  std::string name;
  actor::draft rest;

  explicit kept_draft(const actor::draft& what)
      : to(what.to), id(what.id), name(what.name), rest(what) {}

  [[nodiscard]] actor::draft get() const {
    auto out = rest;
    out.to = to;
    out.id = id;
    out.name = name;
    return out;
  }
};

} // namespace

actor::other_thread poster(const thread_link_ptr& link) {
  return [weak = std::weak_ptr<thread_link>(link)](std::function<void()> work) {
    if (const auto still = weak.lock()) {
      still->loop.post(std::move(work));
    }
  };
}

thread_host::thread_host(thread_link_ptr link, thread_birth born)
    : link_(std::move(link)), born_(std::move(born)) {
  link_->side = this;
}

std::optional<model::cause> thread_host::guard(const std::function<void()>& what) const {
  try {
    what();
    return std::nullopt;
  } catch (const std::exception& e) {
    return actor::cause_of(e);
  } catch (...) { // the user's own type: the failure counts, its text is unknown
    return actor::cause_of_unknown();
  }
}

model::cause thread_host::run(std::unique_ptr<actor::incarnation> inside) {
  inside_ = std::move(inside);
  if (auto threw = guard([this] { inside_->start(); })) {
    threw->kind = model::cause_kind::start_error;
    ended(std::move(*threw));
  }
  link_->loop.run();
  inside_.reset();
  letter_ = nullptr;
  waiting_.clear();
  managing_.clear();
  return std::move(*end_);
}

void thread_host::call(const std::function<void(actor::incarnation&)>& what) {
  if (auto threw = guard([&] { what(*inside_); })) {
    failed(std::move(*threw));
  }
}

void thread_host::take(const std::shared_ptr<actor::letter>& what, letter_done done) {
  if (held_) {
    letter_ = [this, what, done = std::move(done)] { take(what, done); };
    return;
  }
  bool taken = false;
  auto threw = guard([&] { taken = inside_->receive(*what); });
  held_ = threw.has_value();
  tell([done = std::move(done), taken, threw = std::move(threw)](actor::host&) {
    done(taken, threw);
  });
}

void thread_host::resume() {
  held_ = false;
  call([](actor::incarnation& inside) { inside.resume(); });
  if (const auto letter = std::exchange(letter_, nullptr)) {
    letter();
  }
}

void thread_host::hear(actor::call_id which, const actor::answer& what) {
  const auto found = waiting_.find(which);
  if (found == waiting_.end()) {
    return;
  }
  const auto done = found->second;
  if (what.final()) {
    waiting_.erase(found);
  }
  call([&](actor::incarnation&) { done(what); });
}

void thread_host::managed(actor::call_id which, const result<model::reply>& what) {
  const auto done = managing_.extract(which);
  if (!done.empty() && done.mapped()) {
    call([&](actor::incarnation&) { done.mapped()(what); });
  }
}

void thread_host::updated(std::shared_ptr<const model::child_spec> spec) {
  born_.spec = std::move(spec);
  call([this](actor::incarnation& inside) { inside.updated(*born_.spec, nullptr); });
}

/// What its steps throw on the way out is no reason to stay.
void thread_host::end(const std::function<void(actor::incarnation&)>& how, actor::farewell why) {
  leaving_ = why;
  if (auto threw = guard([&] { how(*inside_); })) {
    failed(std::move(*threw));
    static_cast<void>(guard([this] { inside_->kill(); }));
  }
}

void thread_host::tell(std::function<void(actor::host&)> what) {
  link_->shard.post([link = link_, what = std::move(what)] {
    if (link->shell != nullptr) {
      what(*link->shell);
    }
  });
}

template <class T>
result<T> thread_host::ask(std::function<result<T>(actor::host&)> what) {
  auto answer = std::make_shared<std::promise<result<T>>>();
  auto got = answer->get_future();
  link_->shard.post([link = link_, answer, what = std::move(what)] {
    answer->set_value(link->shell != nullptr ? what(*link->shell)
                                             : fail(errc::canceled, "the container has ended"));
  });
  answer.reset();
  try {
    return got.get();
  } catch (const std::future_error&) { // the shard has ended and thrown its work away
    return fail(errc::canceled, "the daemon ends");
  }
}

void thread_host::open() {
  tell([](actor::host& shell) { shell.open(); });
}

void thread_host::ready() {
  tell([](actor::host& shell) { shell.ready(); });
}

void thread_host::unready() {
  tell([](actor::host& shell) { shell.unready(); });
}

void thread_host::failed(model::cause why) {
  held_ = true;
  tell([why = std::move(why)](actor::host& shell) { shell.failed(why); });
}

/// Told to the shard when the object is gone, too.
void thread_host::ended(model::cause why) {
  if (!end_) {
    end_ = std::move(why);
    link_->loop.stop();
  }
}

void thread_host::recycle(std::string reason, actor::serves_on meanwhile) {
  tell([reason = std::move(reason), meanwhile](actor::host& shell) {
    shell.recycle(reason, meanwhile);
  });
}

void thread_host::show_pid(std::int32_t pid) {
  tell([pid](actor::host& shell) { shell.show_pid(pid); });
}

void thread_host::show_gauges(std::shared_ptr<const model::gauges> live) {
  tell([live = std::move(live)](actor::host& shell) { shell.show_gauges(live); });
}

void thread_host::manage(model::command what, model::reply_callback done) {
  const auto number = ++last_call_;
  managing_.emplace(number, std::move(done));
  tell([link = link_, number, what = std::move(what)](actor::host& shell) {
    shell.manage(what, [link, number](const result<model::reply>& got) {
      link->loop.post([at = link.get(), number, got] { at->side->managed(number, got); });
    });
  });
}

actor::timer thread_host::at(time_point when, std::function<void()> then) {
  return link_->loop.at(
      when, [this, then = std::move(then)] { call([&](actor::incarnation&) { then(); }); });
}

result<actor::posted> thread_host::send(const actor::draft& what) {
  return ask<actor::posted>([&what](actor::host& shell) { return shell.send(what); });
}

actor::call_id thread_host::request(const actor::draft& what, actor::answer_callback done) {
  return expect(actor::letter_kind::request, what, std::move(done));
}

actor::call_id thread_host::command(const actor::draft& what, actor::answer_callback done) {
  return expect(actor::letter_kind::command, what, std::move(done));
}

actor::call_id thread_host::expect(actor::letter_kind kind,
                                   const actor::draft& what,
                                   actor::answer_callback done) {
  const auto number = ++last_call_;
  waiting_.emplace(number, std::move(done));
  tell([link = link_, kind, number, kept = kept_draft(what)](actor::host& shell) {
    const auto hear = [link, number](const actor::answer& got) {
      if (got.final()) {
        link->calls.erase(number);
      }
      link->loop.post([at = link.get(), number, got] { at->side->hear(number, got); });
    };
    link->calls[number] = kind == actor::letter_kind::request ? shell.request(kept.get(), hear)
                                                              : shell.command(kept.get(), hear);
  });
  return number;
}

void thread_host::cancel_request(actor::call_id which) {
  tell([link = link_, which](actor::host& shell) {
    if (const auto found = link->calls.find(which); found != link->calls.end()) {
      shell.cancel_request(found->second);
    }
  });
}

std::vector<std::string> thread_host::matching(std::string_view glob) {
  auto got =
      ask<std::vector<std::string>>([glob](actor::host& shell) -> result<std::vector<std::string>> {
        return shell.matching(glob);
      });
  return got ? std::move(*got) : std::vector<std::string>{};
}

void thread_host::watch(std::string_view target) {
  tell([to = std::string(target)](actor::host& shell) { shell.watch(to); });
}

void thread_host::unwatch(std::string_view target) {
  tell([to = std::string(target)](actor::host& shell) { shell.unwatch(to); });
}

result<void> thread_host::link(std::string_view target) {
  return ask<void>([target](actor::host& shell) { return shell.link(target); });
}

/// The mailbox keeps the letter as the shard knows it; it comes back as a new one.
result<void> thread_host::stash(actor::letter&& what) {
  return ask<void>([this, &what](actor::host& shell) -> result<void> {
    auto own = std::move(what);
    own.reply = actor::take_back(std::move(own.reply));
    auto kept = shell.stash(std::move(own));
    if (!kept) {
      own.reply = actor::relay(std::move(own.reply), link_->shard, poster(link_));
      what = std::move(own);
    }
    return kept;
  });
}

void thread_host::unstash() {
  tell([](actor::host& shell) { shell.unstash(); });
}

void thread_host::bury(actor::letter&& what, actor::dead_reason why) {
  auto own = std::make_shared<actor::letter>(std::move(what));
  tell([own, why](actor::host& shell) {
    own->reply = actor::take_back(std::move(own->reply));
    shell.bury(std::move(*own), why);
  });
}

} // namespace kraken::containers
