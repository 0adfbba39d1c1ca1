// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/runtime_manager.hpp"

#include "kraken/actor/container.hpp"
#include "kraken/base/log.hpp"
#include "kraken/model/alias.hpp"

#include "caf/actor_system.hpp"

#include <exception>
#include <utility>

namespace kraken::actor {

namespace {

/// Nobody restarts the root, so its normal end is the end of the tree, not a failure.
std::shared_ptr<const model::child_spec> as_root(model::child_spec spec) {
  spec.restart = model::restart_type::transient;
  return std::make_shared<const model::child_spec>(std::move(spec));
}

/// Nobody restarts the root: its first failure spends the budget.
model::supervise_spec root_supervision() {
  model::supervise_spec how;
  how.intensity = 0;
  return how;
}

constexpr std::size_t names_told = 5;

bool ends(model::verb what) noexcept {
  return what == model::verb::stop || what == model::verb::stop_tree ||
         what == model::verb::destroy;
}

/// The container a command is about.
std::string concerned(const model::command& what, const std::string& target) {
  const bool child = what.what == model::verb::create && what.spec != nullptr;
  return child ? model::join_path(what.target, what.spec->id) : target;
}

/// What a command still waits for: `; not ready: Main/a (starting), Main/b (backing_off)`.
std::string waited_for(const status_board& board, const std::string& target, model::verb what) {
  const auto top = board.resolve(target);
  std::string out;
  std::size_t more = 0;
  for (const auto& each : top ? board.list() : decltype(board.list()){}) {
    const bool below = each->path == (*top)->path || each->path.starts_with((*top)->path + "/");
    const bool wanted =
        ends(what) ? each->at == model::phase::stopping || each->at == model::phase::draining
                   : each->at == model::phase::starting || each->in == model::state::failed;
    if (!below || !wanted || ++more > names_told) {
      continue;
    }
    out += (!out.empty() ? ", "
            : ends(what) ? "; not ended: "
                         : "; not ready: ") +
           each->path + " (" + std::string{model::to_string(each->at)} + ")";
  }
  return out + (more > names_told ? " and " + std::to_string(more - names_told) + " more" : "");
}

/// Why one that is asked does not answer, if it could not even hear.
std::string not_serving(const status_board& board, const std::string& path) {
  const auto at = board.find(path);
  if (at == nullptr || at->at == model::phase::ready) {
    return {};
  }
  return "; it is " + std::string{at->in == model::state::started ? model::to_string(at->at)
                                                                  : model::to_string(at->in)};
}

} // namespace

runtime_manager::runtime_manager(caf::actor_config& config,
                                 std::shared_ptr<tree_context> tree,
                                 std::shared_ptr<const model::child_spec> root)
    : hosted_actor(config, tree->shards.front().unit), tree_(std::move(tree)),
      root_(as_root(*root)), wake_up_(*this, tree_->shards.front()),
      supervisor_(root_supervision(), *this, tree_->seed) {
  tree_->present.enter();
}

runtime_manager::~runtime_manager() = default;

hosted_actor::beginning runtime_manager::begin() {
  for (std::size_t i = 0; i < tree_->shards.size(); ++i) {
    clocks_.push_back(home_system().spawn<alarm_clock>(tree_, i));
  }
  release_logger();
  return beginning::over;
}

bool runtime_manager::receive(caf::mailbox_element& what) {
  if (const auto* const heard = message_in<order>(what)) {
    obey(*heard);
  } else if (const auto* const asked = message_in<execute>(what)) {
    route(*asked);
  } else if (const auto* const waits = message_in<expect_answer>(what)) {
    watch_over(*waits);
  } else if (const auto* const begins = message_in<begin_tree>(what)) {
    begin_with(*begins);
  } else if (const auto* const ends = message_in<end_tree>(what)) {
    finish(0, ends->deadline);
  } else {
    return false;
  }
  arm();
  return true;
}

/// Of all there are, only these are for it.
void runtime_manager::obey(const order& what) {
  if (const auto* const report = std::get_if<child_report>(&what.what)) {
    supervisor_.on_report(*report);
    check_finished();
  } else if (const auto* const several = std::get_if<child_reports>(&what.what)) {
    for (const auto& one : several->all) {
      supervisor_.on_report(one);
    }
    check_finished();
  } else if (std::holds_alternative<tick>(what.what)) {
    const auto at = now();
    wake_up_.taken();
    while (auto due = deadlines_.take_due(at)) {
      due();
    }
  }
}

void runtime_manager::on_exit() {
  deadlines_.clear();
  wake_up_.at({});
  clocks_.clear();
  supervisor_.abandon();
  tree_->present.leave();
}

void runtime_manager::on_exception(const std::string& what) {
  log::error("runtime_manager_threw", {{"what", what}});
  arm();
}

void runtime_manager::begin_with(const begin_tree& what) {
  if (exit_code_ || supervisor_.size() > 0) {
    return what.done->answer(fail(errc::conflict, "the tree was started or stopped already"));
  }
  model::command create;
  create.what = model::verb::create;
  create.spec = root_;
  supervisor_.create(create, maker::declared, what.done);
}

void runtime_manager::make_shell(const std::shared_ptr<child_entry>& child) {
  spawn_container(
      home_system(),
      tree_,
      {address(), path_of_owner()},
      child,
      child->spec,
      tree_->place(nullptr, *child->spec, 0, static_cast<std::uint32_t>(tree_->shards.size())));
}

void runtime_manager::route(const execute& what) {
  const auto& asked = *what.what;
  const auto target = asked.target.empty() ? root_->id : asked.target;
  // Weak: an answered command must not be kept until its deadline.
  const auto deadline = now() + limits::command_deadline;
  static_cast<void>(deadlines_.at(deadline,
                                  [this,
                                   reply = std::weak_ptr(what.reply),
                                   verb = asked.what,
                                   about = concerned(asked, target)] {
                                    if (const auto still = reply.lock()) {
                                      still->answer(
                                          fail(errc::timeout,
                                               "the command is still being carried out" +
                                                   waited_for(tree_->board, about, verb)));
                                    }
                                  }));
  if (asked.what == model::verb::create && asked.target.empty()) {
    return create_root(what);
  }
  const auto found = tree_->board.resolve(target);
  if (!found) {
    if (asked.what == model::verb::destroy && !asked.keep &&
        found.error().code == errc::not_found) {
      return what.reply->answer(model::reply{"'" + target + "' does not exist", false});
    }
    return what.reply->answer(fail(found.error()));
  }
  const auto& at = **found;
  if (asked.what == model::verb::create || asked.what == model::verb::scale ||
      asked.what == model::verb::signal) {
    if (asked.what == model::verb::create && asked.spec == nullptr) {
      return what.reply->answer(fail(errc::invalid_argument, "create without a definition"));
    }
    return send_to(at.path, "", what);
  }
  if (asked.what == model::verb::update) {
    if (asked.spec == nullptr) {
      return what.reply->answer(fail(errc::invalid_argument, "update without a definition"));
    }
    if (const auto checked = check_definition(*tree_, at.parent, *asked.spec); !checked) {
      return what.reply->answer(fail(checked.error()));
    }
  }
  send_to(at.parent, at.alias, what);
}

/// The root again, after it was destroyed, or in place of the one there is. Who asks has the answer
/// and can try again: a start that fails leaves no root, it does not end the tree.
void runtime_manager::create_root(const execute& what) {
  if (exit_code_ || what.what->spec == nullptr || what.what->spec->id != root_->id) {
    return what.reply->answer(fail(errc::conflict, "'" + root_->id + "' can not be created now"));
  }
  if (const auto checked = check_definition(*tree_, "", *what.what->spec); !checked) {
    return what.reply->answer(fail(checked.error()));
  }
  root_ = as_root(*what.what->spec);
  auto create = *what.what;
  create.spec = root_;
  create.try_once = true;
  supervisor_.create(create, maker::declared, what.reply);
}

/// Signs of life renew the deadline; it is looked at once per timeout.
void runtime_manager::watch_over(const expect_answer& what) {
  static_cast<void>(deadlines_.at(now() + what.timeout, [this, what] {
    const auto call = what.call.lock();
    if (call == nullptr) {
      return;
    }
    if (call->heard.exchange(false)) {
      return watch_over(what);
    }
    call->give(answer::of(failure::of(error(errc::timeout,
                                            call->to->path() + " has not answered within " +
                                                kraken::to_string(what.timeout) +
                                                not_serving(tree_->board, call->to->path())))));
    tell(call->to->shell(), withdraw{withdraw::reason::expired, call});
  }));
}

void runtime_manager::send_to(const std::string& path, std::string id, const execute& what) {
  if (path.empty()) {
    if (auto* const root = supervisor_.find(id)) {
      auto asked = *what.what;
      if (asked.what == model::verb::update) {
        root_ = as_root(*asked.spec);
        asked.spec = root_;
      }
      const bool begins = asked.what == model::verb::start ||
                          asked.what == model::verb::start_tree ||
                          asked.what == model::verb::restart;
      if (begins && !exit_code_) {
        deadlines_.cancel(kill_timer_); // it is not its end any more
      }
      return supervisor_.carry_out(*root, asked, what.reply);
    }
    return what.reply->answer(fail(errc::not_found, "no container '" + id + "'"));
  }
  const auto to = tree_->shells.at(path);
  if (to == nullptr) {
    return what.reply->answer(fail(errc::container_destroyed, "'" + path + "' is gone"));
  }
  tell(to->shell(), manage{what.what, std::move(id), maker::operated, what.reply});
}

void runtime_manager::supervision_gave_up(model::cause why) {
  gave_up(why, tree_->give_up_within);
}

void runtime_manager::child_changed(const model::container_identity& who,
                                    const model::container_condition& now) {
  const auto* const root = supervisor_.find(who.alias);
  const bool by_itself = root != nullptr && root->want == wish::running && now.generation > 0 &&
                         root->settled(); // auto_shutdown, or its own normal end
  if (by_itself && now.at == model::phase::ended) {
    finish(0, tree_->give_up_within);
  }
  if (!exit_code_) {
    deadlines_.cancel(kill_timer_);
    const bool leaves = by_itself && now.at == model::phase::stopping && now.last_cause->normal();
    if (leaves || (root != nullptr && now.at == model::phase::held)) {
      bound_the_way_down();
    }
  }
}

/// A root that failed, or has done its work, ends what is below it first, and a child with all the
/// time in the world must not keep the node from its exit code.
void runtime_manager::bound_the_way_down() {
  kill_timer_ = deadlines_.at(now() + tree_->give_up_within.load(), [this] {
    const auto* const root = supervisor_.find(root_->id);
    if (root == nullptr) {
      return;
    }
    log::warn("stop_deadline", {{"container", root_->id}});
    const auto& why = *root->seen->last_cause;
    why.normal() ? finish(0, milliseconds{0}) : gave_up(why, milliseconds{0});
  });
}

void runtime_manager::gave_up(const model::cause& why, milliseconds deadline) {
  log::error("root_gave_up",
             {{"container", root_->id}, {"reason", why.text()}, {"correlation", why.correlation}});
  finish(exit_code_gave_up, deadline);
}

void runtime_manager::finish(int exit_code, milliseconds deadline) {
  if (!exit_code_) {
    exit_code_ = exit_code;
  }
  deadlines_.cancel(kill_timer_);
  if (deadline.count() > 0) {
    supervisor_.destroy_all(ending::orderly);
    kill_timer_ = deadlines_.at(now() + deadline, [this] {
      log::warn("stop_deadline", {{"container", root_->id}});
      supervisor_.destroy_all(ending::kill);
    });
  } else {
    supervisor_.destroy_all(ending::kill);
  }
  check_finished();
}

void runtime_manager::check_finished() {
  if (exit_code_ && supervisor_.size() == 0) {
    deadlines_.cancel(kill_timer_);
    for (const auto& clock : std::exchange(clocks_, {})) {
      put_ahead(clock, end_clock{});
    }
    if (const auto ended = std::exchange(tree_->ended, nullptr)) {
      ended(*exit_code_);
    }
    quit();
  }
}

} // namespace kraken::actor
