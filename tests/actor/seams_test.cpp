// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The small parts: deadlines, replies, errors across CAF, placement.
#include "kraken/actor/detail/deadlines.hpp"
#include "kraken/actor/detail/pending_reply.hpp"
#include "kraken/actor/error_bridge.hpp"
#include "kraken/actor/shard/system_config.hpp"
#include "kraken/actor/tree.hpp"

#include "caf/actor_system.hpp"
#include "caf/sec.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>

namespace kraken::actor_test {

TEST_CASE("deadlines: in order of time, then of insertion; cancelled ones never") {
  actor::deadlines waiting;
  std::string ran;
  const time_point at{seconds{10}};
  static_cast<void>(waiting.at(at + seconds{2}, [&] { ran += "c"; }));
  static_cast<void>(waiting.at(at, [&] { ran += "a"; }));
  auto gone = waiting.at(at, [&] { ran += "x"; });
  static_cast<void>(waiting.at(at, [&] { ran += "b"; }));
  waiting.cancel(gone);
  waiting.cancel(gone); // once more: no effect
  CHECK(waiting.next() == at);
  while (auto due = waiting.take_due(at + seconds{1})) {
    due();
  }
  CHECK(ran == "ab");
  CHECK(waiting.size() == 1);
  CHECK(waiting.next() == at + seconds{2});
}

TEST_CASE("an action may cancel one that is due at the same time") {
  actor::deadlines waiting;
  actor::deadlines::token second;
  int ran = 0;
  static_cast<void>(waiting.at(time_point{}, [&] { waiting.cancel(second); }));
  second = waiting.at(time_point{}, [&] { ++ran; });
  while (auto due = waiting.take_due(time_point{})) {
    due();
  }
  CHECK(ran == 0);
}

TEST_CASE("a reply is given once; a forgotten one is canceled") {
  int times = 0;
  std::optional<errc> last;
  const auto note = [&](const result<model::reply>& got) {
    ++times;
    last = got ? errc::none : got.error().code;
  };
  {
    actor::pending_reply reply(nullptr, note);
    reply.answer(model::reply{"done"});
    reply.answer(fail(errc::timeout));
    CHECK(reply.answered());
  }
  CHECK(times == 1);
  CHECK(last == errc::none);
  { actor::pending_reply forgotten(nullptr, note); }
  CHECK(times == 2);
  CHECK(last == errc::canceled);
}

TEST_CASE("errors cross CAF and come back") {
  CHECK_FALSE(actor::to_caf(error{}));
  CHECK(actor::from_caf(caf::error{}).code == errc::none);
  const error inner{errc::parse_error, "line 3"};
  const auto there = actor::to_caf(error{errc::not_found, "no container 'x'", inner});
  const auto back = actor::from_caf(there);
  CHECK(back.code == errc::not_found);
  CHECK(back.context.find("no container 'x'") == 0);
  CHECK(back.context.find("line 3") != std::string::npos);
  CHECK(actor::from_caf(make_error(caf::sec::request_timeout)).code == errc::internal);
  actor::system_config config{actor::scheduling::testing};
  const caf::actor_system system{config};
  CHECK(system.render(there).find("not_found") != std::string::npos);
}

TEST_CASE("placement: pinned, round robin in a pool, shard 0 otherwise") {
  model::child_spec plain;
  model::child_spec pool;
  pool.supervise.start = model::start_order::parallel;
  model::child_spec child;
  CHECK(actor::place_by_pool(nullptr, plain, 3, 4) == 0);
  CHECK(actor::place_by_pool(&plain, child, 3, 4) == 0);
  CHECK(actor::place_by_pool(&pool, child, 5, 4) == 1);
  child.shard = 2;
  CHECK(actor::place_by_pool(&pool, child, 5, 4) == 2);
}

} // namespace kraken::actor_test
