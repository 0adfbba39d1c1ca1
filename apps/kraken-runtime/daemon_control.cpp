// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Signals, orphans, stop and numbers of the running daemon; reload is in daemon_reload.cpp.
#include "apps/kraken-runtime/daemon.hpp"

#include "containers/admin/health.hpp"
#include "kraken/base/log.hpp"
#include "kraken/base/log/log_outlet.hpp"

#include <csignal>
#include <utility>

#include <unistd.h>

namespace kraken::runtime {

namespace {

// Orphans are looked for after an end, once for many ends.
constexpr milliseconds sweep_delay{20};
constexpr milliseconds sweep_again{1'000};

constexpr milliseconds hurried_stop{500};

} // namespace

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
    reload(containers::reload_mode::apply, {}, [](const auto&) {}); // the log has the outcome
    return;
  case SIGUSR1:
    if (auto reopened = log::reopen(); !reopened) {
      log::error("log_not_reopened", {{"reason", reopened.error().text()}});
    }
    access_logs_.reopen_all();
    output_files_.reopen_all();
    return;
  case SIGTERM:
  case SIGINT:
    if (!stopping_) {
      stop(containers::stop_mode::orderly);
    } else if (control_.now() - stop_asked_ > limits::stop_repeated) {
      stop(containers::stop_mode::now);
    }
    return;
  default:
    return;
  }
}

void daemon::stop(containers::stop_mode how) {
  const bool now = how == containers::stop_mode::now;
  if (!stopping_.exchange(true)) {
    stop_asked_ = control_.now();
    static_cast<void>(manager_.stopping("stopping"));
  }
  log::info("daemon_stopping", {{"hurried", now}});
  if (admin_) {
    admin_->end_streams();
  }
  tree_->stop(now ? hurried_stop : plan_.stop_within);
}

// Without a guardian nobody would end what this process leaves if it were killed, and whoever
// killed the guardian meant the daemon: it ends in a hurry, whatever its shards do.
void daemon::watch_guardian() {
  if (!guardian_) {
    return;
  }
  guardian_wait_ = control_.when_readable(guardian_->fd(), [this] {
    guardian_wait_.reset();
    log::error("guardian_died", {});
    stop(containers::stop_mode::now);
    forced_end_ = control_.after(hurried_stop + sweep_delay, [this] {
      process::end_all_children(limits::kill_grace);
      only_->withdraw();
      log::end_thread();
      ::_exit(1);
    });
  });
}

void daemon::tree_ended(int exit_code) {
  exit_code_ = exit_code;
  log::info("daemon_ended", {{"exit_code", exit_code}});
  admin_tcp_front_.reset();
  admin_front_.reset();
  admin_.reset();
  control_.stop();
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
        sweep_wait_ = control_.after(sweep_again, [this] { sweep_soon(); });
        return;
      }
      orphans_unknown_.set(did->unknown);
      if (did->killed != 0) {
        orphans_killed_.add(did->killed);
        std::string names;
        for (const auto& each : did->names) {
          names += (names.empty() ? "" : ", ") + each;
        }
        log::warn("orphans_killed", {{"count", did->killed}, {"processes", names}});
      }
      if (did->deferred) {
        sweep_soon();
      }
    });
  });
}

/// The root has started. What it starts all at once, and what is restarted below it, may not serve
/// yet: the manager hears of readiness when `/readyz` would say so, too.
void daemon::tell_when_ready() {
  ready_news_ = tree_->status().subscribe([this](const actor::status_event&) {
    if (!look_asked_.exchange(true)) {
      control_.post([this] {
        look_asked_ = false;
        look_whether_ready();
      });
    }
  });
  look_whether_ready();
}

void daemon::look_whether_ready() {
  if (told_ready_) {
    return;
  }
  const auto& board = std::as_const(*tree_).status();
  if (const auto known = board.find(unready_); known && containers::is_unready(*known)) {
    return; // whatever the others are
  }
  unready_.clear();
  const auto all = board.list();
  for (const auto& each : all) {
    if (containers::is_unready(*each)) {
      unready_ = each->path;
      return;
    }
  }
  if (stopping_ || all.empty()) {
    return;
  }
  told_ready_ = true;
  ready_news_.reset();
  log::info("tree_ready", {});
  static_cast<void>(manager_.ready("ready"));
  notify_watchdog();
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
