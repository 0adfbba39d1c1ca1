// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Counters by path and shard.
#include "kraken/base/counter_board.hpp"

#include <catch2/catch.hpp>

using kraken::counter_board;

namespace {

std::string shown(const counter_board<int>& board) {
  std::string all;
  board.visit([&](const std::string& path, std::uint32_t shard, int counters) {
    all += path + "/" + std::to_string(shard) + "=" + std::to_string(counters) + " ";
  });
  return all;
}

} // namespace

TEST_CASE("counters stand under their own shard, whoever came first") {
  counter_board<int> board;
  board.add("Main/web", 1, std::make_shared<int>(11));
  board.add("Main/a", 0, std::make_shared<int>(7));
  board.add("Main/web", 0, std::make_shared<int>(10));
  CHECK(shown(board) == "Main/a/0=7 Main/web/0=10 Main/web/1=11 ");
}

TEST_CASE("the next incarnation's counters replace the last one's") {
  counter_board<int> board;
  board.add("Main/web", 0, std::make_shared<int>(1));
  board.add("Main/web", 0, std::make_shared<int>(2));
  CHECK(shown(board) == "Main/web/0=2 ");
}

TEST_CASE("a path is forgotten with all its shards, its neighbours are not") {
  counter_board<int> board;
  for (std::uint32_t shard = 0; shard < 3; ++shard) {
    board.add("Main/web", shard, std::make_shared<int>(1));
    board.add("Main/web2", shard, std::make_shared<int>(2));
  }
  board.remove("Main/web");
  CHECK(shown(board) == "Main/web2/0=2 Main/web2/1=2 Main/web2/2=2 ");
  board.remove("Main/none");
  CHECK(shown(board) == "Main/web2/0=2 Main/web2/1=2 Main/web2/2=2 ");
}
