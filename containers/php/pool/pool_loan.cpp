// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Lending of requests between the shards of a pool, both sides.
#include "containers/php/pool/pool_loan.hpp"

#include "containers/php/pool/pool_shard.hpp"
#include "containers/php/pool/worker_channel.hpp"

#include <algorithm>
#include <utility>

namespace kraken::containers {

wire::response_context pool_loan::context() noexcept {
  context_.date = here_.loop().http_date();
  return context_;
}

template <class What>
void pool_loan::at_home(What what) {
  home_.loop->post([home = home_, act = std::move(what)]() mutable {
    if (const auto pool = home.pool.lock()) {
      pool->loan_speaks(home.slot, home.round, act);
    }
  });
}

void pool_loan::done() {
  here_.loan_over(*this); // destroys this
}

void pool_loan::interim() {
  at_home([bytes = std::make_shared<wire::byte_buffer>(std::move(output_))](net::exchange& to) {
    to.output().append(bytes->view());
    to.interim();
    return loan_state::waiting;
  });
}

void pool_loan::answered(int status, wire::connection_after after) {
  at_home([status, after, bytes = std::make_shared<wire::byte_buffer>(std::move(output_))](
              net::exchange& to) {
    to.output().append(bytes->view());
    to.answered(status, after);
    return loan_state::over;
  });
  done();
}

void pool_loan::answered_with_file(int status, wire::connection_after after, net::file_part body) {
  at_home([status,
           after,
           bytes = std::make_shared<wire::byte_buffer>(std::move(output_)),
           file = std::make_shared<net::file_part>(std::move(body))](net::exchange& to) {
    to.output().append(bytes->view());
    to.answered_with_file(status, after, std::move(*file));
    return loan_state::over;
  });
  done();
}

void pool_loan::failed(int status, std::string_view detail) {
  at_home([status, text = std::string{detail}](net::exchange& to) {
    to.failed(status, text);
    return loan_state::over;
  });
  done();
}

void pool_loan::streaming(int status, wire::body_framing framing, wire::connection_after after) {
  at_home([=, bytes = std::make_shared<wire::byte_buffer>(std::move(output_))](net::exchange& to) {
    to.output().append(bytes->view());
    to.streaming(status, framing, after);
    return loan_state::streaming;
  });
}

void pool_loan::stream_part(std::string_view part) {
  at_home([text = std::string{part}](net::exchange& to) {
    to.stream_part(text);
    return to.congested() ? loan_state::congested : loan_state::streaming;
  });
}

void pool_loan::stream_ended() {
  at_home([](net::exchange& to) {
    to.stream_ended();
    return loan_state::over;
  });
  done();
}

void pool_loan::stream_broken() {
  at_home([](net::exchange& to) {
    to.stream_broken();
    return loan_state::over;
  });
  done();
}

namespace {

// What a lender is given beyond the times it keeps itself.
constexpr milliseconds lender_grace = seconds{1};

} // namespace

// --- the home side ---------------------------------------------------------------------------

// Asked only after it is visible that one waits: see pool_group_line.
void pool_shard::seek_worker(pool_slot& slot) {
  if (const auto place = better_place(); place != group_->size()) {
    unqueue(slot);
    lend(slot, place, loan_place::kept);
    return;
  }
  offer_waiting();
  if (on_pressure) {
    on_pressure();
  }
}

// Another shard with an idle worker, or with workers at all when there are none here: its queue
// moves, this one would only see what that shard has left over. `size()`: here.
std::uint32_t pool_shard::better_place() const {
  const auto idle = group_->find_idle(loop_.index());
  return idle != group_->size() || counters_->workers.get() != 0
             ? idle
             : group_->find_staffed(loop_.index());
}

// The lender keeps the times of queue and worker; this is for one that says nothing at all.
milliseconds pool_shard::lent_time() const {
  return patience() + settings_->request_timeout + lender_grace;
}

void pool_shard::lend(pool_slot& slot, std::uint32_t to, loan_place place) {
  if (place == loan_place::kept) {
    group_->count_waiting(1);
  }
  slot.at = pool_slot::stage::lent;
  slot.lent_to = to;
  loop_.set(slot, lent_time());
  auto request = std::make_shared<loan_request>();
  request->home = {weak_from_this(), &loop_, slot.index, slot.round};
  request->frame = std::move(slot.frame);
  request->parcel = slot.parcel;
  request->body = std::exchange(slot.body, {});
  request->wire_id = slot.wire_id;
  request->may_retry = slot.may_retry;
  request->place = place;
  request->context = slot.from->context();
  auto& line = group_->line(to);
  line.loop->post([request, &line, group = group_] {
    if (const auto pool = line.pool.lock()) {
      pool->accept_loan(std::move(*request));
    } else {
      group->count_waiting(request->place == loan_place::kept ? -1 : 0);
      request->home.loop->post([home = request->home] {
        if (const auto owner = home.pool.lock()) {
          owner->loan_speaks(home.slot, home.round, [&owner](net::exchange& waited) {
            owner->counters_->refused.add();
            waited.failed(503, pool_stopping_detail);
            return loan_state::over;
          });
        }
      });
    }
  });
}

// Nobody will carry their answers here any more.
void pool_shard::end_lent() {
  for (auto& slot : slots_) {
    if (slot.at == pool_slot::stage::lent) {
      auto* const waited = slot.from;
      const bool begun = slot.lent_streaming;
      recall_loan(slot);
      free_slot(slot);
      begun ? waited->stream_broken() : waited->failed(503, pool_stopping_detail);
    }
  }
}

void pool_shard::loan_speaks(std::uint32_t index,
                             std::uint32_t round,
                             const std::function<loan_state(net::exchange&)>& act) {
  auto& slot = slots_[index];
  if (slot.round != round || slot.at != pool_slot::stage::lent || slot.from == nullptr) {
    return; // answered by time, or the client is gone
  }
  auto* const to = slot.from;
  const auto lender = slot.lent_to;
  // Whoever speaks last must find the slot free: the connection may submit at once.
  const auto state = act(*to);
  if (state == loan_state::over) {
    free_slot(slot);
    return;
  }
  if (state == loan_state::waiting) {
    return; // its times are as they were
  }
  slot.lent_streaming = true;
  loop_.set(slot, lent_time());
  if (state == loan_state::congested) {
    slot.net::deadline::clear(); // the front keeps the client's time
    tell_lender(lender, index, round, [](pool_loan& loan) { loan.set_congested(true); });
  }
}

template <class What>
void pool_shard::tell_lender(std::uint32_t lender,
                             std::uint32_t index,
                             std::uint32_t round,
                             What what) {
  auto& line = group_->line(lender);
  line.loop->post(
      [&line, group = group_, home = loop_.index(), index, round, act = std::move(what)] {
        if (const auto pool = line.pool.lock()) {
          if (auto* const loan = pool->find_loan(home, index, round)) {
            act(*loan);
          }
        }
      });
}

void pool_shard::recall_loan(const pool_slot& slot) {
  auto& line = group_->line(slot.lent_to);
  line.loop->post(
      [&line, group = group_, home = loop_.index(), index = slot.index, round = slot.round] {
        if (const auto pool = line.pool.lock()) {
          if (auto* const loan = pool->find_loan(home, index, round)) {
            pool->abandon(*loan);
            pool->loan_over(*loan);
          }
        }
      });
}

void pool_shard::resume_loan(const pool_slot& slot) {
  auto& line = group_->line(slot.lent_to);
  line.loop->post(
      [&line, group = group_, home = loop_.index(), index = slot.index, round = slot.round] {
        if (const auto pool = line.pool.lock()) {
          if (auto* const loan = pool->find_loan(home, index, round)) {
            loan->set_congested(false);
            pool->resume(*loan);
          }
        }
      });
}

// A worker became idle here and nothing waits: somebody else may have too much.
void pool_shard::offer_idle_worker() {
  const auto busy = group_->find_waiting(loop_.index());
  if (busy == group_->size()) {
    return;
  }
  auto& line = group_->line(busy);
  line.loop->post([&line, group = group_, to = loop_.index()] {
    const auto pool = line.pool.lock();
    auto* const slot = pool ? pool->spare_waiting() : nullptr;
    if (slot != nullptr) {
      pool->lend(*slot, to, loan_place::kept);
    } else if (pool) {
      // Its requests have found workers meanwhile; those of a third shard may not have.
      auto& back = group->line(to);
      back.loop->post([&back, group] {
        if (const auto again = back.pool.lock();
            again && (!again->idle_.empty() || again->puller_is_free())) {
          again->offer_idle_worker();
        }
      });
    }
  });
}

// --- the lender's side -----------------------------------------------------------------------

void pool_shard::accept_loan(loan_request request) {
  auto& loan = *loans_.emplace_back(
      std::make_unique<pool_loan>(*this, std::move(request.home), request.context));
  auto& slot = take_slot();
  slot.frame = std::move(request.frame);
  slot.parcel = request.parcel;
  slot.body = std::move(request.body);
  slot.wire_id = request.wire_id;
  slot.may_retry = request.may_retry;
  slot.from = &loan;
  loan.slot = slot.index;
  loan.slot_round = slot.round;
  const bool has_place = request.place == loan_place::kept;
  if (closed_) {
    counters_->refused.add();
    free_slot(slot);
    loan.failed(503, pool_stopping_detail);
  } else if (!idle_.empty()) {
    assign(slot, take_idle());
  } else if (puller_is_free()) {
    enqueue(slot);
    offer_waiting();
  } else if (const auto next = better_place(); next != group_->size()) {
    lend(slot, next, request.place); // somebody was faster
  } else if (has_place || take_place()) {
    enqueue(slot); // or all workers are here
    seek_worker(slot);
  } else {
    counters_->queue_full.add();
    free_slot(slot);
    loan.failed(503, "the queue is full");
  }
  group_->count_waiting(has_place ? -1 : 0); // it counts here by now, or waits no more
}

pool_loan* pool_shard::find_loan(std::uint32_t home, std::uint32_t index, std::uint32_t round) {
  for (const auto& each : loans_) {
    if (each->home().loop->index() == home && each->home().slot == index &&
        each->home().round == round) {
      return each.get();
    }
  }
  return nullptr;
}

void pool_shard::loan_over(const pool_loan& loan) {
  loans_.erase(std::remove_if(loans_.begin(),
                              loans_.end(),
                              [&](const auto& each) { return each.get() == &loan; }),
               loans_.end());
}

} // namespace kraken::containers
