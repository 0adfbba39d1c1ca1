// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Every interleaving of front and workers over a small slab: each offer is answered or known to be
/// lost with its worker, nobody sleeps through work, and a killed worker costs its request only.
#include "kraken/slab/steps.hpp"

#include "explorer.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using kraken::test::explorer;
using kraken::test::model_u32;
using kraken::test::model_word;
namespace slab = kraken::slab;

namespace {

constexpr std::uint32_t workers = 2;
constexpr std::uint32_t slots = 2;

/// The words of a slab with two slots and two workers.
struct model_memory {
  explicit model_memory(explorer& with) : world(with) {
    for (auto* each : all()) {
      each->bind(with);
    }
  }

  std::vector<model_word*> all() {
    std::vector<model_word*> out{&tail_, &claims_, &armed_, &sleeping_, &answered_};
    for (std::size_t each = 0; each < 2; ++each) {
      out.insert(out.end(), {&ring_[each], &slot_[each], &bell_[each], &mail_[each]});
    }
    return out;
  }

  model_u32& tail() { return tail_; }
  model_u32& claims() { return claims_; }
  model_u32& armed() { return armed_; }
  model_word& ring(std::uint32_t index) { return ring_.at(index); }
  model_word& slot(std::uint32_t index) { return slot_.at(index); }
  model_word& sleeping(std::uint32_t) { return sleeping_; }
  model_word& answered(std::uint32_t) { return answered_; }
  model_u32& bell(std::uint32_t worker) { return bell_.at(worker); }
  model_u32& mail(std::uint32_t worker) { return mail_.at(worker); }
  static std::uint32_t ring_size() { return 2; }
  static std::uint32_t slot_count() { return slots; }
  static std::uint32_t worker_sets() { return 1; }
  static std::uint32_t answer_sets() { return 1; }
  static void fence() {}
  void wake(std::uint32_t worker) { ++woken.at(worker); }

  /// FUTEX_WAIT without a limit: a lost wake-up must show.
  void wait(std::uint32_t worker, std::uint32_t heard) {
    world.step();
    if (bell_.at(worker).value != heard) {
      return;
    }
    const auto before = woken.at(worker);
    world.wait_until([this, worker, before] { return woken.at(worker) != before; });
  }

  explorer& world;
  std::array<std::uint64_t, workers> woken{};

private:
  model_u32 tail_, claims_, armed_;
  model_word sleeping_, answered_;
  std::array<model_word, 2> ring_, slot_;
  std::array<model_u32, 2> bell_, mail_;
};

struct world {
  explicit world(explorer& with) : memory(with) {}

  void work(std::uint32_t worker) {
    std::uint32_t read = 0;
    while (true) {
      memory.world.forget(read);
      const auto next = slab::look_for_work(
          memory, worker, read, [&](std::uint32_t heard) { memory.wait(worker, heard); });
      if (next.what == slab::next_step::work) {
        if (slab::report(memory, worker, next.slot, slab::stage::answered)) {
          ++rung;
        }
      } else if (next.what == slab::next_step::letters) {
        read = memory.mail(worker).load(std::memory_order_seq_cst);
        ++letters_read;
        if (leaves_after_letter) {
          slab::pass_on(memory);
          return;
        }
      }
    }
  }

  void settle(std::uint32_t slot) {
    const auto word = slab::slot_word::of(memory.slot(slot).load(std::memory_order_acquire));
    if (word.at == slab::stage::answered && word.generation == generation.at(slot)) {
      twice = twice || settled.at(slot) != 0;
      settled.at(slot) = 1;
    }
  }

  void look_at_the_dead() {
    slab::bury(memory, 0, workers);
    slab::take_reports(memory, [&](std::uint32_t slot) { settle(slot); });
    for (std::uint32_t slot = 0; slot < slots; ++slot) {
      const auto word = slab::slot_word::of(memory.slot(slot).load(std::memory_order_acquire));
      if (word.owner == 1 && settled.at(slot) == 0) {
        settled.at(slot) = 1;
        ++lost;
      }
    }
  }

  void serve(std::uint32_t offers, bool takes_one_back) {
    std::uint32_t tail = 0;
    for (std::uint32_t slot = 0; slot < offers; ++slot) {
      generation.at(slot) = 7;
      static_cast<void>(slab::make_offer(memory, tail, {7, slot}));
    }
    slab::ring(memory);
    if (takes_one_back && slab::withdraw(memory, {7, 0})) {
      settled.at(0) = 1;
    }
    if (sends_letter) {
      slab::send_mail(memory, 1);
    }
    while (!done(offers)) {
      memory.world.forget(death_seen ? 2 : 3);
      if (death && !std::exchange(death_seen, true)) {
        look_at_the_dead();
        continue;
      }
      slab::disarm(memory);
      if (slab::take_reports(memory, [&](std::uint32_t slot) { settle(slot); })) {
        continue;
      }
      const auto before = rung;
      if (slab::arm(memory)) {
        memory.world.wait_until(
            [this, before] { return rung != before || (death && !death_seen); });
      }
    }
    finished = true;
  }

  bool done(std::uint32_t offers) const {
    for (std::uint32_t slot = 0; slot < offers; ++slot) {
      if (settled.at(slot) == 0) {
        return false;
      }
    }
    return true;
  }

  model_memory memory;
  std::array<std::uint64_t, slots> settled{};
  std::array<std::uint32_t, slots> generation{};
  std::uint64_t rung = 0;
  std::uint64_t letters_read = 0;
  bool leaves_after_letter = false;
  bool sends_letter = false;
  bool death = false;
  bool death_seen = false;
  bool finished = false;
  bool twice = false;
  int lost = 0;
};

struct plan {
  std::uint32_t offers = 2;
  std::uint32_t staff = 2;
  bool takes_one_back = false;
  bool letter = false; ///< to worker 1, who leaves
  bool death = false;  ///< of worker 0
  int preemptions = -1;
};

/// Explores all of it. @return the number of states
std::size_t explore(const plan& what) {
  explorer all;
  std::shared_ptr<world> now;
  const auto bad = all.run([&](explorer& with) {
    now = std::make_shared<world>(with);
    now->sends_letter = now->leaves_after_letter = what.letter;
    explorer::scenario out;
    auto* const here = now.get();
    out.programs.push_back([here, what] { here->serve(what.offers, what.takes_one_back); });
    for (std::uint32_t worker = 0; worker < what.staff; ++worker) {
      out.programs.push_back([here, worker] { here->work(worker); });
    }
    for (auto* word : here->memory.all()) {
      out.words.push_back(word);
    }
    for (auto& each : here->memory.woken) {
      out.extra.push_back(&each);
    }
    for (auto& each : here->settled) {
      out.extra.push_back(&each);
    }
    out.extra.push_back(&here->rung);
    out.preemptions_max = what.preemptions;
    out.victim = what.death ? 1 : -1; // the front is program 0
    out.killed = [here] { here->death = true; };
    out.well = [here, what] {
      return here->finished && !here->twice && here->lost <= (what.death ? 1 : 0) &&
             (!what.letter || here->letters_read != 0);
    };
    return out;
  });
  INFO("states " << all.states() << " runs " << all.runs());
  std::string order;
  for (const int who : bad) {
    order += std::to_string(who) + " ";
  }
  INFO("order " << order);
  CHECK(bad.empty());
  return all.states();
}

} // namespace

TEST_CASE("every interleaving of one worker answers every offer", "[explore]") {
  CHECK(explore({.offers = 1, .staff = 1}) > 100);
  CHECK(explore({.offers = 2, .staff = 1}) > 100);
}

TEST_CASE("two workers answer every offer once, in every order with few preemptions", "[explore]") {
  CHECK(explore({.offers = 1, .preemptions = 3}) > 1'000);
  CHECK(explore({.offers = 2, .preemptions = 2}) > 1'000);
}

TEST_CASE("an offer that is taken back is answered by nobody", "[explore]") {
  CHECK(explore({.offers = 1, .staff = 1, .takes_one_back = true}) > 100);
  CHECK(explore({.offers = 2, .staff = 1, .takes_one_back = true}) > 100);
}

TEST_CASE("a worker that leaves for a letter passes the bell on", "[explore]") {
  CHECK(explore({.offers = 1, .letter = true, .preemptions = 3}) > 1'000);
}

TEST_CASE("a worker killed at any instruction costs at most its own request", "[explore]") {
  CHECK(explore({.offers = 1, .death = true, .preemptions = 2}) > 1'000);
  CHECK(explore({.offers = 2, .death = true, .preemptions = 1}) > 1'000);
}
