// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Owns the actor system. What may still be used by an actor that did not end is never freed: the
/// caller of a failed `close` leaves by `_exit`.
#include "kraken/actor/tree.hpp"

#include "kraken/actor/detail/command_event.hpp"
#include "kraken/actor/detail/tree_context.hpp"
#include "kraken/actor/runtime_manager.hpp"
#include "kraken/actor/shard/report_bundle.hpp"
#include "kraken/actor/shard/system_config.hpp"
#include "kraken/base/clock.hpp"
#include "kraken/base/log.hpp"

#include "caf/actor_system.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace kraken::actor {

struct tree::content {
  explicit content(tree_options& options);

  std::shared_ptr<tree_context> shared = std::make_shared<tree_context>();
  model::child_spec root;
  system_config config;
  std::unique_ptr<caf::actor_system> system;
  caf::actor manager;
};

tree::content::content(tree_options& options) : root(std::move(options.root)) {
  for (auto& one : options.kinds) {
    auto name = one.name;
    shared->kinds.emplace(std::move(name), std::move(one));
  }
  add_builtin_kinds(*shared);
  tell_dead_letters(shared);
  for (auto* const runs : options.shards) {
    auto& made = shared->shards.emplace_back();
    made.runs = runs;
    made.loop = runs;
    if (options.boots_at_once > 0) {
      made.boots = std::make_shared<boot_gate>(options.boots_at_once);
    }
  }
  shared->sleeps = std::move(options.sleeps);
  shared->place = options.place ? std::move(options.place) : place_by_pool;
  shared->seed = options.seed;
  shared->ended = std::move(options.ended);
}

tree::tree(std::unique_ptr<content> made) noexcept : content_(std::move(made)) {}

result<std::unique_ptr<tree>> tree::make(tree_options options) {
  if (options.shards.empty()) {
    return fail(errc::invalid_argument, "a tree needs at least one shard");
  }
  auto made = std::make_unique<content>(options);
  if (const auto checked = check_definition(*made->shared, "", made->root); !checked) {
    return fail(checked.error());
  }
  for (auto& one : made->shared->shards) {
    auto timer = shard_timer::make();
    if (!timer) {
      return fail(timer.error());
    }
    one.timer = std::move(*timer);
  }
  made->system = std::make_unique<caf::actor_system>(made->config);
  for (auto& one : made->shared->shards) {
    one.unit = std::make_shared<shard_unit>(*made->system, *one.runs);
    one.reports = std::make_shared<report_bundle>();
    one.dead = counted_apart(made->shared->dead);
    one.unit->at_end_of_turn([reports = one.reports] { reports->send(); });
  }
  made->manager = made->system->spawn<runtime_manager>(
      made->shared, std::make_shared<const model::child_spec>(made->root));
  release_logger();
  return std::make_unique<tree>(std::move(made));
}

tree::~tree() {
  if (const auto closed = close(seconds{1}); !closed) {
    log::error("tree_left_behind", {{"reason", closed.error().text()}});
    static_cast<void>(content_.release()); // its actors may still run
  }
}

void tree::start(std::function<void(result<void>)> done) {
  auto reply = std::make_shared<pending_reply>(
      nullptr, [done = std::move(done)](const result<model::reply>& answer) {
        if (done) {
          done(answer ? result<void>{} : fail(answer.error()));
        }
      });
  put_ahead(content_->manager, begin_tree{std::move(reply)});
}

result<void> tree::check(const model::child_spec& root) const {
  return check_definition(*content_->shared, "", root);
}

void tree::execute(model::command what, executor& on, model::reply_callback done) {
  const auto path = note_command(content_->shared->board, content_->root.id, what);
  auto told = [still = std::weak_ptr(content_->shared),
               path,
               verb = what.what,
               origin = what.origin,
               done = std::move(done)](result<model::reply> answer) {
    if (const auto shared = still.lock(); shared != nullptr && !answer) {
      note_refusal(shared->board, path, verb, origin, answer.error());
    }
    done(std::move(answer));
  };
  put_ahead(content_->manager,
            actor::execute{std::make_shared<const model::command>(std::move(what)),
                           std::make_shared<pending_reply>(&on, std::move(told))});
}

result<posted> tree::send(const draft& what) {
  const auto to = content_->shared->shells.find(what.to);
  if (!to) {
    content_->shared->dead->add({}, what.to, dead_reason::no_such);
    return fail(to.error());
  }
  letter made;
  made.mode = what.mode;
  made.body = what.body;
  if (what.timeout.count() > 0) {
    made.expires = content_->system->clock().now() + what.timeout;
  }
  return post(std::move(made), *to);
}

std::function<void()> tree::request(const draft& what, executor& on, answer_callback done) {
  const auto to = content_->shared->shells.find(what.to);
  if (!to) {
    content_->shared->dead->add({}, what.to, dead_reason::no_such);
    on.post([done = std::move(done), why = failure::of(to.error())] { done(answer::of(why)); });
    return [] {};
  }
  const auto timeout = what.timeout.count() > 0 ? what.timeout : limits::request_timeout;
  const auto call = std::make_shared<outside_call>(*to, on, std::move(done));
  put_ahead(content_->manager, expect_answer{call, timeout});
  letter made;
  made.kind = what.name.empty() ? letter_kind::request : letter_kind::command;
  made.mode = what.mode;
  made.body = what.body;
  made.id = what.id;
  made.name = what.name;
  made.timeout = timeout;
  made.expires = content_->system->clock().now() + timeout;
  made.reply = answerer(call);
  static_cast<void>(post(std::move(made), *to));
  return [weak = std::weak_ptr(call)] {
    if (const auto open = weak.lock()) {
      open->give(answer::cancelled());
      tell(open->to->shell(), withdraw{withdraw::reason::taken_back, open});
    }
  };
}

std::vector<std::string> tree::matching(std::string_view glob) const {
  return content_->shared->shells.matching(glob);
}

const dead_letters& tree::dead() const noexcept {
  return *content_->shared->dead;
}

void tree::give_up_within(milliseconds deadline) noexcept {
  content_->shared->give_up_within = deadline;
}

void tree::stop(milliseconds deadline) {
  put_ahead(content_->manager, end_tree{deadline});
}

result<void> tree::close(milliseconds within) {
  if (content_->system == nullptr) {
    return {};
  }
  const steady_monotonic_clock clock;
  const auto until = clock.now() + within;
  stop(within);
  const auto left = content_->shared->present.wait_until_empty(within);
  if (left > 0) {
    return fail(errc::timeout, std::to_string(left) + " containers have not ended in time");
  }
  // The last actors may still be on the stack of their shards: each shard has to come by here
  // before what they refer to can go.
  const auto passing = std::make_shared<attendance>();
  for (const auto& one : content_->shared->shards) {
    passing->enter();
    one.runs->post([passing] { passing->leave(); });
  }
  const auto rest = std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(until - clock.now()));
  const auto absent = passing->wait_until_empty(rest);
  if (absent > 0) {
    return fail(errc::timeout, std::to_string(absent) + " shards do not run their loop any more");
  }
  content_->manager = nullptr;
  content_->system.reset();
  for (auto& one : content_->shared->shards) {
    one.unit.reset();
  }
  return {};
}

status_board& tree::status() noexcept {
  return content_->shared->board;
}

const status_board& tree::status() const noexcept {
  return content_->shared->board;
}

} // namespace kraken::actor
