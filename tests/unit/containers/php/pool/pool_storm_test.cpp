// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Many requests on two shards with workers that answer, stream, dawdle and die at random: each is
/// answered exactly once, by its own answer, and counted exactly once.
#include "pool_fixture.hpp"

#include <random>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace kraken;
using namespace kraken::containers;
using namespace kraken::containers::test;

namespace {

constexpr int requests_in_all = 10'000;
constexpr int at_a_time = 16; ///< of each shard

/// A worker's program: lives on its shard's loop, dies at random.
class moody_program final : public net::stream {
public:
  moody_program(net::event_loop& loop, unique_fd socket, std::mt19937& dice)
      : stream(loop, std::move(socket)), dice_(dice) {}

private:
  std::size_t on_input(std::string_view input) override {
    std::size_t used = 0;
    wire::worker_frame frame;
    for (auto split = wire::split_frame(input, frame);
         is_open() && split.status == wire::split_outcome::kind::done;
         split = wire::split_frame(input.substr(used), frame)) {
      used += split.consumed;
      if (frame.type == wire::frame_type::request) {
        stream_ = frame.stream;
        body_ = wire::decode_request(frame.payload)->path;
        answer(std::uniform_int_distribution<int>{0, 99}(dice_));
      }
    }
    return used;
  }

  void on_closed() override {}

  void answer(int mood) {
    if (mood < 4) {
      close(); // died with it
    } else if (mood < 20) {
      begin();
      wire::append_chunk_frame(output(), stream_, body_, wire::chunk_part::more);
      mood < 7 ? close_after_output()
               : wire::append_chunk_frame(output(), stream_, {}, wire::chunk_part::last);
    } else if (mood < 25) {
      later_ = loop().after(milliseconds{mood - 19}, [this] { whole(); });
    } else {
      whole();
    }
    flush_later();
  }

  void begin() {
    wire::append_response(output(), stream_, 200, {}, {}, std::nullopt, wire::response_part::first);
  }

  void whole() {
    wire::append_response(output(), stream_, 200, {}, body_);
    flush_later();
  }

  std::mt19937& dice_;
  std::uint32_t stream_ = 0;
  std::string body_;
  std::unique_ptr<reactor::waiting> later_;
};

/// A worker that is replaced when it dies.
class phoenix final : public channel_owner {
public:
  phoenix(shard_fixture& shard, std::mt19937& dice) : shard_(shard), dice_(dice) { rise(); }

  void worker_ready() override {}
  void channel_ended(std::string) override {
    if (!std::exchange(rising_, true)) {
      shard_.on.loop().post([this] { rise(); });
    }
  }
  void request_overdue() override {}
  bool request_answered(std::uint64_t, bool) override { return true; }
  void worker_said(std::string_view, std::string_view) override {}
  void worker_failed(std::string, std::string, std::string, std::vector<std::string>) override {}

  void end() {
    shard_.pool->lost(*channel_);
    channel_.reset();
    program_.reset();
  }

private:
  void rise() {
    rising_ = false;
    unique_fd ours;
    unique_fd theirs;
    make_sockets(ours, theirs);
    auto& loop = shard_.on.loop();
    program_ = std::make_unique<moody_program>(loop, std::move(theirs), dice_);
    static_cast<void>(program_->open());
    channel_ = std::make_unique<kraken_channel>(
        loop, std::move(ours), *this, *shard_.pool, std::make_shared<model::gauges>());
    static_cast<void>(channel_->open());
    shard_.pool->add(*channel_);
  }

  shard_fixture& shard_;
  std::mt19937& dice_;
  bool rising_ = false;
  std::unique_ptr<moody_program> program_;
  std::unique_ptr<kraken_channel> channel_;
};

/// Clients of one shard: as soon as one has its answer the next comes; a little later when the
/// queue was full.
/// @thread its shard's
class crowd {
public:
  crowd(shard_fixture& shard, unsigned seed, int workers) : shard_(shard), dice_(seed) {
    for (int i = 0; i < workers; ++i) {
      workers_.push_back(std::make_unique<phoenix>(shard, dice_));
    }
  }

  void begin() {
    for (int i = 0; i < at_a_time; ++i) {
      next();
    }
  }

  void end() {
    for (auto& each : workers_) {
      each->end();
    }
  }

  [[nodiscard]] bool done() const { return over_ == requests_in_all / 2; }

  std::deque<fake_exchange> all;
  int mixed_up = 0; ///< got what was another's
  int by_status[6] = {};

private:
  void next() {
    if (all.size() == requests_in_all / 2) {
      return;
    }
    const auto path =
        "/" + std::to_string(shard_.on.loop().index()) + "/" + std::to_string(all.size()) + ".";
    auto& made = all.emplace_back();
    made.then = [this, &made, path] {
      ++by_status[made.status / 100];
      if (made.status == 200 && !made.broken && !made.text.ends_with(path)) {
        ++mixed_up;
      }
      one_over(milliseconds{made.status == 503 ? 1 : 0}); // as Retry-After asks
    };
    const auto mood = std::uniform_int_distribution<int>{0, 99}(dice_);
    shard_.submit_here(
        made, path, mood % 2 == 0 ? net::retry_policy::idempotent : net::retry_policy::none);
    if (mood < 5 && made.ends == 0) {
      shard_.on.loop().post([this, &made] {
        if (made.ends == 0) {
          made.gone = true;
          shard_.pool->abandon(made);
          one_over();
        }
      });
    }
  }

  void one_over(milliseconds pause = {}) {
    ++over_;
    if (pause.count() == 0) {
      shard_.on.loop().post([this] { next(); });
    } else {
      pauses_.push_back(shard_.on.loop().after(pause, [this] { next(); }));
    }
  }

  shard_fixture& shard_;
  std::mt19937 dice_;
  std::vector<std::unique_ptr<phoenix>> workers_;
  int over_ = 0;
  std::vector<std::unique_ptr<reactor::waiting>> pauses_;
};

} // namespace

TEST_CASE("in a storm every request is answered once, by its own answer, and counted once") {
  const auto seed = std::random_device{}();
  const auto [left, right] = GENERATE(table<int, int>({{2, 2}, {3, 0}, {1, 4}}));
  INFO("seed " << seed << ", workers " << left << " and " << right);
  const auto group = std::make_shared<pool_group>(2);
  pool_settings settings;
  settings.queue_max = 24; // now and then too few
  shard_fixture a{0, group, settings};
  shard_fixture b{1, group, settings};
  std::unique_ptr<crowd> of_a;
  std::unique_ptr<crowd> of_b;
  a.on.call([&] { of_a = std::make_unique<crowd>(a, seed, left); });
  b.on.call([&] { of_b = std::make_unique<crowd>(b, seed + 1, right); });
  a.on.call([&] { of_a->begin(); });
  b.on.call([&] { of_b->begin(); });
  CHECK(a.on.eventually([&] { return of_a->done(); }));
  CHECK(b.on.eventually([&] { return of_b->done(); }));
  // Workers may still be busy for clients that are gone.
  CHECK(a.on.eventually([&] {
    return a.counters->requests.get() + b.counters->requests.get() ==
           shard_fixture::ends(*a.counters) + shard_fixture::ends(*b.counters);
  }));
  a.on.call([&] { of_a->end(); });
  b.on.call([&] { of_b->end(); });
  a.tear_down();
  b.tear_down();
  for (int round = 0; round < 4; ++round) {
    a.on.call([] {});
    b.on.call([] {});
  }
  for (const auto* each : {of_a.get(), of_b.get()}) {
    CHECK(each->mixed_up == 0);
    CHECK(std::all_of(each->all.begin(), each->all.end(), [](const fake_exchange& e) {
      return e.late_calls == 0 && e.ends == (e.gone ? 0 : 1);
    }));
  }
  CHECK(of_a->by_status[2] + of_b->by_status[2] > requests_in_all / 2);
  CHECK(a.counters->requests.get() + b.counters->requests.get() == requests_in_all);
  CHECK(a.counters->busy.get() + b.counters->busy.get() == 0);
  CHECK(a.counters->waiting.get() + b.counters->waiting.get() == 0);
}
