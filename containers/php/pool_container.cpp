// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Opening, growing, shrinking and ending of a pool. Its workers as containers are in
/// pool_workers.cpp, what follows from their states in pool_readiness.cpp.
#include "containers/php/pool_container.hpp"

#include "containers/php/worker_container.hpp"
#include "kraken/base/assert.hpp"
#include "kraken/base/log.hpp"

#include <algorithm>
#include <utility>

namespace kraken::containers {

namespace {

constexpr milliseconds scale_look_every = seconds{1};

std::string alias_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

} // namespace

/// What the shards may touch after the pool has ended.
struct pool_container::shared_state {
  std::atomic<bool> alive{true};
  std::atomic<bool> pressed{false}; ///< a message about waiting requests is under way
};

pool_container::pool_container(actor::host& shell, const pool_environment& environment)
    : shell_(shell), environment_(environment), shared_(std::make_shared<shared_state>()) {
  read_options(shell.spec());
}

void pool_container::read_options(const model::child_spec& spec) {
  const auto* options = dynamic_cast<const config::pool_spec_options*>(spec.options.get());
  KRAKEN_ASSERT(options != nullptr); // the loader makes no pool without
  auto values = options->values;
  values.process = held_to(spec.bounds.get(), std::move(values.process));
  settings_ = std::make_shared<const pool_settings>(make_settings(spec.start, values));
  if (!proven_ || workers_.empty()) {
    proven_ = settings_;
  }
  min_ = settings_->scaling.min;
}

pool_container::~pool_container() {
  shared_->alive = false;
  environment_.counters->remove(shell_.path());
  close_shards();
}

void pool_container::start() {
  for (std::uint32_t i = 0; i < environment_.pools->size(); ++i) {
    parts_.push_back(std::make_shared<model::gauges>());
    live_->parts.push_back(parts_.back());
  }
  shell_.show_gauges(live_);
  open_shards();
}

void pool_container::open_shards() {
  const auto path = shell_.path();
  auto& registry = *environment_.pools;
  const auto group = group_ = std::make_shared<pool_group>(registry.size());
  for (std::uint32_t i = 0; i < registry.size(); ++i) {
    group->line(i).loop = registry.part(i).loop;
  }
  for (std::uint32_t i = 0; i < registry.size(); ++i) {
    auto& part = registry.part(i);
    part.loop->post([this,
                     &part,
                     path,
                     group,
                     i,
                     live = parts_[i],
                     shared = shared_,
                     settings = settings_,
                     counters = environment_.counters,
                     &home = shell_.shard()] {
      auto pool = std::make_shared<pool_shard>(*part.loop, settings, group, live);
      group->line(i).pool = pool;
      counters->add(path, i, pool->counters());
      pool->on_pressure = [this, shared, &home] {
        if (!shared->pressed.exchange(true)) {
          home.post([this, shared] {
            shared->pressed = false;
            if (shared->alive) {
              follow_load();
            }
          });
        }
      };
      part.pools[path] = pool;
      part.sinks.at(alias_of(path)).live = pool.get();
      home.post([this, shared] {
        if (shared->alive) {
          opened_on_one_shard();
        }
      });
    });
  }
}

void pool_container::opened_on_one_shard() {
  if (++shards_open_ == environment_.pools->size()) {
    shell_.open(); // its queue takes requests, whoever will answer them
    static_cast<void>(has_room_for(settings_->count)); // to say so once, not per worker
    staff(settings_->count);
    watch_files();
    look_at_idle_time();
    if (min_ == 0) {
      judge_readiness();
    }
  }
}

void pool_container::close_shards() {
  const auto path = shell_.path();
  auto& registry = *environment_.pools;
  for (std::uint32_t i = 0; i < registry.size(); ++i) {
    auto& part = registry.part(i);
    part.loop->post([&part, path] {
      const auto found = part.pools.find(path);
      if (found == part.pools.end()) {
        return;
      }
      auto& entry = part.sinks.at(alias_of(path));
      if (entry.live == found->second.get()) {
        entry.live = nullptr;
      }
      found->second->close();
      part.pools.erase(found);
    });
  }
}

void pool_container::on_each_shard(const std::function<void(pool_shard&)>& what) {
  auto& registry = *environment_.pools;
  for (std::uint32_t i = 0; i < registry.size(); ++i) {
    auto& part = registry.part(i);
    part.loop->post([&part, what, path = shell_.path()] {
      if (const auto pool = part.find(path)) {
        what(*pool);
      }
    });
  }
}

// Its workers are stopped next, each after the request it has: what waits would wait in vain.
void pool_container::drain() {
  watch_.reset();
  renewal_.code_settled();
  closing_ = true;
  on_each_shard([](pool_shard& pool) { pool.close(); });
}

void pool_container::doomed() {
  watch_.reset();
  renewal_.code_settled();
  closing_ = true;
  if (group_) {
    group_->give_up();
  }
  on_each_shard([](pool_shard& pool) { pool.give_up(); });
}

// Limits and times count at once. Large bodies come as files only while no worker is there, or may
// come back, that would not take them.
void pool_container::update_shards(const actor::update_hold& hold, std::function<void()> then) {
  auto settings = *settings_;
  for (const auto& [id, each] : workers_) {
    settings.takes_files = settings.takes_files && each.made_with->takes_files;
  }
  const auto left = std::make_shared<std::uint32_t>(environment_.pools->size()); // used at home
  on_each_shard([settings = std::make_shared<const pool_settings>(std::move(settings)),
                 hold,
                 left,
                 then = std::move(then),
                 shared = shared_,
                 &home = shell_.shard()](pool_shard& pool) {
    pool.update(settings);
    home.post([left, then, shared] {
      if (--*left == 0 && shared->alive) {
        then();
      }
    });
  });
}

void pool_container::updated(const model::child_spec& spec, const actor::update_hold& hold) {
  const auto before = settings_;
  read_options(spec);
  // A new worker meets shards that know of its kind.
  update_shards(hold, [this, hold] { renew_outdated(hold); });
  update_workers(hold);
  if (settings_->count != before->count || workers_.size() > settings_->scaling.max) {
    resize(settings_->count);
  }
  watch_files();
  hope_again();
  look_at_idle_time();
  judge_readiness();
}

// Its workers have ended before: the shell stops children first.
void pool_container::stop() {
  if (!std::exchange(ended_, true)) {
    idle_watch_.reset();
    watch_.reset();
    settle_scaling();
    close_shards();
    model::cause why;
    why.kind = model::cause_kind::exit_normal;
    shell_.ended(std::move(why));
  }
}

void pool_container::kill() {
  stop();
}

result<void> pool_container::room_for(std::size_t count) const {
  if (count <= workers_.size()) {
    return {}; // fewer need nothing, however little is left
  }
  const auto more = count - workers_.size();
  return environment_.children->plan().admit(more * worker_container::descriptors,
                                             std::to_string(count) + " workers of '" +
                                                 shell_.path() + "'");
}

bool pool_container::has_room_for(std::size_t count) {
  const auto room = room_for(count);
  const bool told = std::exchange(cramped_, !room);
  if (!room && !told) {
    log::warn("pool_has_no_room", {{"container", shell_.path()}, {"reason", room.error().text()}});
  }
  return room.has_value();
}

model::pool_load pool_container::load() const {
  model::pool_load out;
  std::int64_t last_used = 0;
  std::int64_t waiting = 0;
  environment_.counters->visit(
      [&](const std::string& path, std::uint32_t, const pool_counters& counters) {
        if (path == shell_.path()) {
          waiting += counters.waiting.get();
          last_used = std::max(last_used, counters.last_used_ms.get());
        }
      });
  const auto now = environment_.pools->part(shell_.shard_index()).loop->now().time_since_epoch();
  out.waiting = static_cast<std::uint64_t>(std::max(waiting, std::int64_t{0}));
  out.unused = std::max(milliseconds{0},
                        std::chrono::duration_cast<milliseconds>(now) - milliseconds{last_used});
  for (const auto& [id, each] : workers_) {
    if (each.at == model::phase::ready) {
      ++(each.live && each.live->busy.get() != 0 ? out.busy : out.idle);
    } else if (model::state_of(each.at) == model::state::failed) {
      ++out.failed;
    } else {
      ++out.starting;
    }
  }
  return out;
}

void pool_container::follow_load() {
  if (ended_ || awaiting_template_) {
    return;
  }
  const auto step = model::next_scaling(settings_->scaling, load());
  if (step.grow != 0) {
    if (!has_room_for(workers_.size() + step.grow)) {
      return;
    }
    log::info("pool_grows",
              {{"container", shell_.path()}, {"workers", workers_.size()}, {"by", step.grow}});
    resize(workers_.size() + step.grow);
  } else if (step.shrink != 0) {
    log::info("pool_shrinks",
              {{"container", shell_.path()}, {"workers", workers_.size()}, {"by", step.shrink}});
    resize(workers_.size() - step.shrink);
  }
}

void pool_container::look_at_idle_time() {
  const auto& rules = settings_->scaling;
  if (rules.gradual_idle.count() == 0 && rules.aggressive_idle.count() == 0) {
    idle_watch_.reset();
    return;
  }
  idle_watch_ =
      environment_.pools->part(shell_.shard_index()).loop->after(scale_look_every, [this] {
        follow_load();
        look_at_idle_time();
      });
}

result<std::uint32_t> pool_container::scale(std::uint32_t count) {
  if (count == 0 || count > limits::pool_workers_max) {
    return fail(errc::invalid_argument,
                "a pool has 1 to " + std::to_string(limits::pool_workers_max) + " workers");
  }
  const auto& bounds = settings_->scaling;
  if (bounds.min != bounds.max && count > bounds.max) {
    return fail(errc::limit_exceeded,
                "'" + shell_.path() + "' has at most " + std::to_string(bounds.max) +
                    " workers (size.max); raise that and reload to have more");
  }
  if (bounds.min != bounds.max && count < bounds.min) {
    return fail(errc::limit_exceeded,
                "'" + shell_.path() + "' has at least " + std::to_string(bounds.min) +
                    " workers (size.min); lower that and reload to have fewer");
  }
  if (auto room = room_for(count); !room) {
    return fail(room.error());
  }
  const auto before = static_cast<std::uint32_t>(workers_.size());
  min_ = std::min(min_, count);
  resize(count);
  judge_readiness();
  return before;
}

} // namespace kraken::containers
