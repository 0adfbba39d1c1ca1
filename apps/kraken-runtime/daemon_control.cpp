// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Signals, orphans, stop, reload and numbers of the running daemon.
#include "apps/kraken-runtime/daemon.hpp"

#include "kraken/base/log.hpp"
#include "kraken/model/topology.hpp"
#include "kraken/model/topology_diff.hpp"

#include <csignal>

#include <unistd.h>

namespace kraken::runtime {

namespace {

// Orphans are looked for after an end, once for many ends.
constexpr milliseconds sweep_delay{20};

constexpr milliseconds hurried_stop{500};

std::string_view describe(model::verb what) {
  switch (what) {
  case model::verb::create:
    return "create";
  case model::verb::destroy:
    return "destroy";
  case model::verb::scale:
    return "scale";
  case model::verb::update:
    return "update";
  case model::verb::start:
  case model::verb::stop:
  case model::verb::restart:
  case model::verb::recycle:
  case model::verb::reset:
  case model::verb::start_tree:
  case model::verb::stop_tree:
    break;
  }
  return "change";
}

} // namespace

/// One reload: the commands still to be carried out.
struct reload_run {
  std::vector<model::command> commands;
  std::size_t next = 0;
  daemon_plan plan;
  containers::admin_environment::changes changes;
  containers::admin_environment::changes_done done;
};

void daemon::read_signals() {
  signal_wait_ = control_.when_readable(signals_->fd(), [this] {
    for (auto each = signals_->next(); each && *each; each = signals_->next()) {
      on_signal(**each);
    }
  });
}

void daemon::on_signal(const process::received_signal& signal) {
  switch (signal.number) {
  case SIGCHLD:
    sweep_soon();
    return;
  case SIGHUP:
    reload(containers::reload_mode::apply, [](auto outcome) {
      if (!outcome) {
        log::error("reload_refused", {{"reason", outcome.error().text()}});
      }
    });
    return;
  case SIGUSR1:
    if (auto reopened = log::reopen(); !reopened) {
      log::error("log_not_reopened", {{"reason", reopened.error().text()}});
    }
    return;
  case SIGTERM:
  case SIGINT:
    stop(stopping_ ? containers::stop_mode::now : containers::stop_mode::orderly);
    return;
  default:
    return;
  }
}

void daemon::stop(containers::stop_mode how) {
  const bool now = how == containers::stop_mode::now;
  if (!stopping_.exchange(true)) {
    static_cast<void>(manager_.stopping("stopping"));
  }
  log::info("daemon_stopping", {{"hurried", now}});
  loops_.front()->post([this] {
    if (admin_) {
      admin_->end_streams();
    }
  });
  tree_->stop(now ? hurried_stop : plan_.stop_within);
}

void daemon::tree_ended(int exit_code) {
  exit_code_ = exit_code;
  log::info("daemon_ended", {{"exit_code", exit_code}});
  auto& home = *loops_.front();
  home.post([this] {
    admin_tcp_front_.reset();
    admin_front_.reset();
    admin_.reset();
    control_.stop();
  });
}

// From any shard: one look for all that ended meanwhile, away from the shards.
void daemon::sweep_soon() {
  if (sweep_asked_.exchange(true)) {
    return;
  }
  control_.post([this] {
    sweep_wait_ = control_.after(sweep_delay, [this] {
      sweep_asked_ = false;
      const auto did = children_.sweep();
      if (!did) {
        log::warn("sweep_failed", {{"reason", did.error().text()}});
        return;
      }
      if (did->killed != 0) {
        log::warn("orphans_killed", {{"count", did->killed}});
      }
      if (did->deferred) {
        sweep_soon();
      }
    });
  });
}

void daemon::notify_watchdog() {
  const auto period = manager_.watchdog_period();
  if (!period) {
    return;
  }
  // The main loop answers for the shards too: each must take a message before the manager is told.
  const auto half = std::chrono::duration_cast<milliseconds>(*period) / 2;
  watchdog_wait_ = control_.after(half, [this] {
    auto left = std::make_shared<std::atomic<std::size_t>>(loops_.size());
    for (auto& loop : loops_) {
      loop->post([this, left] {
        if (--*left == 0) {
          control_.post([this] {
            static_cast<void>(manager_.watchdog());
            notify_watchdog();
          });
        }
      });
    }
  });
}

void daemon::create_project(model::force how, const model::reply_callback& done) {
  model::command create;
  create.what = model::verb::create;
  create.flags = how;
  create.spec = std::make_shared<const model::child_spec>(plan_.root);
  tree_->execute(std::move(create), *loops_.front(), done);
}

void daemon::reload(containers::reload_mode how, containers::admin_environment::changes_done done) {
  if (reloading_.exchange(true)) {
    done(fail(errc::busy, "a reload is under way already"));
    return;
  }
  auto read = plan_.read_again();
  if (!read) {
    reloading_ = false;
    done(fail(read.error()));
    return;
  }
  if (auto checked = model::check_topology(read->root); !checked) {
    reloading_ = false;
    done(fail(checked.error()));
    return;
  }
  auto run = std::make_shared<reload_run>();
  run->plan = std::move(*read);
  if (!tree_->status().list().empty()) {
    run->commands = model::diff(plan_.root, run->plan.root);
  } // else there is no project: the next one is created as it is now
  run->done = std::move(done);
  for (const auto& each : run->commands) {
    const auto child = each.spec ? "/" + each.spec->id : std::string{};
    run->changes.push_back({std::string{describe(each.what)}, each.target + child, {}});
  }
  if (how == containers::reload_mode::compare) {
    reloading_ = false;
    run->done(run->changes);
    return;
  }
  static_cast<void>(manager_.reloading(control_.now()));
  apply_next(std::move(run));
}

void daemon::apply_next(std::shared_ptr<reload_run> run) {
  if (run->next == run->commands.size()) {
    run->plan.shards = plan_.shards;
    run->plan.admin_socket = plan_.admin_socket;
    plan_ = std::move(run->plan);
    shown_configuration_.with([this](auto& text) { text = plan_.shown_configuration; });
    reloading_ = false;
    static_cast<void>(manager_.ready("ready"));
    log::info("reloaded", {{"changes", run->changes.size()}});
    run->done(run->changes);
    return;
  }
  auto command = run->commands[run->next++];
  command.origin = "reload";
  tree_->execute(std::move(command), control_, [this, run](result<model::reply> answer) {
    if (!answer) {
      reloading_ = false;
      static_cast<void>(manager_.ready("ready; the last reload failed"));
      run->done(fail(answer.error()));
      return;
    }
    apply_next(run);
  });
}

console::node_record daemon::node_record() const {
  console::node_record out;
  out.name = plan_.node;
  out.version = KRAKEN_VERSION;
  out.pid = static_cast<std::int32_t>(::getpid());
  out.uptime_seconds = static_cast<std::uint64_t>(
      std::chrono::duration_cast<seconds>(std::chrono::steady_clock::now() - began_).count());
  out.shards = plan_.shards;
  out.config_files = plan_.config_files;
  listening_.with([&out](const auto& all) {
    for (const auto& [path, addresses] : all) {
      out.listen.insert(out.listen.end(), addresses.begin(), addresses.end());
    }
  });
  return out;
}

} // namespace kraken::runtime
