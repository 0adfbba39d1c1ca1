// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The daemon reads its configuration again: compares, applies all of it or nothing.
#include "apps/kraken-runtime/change_list.hpp"
#include "apps/kraken-runtime/daemon.hpp"

#include "containers/admin/situation.hpp"
#include "containers/admin/topology_change.hpp"
#include "kraken/base/log.hpp"
#include "kraken/model/alias.hpp"
#include "kraken/model/topology.hpp"
#include "kraken/model/topology_diff.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace kraken::runtime {

namespace {

/// Where a change to `to` begins: what an operator has destroyed is not there any more, and what
/// one has put in the place of another is what it is. One that leaves will not be there, and the
/// file may want it.
model::child_spec what_is_there(const std::vector<actor::status_ptr>& all,
                                const model::child_spec& from,
                                const model::child_spec& to) {
  std::vector<model::container_there> there;
  std::unordered_set<std::string_view> paths;
  for (const auto& each : all) {
    if (!each->leaves) {
      there.push_back({each->path, each->made_by_command.get()});
      paths.insert(each->path);
    }
  }
  return model::without_destroyed(model::as_it_runs(from, there),
                                  to,
                                  [&paths](std::string_view path) { return paths.contains(path); });
}

/// Whether a container is made by a command, somewhere below `path`.
bool made_below(const model::container_status& what, std::string_view path) {
  return what.made_by_command != nullptr && what.path.size() > path.size() &&
         what.path.starts_with(path) && what.path[path.size()] == '/';
}

/// What commands have made and no file has ends with what it stands below: that is told as well.
std::vector<console::change_record>
with_made_by_commands(std::vector<console::change_record> changes,
                      const std::vector<actor::status_ptr>& all,
                      const model::child_spec& from) {
  std::vector<console::change_record> out;
  for (auto& change : changes) {
    const auto path = change.container;
    const bool anew = change.what == "replace";
    const bool ends = anew || change.what == "destroy";
    out.push_back(std::move(change));
    for (const auto& each : ends ? all : std::vector<actor::status_ptr>{}) {
      if (made_below(*each, path) && model::find_spec(from, each->path) == nullptr) {
        console::change_record also;
        also.what = anew ? "replace" : "destroy";
        also.container = each->path;
        also.detail =
            anew ? "made by a command: begins anew with it" : "made by a command: ends with it";
        out.push_back(std::move(also));
      }
    }
  }
  return out;
}

/// What half a deployment or a full disk leaves of a file must not end what runs.
error ends_everything(const std::vector<std::string>& files, std::size_t there) {
  std::string text = files.empty() ? std::string{"the configuration"} : files.front();
  for (std::size_t i = 1; i < files.size(); ++i) {
    text += ", " + files[i];
  }
  return error{errc::invalid_argument,
               text + " declares no containers: that would destroy the " + std::to_string(there) +
                   " below the root. To do that on purpose: kraken project:destroy"};
}

} // namespace

/// As a reload does where there is no project: what counts is the file as it is now.
void daemon::create_project(model::force how, executor& on, const model::reply_callback& done) {
  const auto answer = [&on, done](const result<model::reply>& outcome) {
    on.post([done, outcome] { done(outcome); });
  };
  if (reloading_.exchange(true)) {
    return answer(fail(errc::busy, "a reload is under way already"));
  }
  auto read = read_again({});
  if (!read) {
    reloading_ = false;
    return answer(fail(read.error()));
  }
  auto plan = std::make_shared<const daemon_plan>(std::move(*read));
  model::command create;
  create.what = model::verb::create;
  create.flags = how;
  create.spec = std::make_shared<const model::child_spec>(plan->root);
  tree_->execute(
      std::move(create), control_, [this, plan, answer](const result<model::reply>& outcome) {
        reloading_ = false;
        const bool there = !std::as_const(*tree_).status().list().empty();
        if (outcome || outcome.error().code == errc::timeout ||
            (outcome.error().code == errc::start_failed && there)) { // then it goes on
          plan_.root = plan->root;
          take_over(*plan);
        }
        answer(outcome);
      });
}

/// What is no container's: from now on as it was read.
void daemon::take_over(const daemon_plan& read) {
  plan_.node = read.node;
  plan_.config_files = read.config_files;
  plan_.shown_configuration = read.shown_configuration;
  plan_.read_again = read.read_again;
  plan_.stop_within = read.stop_within;
  tree_->give_up_within(plan_.stop_within);
  plan_.php = read.php;
  shown_configuration_.with([this](auto& text) { text = plan_.shown_configuration; });
  php_options_.with([this](auto& options) { options = plan_.php; });
}

/// The configuration as it is now, refused as a whole if the tree would not take it.
result<daemon_plan> daemon::read_again(const std::vector<std::string>& files) const {
  auto read = plan_.read_again(files);
  if (!read) {
    return read;
  }
  const bool runs = !std::as_const(*tree_).status().list().empty();
  if (runs && read->root.children.empty() && !plan_.root.children.empty()) {
    return fail(ends_everything(read->config_files, plan_.root.children.size()));
  }
  if (auto checked = model::check_topology(read->root); !checked) {
    return fail(checked.error());
  }
  if (auto checked = tree_->check(read->root); !checked) {
    return fail(checked.error());
  }
  return read;
}

void daemon::reload(containers::reload_mode how,
                    const std::vector<std::string>& files,
                    containers::admin_environment::changes_done done) {
  if (how == containers::reload_mode::apply) {
    find_admin_socket(); // whatever the files say
    doors_.look_for_files();
  }
  if (reloading_.exchange(true)) {
    done(fail(errc::busy, "a reload is under way already"));
    return;
  }
  // Whoever asked by SIGHUP waits for both words, also of a file that is refused.
  if (how == containers::reload_mode::apply && told_ready_) {
    static_cast<void>(manager_.reloading(control_.now()));
  }
  auto read = read_again(files);
  if (!read) {
    reloading_ = false;
    if (how == containers::reload_mode::apply) {
      log::error("reload_refused", {{"reason", read.error().text()}});
      reload_over("ready; the last reload was refused: " + read.error().text());
    }
    done(fail(read.error()));
    return;
  }
  const auto all = std::as_const(*tree_).status().list();
  const bool nothing_there = all.empty();
  auto there = nothing_there ? plan_.root : what_is_there(all, plan_.root, read->root);
  auto changes = nothing_there
                     ? std::vector{creation_of(read->root)}
                     : with_made_by_commands(changes_between(there, read->root), all, there);
  for (auto& each : changes_between(plan_.daemon, read->daemon)) {
    changes.push_back(std::move(each));
  }
  if (how == containers::reload_mode::compare) {
    reloading_ = false;
    done(std::move(changes));
    return;
  }
  if (nothing_there) {
    return begin_anew(std::move(*read), std::move(changes), std::move(done));
  }
  if (all.front()->at == model::phase::stopping) {
    return apply_if_it_stays(
        std::move(there), std::move(*read), std::move(changes), std::move(done));
  }
  apply(std::move(there), std::move(*read), std::move(changes), std::move(done));
}

/// A project that is stopped may be changed; one that is being destroyed refuses to be what it is.
void daemon::apply_if_it_stays(model::child_spec before,
                               daemon_plan read,
                               containers::admin_environment::changes changes,
                               containers::admin_environment::changes_done done) {
  auto plan = std::make_shared<daemon_plan>(std::move(read));
  auto from = std::make_shared<model::child_spec>(std::move(before));
  model::command same;
  same.what = model::verb::update;
  same.target = plan_.root.id;
  same.spec = std::make_shared<const model::child_spec>(plan_.root);
  same.origin = "config";
  change(std::move(same),
         [this, plan, from, changes = std::move(changes), done = std::move(done)](
             const result<model::reply>& answer) {
           if (answer) {
             return apply(std::move(*from), std::move(*plan), changes, done);
           }
           containers::change_outcome out;
           out.now = plan_.root;
           out.done = fail(answer.error());
           applied(*plan, std::move(out), changes, done);
         });
}

/// There is no project: a file that is the truth brings back what it names.
void daemon::begin_anew(daemon_plan read,
                        containers::admin_environment::changes changes,
                        containers::admin_environment::changes_done done) {
  auto plan = std::make_shared<const daemon_plan>(std::move(read));
  model::command create;
  create.what = model::verb::create;
  create.spec = std::make_shared<const model::child_spec>(plan->root);
  create.undone_on_failure = true;
  create.origin = "config";
  change(std::move(create),
         [this, plan, changes = std::move(changes), done = std::move(done)](
             const result<model::reply>& answer) {
           containers::change_outcome out;
           const bool goes_on = !answer && answer.error().code == errc::timeout;
           out.now = answer || goes_on ? plan->root : plan_.root;
           if (!answer) {
             out.done =
                 fail(answer.error().code,
                      answer.error().context + (goes_on ? "" : "; there is no project, as before"));
           }
           applied(*plan, std::move(out), changes, done);
         });
}

std::vector<model::command> daemon::made_by_commands(std::string_view path) const {
  std::vector<model::command> out;
  for (const auto& each : std::as_const(*tree_).status().list()) {
    if (!made_below(*each, path)) {
      continue;
    }
    auto spec = *each->made_by_command;
    // What an operator has stopped does not run because of a change.
    spec.autostart = each->in != model::state::created && each->in != model::state::stopped;
    model::command again;
    again.what = model::verb::create;
    again.target = each->parent;
    again.asker = spec.bounds;
    again.spec = std::make_shared<const model::child_spec>(std::move(spec));
    out.push_back(std::move(again));
  }
  return out;
}

void daemon::change(model::command what, model::reply_callback answer) {
  changing_ =
      what.what == model::verb::create ? model::join_path(what.target, what.spec->id) : what.target;
  if (what.what == model::verb::create) {
    const auto before = std::as_const(*tree_).status().find(changing_);
    const bool leaves = before != nullptr && before->leaves;
    what.flags = leaves ? model::force::soft : what.flags; // its successor waits for its end
  }
  change_began_ = control_.now();
  tree_->execute(std::move(what), control_, std::move(answer));
}

std::string daemon::reloaded_so_far() const {
  return changing_.empty()
             ? std::string{}
             : containers::renewal_text(
                   changing_, std::as_const(*tree_).status().children_of(changing_), change_began_);
}

void daemon::apply(model::child_spec before,
                   daemon_plan read,
                   containers::admin_environment::changes changes,
                   containers::admin_environment::changes_done done) {
  auto plan = std::make_shared<daemon_plan>(std::move(read));
  containers::topology_change::begin(
      std::move(before),
      plan->root,
      [this](model::command what, model::reply_callback answer) {
        change(std::move(what), std::move(answer));
      },
      [this](std::string_view path) {
        const auto found = tree_->status().find(path);
        return found != nullptr &&
               (found->in == model::state::created || found->in == model::state::stopped);
      },
      [this](std::string_view path) { return made_by_commands(path); },
      [this, plan, changes = std::move(changes), done = std::move(done)](
          containers::change_outcome outcome) {
        applied(*plan, std::move(outcome), changes, done);
      });
}

/// Who has not heard of readiness yet does not hear of it because a reload is over.
void daemon::reload_over(const std::string& text) {
  if (told_ready_) {
    static_cast<void>(manager_.ready(text));
  }
}

void daemon::applied(const daemon_plan& read,
                     containers::change_outcome outcome,
                     const containers::admin_environment::changes& changes,
                     const containers::admin_environment::changes_done& done) {
  reloading_ = false;
  changing_.clear();
  plan_.root = std::move(outcome.now);
  if (!outcome.done) {
    reload_over("ready; the last reload was taken back");
    log::error("reload_taken_back", {{"reason", outcome.done.error().context}});
    done(fail(outcome.done.error()));
    return;
  }
  take_over(read);
  reload_over("ready");
  log::info("reloaded", {{"changes", changes.size()}});
  done(changes);
}

} // namespace kraken::runtime
