// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Orders and words between the daemon and a template, and the datagrams that carry them.
#include "kraken/process/launch/descriptor_message.hpp"
#include "kraken/process/launch/fork_order.hpp"
#include "kraken/process/launch/template_link.hpp"

#include "kraken/base/limits.hpp"

#include <array>
#include <string>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <unistd.h>

using namespace std::string_literals;

namespace kraken::process {

TEST_CASE("an order is read as it was written") {
  const fork_order order{{3, 1, 15}, {"KRAKEN_ALIAS=Main/web/w1", "EMPTY=", "A=b=c"}};
  const auto read = read_fork_order(write_fork_order(order));
  REQUIRE(read);
  CHECK(read->targets == order.targets);
  CHECK(read->variables == order.variables);
  CHECK(read_fork_order(write_fork_order({}))->variables.empty());
}

TEST_CASE("what is no order is refused") {
  const auto bytes = GENERATE(""s,
                              "1"s,
                              "2\0"s,
                              "1\2\3"s,
                              "1\2\3\3"s,
                              "1\1\20"s,
                              "1\15aaaaaaaaaaaaa"s,
                              "1\0A=b"s,
                              "1\0A\0"s,
                              "1\0=b\0"s);
  CAPTURE(bytes);
  CHECK(read_fork_order(bytes).error().code == errc::protocol_error);
}

TEST_CASE("a template says words with text") {
  for (const auto what : {template_word::ready,
                          template_word::refused,
                          template_word::warning,
                          template_word::warming,
                          template_word::died,
                          template_word::forked,
                          template_word::failed}) {
    const auto bytes = write_template_message(what, "why");
    const auto read = read_template_message(bytes);
    REQUIRE(read);
    CHECK(read->what == what);
    CHECK(read->text == "why");
  }
  CHECK_FALSE(read_template_message(""));
  CHECK_FALSE(read_template_message("x"));
  CHECK(write_template_message(template_word::died, std::string(1U << 20U, 'x')).size() ==
        limits::fork_message_bytes_max);
}

TEST_CASE("an order arrives with its descriptors and the end for the answer") {
  auto ends = template_link::make();
  REQUIRE(ends);
  CHECK(receive_message(ends->second.get(), patience::look).error().code == errc::busy);
  std::array<int, 2> pipe_ends{};
  REQUIRE(::pipe(pipe_ends.data()) == 0);
  const unique_fd reading{pipe_ends[0]};
  const unique_fd writing{pipe_ends[1]};
  auto answer = ends->first->ask({{1}, {}}, {&pipe_ends[1], 1});
  REQUIRE(answer);
  auto came = receive_message(ends->second.get(), patience::wait);
  REQUIRE(came);
  REQUIRE(came->descriptors.size() == 2);
  CHECK(read_fork_order(came->text)->targets == std::vector<int>{1});
  CHECK((::fcntl(came->descriptors[0].get(), F_GETFD) & FD_CLOEXEC) != 0);
  REQUIRE(::write(came->descriptors[0].get(), "x", 1) == 1);
  char byte = 0;
  CHECK(::read(reading.get(), &byte, 1) == 1);
  came->descriptors.clear(); // the template ends
  CHECK(receive_message(answer->get(), patience::wait)->text.empty());
}

TEST_CASE("nothing can be asked of a template that is gone, or was cut off") {
  auto ends = template_link::make();
  REQUIRE(ends);
  if (GENERATE(false, true)) {
    ends->first->cut();
    CHECK(receive_message(ends->second.get(), patience::wait)->text.empty());
  } else {
    ends->second.reset();
  }
  CHECK(ends->first->ask({}, {}).error().code == errc::unreachable);
}

TEST_CASE("a message beyond its limits is not sent") {
  auto ends = template_link::make();
  REQUIRE(ends);
  const int to = ends->second.get();
  CHECK(send_message(to, "").error().code == errc::invalid_argument);
  CHECK(send_message(to, std::string(limits::fork_message_bytes_max + 1, 'x')).error().code ==
        errc::invalid_argument);
  const std::array<int, limits::fork_descriptors_max + 1> many{};
  CHECK(send_message(to, "x", many).error().code == errc::invalid_argument);
}

TEST_CASE("who does not read is not waited for") {
  auto ends = template_link::make();
  REQUIRE(ends);
  const std::string part(limits::fork_message_bytes_max / 2, 'x');
  result<void> sent;
  for (int i = 0; i < 1000 && sent; ++i) {
    sent = send_message(ends->second.get(), part);
  }
  CHECK(sent.error().code == errc::busy);
}

} // namespace kraken::process
