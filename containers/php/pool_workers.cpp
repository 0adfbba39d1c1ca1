// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The workers of a pool as its children: made, given a new definition, removed. How many there are
/// to be is decided in pool_container.cpp, how they are replaced in pool_renewal.cpp.
#include "containers/php/pool_container.hpp"

#include "kraken/base/log.hpp"

#include <algorithm>
#include <utility>

namespace kraken::containers {

// The first one lives where its supervisor does: its restart crosses no thread.
model::child_spec
pool_container::worker_spec(const std::string& id,
                            std::uint64_t number,
                            const std::shared_ptr<const pool_settings>& made_with) const {
  const auto& own = shell_.spec();
  const auto shards = environment_.pools->size();
  model::child_spec spec;
  spec.id = id;
  spec.kind = "worker";
  spec.name = made_with->argv.empty() ? std::string{} : made_with->argv.back();
  spec.start = made_with->argv;
  spec.options = std::make_shared<const made_options>(made_with);
  spec.restart = model::restart_type::permanent;
  spec.shutdown = own.shutdown;
  spec.ready = own.ready;
  spec.backoff = own.backoff;
  spec.on_give_up = model::give_up::retry; // or one address that crashes ends the pool
  spec.shard = static_cast<std::int32_t>((shell_.shard_index() + number + shards - 1) % shards);
  return spec;
}

void pool_container::add_worker() {
  const auto id = "w" + std::to_string(++last_number_);
  workers_.emplace(id, worker_entry{last_number_, model::phase::idle, nullptr, {}, 0, proven_});
  model::command make;
  make.what = model::verb::create;
  make.target = shell_.path();
  make.spec = std::make_shared<const model::child_spec>(worker_spec(id, last_number_, proven_));
  make.origin = "pool";
  shell_.manage(std::move(make), [this, id](const result<model::reply>& done) {
    if (!done && done.error().code != errc::canceled) { // else the pool is on its way out
      log::warn("worker_not_created",
                {{"container", shell_.path()}, {"worker", id}, {"reason", done.error().text()}});
    }
  });
}

/// What they have of the pool's definition.
void pool_container::update_workers(const actor::update_hold& hold) {
  for (const auto& [id, each] : workers_) {
    give(id, hold);
  }
  if (template_) {
    give(std::string{template_id}, hold);
  }
}

/// Its definition with what it is made with at its next start. What runs goes on.
void pool_container::give(const std::string& id, const actor::update_hold& hold) {
  model::command renew;
  renew.what = model::verb::update;
  renew.target = shell_.path() + "/" + id;
  if (id == template_id) {
    renew.spec = std::make_shared<const model::child_spec>(template_spec());
  } else {
    const auto& worker = workers_.at(id);
    renew.spec =
        std::make_shared<const model::child_spec>(worker_spec(id, worker.number, worker.made_with));
  }
  renew.origin = "pool";
  shell_.manage(std::move(renew), [hold](const result<model::reply>&) {});
}

void pool_container::remove_worker(worker_map::iterator which) {
  model::command end;
  end.what = model::verb::destroy;
  end.target = shell_.path() + "/" + which->first;
  end.origin = "pool";
  workers_.erase(which);
  shell_.manage(std::move(end), [](const result<model::reply>&) {});
  settle_scaling();
}

/// Somebody else has destroyed it: the pool keeps its size. Nothing has failed.
void pool_container::worker_gone(worker_map::iterator which) {
  workers_.erase(which);
  if (!closing_) {
    add_worker();
  }
  judge_readiness();
  judge_outlook();
  settle_scaling();
}

// One that does not serve before one that is idle before one that is busy; the youngest of them.
pool_container::worker_map::iterator pool_container::least_needed() {
  const auto need = [](const worker_entry& each) {
    return each.at != model::phase::ready ? 0 : each.live && each.live->busy.get() != 0 ? 2 : 1;
  };
  return std::min_element(workers_.begin(), workers_.end(), [&](const auto& a, const auto& b) {
    const auto left = need(a.second);
    const auto right = need(b.second);
    return left != right ? left < right : a.second.number > b.second.number;
  });
}

// The first workers wait for the template, once: executed they would share nothing for all their
// lives. Whatever becomes of it, they are made then.
void pool_container::staff(std::size_t count) {
  if (wants_template()) {
    awaiting_template_ = count;
    add_template(settings_, [](const auto&) {});
  } else {
    resize(count);
  }
}

void pool_container::resize(std::size_t count) {
  if (awaiting_template_) {
    awaiting_template_ = count;
    return;
  }
  while (workers_.size() < count) {
    add_worker();
  }
  while (workers_.size() > count) {
    remove_worker(least_needed());
  }
}

} // namespace kraken::containers
