// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Beginning and end of the daemon; what it does in between is in daemon_control.cpp.
#include "apps/kraken-runtime/daemon.hpp"
#include "apps/kraken-runtime/machine/machine_check.hpp"

#include "config/http_options.hpp"
#include "config/kind_table.hpp"
#include "config/process_options.hpp"
#include "containers/native/threaded_container.hpp"
#include "kraken/base/assert.hpp"
#include "kraken/base/log.hpp"
#include "kraken/base/log/log_outlet.hpp"
#include "kraken/base/spool_file.hpp"
#include "kraken/process/host/process_state.hpp"

#include <algorithm>
#include <csignal>
#include <string>
#include <system_error>

#include <sys/prctl.h>
#include <unistd.h>

namespace kraken::runtime {

namespace {

constexpr std::uint32_t control_loop_index = 255;

/// The second half of a kind of the configuration: what it does.
actor::kind hooks_of(std::string_view name,
                     std::function<std::unique_ptr<actor::incarnation>(actor::host&)> make) {
  const auto* const row = config::find_kind(name);
  KRAKEN_ASSERT(row != nullptr);
  return {std::string{row->name},
          std::string{row->summary},
          std::move(make),
          {},
          row->renewed == config::renewal::beside ? actor::replacement::start_first
                                                  : actor::replacement::stop_first};
}

actor::kind launching(actor::kind of) {
  of.starts = actor::launches::process;
  return of;
}

/// Also of what a native container makes: no file has been read for it.
result<void> check_speech(const model::child_spec& spec) {
  const auto unsaid = config::unsaid_by_program(spec);
  return unsaid.empty()
             ? result<void>{}
             : fail(errc::invalid_argument,
                    std::string{unsaid.front().option} + ": " + std::string{unsaid.front().text});
}

} // namespace

daemon::daemon(daemon_plan plan,
               const containers::class_catalogue& classes,
               std::optional<pidfd> guardian)
    : plan_(std::move(plan)), classes_(classes), began_(std::chrono::steady_clock::now()),
      control_(control_loop_index), guardian_(std::move(guardian)) {
  if (plan_.shards == 0) {
    plan_.shards = usable_cores();
  }
}

daemon::~daemon() {
  dismiss_shards();
  log::end_thread();
}

result<int> daemon::run() {
  if (auto prepared = prepare(); !prepared) {
    if (only_) {
      only_->withdraw();
    }
    return fail(prepared.error());
  }
  begin();
  control_.run();
  // The tree has ended: every container is gone, every process reaped. Freeing the actor system
  // waits for timers nobody needs any more, so the process just ends.
  access_logs_.end_all(limits::kill_grace);
  output_files_.end_all(limits::kill_grace);
  process::end_all_children(limits::kill_grace);
  only_->withdraw();
  log::end_thread();
  ::_exit(exit_code_);
}

// Everything that can fail, while no thread has anything yet that would have to be ended.
result<void> daemon::prepare() {
  if (auto prepared = prepare_process(); !prepared) {
    return prepared;
  }
  if (auto begun = log::begin_thread(); !begun) {
    return begun;
  }
  if (auto made = make_shards(); !made) {
    return made;
  }
  if (auto free = check_fronts(plan_.root); !free) {
    return free;
  }
  if (auto bound = bind_admin_door(); !bound) {
    return bound;
  }
  return make_tree();
}

void daemon::begin() {
  if (auto usable = spool_file::make(plan_.spool_directory); !usable) {
    log::warn("spool_not_usable", {{"reason", usable.error().text()}});
  }
  open_narya_status();
  start_shards();
  open_admin_door();
  read_signals();
  watch_guardian();
  log::info("daemon_started",
            {{"node", plan_.node},
             {"pid", ::getpid()},
             {"shards", plan_.shards},
             {"socket", plan_.admin_socket}});
  tree_->start([this](result<void> done) {
    control_.post([this, outcome = std::move(done)] {
      if (!outcome) {
        const auto code = outcome.error().code; // stopped meanwhile, it may be started yet
        const bool ordered = code == errc::canceled || code == errc::container_destroyed;
        log::write(ordered ? log::level::info : log::level::error,
                   "tree_not_ready",
                   {{"reason", outcome.error().text()}});
      }
      tell_when_ready();
    });
  });
}

// Before any thread: signals are blocked for all of them, and the lock is ours or nothing happens.
result<void> daemon::prepare_process() {
  if (auto made = prepare_socket_directory(); !made) {
    return made;
  }
  auto only = process::single_instance::acquire(plan_.admin_socket);
  if (!only) {
    return fail(only.error());
  }
  only_.emplace(std::move(*only));
  auto signals =
      process::signal_descriptor::open({SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD});
  if (!signals) {
    return fail(signals.error());
  }
  signals_.emplace(std::move(*signals));
  if (auto manager = process::notify_socket::from_environment()) {
    manager_ = std::move(*manager);
  } else {
    log::warn("service_manager_unreachable", {{"reason", manager.error().text()}});
  }
  return process::become_subreaper();
}

// What a front cannot have is told before anything is started; the fronts themselves open it later,
// and what is taken then is their failure like any other: tried again for ever.
result<void> daemon::check_fronts(const model::child_spec& parent) { // NOLINT(misc-no-recursion)
  for (const auto& child : parent.children) {
    if (auto free = check_fronts(child); !free) {
      return free;
    }
    const auto* front = dynamic_cast<const config::http_spec_options*>(child.options.get());
    if (front == nullptr || !child.autostart) {
      continue;
    }
    for (const auto& text : front->values.listen) {
      const auto address = net::address::parse(text);
      if (!address) {
        continue; // refused by the loader
      }
      if (const auto tried = net::listen_on(*address); !tried) {
        return fail(tried.error().code, child.id + ".listen: " + tried.error().context);
      }
      if (address->kind == net::address::family::unix_path) {
        ::unlink(address->path.c_str()); // made by this try
      }
    }
    const auto& log = front->values.access_log;
    const bool off = log.format == config::access_log_format::off;
    if (const auto tried = off ? result<void>{} : containers::access_log::check(log.file); !tried) {
      return fail(tried.error().code, child.id + ".access_log: " + tried.error().context);
    }
  }
  return {};
}

result<void> daemon::make_shards() {
  http_environment_.descriptors_below = children_.plan().clients_below();
  for (std::uint32_t i = 0; i < plan_.shards; ++i) {
    auto& loop = *loops_.emplace_back(std::make_unique<net::event_loop>(i));
    pools_.add_shard(loop);
    process_environment_.shards.push_back(&loop);
    php_environment_.shards.push_back(&loop);
    http_environment_.shards.push_back({&loop, &pools_.part(i).sinks});
    try {
      threads_.emplace_back([this, &loop] {
        turn_.wait(turn::waits);
        if (turn_ == turn::begins) {
          const auto name = "kraken/" + std::to_string(loop.index());
          ::prctl(PR_SET_NAME, name.c_str());
          loop.run();
        }
      });
    } catch (const std::system_error& why) {
      dismiss_shards();
      return fail(errc::limit_exceeded,
                  "no thread for shard " + std::to_string(i + 1) + " of " +
                      std::to_string(plan_.shards) +
                      ": the system allows no more (ulimit -u, TasksMax=, pids.max): " +
                      why.code().message());
    }
  }
  return {};
}

/// Those that have not begun.
void daemon::dismiss_shards() {
  auto waits = turn::waits;
  if (turn_.compare_exchange_strong(waits, turn::never)) {
    turn_.notify_all();
    threads_.clear();
  }
}

result<void> daemon::make_tree() {
  actor::tree_options options;
  for (auto& loop : loops_) {
    options.shards.push_back(loop.get());
  }
  options.kinds = kinds();
  options.root = plan_.root;
  options.seed = static_cast<std::uint64_t>(began_.time_since_epoch().count());
  const auto at_once = limits::boots_per_core * usable_cores();
  options.boots_at_once = std::max<std::size_t>(limits::boots_per_core, at_once / plan_.shards);
  options.sleeps = [](std::int32_t pid) { return process::sleeps(pid); };
  options.ended = [this](int exit_code) {
    control_.post([this, exit_code] { tree_ended(exit_code); });
  };
  auto made = actor::tree::make(std::move(options));
  if (!made) {
    return fail(made.error());
  }
  tree_ = std::move(*made);
  tree_->give_up_within(plan_.stop_within);
  prepare_verbs();
  return {};
}

void daemon::start_shards() {
  turn_ = turn::begins;
  turn_.notify_all();
  std::vector<executor*> shards;
  for (auto& loop : loops_) {
    shards.push_back(loop.get());
  }
  shards_.emplace(control_, shards);
  control_.post([this] { shards_->begin(); }); // its clock goes while the loop runs
}

std::vector<actor::kind> daemon::kinds() {
  pool_environment_ = {.pools = &pools_,
                       .logs = &logs_,
                       .files = &output_files_,
                       .children = &children_,
                       .process_ended = [this] { sweep_soon(); },
                       .counters = &pool_counters_,
                       .templates = &templates_,
                       .ends = ends_.get(),
                       .news = news_.get(),
                       .socket_directory =
                           plan_.admin_socket.substr(0, plan_.admin_socket.rfind('/'))};
  process_environment_.logs = &logs_;
  process_environment_.files = &output_files_;
  process_environment_.children = &children_;
  process_environment_.process_ended = [this] { sweep_soon(); };
  http_environment_.doors = &doors_;
  http_environment_.logs = &access_logs_;
  http_environment_.spool_directory = plan_.spool_directory;
  http_environment_.bound = [this](const std::string& path,
                                   const std::vector<net::address>& where) {
    listening_.with([&](auto& all) {
      auto& own = all[path];
      own.clear();
      for (const auto& each : where) {
        const bool ip = each.kind == net::address::family::ip;
        own.push_back(ip ? "http://" + each.text() : each.text());
      }
    });
  };
  prepare_php();
  auto native = hooks_of("native", [this](actor::host& shell) {
    return containers::make_native(shell, classes_, own_threads_);
  });
  native.check = [this](const model::child_spec& spec) { return classes_.check(spec); };
  auto worker =
      launching({"worker", "one process of a pool", [this](actor::host& shell) {
                   return std::make_unique<containers::worker_container>(shell, pool_environment_);
                 }});
  worker.replaced = actor::replacement::start_first;
  auto program = launching(hooks_of("process", [this](actor::host& shell) {
    return std::make_unique<containers::process_container>(shell, process_environment_);
  }));
  program.check = check_speech;
  return {
      std::move(native),
      hooks_of("pool",
               [this](actor::host& shell) {
                 return std::make_unique<containers::pool_container>(shell, pool_environment_);
               }),
      std::move(worker),
      {"template",
       "the process a pool's workers are forked from",
       [this](actor::host& shell) {
         return std::make_unique<containers::template_container>(shell, pool_environment_);
       },
       {},
       actor::replacement::start_first},
      launching(hooks_of("php",
                         [this](actor::host& shell) {
                           return std::make_unique<containers::php_container>(shell,
                                                                              php_environment_);
                         })),
      hooks_of("http",
               [this](actor::host& shell) {
                 return std::make_unique<containers::http_container>(shell, http_environment_);
               }),
      std::move(program),
  };
}

} // namespace kraken::runtime
