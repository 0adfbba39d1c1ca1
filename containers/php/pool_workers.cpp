// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The workers of a pool as its children: made, given a new definition, removed, replaced one after
/// the other. How many there are to be is decided in pool_container.cpp.
#include "containers/php/pool_container.hpp"

#include "kraken/base/log.hpp"

#include <algorithm>
#include <utility>

namespace kraken::containers {

// The first one lives where its supervisor does: its restart crosses no thread.
model::child_spec pool_container::worker_spec(const std::string& id, std::uint64_t number) const {
  const auto& own = shell_.spec();
  const auto shards = environment_.pools->size();
  model::child_spec spec;
  spec.id = id;
  spec.kind = "worker";
  spec.name = own.start.empty() ? std::string{} : own.start.back();
  spec.start = own.start;
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
  workers_.emplace(id, worker_entry{last_number_, model::phase::idle, nullptr, {}, 0});
  model::command make;
  make.what = model::verb::create;
  make.target = shell_.path();
  make.spec = std::make_shared<const model::child_spec>(worker_spec(id, last_number_));
  make.origin = "pool";
  shell_.manage(std::move(make), [this, id](const result<model::reply>& done) {
    if (!done) {
      log::warn("worker_not_created",
                {{"container", shell_.path()}, {"worker", id}, {"reason", done.error().text()}});
    }
  });
}

/// What they have of the pool's definition.
void pool_container::update_workers(const actor::update_hold& hold) {
  for (const auto& [id, each] : workers_) {
    model::command renew;
    renew.what = model::verb::update;
    renew.target = shell_.path() + "/" + id;
    renew.spec = std::make_shared<const model::child_spec>(worker_spec(id, each.number));
    renew.origin = "pool";
    shell_.manage(std::move(renew), [hold](const result<model::reply>&) {});
  }
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
    add_template();
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

result<void> pool_container::recycle_workers(std::function<void(result<void>)> done) {
  if (all_recycled_) {
    return fail(errc::busy, "the workers of '" + shell_.path() + "' are being replaced already");
  }
  all_recycled_ = std::move(done);
  line_up(replaced::template_too);
  recycle_next();
  return {};
}

void pool_container::line_up(replaced what) {
  if (what == replaced::template_too && has_template_) {
    to_recycle_.emplace_back(template_id); // so that what follows is forked from the new one
  }
  for (const auto& [id, each] : workers_) {
    to_recycle_.push_back(id);
  }
}

/// Also those that a replacement under way has been at already: it was with what was before.
void pool_container::renew(replaced what) {
  const bool under_way = all_recycled_ != nullptr;
  if (under_way && !to_recycle_.empty()) {
    to_recycle_.resize(1);
  }
  line_up(what);
  if (!under_way) {
    all_recycled_ = [](const result<void>&) {};
    recycle_next();
  }
}

void pool_container::recycle_next() {
  if (to_recycle_.empty()) {
    return recycling_over({});
  }
  model::command renew;
  renew.what = needs_start(to_recycle_.front()) ? model::verb::start : model::verb::recycle;
  renew.target = shell_.path() + "/" + to_recycle_.front();
  renew.origin = "pool";
  shell_.manage(std::move(renew), [this](const result<model::reply>& done) { recycled_one(done); });
}

// When one does not boot, the others stay as they are: they work. One that does not run now, or is
// gone, has nothing to replace.
void pool_container::recycled_one(const result<model::reply>& done) {
  const bool anew = std::exchange(anew_, false);
  if (!anew && !done && done.error().code == errc::start_failed) {
    log::warn("pool_keeps_workers",
              {{"container", shell_.path()},
               {"not_replaced", to_recycle_.size()},
               {"reason", done.error().text()}});
    to_recycle_.clear();
    return recycling_over(fail(done.error()));
  }
  to_recycle_.pop_front();
  recycle_next();
}

void pool_container::recycling_over(const result<void>& outcome) {
  tell_of_code(outcome);
  std::exchange(all_recycled_, nullptr)(outcome);
}

} // namespace kraken::containers
