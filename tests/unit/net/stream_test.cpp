// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Streams over a socketpair: input kept back, output larger than the kernel takes, ends.
#include "kraken/net/stream.hpp"

#include "kraken/base/limits.hpp"
#include "kraken/base/passed_descriptors.hpp"

#include <array>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace kraken;

namespace {

struct pair_of_sockets {
  unique_fd ours;
  unique_fd theirs; ///< blocking

  pair_of_sockets() {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    ours.reset(ends[0]);
    theirs.reset(ends[1]);
  }
};

/// Takes whole lines, keeps the rest back.
struct line_reader final : net::stream {
  using stream::stream;

  std::vector<std::string> lines;
  int closed = 0;
  int drained = 0;
  bool half_close = false;
  std::function<void()> then = [] {};
  std::function<void()> blocked = [] {};

private:
  std::size_t on_input(std::string_view input) override {
    std::size_t used = 0;
    for (auto end = input.find('\n'); end != std::string_view::npos; end = input.find('\n', used)) {
      lines.emplace_back(input.substr(used, end - used));
      used = end + 1;
    }
    then();
    return used;
  }

  void on_closed() override {
    ++closed;
    then();
  }

  void on_blocked() override { blocked(); }

  void on_drained() override {
    ++drained;
    then();
  }

  bool on_end_of_input() override { return half_close; }
};

void write_all(const unique_fd& to, std::string_view text) {
  REQUIRE(::write(to.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

} // namespace

TEST_CASE("bytes that were not used are offered again with what follows") {
  net::event_loop loop{0};
  pair_of_sockets sockets;
  const auto theirs = std::move(sockets.theirs);
  line_reader reader{loop, std::move(sockets.ours)};
  REQUIRE(reader.open());
  int step = 0;
  reader.then = [&] {
    ++step;
    if (step == 1) {
      write_all(theirs, "lo\nwor");
    } else if (step == 2) {
      write_all(theirs, "ld\n");
    } else {
      loop.stop();
    }
  };
  write_all(theirs, "hel");
  loop.run();
  CHECK(reader.lines == std::vector<std::string>{"hello", "world"});
}

TEST_CASE("output beyond what the kernel takes arrives whole and in order") {
  net::event_loop loop{0};
  pair_of_sockets sockets;
  const auto theirs = std::move(sockets.theirs);
  line_reader writer{loop, std::move(sockets.ours)};
  REQUIRE(writer.open());
  std::string sent(8U << 20U, 'x');
  for (std::size_t i = 0; i < sent.size(); i += 4096) {
    sent[i] = static_cast<char>('a' + i / 4096 % 26);
  }
  loop.post([&] {
    writer.output().append(sent);
    writer.flush_later();
  });
  writer.then = [&] { writer.close_after_output(); };
  std::string received;
  std::thread peer{[&] {
    std::array<char, 65536> part{};
    for (auto n = ::read(theirs.get(), part.data(), part.size()); n > 0;
         n = ::read(theirs.get(), part.data(), part.size())) {
      received.append(part.data(), static_cast<std::size_t>(n));
    }
    ::shutdown(theirs.get(), SHUT_RDWR);
    loop.post([&] { loop.stop(); });
  }};
  loop.run();
  peer.join();
  CHECK(received == sent);
}

TEST_CASE("descriptors arrive with the byte that they were attached to, not before, not after") {
  net::event_loop loop{0};
  pair_of_sockets sockets;
  const auto theirs = std::move(sockets.theirs);
  line_reader writer{loop, std::move(sockets.ours)};
  REQUIRE(writer.open());
  const auto readable_end = [](char what) {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const unique_fd in{ends[1]};
    REQUIRE(::write(in.get(), &what, 1) == 1);
    return std::make_shared<const unique_fd>(ends[0]);
  };
  const std::string before(3U << 20U, '-'); // more than the kernel takes at once
  loop.post([&] {
    writer.output().append(before);
    writer.attach(readable_end('1'));
    writer.output().append("AAAA");
    writer.attach(readable_end('2'));
    writer.output().append(before);
    writer.attach(readable_end('3')); // with bytes that follow later
    writer.flush_later();
  });
  writer.then = [&] {
    if (writer.drained == 1) {
      writer.output().append("C");
      writer.flush_later();
      return;
    }
    writer.close_after_output();
  };
  std::string received;
  std::vector<std::size_t> places; // where the byte before the last one stands when one arrives
  std::vector<unique_fd> passed;
  std::thread peer{[&] {
    std::array<char, 65536> part{};
    while (true) {
      const auto had = passed.size();
      const auto got =
          receive_with_descriptors(theirs.get(), part, 0, passed, passed_descriptors_max).count;
      if (got <= 0) {
        break;
      }
      received.append(part.data(), static_cast<std::size_t>(got));
      places.insert(places.end(), passed.size() - had, received.size());
    }
    ::shutdown(theirs.get(), SHUT_RDWR);
    loop.post([&] { loop.stop(); });
  }};
  loop.run();
  peer.join();
  CHECK(received == before + "AAAA" + before + "C");
  REQUIRE(places.size() == 3);
  CHECK(places[0] > before.size()); // with the first A or bytes behind it, before the next one
  CHECK(places[0] <= before.size() + 4);
  CHECK(places[1] > before.size() + 4);
  CHECK(places[2] == received.size());
  for (std::size_t i = 0; i < passed.size(); ++i) {
    char what = 0;
    CHECK(::read(passed[i].get(), &what, 1) == 1);
    CHECK(what == static_cast<char>('1' + i));
  }
}

namespace {

/// So many descriptors of one user are under way that the kernel takes no more of him.
class crowd_of_descriptors {
public:
  crowd_of_descriptors() {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const rlimit few{64, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
    if (::geteuid() == 0) {
      REQUIRE(::setresuid(nobody, nobody, 0) == 0); // root may always
    }
    const std::vector<int> many(limits::fork_descriptors_max, sockets_.ours.get());
    while (send_with_descriptors(sockets_.ours.get(), "x", many, MSG_DONTWAIT) > 0) {
    }
    reached = errno == ETOOMANYREFS;
  }
  ~crowd_of_descriptors() {
    sockets_.theirs.reset();
    sockets_.ours.reset();
    static_cast<void>(::setresuid(static_cast<uid_t>(-1), 0, static_cast<uid_t>(-1)));
    static_cast<void>(::setresuid(0, 0, 0)); // where it was
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &before_));
  }
  crowd_of_descriptors(const crowd_of_descriptors&) = delete;
  crowd_of_descriptors& operator=(const crowd_of_descriptors&) = delete;

  bool reached = false;

private:
  static constexpr uid_t nobody = 65'534;

  rlimit before_{};
  pair_of_sockets sockets_;
};

} // namespace

TEST_CASE("a descriptor that the kernel does not pass now is passed later") {
  net::event_loop loop{0};
  pair_of_sockets sockets;
  const auto theirs = std::move(sockets.theirs);
  line_reader writer{loop, std::move(sockets.ours)};
  REQUIRE(writer.open());
  auto crowd = std::make_unique<crowd_of_descriptors>();
  REQUIRE(crowd->reached);
  loop.post([&] {
    writer.attach(std::make_shared<const unique_fd>(::dup(theirs.get())));
    writer.output().append("beside it");
    writer.flush_later();
  });
  std::unique_ptr<reactor::waiting> over;
  writer.blocked = [&] { over = loop.after(1ms, [&] { crowd.reset(); }); };
  writer.then = [&] { loop.stop(); };
  loop.run();
  REQUIRE(over);
  CHECK(writer.closed == 0);
  CHECK(writer.drained == 1);
  std::array<char, 64> bytes{};
  std::vector<unique_fd> passed;
  CHECK(receive_with_descriptors(theirs.get(), bytes, 0, passed, passed_descriptors_max).count ==
        9);
  CHECK(passed.size() == 1);
}

TEST_CASE("a paused stream reads nothing until it is resumed") {
  net::event_loop loop{0};
  pair_of_sockets sockets;
  const auto theirs = std::move(sockets.theirs);
  line_reader reader{loop, std::move(sockets.ours)};
  REQUIRE(reader.open());
  reader.then = [&] { loop.stop(); };
  reader.pause_reading();
  write_all(theirs, "a\n");
  const auto wait = loop.after(50ms, [&] {
    CHECK(reader.lines.empty());
    reader.resume_reading();
  });
  loop.run();
  CHECK(reader.lines.size() == 1);
}

TEST_CASE("a peer that closes is told once, also to a paused stream") {
  net::event_loop loop{0};
  pair_of_sockets sockets;
  line_reader reader{loop, std::move(sockets.ours)};
  REQUIRE(reader.open());
  const bool paused = GENERATE(false, true);
  if (paused) {
    reader.pause_reading();
  }
  reader.then = [&] { loop.stop(); };
  sockets.theirs.reset();
  loop.run();
  CHECK(reader.closed == 1);
  CHECK_FALSE(reader.is_open());
  CHECK(reader.fault() == 0);
}

TEST_CASE("what a peer has not read is seen before it has gone") {
  net::event_loop loop{0};
  pair_of_sockets sockets;
  line_reader reader{loop, std::move(sockets.ours)};
  REQUIRE(reader.open());
  reader.output().append("a request");
  reader.flush_later();
  loop.post([&] { loop.stop(); });
  loop.run();
  const bool reads = GENERATE(false, true);
  std::array<char, 16> part{};
  if (reads) {
    CHECK(::read(sockets.theirs.get(), part.data(), part.size()) == 9);
  }
  reader.peer_has_ended();
  CHECK(reader.left_unread() == !reads);
}

TEST_CASE("a call that fails is told apart from a peer that has gone") {
  net::event_loop loop{0};
  pair_of_sockets sockets;
  line_reader reader{loop, std::move(sockets.ours)};
  REQUIRE(reader.open());
  reader.then = [&] { loop.stop(); };
  reader.attach(std::make_shared<const unique_fd>()); // what can not be passed
  reader.output().append("beside it");
  reader.flush_later();
  loop.post([] {});
  loop.run();
  CHECK(reader.closed == 1);
  CHECK(reader.fault() == EBADF);
}

TEST_CASE("the last words of a peer that is gone reach a paused stream") {
  net::event_loop loop{0};
  pair_of_sockets sockets;
  line_reader reader{loop, std::move(sockets.ours)};
  REQUIRE(reader.open());
  reader.pause_reading();
  write_all(sockets.theirs, "last\nwords\n");
  sockets.theirs.reset();
  reader.then = [&] {
    if (reader.closed != 0) {
      loop.stop();
    }
  };
  loop.run();
  CHECK(reader.lines == std::vector<std::string>{"last", "words"});
  CHECK(reader.closed == 1);
}

TEST_CASE("a half-closed stream may still send") {
  net::event_loop loop{0};
  pair_of_sockets sockets;
  const auto theirs = std::move(sockets.theirs);
  line_reader reader{loop, std::move(sockets.ours)};
  reader.half_close = true;
  REQUIRE(reader.open());
  ::shutdown(theirs.get(), SHUT_WR);
  const auto wait = loop.after(30ms, [&] {
    REQUIRE(reader.is_open());
    reader.output().append("late\n");
    reader.then = [&] { loop.stop(); };
    reader.flush_later();
    loop.post([] {});
  });
  loop.run();
  std::array<char, 16> part{};
  CHECK(::read(theirs.get(), part.data(), part.size()) == 5);
}

TEST_CASE("what the peer took is told apart from what the kernel holds for it") {
  net::event_loop loop{0};
  pair_of_sockets sockets;
  const auto theirs = std::move(sockets.theirs);
  line_reader writer{loop, std::move(sockets.ours)};
  REQUIRE(writer.open());
  loop.post([&] {
    writer.output().append(std::string(20'000, 'x'));
    writer.flush_later();
    loop.stop();
  });
  loop.run();
  const auto before = writer.taken_by_peer();
  CHECK(writer.sent() == 20'000);
  CHECK(writer.taken_by_peer() == before);
  std::string part(20'000, 0);
  CHECK(::read(theirs.get(), part.data(), part.size()) == 20'000);
  CHECK(writer.taken_by_peer() != before);
}
