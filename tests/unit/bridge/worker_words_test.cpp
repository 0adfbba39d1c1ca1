// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a worker's log frames become.
#include "kraken/bridge/worker_words.hpp"

#include "kraken/wire/msgpack.hpp"

#include <catch2/catch.hpp>

namespace kraken::bridge::test {

namespace {

wire::msgpack_value text_value(std::string text) {
  return {std::move(text)};
}

std::string packed_map(std::vector<wire::msgpack_value> keys,
                       std::vector<wire::msgpack_value> values) {
  wire::byte_buffer out;
  wire::pack_value(out, {wire::msgpack_value::map{std::move(keys), std::move(values)}});
  return std::string{out.view()};
}

} // namespace

TEST_CASE("a worker's message stands with its context in one line") {
  const auto context =
      packed_map({text_value("at"), text_value("n"), text_value("list")},
                 {text_value("a.php:3"),
                  {std::uint64_t{7}},
                  {wire::msgpack_value::array{{true}, {std::int64_t{-1}}, {std::monostate{}}}}});
  const auto words = words_of({"warn", "slow", context});
  CHECK(words.level == "warn");
  CHECK(words.lines == std::vector<std::string>{"slow at=a.php:3 n=7 list=[true -1 null]"});
}

TEST_CASE("a message without a context stands alone") {
  CHECK(words_of({"info", "hello", {}}).lines == std::vector<std::string>{"hello"});
}

TEST_CASE("stray output comes line by line and without a level") {
  const auto context = packed_map({text_value("text")}, {text_value("one\n\ntwo")});
  const auto words = words_of({"info", "output", context});
  CHECK(words.level.empty());
  CHECK(words.lines == std::vector<std::string>{"one", "", "two"});
}

TEST_CASE("the place of a failure is told once") {
  CHECK(cause_of(wire::worker_fatal{"E", "m", "/a.php", 3, {}, {}}).text() == "E: m (/a.php:3)");
  CHECK(cause_of(wire::worker_fatal{"E", "m in /a.php:3", "/a.php", 3, {}, {}}).text() ==
        "E: m in /a.php:3");
  CHECK(cause_of(wire::worker_fatal{"E", "m", {}, 0, {}, {}}).text() == "E: m");
}

TEST_CASE("how a program ended completes what is known of its end") {
  CHECK(cause_of(model::cause{}, exit_status{0}).text() == "ended normally");
  CHECK(cause_of(model::cause{}, exit_status{3}).text() == "exit code 3");
  CHECK(cause_of(model::cause{}, exit_status{9, true}).text() == "signal 9 (SIGKILL)");
  const auto last = [](std::string type, std::string message, exit_status how) {
    return cause_of(
        cause_of(wire::worker_fatal{std::move(type), std::move(message), {}, 0, {}, {}}), how);
  };
  CHECK(last("exit", "exit in container C", exit_status{7}).text() ==
        "exit in container C: exit code 7");
  CHECK(last("exit", "exit in container C", exit_status{0}).text() ==
        "exit in container C: exit code 0");
  CHECK(last("exit", "exit in container C", exit_status{9, true}).text() == "exit in container C");
  CHECK(last("DomainError", "far", exit_status{255}).text() == "DomainError: far");
  CHECK(last("DomainError", "far", exit_status{255}).code == 255);
}

TEST_CASE("an exit of a container is an end with its code") {
  const auto last = [](std::string type, exit_status how) {
    return cause_of_container(
        cause_of(wire::worker_fatal{std::move(type), "in container C", {}, 0, {}, {}}), how);
  };
  const auto failed = last("exit", exit_status{7});
  CHECK(failed.key() == "exit:7");
  CHECK(failed.text() == "exit code 7: in container C");
  const auto over = last("exit", exit_status{0});
  CHECK(over.normal());
  CHECK(over.key() == "exit:0");
  CHECK(last("exit", exit_status{9, true}).key() == "signal:9");
  CHECK(last("DomainError", exit_status{255}).kind == model::cause_kind::exception);
}

} // namespace kraken::bridge::test
