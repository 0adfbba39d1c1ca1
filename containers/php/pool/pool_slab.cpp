// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/php/pool/pool_slab.hpp"

#include "containers/php/pool/worker_channel.hpp"
#include "kraken/base/assert.hpp"
#include "kraken/slab/steps.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace kraken::containers {

namespace {

// A worker finds the slab under this number and the front's bell under the next.
constexpr int slab_fd_number = 4;

} // namespace

pool_slab::pool_slab(net::event_loop& loop, slab_owner& owner, slab::segment memory, unique_fd bell)
    : loop_(loop), owner_(owner), memory_(std::move(memory)), bell_(std::move(bell)),
      places_(slab::slot_count) {
  for (std::uint32_t place = slab::slot_count; place != 0; --place) {
    free_.push_back(place - 1);
  }
}

result<std::unique_ptr<pool_slab>> pool_slab::make(net::event_loop& loop, slab_owner& owner) {
  auto memory = slab::segment::make();
  if (!memory) {
    return fail(memory.error());
  }
  unique_fd bell{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!bell) {
    return fail(errno_error("eventfd of a slab"));
  }
  std::unique_ptr<pool_slab> made{new pool_slab( // NOLINT: private constructor
      loop,
      owner,
      std::move(*memory),
      std::move(bell))};
  if (auto watched = loop.add_edge(made->bell_.get(), *made); !watched) {
    return fail(watched.error());
  }
  loop.add(*made);
  made->ring_own_bell(); // so that the loop says to us when it sleeps
  return made;
}

pool_slab::~pool_slab() {
  loop_.remove(*this);
  loop_.remove(bell_.get(), *this);
}

// --- workers ---------------------------------------------------------------------------------

std::optional<std::uint32_t> pool_slab::enlist(worker_channel& worker, std::uint64_t quota) {
  auto seat = std::ranges::find(seats_, nullptr);
  if (seat == seats_.end()) {
    if (seats_.size() == slab::worker_count) {
      return std::nullopt;
    }
    seat = seats_.insert(seats_.end(), nullptr);
    tellers_.emplace_back();
  }
  *seat = &worker;
  ++enlisted_;
  const auto number = static_cast<std::uint32_t>(seat - seats_.begin());
  auto& line = memory_.worker(number);
  line.retired = 1;
  line.life = 0;
  line.quota = quota;
  return number;
}

result<void> pool_slab::hand_over(process::launch_spec& spec) const {
  auto memory = memory_.share();
  if (!memory) {
    return fail(memory.error());
  }
  unique_fd bell{::fcntl(bell_.get(), F_DUPFD_CLOEXEC, 0)};
  if (!bell) {
    return fail(errno_error("a descriptor of a slab's bell"));
  }
  spec.environment.set["KRAKEN_SLAB"] = std::to_string(slab_fd_number);
  spec.inherit.push_back({std::move(*memory), slab_fd_number});
  spec.inherit.push_back({std::move(bell), slab_fd_number + 1});
  return {};
}

void pool_slab::admit(std::uint32_t number) {
  memory_.worker(number).retired = 0;
  slab::send_mail(memory_, number);
}

void pool_slab::retire(std::uint32_t number) {
  memory_.worker(number).retired = 1;
  slab::send_mail(memory_, number);
}

void pool_slab::set_quota(std::uint64_t quota) {
  for (std::uint32_t number = 0; number < seats_.size(); ++number) {
    if (seats_[number] != nullptr) {
      memory_.worker(number).quota = quota;
      slab::send_mail(memory_, number);
    }
  }
}

void pool_slab::mail(std::uint32_t number) {
  slab::send_mail(memory_, number);
}

void pool_slab::watch_end(std::uint32_t number,
                          process::end_watch& ends,
                          std::function<void()> told) {
  auto& teller = tellers_[number];
  teller.told = std::make_shared<std::function<void()>>(std::move(told));
  teller.place = ends.add(memory_.life(number), [this, still = std::weak_ptr{teller.told}] {
    loop_.post([still] {
      if (const auto tell = still.lock()) {
        (*tell)();
      }
    });
  });
}

void pool_slab::bury(std::uint32_t number) {
  tellers_[number] = {};
  seats_[number] = nullptr;
  --enlisted_;
  slab::bury(memory_, number, static_cast<std::uint32_t>(seats_.size()));
}

std::vector<worker_channel*> pool_slab::seated() const {
  std::vector<worker_channel*> out;
  std::ranges::copy_if(seats_, std::back_inserter(out), [](auto* each) { return each != nullptr; });
  return out;
}

// --- slots -----------------------------------------------------------------------------------

std::uint32_t pool_slab::take() {
  const auto place = free_.back();
  free_.pop_back();
  return place;
}

std::span<char> pool_slab::request_of(std::uint32_t place) const {
  return memory_.request(place);
}

std::string_view pool_slab::answer_of(std::uint32_t place) const {
  const auto room = memory_.answer(place);
  return {room.data(), room.size()};
}

bool pool_slab::offer(std::uint32_t place,
                      pool_slot& slot,
                      std::uint32_t stream,
                      std::uint32_t request_bytes) {
  auto& record = places_[place];
  auto& head = memory_.head(place);
  ++record.generation;
  record.slot = &slot;
  head.stream = stream;
  head.request_bytes = request_bytes;
  if (!slab::make_offer(memory_, tail_, {record.generation, place})) {
    record.slot = nullptr;
    return false;
  }
  offered_ = true;
  touch();
  return true;
}

bool pool_slab::can_be_claimed() const {
  return slab::can_be_claimed(memory_, tail_);
}

bool pool_slab::withdraw(std::uint32_t place) {
  return slab::withdraw(memory_, {places_[place].generation, place});
}

void pool_slab::free(std::uint32_t place) {
  auto& record = places_[place];
  memory_.slot(place) = slab::slot_word{record.generation, 0, slab::stage::free}.packed();
  record.slot = nullptr;
  free_.push_back(place);
  touch();
}

bool pool_slab::may_own(std::uint16_t owner) const {
  return owner != 0 && owner <= seats_.size() && seats_[owner - 1] != nullptr &&
         !seats_[owner - 1]->keeps_off;
}

std::optional<slab::slot_word> pool_slab::look(std::uint32_t place) const {
  const auto word = slab::slot_word::of(memory_.slot(place).load(std::memory_order_acquire));
  const bool owned = word.at == slab::stage::taken || word.at == slab::stage::answered ||
                     word.at == slab::stage::asks;
  const bool known =
      owned ? may_own(word.owner) : word.owner == 0 && word.at == slab::stage::offered;
  if (!known || word.generation != places_[place].generation) {
    return std::nullopt;
  }
  return word;
}

worker_channel* pool_slab::holder_of(std::uint32_t place) const {
  const auto word = look(place);
  return word ? holder_in(*word) : nullptr;
}

void pool_slab::frame_sent(std::uint32_t place) {
  if (auto word = look(place); word && word->at == slab::stage::asks) {
    word->at = slab::stage::taken;
    memory_.slot(place) = word->packed();
  }
}

// --- bells -----------------------------------------------------------------------------------

bool pool_slab::drain() {
  const bool any = slab::take_reports(memory_, [this](std::uint32_t place) {
    if (auto* const slot = places_[place].slot) {
      owner_.slab_reported(*slot);
    }
  });
  if (any) {
    touch();
  }
  return any;
}

bool pool_slab::poll() {
  slab::disarm(memory_);
  return drain();
}

void pool_slab::before_sleep() {
  if (!slab::arm(memory_)) {
    ring_own_bell();
  }
}

void pool_slab::ring_own_bell() const {
  const std::uint64_t one = 1;
  static_cast<void>(::write(bell_.get(), &one, sizeof one) < 0); // full: it rings already
}

void pool_slab::at_batch_end() {
  if (std::exchange(offered_, false)) {
    slab::ring(memory_);
  }
  owner_.slab_settled();
}

bool pool_slab::nudge() {
  const auto claims = memory_.claims().load(std::memory_order_relaxed);
  const bool unheard = tail_seen_ != claims_seen_ && claims == claims_seen_;
  if (unheard) {
    slab::wake_all(memory_, static_cast<std::uint32_t>(seats_.size()));
  }
  claims_seen_ = claims;
  tail_seen_ = tail_;
  return unheard;
}

} // namespace kraken::containers
