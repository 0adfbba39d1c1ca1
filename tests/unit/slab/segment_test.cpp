// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Slabs in real memory: who may map them, and front and workers on threads of their own, for the
/// thread sanitizer.
#include "kraken/slab/segment.hpp"

#include "kraken/slab/steps.hpp"

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstring>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

using kraken::errc;
using kraken::milliseconds;
using kraken::unique_fd;
namespace slab = kraken::slab;

TEST_CASE("a slab that is handed over is the same memory", "[slab]") {
  auto ours = slab::segment::make();
  REQUIRE(ours);
  auto descriptor = ours->share();
  REQUIRE(descriptor);
  const auto theirs = slab::segment::attach(std::move(*descriptor));
  REQUIRE(theirs);
  std::memcpy(ours->request(7).data(), "hello", 5);
  CHECK(std::memcmp(theirs->request(7).data(), "hello", 5) == 0);
  ours->worker(3).quota = 9;
  CHECK(theirs->worker(3).quota == 9);
}

TEST_CASE("a slab keeps its size", "[slab]") {
  const auto ours = slab::segment::make();
  REQUIRE(ours);
  const auto descriptor = ours->share();
  REQUIRE(descriptor);
  CHECK(::ftruncate(descriptor->get(), 4096) != 0);
  CHECK(::ftruncate(descriptor->get(), 1L << 30U) != 0);
  CHECK(::fcntl(descriptor->get(), F_ADD_SEALS, F_SEAL_WRITE) != 0);
}

TEST_CASE("what is no slab is refused", "[slab]") {
  unique_fd small{::memfd_create("small", MFD_CLOEXEC)};
  CHECK(slab::segment::attach(std::move(small)).error().code == errc::protocol_error);

  unique_fd unsealed{::memfd_create("unsealed", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
  REQUIRE(::ftruncate(unsealed.get(), sizeof(slab::segment_layout)) == 0);
  CHECK(slab::segment::attach(std::move(unsealed)).error().code == errc::protocol_error);

  unique_fd empty{::memfd_create("empty", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
  REQUIRE(::ftruncate(empty.get(), sizeof(slab::segment_layout)) == 0);
  REQUIRE(::fcntl(empty.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0);
  CHECK(slab::segment::attach(std::move(empty)).error().code == errc::protocol_error);

  CHECK(slab::segment::attach(unique_fd{}).error().code == errc::system_error);
}

TEST_CASE("a slab that is reset offers nothing", "[slab]") {
  auto memory = slab::segment::make();
  REQUIRE(memory);
  std::uint32_t tail = 0;
  REQUIRE(slab::make_offer(*memory, tail, {1, 0}));
  memory->reset();
  CHECK(slab::unclaimed(*memory) == 0);
  CHECK_FALSE(slab::claim(*memory, 0));
}

TEST_CASE("the ring takes no more offers than it has entries", "[slab]") {
  auto memory = slab::segment::make();
  REQUIRE(memory);
  std::uint32_t tail = 0;
  for (std::uint32_t made = 0; made < slab::ring_entries; ++made) {
    REQUIRE(slab::make_offer(*memory, tail, {made, made % slab::slot_count}));
  }
  CHECK_FALSE(slab::make_offer(*memory, tail, {1, 1}));
}

TEST_CASE("an entry that names no slot is claimed by nobody", "[slab]") {
  auto memory = slab::segment::make();
  REQUIRE(memory);
  std::uint32_t tail = 0;
  REQUIRE(slab::make_offer(*memory, tail, {1, 1}));
  memory->ring(0) = slab::offer{1, slab::slot_count}.packed();
  CHECK_FALSE(slab::claim(*memory, 0));
}

namespace {

constexpr std::uint32_t staff = 3;

/// A worker thread that puts into each answer what stands in its request.
class echo_worker {
public:
  echo_worker(const slab::segment& memory, int bell, std::uint32_t number)
      : memory_(memory), bell_(bell), number_(number), thread_([this] { work(); }) {}
  ~echo_worker() { thread_.join(); }
  echo_worker(const echo_worker&) = delete;
  echo_worker& operator=(const echo_worker&) = delete;

private:
  void work() {
    while (memory_.worker(number_).retired == 0) {
      const auto next = slab::look_for_work(memory_, number_, 0, [this](std::uint32_t heard) {
        memory_.wait(number_, heard, milliseconds{1'000});
      });
      if (next.what != slab::next_step::work) {
        continue;
      }
      std::memcpy(memory_.answer(next.slot.slot).data(),
                  memory_.request(next.slot.slot).data(),
                  sizeof(std::uint64_t));
      if (slab::report(memory_, number_, next.slot, slab::stage::answered)) {
        const std::uint64_t one = 1;
        CHECK(::write(bell_, &one, sizeof one) == sizeof one);
      }
    }
  }

  const slab::segment& memory_;
  int bell_;
  std::uint32_t number_;
  std::thread thread_;
};

} // namespace

TEST_CASE("workers on threads answer every request with its own number", "[slab]") {
  constexpr std::uint64_t total = 20'000;
  constexpr std::uint32_t places = 8;
  auto memory = slab::segment::make();
  REQUIRE(memory);
  const unique_fd bell{::eventfd(0, EFD_CLOEXEC)};
  std::array<std::uint64_t, places> number{};
  std::array<std::uint32_t, places> generation{};
  std::vector<std::uint32_t> unused;
  for (std::uint32_t place = 0; place < places; ++place) {
    unused.push_back(place);
  }
  std::uint32_t tail = 0;
  std::uint64_t sent = 0;
  std::uint64_t right = 0;
  std::uint64_t answered = 0;
  {
    std::vector<std::unique_ptr<echo_worker>> workers;
    for (std::uint32_t worker = 0; worker < staff; ++worker) {
      workers.push_back(std::make_unique<echo_worker>(*memory, bell.get(), worker));
    }
    while (answered < total) {
      bool any = false;
      while (!unused.empty() && sent < total) {
        const auto place = unused.back();
        unused.pop_back();
        number.at(place) = ++sent;
        std::memcpy(memory->request(place).data(), &sent, sizeof sent);
        REQUIRE(slab::make_offer(*memory, tail, {++generation.at(place), place}));
        any = true;
      }
      if (any) {
        slab::ring(*memory);
      }
      slab::disarm(*memory);
      any = slab::take_reports(*memory, [&](std::uint32_t place) {
        std::uint64_t seen = 0;
        std::memcpy(&seen, memory->answer(place).data(), sizeof seen);
        right += seen == number.at(place) ? 1U : 0U;
        ++answered;
        unused.push_back(place);
      });
      if (!any && slab::arm(*memory)) {
        pollfd waiting{.fd = bell.get(), .events = POLLIN, .revents = 0};
        REQUIRE(::poll(&waiting, 1, 10'000) == 1);
        std::uint64_t count = 0;
        REQUIRE(::read(bell.get(), &count, sizeof count) == sizeof count);
      }
    }
    for (std::uint32_t worker = 0; worker < staff; ++worker) {
      memory->worker(worker).retired = 1;
      slab::send_mail(*memory, worker);
    }
  }
  CHECK(right == total);
}
