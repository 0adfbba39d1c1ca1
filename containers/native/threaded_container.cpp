// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The thread posts its last word and ends: joining it then takes no time. One that has not said it
/// when this goes is stranded.
#include "containers/native/threaded_container.hpp"

#include "config/native_options.hpp"
#include "containers/native/native_container.hpp"

#include <stdexcept>
#include <utility>

#include <sys/prctl.h>

namespace kraken::containers {

namespace {

void live(const thread_link_ptr& link,
          thread_birth born,
          const class_catalogue& classes,
          std::stop_source ending) {
  ::prctl(PR_SET_NAME, born.path.substr(born.path.rfind('/') + 1).c_str());
  model::cause why;
  {
    thread_host host(link, std::move(born));
    why = host.run(std::make_unique<native_container>(
        host, classes, own_thread_parts{poster(link), std::move(ending)}));
  }
  link->shard.post([link, why = std::move(why)] { link->over(why); });
}

} // namespace

threaded_container::threaded_container(actor::host& shell,
                                       const class_catalogue& classes,
                                       own_threads& threads)
    : shell_(shell), classes_(classes), threads_(threads) {}

threaded_container::~threaded_container() {
  if (!thread_.joinable()) {
    return;
  }
  link_->shell = nullptr;
  const auto number = threads_.strand(shell_.path(), shell_.generation(), std::move(thread_));
  link_->over = [&threads = threads_, number](const model::cause&) { threads.returned(number); };
  if (in_hand_ != nullptr && in_hand_->kind == actor::letter_kind::message) {
    actor::letter lost; // the letter itself is still the thread's; a requester is told by its time
    lost.from = in_hand_from_;
    shell_.bury(std::move(lost), actor::dead_reason::in_flight);
  }
}

void threaded_container::start() {
  if (auto entered = threads_.enter(); !entered) {
    throw std::runtime_error(entered.error().context);
  }
  link_ = std::make_shared<thread_link>(shell_);
  link_->over = [this](model::cause why) { over(std::move(why)); };
  thread_birth born{shell_.path(),
                    shell_.generation(),
                    shell_.shard_index(),
                    std::make_shared<const model::child_spec>(shell_.spec())};
  try {
    thread_ = std::jthread(
        [link = link_, born = std::move(born), &classes = classes_, ending = ending_]() mutable {
          live(link, std::move(born), classes, std::move(ending));
        });
  } catch (...) { // no thread: the failure is the container's, the place is free again
    threads_.leave();
    throw;
  }
}

void threaded_container::post(std::function<void(thread_host&)> work) {
  link_->loop.post([at = link_.get(), work = std::move(work)] { work(*at->side); });
}

void threaded_container::end(std::function<void(actor::incarnation&)> how) {
  ending_.request_stop();
  post([how = std::move(how), why = shell_.leaving()](thread_host& side) { side.end(how, why); });
}

void threaded_container::drain() {
  ending_.request_stop();
  post([](thread_host& side) { side.call([](actor::incarnation& inside) { inside.drain(); }); });
}

void threaded_container::stop() {
  end([](actor::incarnation& inside) { inside.stop(); });
}

void threaded_container::kill() {
  end([](actor::incarnation& inside) { inside.kill(); });
}

void threaded_container::resume() {
  post([](thread_host& side) { side.resume(); });
}

// Nobody waits for a thread that may be busy as long as it likes: its definition changes when it
// turns to its loop.
void threaded_container::updated(const model::child_spec& spec,
                                 const actor::update_hold& /*hold*/) {
  post([spec = std::make_shared<const model::child_spec>(spec)](thread_host& side) {
    side.updated(spec);
  });
}

void threaded_container::noticed(const actor::notice& what) {
  post([what](thread_host& side) {
    side.call([&what](actor::incarnation& inside) { inside.noticed(what); });
  });
}

void threaded_container::child_changed(const model::container_identity& who,
                                       const model::container_condition& now) {
  post([who, now](thread_host& side) {
    side.call([&](actor::incarnation& inside) { inside.child_changed(who, now); });
  });
}

/// The next letter comes when the thread is done with this one, so the mailbox stays the only
/// queue, with its bound and its policy.
bool threaded_container::receive(actor::letter& what) {
  shell_.hold_letters();
  in_hand_from_ = what.from;
  in_hand_ = std::make_shared<actor::letter>(std::move(what));
  in_hand_->reply = actor::relay(std::move(in_hand_->reply), link_->shard, poster(link_));
  post([this, in = in_hand_](thread_host& side) {
    side.take(in, [this](bool taken, const std::optional<model::cause>& threw) {
      letter_done(taken, threw);
    });
  });
  return true;
}

void threaded_container::letter_done(bool taken, const std::optional<model::cause>& threw) {
  const auto in = std::exchange(in_hand_, nullptr);
  in->reply = actor::take_back(std::move(in->reply));
  if (threw) {
    shell_.bury(std::move(*in), actor::dead_reason::in_flight);
    shell_.failed(*threw);
  } else if (!taken) {
    shell_.bury(std::move(*in), actor::dead_reason::unhandled);
  }
  shell_.release_letters();
}

void threaded_container::over(model::cause why) {
  thread_.join();
  threads_.leave();
  link_->shell = nullptr; // what the thread still had to say came before
  if (const auto in = std::exchange(in_hand_, nullptr)) { // nobody has read it
    in->reply = actor::take_back(std::move(in->reply));
    if (!shell_.stash(std::move(*in))) {
      shell_.bury(std::move(*in), actor::dead_reason::in_flight);
    }
  }
  shell_.ended(std::move(why));
}

std::unique_ptr<actor::incarnation>
make_native(actor::host& shell, const class_catalogue& classes, own_threads& threads) {
  const auto& spec = shell.spec();
  const auto found = classes.find(class_of(spec));
  const auto* const given = dynamic_cast<const config::native_spec_options*>(spec.options.get());
  if ((found && (*found)->where == native::runs_on::own_thread) ||
      (given != nullptr && given->values.own_thread)) {
    return std::make_unique<threaded_container>(shell, classes, threads);
  }
  return std::make_unique<native_container>(shell, classes);
}

} // namespace kraken::containers
