// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What runs inside a container and is replaced by a restart, and how it reports to its
/// container's shell. CAF-free: kinds implement `incarnation` without knowing actors.
#pragma once

#include "kraken/actor/letter.hpp"
#include "kraken/base/clock.hpp"
#include "kraken/base/executor.hpp"
#include "kraken/model/cause.hpp"
#include "kraken/model/child_spec.hpp"
#include "kraken/model/command.hpp"
#include "kraken/model/container_status.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kraken::actor {

/// Names a request that was sent; 0 names none.
using call_id = std::uint64_t;
/// Names one thing an incarnation waits for; a default one names none.
struct timer {
  time_point at{};
  std::uint64_t number = 0;
};

/// A change of the definition that somebody waits for.
class pending_update {
public:
  virtual ~pending_update() = default;

  /// It cannot be had, and what runs goes on as it was made. Who asked is told so at once.
  /// @thread any
  virtual void refuse(error why) = 0;
};

/// Held by whoever has still to take over a new definition. Who asked for the change is answered
/// when nobody holds it any more; the last may let go on any thread. Null: nobody waits.
using update_hold = std::shared_ptr<pending_update>;

/// Whether an incarnation that asks for its replacement goes on until that is ready.
enum class serves_on : std::uint8_t { no, yes };

/// Why an incarnation is asked to end.
enum class farewell : std::uint8_t {
  stop,    ///< its container is stopped
  destroy, ///< its container is destroyed
  restart, ///< another one follows
  recycle, ///< another one follows, as planned
};

/// The container as its incarnation sees it. Every call is made and answered on the container's
/// shard thread. Reports of an incarnation that was replaced meanwhile are ignored.
class host {
public:
  virtual ~host() = default;

  [[nodiscard]] virtual const std::string& path() const noexcept = 0;
  [[nodiscard]] virtual std::uint64_t generation() const noexcept = 0;
  [[nodiscard]] virtual const model::child_spec& spec() const noexcept = 0;
  [[nodiscard]] virtual executor& shard() noexcept = 0;
  [[nodiscard]] virtual std::uint32_t shard_index() const noexcept = 0;
  /// Why it is to end, from `incarnation::drain()` on.
  [[nodiscard]] virtual farewell leaving() const noexcept { return farewell::stop; }

  /// It takes work already, though nobody may do it yet: siblings that are to start after it need
  /// not wait for `ready()`. Kinds that never say so hold them up until then.
  virtual void open() = 0;
  /// What is left of its start takes hardly any of the processor's time: its turn to boot is
  /// another's from here on. For kinds that have such turns.
  virtual void boots_no_more() {}
  /// It serves: admission opens, `starting` ends.
  virtual void ready() = 0;
  /// It does not serve for now, without having failed.
  virtual void unready() = 0;
  /// As things are it will not become ready, though it goes on trying: whoever waits for its start
  /// is told so, and why. No failure.
  virtual void hopeless(model::cause why) { static_cast<void>(why); }
  /// It threw but lives on and waits for a directive (`resume()` or its end).
  virtual void failed(model::cause why) = 0;
  /// It is over: process reaped, behaviour returned. Exactly once, the last call. Expected after
  /// `stop()` or `kill()`; otherwise `why` is judged by the supervisors.
  virtual void ended(model::cause why) = 0;
  /// Asks for a planned replacement, which is no failure. With `serves_on::yes`, and a kind that is
  /// replaced `start_first`, the next incarnation begins beside this one as soon as it is its turn
  /// among its siblings; otherwise this one is stopped first. A later `no` follows a `yes`.
  virtual void recycle(std::string reason, serves_on meanwhile) = 0;
  /// Shown as the pid of the container; 0 none.
  virtual void show_pid(std::int32_t pid) = 0;
  /// Shares live numbers with status and metrics.
  virtual void show_gauges(std::shared_ptr<const model::gauges> live) = 0;
  /// Tells what happened that is no change of its phase, for `kraken events`; no failure.
  /// @param name    from `model::event_notes`
  /// @param details key and text, for people
  virtual void note(std::string name, std::vector<std::pair<std::string, std::string>> details) {
    static_cast<void>(name);
    static_cast<void>(details);
  }
  /// Issues a command to this container's runtime manager: `target` is the id of a child, for
  /// `create` it is ignored. Children made so are destroyed when this incarnation ends. `done` runs
  /// on this shard, once, unless the incarnation is gone by then.
  virtual void manage(model::command what, model::reply_callback done) = 0;

  /// Monotonic time; virtual under the test coordinator.
  [[nodiscard]] virtual time_point now() = 0;
  /// Runs `then` on this shard at `when`, never inline, unless it is cancelled or the incarnation
  /// gone before; what it throws fails the container.
  [[nodiscard]] virtual timer at(time_point when, std::function<void()> then) = 0;
  /// No effect on a timer that ran, was cancelled or never was.
  virtual void cancel(timer& which) noexcept = 0;
  /// Sends a message. FIFO per target, at most once; never carried out inside this call.
  /// @error errc::not_found (no such container; names the nearest), not_started, mailbox_full,
  ///        ambiguous; the message is a dead letter then
  virtual result<posted> send(const draft& what) = 0;
  /// Sends a request. Its one answer comes later, never inside this call, unless this incarnation
  /// is gone by then: what it still waits for is taken back when it ends.
  /// @return a number for `cancel_request`, never 0
  virtual call_id request(const draft& what, answer_callback done) = 0;
  /// As `request`, by name: lifecycle verbs (`container:stop` ...) are carried out by the daemon,
  /// every other name is the target's own.
  virtual call_id command(const draft& what, answer_callback done) = 0;
  /// Takes a request back: it is answered `cancelled`. Nothing happens if it was answered.
  virtual void cancel_request(call_id which) = 0;
  /// Paths of the containers a glob means (`web/*`), itself left out.
  [[nodiscard]] virtual std::vector<std::string> matching(std::string_view glob) = 0;
  /// No letter is handed over until `release_letters`: they wait in the mailbox. For a process that
  /// does not read; answers and notices still come.
  virtual void hold_letters() = 0;
  virtual void release_letters() = 0;
  /// Asks for one `incarnation::noticed` when `target` has no incarnation any more for good
  /// (stopped, destroyed, gave up); soon, if that is so already or there is no such container.
  /// Twice is as once.
  virtual void watch(std::string_view target) = 0;
  /// Idempotent.
  virtual void unwatch(std::string_view target) = 0;
  /// From here on the failure of one fails the other, until one of the two incarnations is gone. An
  /// orderly end or a planned replacement only ends the link.
  /// @error as for `send`
  virtual result<void> link(std::string_view target) = 0;

  /// Puts a letter it was given back for later. It keeps a place in the mailbox and is handed out
  /// again, before all others and in this order, after `unstash()` or to the next incarnation.
  /// @param what untouched on error
  /// @error errc::mailbox_full when as many wait so as the mailbox holds
  virtual result<void> stash(letter&& what) = 0;
  virtual void unstash() = 0;
  /// Says of a letter it took that it could not handle it after all: a dead letter, answered so.
  virtual void bury(letter&& what, dead_reason why) = 0;
};

/// One life of a container. Created, started, ended, thrown away; never restarted itself.
/// @thread the container's shard, all calls; none may block
class incarnation {
public:
  virtual ~incarnation() = default;

  /// Begins; reports `ready()` or `ended()` later or at once.
  virtual void start() = 0;
  /// An orderly stop of the container has begun: take nothing new. Its children are stopped next,
  /// right to left, then `stop()` follows.
  virtual void drain() {}
  /// The container and all below it are about to be killed, children first: say so to those who
  /// wait for it. `kill()` follows when the children have gone.
  virtual void doomed() {}
  /// Ends in good order: take nothing new, finish, tell the process; leads to `host::ended()`.
  /// The shell calls `kill()` when `shutdown` time is over.
  virtual void stop() = 0;
  /// The next incarnation has taken over: take nothing new, finish what there is.
  /// @return how long that may take; then `stop()` follows, unless it has ended before
  [[nodiscard]] virtual milliseconds relieved() { return milliseconds{0}; }
  /// Ends at once; still leads to `host::ended()`. An incarnation that has not reported its end
  /// `limits::kill_grace` later is destroyed: its destructor must let go of everything.
  virtual void kill() = 0;
  /// The directive `continue`: go on after `host::failed()`.
  virtual void resume() {}
  /// The definition was replaced while this runs (reload). `host::spec()` is the new one from here
  /// on, and older references to it are gone; take over what is live of `spec.options`.
  /// @param hold keep it as long as some other thread goes by the old definition
  virtual void updated(const model::child_spec& spec, const update_hold& hold) {
    static_cast<void>(spec);
    static_cast<void>(hold);
  }
  /// Whether it takes letters at all, asked each time it is ready: if not, who sends one is told at
  /// once.
  [[nodiscard]] virtual bool takes_letters() const noexcept { return true; }
  /// A letter of the user lane, while ready. A request is answered through `what.reply`, at once or
  /// later. Throwing fails the container; the letter is lost to it (`in_flight`), no other is.
  /// @return false when this kind takes no such letters: it becomes a dead letter `unhandled`
  [[nodiscard]] virtual bool receive(letter& what);
  /// A watched container is gone for good.
  virtual void noticed(const notice& what) { static_cast<void>(what); }
  /// A pool changes its number of workers; returns the number it had.
  /// @error errc::unsupported for kinds that have no size
  [[nodiscard]] virtual result<std::uint32_t> scale(std::uint32_t count);
  /// What who scales should know of the size it has now, as a sentence; empty: nothing.
  [[nodiscard]] virtual std::string remark_on_size() const { return {}; }
  /// What kept it from being ready when it was looked at last; empty: nothing is known.
  [[nodiscard]] virtual std::string remark_on_start() const { return {}; }
  /// Tells once what became of the last `scale()`: all workers serve, or some cannot.
  /// @param done called on the shard, maybe before this returns
  virtual void when_scaled(std::function<void(result<void>)> done) { done({}); }
  /// Every worker of a pool is replaced, one after the other.
  /// @param done called once when all are, or when one could not be; not after an error here
  /// @error errc::unsupported for kinds without workers; errc::busy while they are being replaced
  [[nodiscard]] virtual result<void> recycle_workers(std::function<void(result<void>)> done);
  /// Sends a signal to its process, as somebody outside would; what comes of it is a failure.
  /// @error errc::unsupported for kinds without a process; errc::not_started when it has none now
  [[nodiscard]] virtual result<void> signal_process(int number);
  /// Told on the shard of the parent when a child has changed its phase; where it is now, not each
  /// step it took in one turn (a child that is ready as soon as it starts has no `starting`).
  virtual void child_changed(const model::container_identity& who,
                             const model::container_condition& now) {
    static_cast<void>(who);
    static_cast<void>(now);
  }
};

/// How the incarnations of a kind follow each other in a planned replacement.
enum class replacement : std::uint8_t {
  stop_first,  ///< two of them at a time would be in each other's way
  start_first, ///< the next becomes ready beside the old one, which then finishes its work
};

/// What the start of an incarnation asks of the machine.
enum class launches : std::uint8_t {
  nothing,
  process, ///< a process that boots: it takes turns with others of its shard
};

/// The hooks of a kind: one line in the wiring of the daemon. Its options, where a file may have
/// them, are the row of the same name in `config/kind_table`.
struct kind {
  std::string name;
  std::string summary; ///< one line for `kraken list` and the reference
  /// Makes the incarnation of one generation. May not block; never null.
  std::function<std::unique_ptr<incarnation>(host& shell)> make;
  /// Refuses a definition before anything is made of it (an unknown class ...); may be empty.
  /// @thread any
  std::function<result<void>(const model::child_spec& spec)> check{};
  replacement replaced = replacement::stop_first;
  launches starts = launches::nothing;
};

} // namespace kraken::actor
