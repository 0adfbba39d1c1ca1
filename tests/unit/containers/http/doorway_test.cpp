// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What incarnations of a front share, and that nothing of it outlives the last of them.
#include "containers/http/doorway.hpp"

#include <catch2/catch.hpp>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace kraken;
using namespace kraken::containers;

namespace {

int shown(const counter_board<front_counters>& board) {
  int count = 0;
  board.visit([&](const std::string&, std::uint32_t, const front_counters&) { ++count; });
  return count;
}

} // namespace

TEST_CASE("a door is the same for all who hold it, and closed behind the last") {
  counter_board<front_counters> board;
  doorways all{board};
  const auto one = all.of("Main/http", 2);
  CHECK(all.of("Main/http", 2) == one);
  CHECK(all.of("Main/other", 2) != one);

  auto held = one->at("127.0.0.1:0").value();
  REQUIRE(held->size() == 2); // a shard each
  CHECK(held->front().bound == held->back().bound);
  CHECK(one->at("127.0.0.1:0").value() == held);
  const auto bound = held->front().bound;
  CHECK_FALSE(net::listen_on(bound));
  CHECK(one->at("0.0.0.0:" + std::to_string(bound.port))); // is to take its place
  held.reset();
  CHECK(net::listen_on(bound));

  CHECK_FALSE(one->at("nonsense"));
  const auto stranger = net::listen_on(net::address::parse("127.0.0.1:0").value()).value();
  CHECK(one->at(stranger.bound.text()).error().code == errc::conflict);
}

TEST_CASE("a door whose file is gone is nobody's") {
  std::string folder = "/tmp/kraken-door-XXXXXX";
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  counter_board<front_counters> board;
  doorways all{board};
  const auto one = all.of("Main/http", 2);
  const auto path = folder + "/door";
  const auto held = one->at("unix:" + path).value();
  CHECK(one->at("unix:" + path).value() == held);
  CHECK(held->back().duplicate().value().can_be_found());
  REQUIRE(::unlink(path.c_str()) == 0);
  CHECK_FALSE(held->back().can_be_found());
  const auto anew = one->at("unix:" + path).value();
  CHECK(anew != held);
  CHECK(anew->front().can_be_found());
  CHECK_FALSE(held->front().can_be_found()); // the file is another's
  CHECK(one->at("unix:" + path).value() == anew);
  ::unlink(path.c_str());
  ::rmdir(folder.c_str());
}

TEST_CASE("the counters of a front are shown as long as it has an incarnation") {
  counter_board<front_counters> board;
  doorways all{board};
  auto one = all.of("Main/http", 2);
  auto two = all.of("Main/http", 2);
  one->counters(1)->requests.add();
  CHECK(two->counters(1)->requests.get() == 1);
  CHECK(shown(board) == 2);
  one.reset();
  CHECK(shown(board) == 2);
  two.reset();
  CHECK(shown(board) == 0);
  CHECK(all.of("Main/http", 2)->counters(1)->requests.get() == 0);
}

TEST_CASE("an access log goes on in the same hands while its file is the same") {
  std::string folder = "/tmp/kraken-door-XXXXXX";
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  counter_board<front_counters> board;
  doorways all{board};
  access_logs logs;
  const auto one = all.of("Main/http", 1);
  const auto first = one->log_to(folder + "/a", logs).value();
  CHECK(one->log_to(folder + "/a", logs).value() == first);
  CHECK(one->log_to(folder + "/b", logs).value() != first);
  CHECK_FALSE(one->log_to(folder + "/absent/c", logs));

  // What was good once keeps nobody away.
  logs.end_all(seconds{5});
  CHECK(logs.open("Main/other", folder + "/later/d").error().context.find("later") !=
        std::string::npos);
  REQUIRE(::mkdir((folder + "/later").c_str(), 0755) == 0);
  CHECK(logs.open("Main/other", folder + "/later/d"));
  REQUIRE(::remove((folder + "/later/d").c_str()) == 0);
  REQUIRE(::rmdir((folder + "/later").c_str()) == 0);
  const auto lost = logs.open("Main/other", folder + "/later/d").value();
  lost->add("one\n");
  CHECK_FALSE(logs.open("Main/third", folder + "/later/d"));
  logs.end_all(seconds{5});
  CHECK(lost->counters().dropped == 1);
  for (const auto* const name : {"/a", "/b", ""}) {
    ::remove((folder + name).c_str());
  }
}
