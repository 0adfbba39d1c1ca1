// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "explorer.hpp"

#include <utility>

namespace kraken::test {

namespace {

constexpr std::size_t stack_bytes = 64U << 10U;
constexpr int kill_choice = -1;

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15U + (hash << 6U) + (hash >> 2U);
  hash *= 0xff51afd7ed558ccdU;
  return hash ^ (hash >> 33U);
}

} // namespace

std::uint64_t model_word::load(std::memory_order) const {
  owner_->step();
  owner_->note(value);
  return value;
}

void model_word::store(std::uint64_t next, std::memory_order) {
  owner_->step();
  value = next;
  owner_->note(0);
}

std::uint64_t model_word::exchange(std::uint64_t next, std::memory_order) {
  owner_->step();
  owner_->note(value);
  return std::exchange(value, next);
}

std::uint64_t model_word::fetch_add(std::uint64_t more, std::memory_order) {
  owner_->step();
  owner_->note(value);
  return std::exchange(value, value + more);
}

std::uint64_t model_word::fetch_or(std::uint64_t bits, std::memory_order) {
  owner_->step();
  owner_->note(value);
  return std::exchange(value, value | bits);
}

std::uint64_t model_word::fetch_and(std::uint64_t bits, std::memory_order) {
  owner_->step();
  owner_->note(value);
  return std::exchange(value, value & bits);
}

std::uint64_t model_word::swap_if(std::uint64_t expected, std::uint64_t desired) {
  owner_->step();
  owner_->note(value);
  const auto before = value;
  if (before == expected) {
    value = desired;
  }
  return before;
}

void explorer::step() {
  auto& self = *running_;
  self.ready = nullptr;
  note(2); // that it came this far
  switch_home();
}

void explorer::wait_until(std::function<bool()> ready) {
  auto& self = *running_;
  self.ready = std::move(ready);
  note(1);
  switch_home();
}

void explorer::note(std::uint64_t observed) {
  running_->history = mix(running_->history, observed);
}

void explorer::forget(std::uint64_t but) {
  running_->history = mix(1, but);
}

void explorer::enter(unsigned high, unsigned low) {
  // makecontext passes ints only.
  auto* const self = reinterpret_cast<explorer*>((static_cast<std::uintptr_t>(high) << 32U) | low);
  self->running_->body();
  self->running_->finished = true;
  self->switch_home();
}

void explorer::switch_home() {
  if (_setjmp(running_->at) == 0) {
    _longjmp(home_, 1);
  }
}

void explorer::switch_to(fiber& which) {
  running_ = &which;
  if (_setjmp(home_) != 0) {
    return;
  }
  if (std::exchange(which.begun, true)) {
    _longjmp(which.at, 1);
  }
  setcontext(&which.first);
}

void explorer::start_fibers() {
  fibers_.clear();
  for (auto& body : now_.programs) {
    auto& made = *fibers_.emplace_back(std::make_unique<fiber>());
    if (stacks_.size() < fibers_.size()) {
      stacks_.push_back(std::make_unique_for_overwrite<char[]>(stack_bytes));
    }
    made.body = body;
    getcontext(&made.first);
    made.first.uc_stack.ss_sp = stacks_[fibers_.size() - 1].get();
    made.first.uc_stack.ss_size = stack_bytes;
    made.first.uc_link = nullptr;
    const auto address = reinterpret_cast<std::uintptr_t>(this);
    makecontext(&made.first,
                reinterpret_cast<void (*)()>(&explorer::enter),
                2,
                static_cast<unsigned>(address >> 32U),
                static_cast<unsigned>(address));
  }
}

bool explorer::can_go_on(int which) const {
  const auto& one = *fibers_[static_cast<std::size_t>(which)];
  return !one.finished && !one.dead && (!one.ready || one.ready());
}

std::vector<int> explorer::choices() const {
  std::vector<int> out;
  const bool stays = now_.preemptions_max >= 0 && preemptions_ >= now_.preemptions_max &&
                     last_ >= 0 && can_go_on(last_);
  for (int each = 0; each < static_cast<int>(fibers_.size()); ++each) {
    if (can_go_on(each) && (!stays || each == last_)) {
      out.push_back(each);
    }
  }
  if (now_.victim >= 0 && !fibers_[static_cast<std::size_t>(now_.victim)]->dead) {
    out.push_back(kill_choice);
  }
  return out;
}

std::uint64_t explorer::fingerprint() const {
  std::uint64_t hash = 0;
  if (now_.preemptions_max >= 0) {
    hash = mix(mix(hash, static_cast<std::uint64_t>(preemptions_)),
               static_cast<std::uint64_t>(last_ + 1));
  }
  for (const auto* word : now_.words) {
    hash = mix(hash, word->value);
  }
  for (const auto* value : now_.extra) {
    hash = mix(hash, *value);
  }
  for (const auto& each : fibers_) {
    hash = mix(hash, each->history);
    hash = mix(hash, (each->finished ? 1U : 0U) | (each->dead ? 2U : 0U));
  }
  return hash;
}

// False: it ended badly.
bool explorer::one_run() {
  start_fibers();
  order_.clear();
  last_ = -1;
  preemptions_ = 0;
  for (std::size_t depth = 0;; ++depth) {
    const auto open = choices();
    const bool only_death = open.size() == 1 && open.front() == kill_choice;
    if ((open.empty() || only_death) && !now_.well()) {
      return false;
    }
    if (open.empty()) {
      return true;
    }
    if (depth == path_.size()) {
      if (!seen_.insert(fingerprint()).second) {
        return true;
      }
      path_.push_back({0, open.size()});
    }
    const int who = open[path_[depth].chosen];
    order_.push_back(who);
    if (who == kill_choice) {
      fibers_[static_cast<std::size_t>(now_.victim)]->dead = true;
      now_.killed();
      continue;
    }
    if (last_ >= 0 && last_ != who && can_go_on(last_)) {
      ++preemptions_;
    }
    last_ = who;
    switch_to(*fibers_[static_cast<std::size_t>(who)]);
  }
}

std::vector<int> explorer::run(const std::function<scenario(explorer&)>& make) {
  seen_.clear();
  path_.clear();
  runs_ = 0;
  while (true) {
    now_ = make(*this);
    ++runs_;
    if (!one_run()) {
      return order_;
    }
    while (!path_.empty() && path_.back().chosen + 1 == path_.back().count) {
      path_.pop_back();
    }
    if (path_.empty()) {
      return {};
    }
    ++path_.back().chosen;
  }
}

} // namespace kraken::test
