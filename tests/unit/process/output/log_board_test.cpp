// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Logs by path: numbering, followers, dropped lines, messages between half lines.
#include "kraken/process/output/log_board.hpp"

#include "kraken/base/limits.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace kraken;
using namespace kraken::process;

namespace {

const captured_line_sink to_nobody = [](const captured_line&) {};

std::vector<std::string> texts_of_log(const std::vector<captured_line>& lines) {
  std::vector<std::string> out;
  for (const auto& each : lines) {
    out.push_back(each.text);
  }
  return out;
}

} // namespace

TEST_CASE("a path has one log until it is forgotten") {
  log_board board;
  CHECK(board.find("Main/a") == nullptr);
  const auto log = board.at("Main/a");
  CHECK(board.at("Main/a") == log);
  CHECK(board.find("Main/a") == log);
  CHECK(board.find("Main") == nullptr);
  auto others = [&board, next = 0](std::size_t count) mutable {
    for (std::size_t i = 0; i < count; ++i) {
      const auto path = "Main/other" + std::to_string(++next);
      static_cast<void>(board.at(path));
      board.retire(path);
      board.retire(path);
    }
  };
  board.retire("Main/a");
  board.retire("Main/never");
  others(limits::logs_of_gone - 1);
  CHECK(board.find("Main/a") == log); // what a program said last is asked for when it is gone
  CHECK(board.at("Main/a") == log);   // there is one of that path again
  others(limits::logs_of_gone);
  CHECK(board.find("Main/a") == log);
  board.retire("Main/a");
  others(limits::logs_of_gone);
  CHECK(board.find("Main/a") == nullptr);
  CHECK(board.at("Main/a") != log);
  log->add(output_stream::out, "still usable", {}, to_nobody);
}

TEST_CASE("lines of both streams have one numbering") {
  container_log log;
  CHECK(log.last_sequence() == 0);
  log.feed(output_stream::out, "1\n2\n3", {}, to_nobody);
  log.feed(output_stream::err, "e\n", {}, to_nobody);
  log.flush(output_stream::out, {}, to_nobody);
  CHECK(log.last_sequence() == 4);
  const auto lines = log.after(1, 10);
  CHECK(texts_of_log(lines) == std::vector<std::string>{"2", "e", "3"});
  CHECK(lines[0].sequence == 2);
  CHECK(lines[1].from == output_stream::err);
  CHECK(texts_of_log(log.after(0, 1)) == std::vector<std::string>{"1"});
  CHECK(log.after(4, 10).empty());
  CHECK(log.tail(4) == "e\n3\n");
}

TEST_CASE("an incarnation's last words are no others' words") {
  const auto all = std::make_shared<container_log>();
  all->feed(output_stream::err, "of the first\n", {}, to_nobody);
  const incarnation_log second{all};
  CHECK(second.tail(100).empty());
  second.all()->feed(output_stream::err, "of the second\n", {}, to_nobody);
  CHECK(second.tail(100) == "of the second\n");
  CHECK(all->tail(100) == "of the first\nof the second\n");
}

TEST_CASE("a line has the time at which it was read") {
  container_log log;
  const auto now = std::chrono::steady_clock::now();
  log.feed(output_stream::out, "early\n", now - 90s, to_nobody);
  log.feed(output_stream::out, "now\n", now, to_nobody);
  const auto lines = log.after(0, 10);
  REQUIRE(lines.size() == 2);
  CHECK(lines[1].at == now);
  const auto apart = unix_ms(lines[1]) - unix_ms(lines[0]);
  CHECK(apart > 80'000);
  CHECK(apart < 100'000);
  CHECK(unix_ms(lines[0]) > 1'600'000'000'000);
}

TEST_CASE("a message does not join a half line of the program's output") {
  container_log log;
  log.feed(output_stream::out, "half a ", {}, to_nobody);
  std::vector<std::string> passed;
  log.add(output_stream::out, "[info] message", {}, [&](const captured_line& line) {
    passed.push_back(line.text);
  });
  log.feed(output_stream::out, "line\n", {}, to_nobody);
  log.add(output_stream::err, "two\nlines", {}, to_nobody);
  CHECK(passed == std::vector<std::string>{"[info] message"});
  CHECK(texts_of_log(log.after(0, 10)) ==
        std::vector<std::string>{"[info] message", "half a line", "two", "lines"});
}

TEST_CASE("a message too long is cut like any line") {
  container_log log;
  log.add(output_stream::out, std::string(limits::log_line_bytes_max + 5, 'x'), {}, to_nobody);
  const auto lines = log.after(0, 10);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].text.size() == limits::log_line_bytes_max);
  CHECK(lines[0].cut_bytes == 5);
}

TEST_CASE("followers get every new line until they leave") {
  container_log log;
  log.feed(output_stream::out, "before\n", {}, to_nobody);
  std::vector<std::string> first;
  std::vector<std::string> second;
  const auto one = log.follow([&](const captured_line& line) { first.push_back(line.text); });
  const auto two = log.follow([&](const captured_line& line) { second.push_back(line.text); });
  CHECK(one != two);
  log.feed(output_stream::err, "a\nb\nhalf", {}, to_nobody);
  log.unfollow(one);
  log.flush(output_stream::err, {}, to_nobody);
  log.add(output_stream::out, "c", {}, to_nobody);
  log.unfollow(two);
  log.unfollow(two);
  log.add(output_stream::out, "d", {}, to_nobody);
  CHECK(first == std::vector<std::string>{"a", "b"});
  CHECK(second == std::vector<std::string>{"a", "b", "half", "c"});
}

TEST_CASE("a flood is kept and followed but not passed on, and counted once") {
  container_log log;
  const time_point start{1h};
  std::string flood;
  for (std::size_t i = 0; i < limits::log_lines_per_second_max + 7; ++i) {
    flood += "x\n";
  }
  std::size_t passed = 0;
  log.feed(output_stream::out, flood, start, [&](const captured_line&) { ++passed; });
  CHECK(passed == limits::log_lines_per_second_max);
  CHECK(log.last_sequence() == limits::log_lines_per_second_max + 7);
  CHECK(log.take_dropped() == 7);
  CHECK(log.take_dropped() == 0);
  log.add(output_stream::out, "dropped too", start + 999ms, to_nobody);
  CHECK(log.take_dropped() == 1);
  log.add(output_stream::out, "the next second", start + 1s, to_nobody);
  CHECK(log.take_dropped() == 0);
}
