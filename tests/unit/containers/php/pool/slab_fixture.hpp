// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A pool whose workers take requests from the slab: the test is the workers and works there
/// itself.
#pragma once

#include "kraken/slab/steps.hpp"
#include "pool_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::containers::test {

inline pool_settings by_slab() {
  pool_settings out;
  out.by_slab = true;
  out.queue_timeout = seconds{5};
  out.request_timeout = seconds{5};
  return out;
}

/// A worker with a seat in the slab, which the test works at.
struct slab_worker {
  scripted_worker* it = nullptr;
  std::uint32_t number = 0;
  result<slab::segment> memory = fail(errc::not_found, "");
  unique_fd bell;

  std::optional<slab::claimed> claim() { return slab::claim(*memory, number); }

  /// The path of what was claimed.
  std::string path_of(const slab::claimed& what) const {
    const auto room = memory->request(what.slot);
    const auto read = wire::read_slab_request({room.data(), memory->head(what.slot).request_bytes});
    return read ? std::string{read->path} : std::string{};
  }

  void report(const slab::claimed& what, slab::stage becomes) {
    if (slab::report(*memory, number, what, becomes)) {
      ring();
    }
  }

  void ring() {
    const std::uint64_t one = 1;
    REQUIRE(::write(bell.get(), &one, sizeof one) == sizeof one);
  }

  void answer(const slab::claimed& what,
              std::string_view body,
              int status = 200,
              std::string_view fields = {}) {
    REQUIRE(wire::put_slab_answer(
        memory->answer(what.slot), status, fields, body, wire::worker_after::keep, 7));
    report(what, slab::stage::answered);
  }

  void set_word(std::uint32_t slot, slab::slot_word word) { memory->slot(slot) = word.packed(); }
};

class slab_fixture : public pool_fixture {
public:
  explicit slab_fixture(const pool_settings& settings = by_slab()) : pool_fixture(settings) {}

  slab_worker add_seated(bool tells_ready = true) {
    slab_worker made;
    made.it = &make_worker();
    process::launch_spec spec;
    on.call([&] { pool->enlist(*made.it->channel, spec); });
    made.number = made.it->channel->seat;
    if (made.number == pool_slab::no_worker) {
      return made;
    }
    REQUIRE(spec.inherit.size() == 2);
    made.memory = slab::segment::attach(std::move(spec.inherit[0].fd));
    made.bell = std::move(spec.inherit[1].fd);
    REQUIRE(made.memory);
    if (tells_ready) {
      say_ready(made);
    }
    return made;
  }

  void say_ready(slab_worker& worker) {
    on.call(
        [&] { worker.it->owner.when_ready = [it = worker.it, this] { pool->add(*it->channel); }; });
    wire::byte_buffer out;
    wire::append_ready(out, wire::worker_intake::slab);
    worker.it->end->write(out);
    REQUIRE(on.eventually([&] { return worker.it->owner.ready == 1; }));
  }

  /// Its process has ended.
  void die(slab_worker& worker) {
    on.call([&] {
      pool->lost(*worker.it->channel);
      pool->bury(*worker.it->channel);
      worker.it->channel.reset();
    });
  }

  bool accused(const slab_worker& worker) {
    return on.eventually([&] { return !worker.it->owner.ended.empty(); });
  }
};

inline std::string body_of(const fake_exchange& from) {
  return from.text.substr(from.text.find("\r\n\r\n") + 4);
}

} // namespace kraken::containers::test
