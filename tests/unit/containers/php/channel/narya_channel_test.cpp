// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A channel in the Narya dialect: greeting, answers as its workers give them, ends; and the door
/// such a worker comes in by.
#include "containers/php/channel/narya_channel.hpp"

#include "../pool/pool_fixture.hpp"

#include <catch2/catch.hpp>
#include <sys/un.h>

using namespace std::string_literals;
using namespace kraken;
using namespace kraken::containers;
using namespace kraken::containers::test;

namespace {

std::string narya_text(std::string_view text) {
  return std::string(1, static_cast<char>(0xa0U | text.size())) + std::string{text};
}

/// A response map: id and status, then `more` pairs as they are on the wire.
std::string narya_response_frame(unsigned id,
                                 int pairs_more = 0,
                                 const std::string& more = {},
                                 const std::string& status = "\xcc\xc8"s) {
  const auto map = std::string(1, static_cast<char>(0x82 + pairs_more)) + narya_text("id") +
                   std::string(1, static_cast<char>(id)) + narya_text("status") + status + more;
  return std::string{'\0',
                     '\0',
                     static_cast<char>(map.size() >> 8U),
                     static_cast<char>(map.size() & 0xffU)} +
         map;
}

class narya_fixture : public pool_fixture {
public:
  narya_fixture() : pool_fixture(settings()) {}

  static pool_settings settings() {
    pool_settings out;
    out.speaks = dialect::narya;
    return out;
  }

  /// A worker that was greeted and has not answered.
  scripted_worker& greet() {
    auto& made = *workers.emplace_back(std::make_unique<scripted_worker>());
    unique_fd ours;
    unique_fd theirs;
    make_sockets(ours, theirs);
    made.end = std::make_unique<worker_end>(std::move(theirs));
    on.call([&] {
      auto channel = std::make_unique<narya_channel>(
          on.loop(), std::move(ours), made.owner, *pool, std::make_shared<model::gauges>(), 7);
      static_cast<void>(channel->greet());
      made.channel = std::move(channel);
      made.owner.when_ready = [this, &made] { pool->add(*made.channel); };
    });
    return made;
  }

  scripted_worker& greeted() {
    auto& made = greet();
    static_cast<void>(read_bytes(made, 6));
    made.end->write("OK");
    static_cast<void>(on.eventually([&] { return made.owner.ready == 1; }));
    return made;
  }

  /// Shorter than asked for when the channel ends or time is over.
  static std::string read_bytes(scripted_worker& from, std::size_t count) {
    std::string out;
    while (out.size() < count) {
      pollfd one{from.end->fd(), POLLIN, 0};
      const auto ms = static_cast<int>(std::chrono::milliseconds{patience}.count());
      char part[4096];
      const auto wanted = std::min(sizeof part, count - out.size());
      const auto got = ::poll(&one, 1, ms) == 1 ? ::read(one.fd, part, wanted) : 0;
      if (got <= 0) {
        break;
      }
      out.append(part, static_cast<std::size_t>(got));
    }
    return out;
  }

  /// The next request's map.
  static std::string request(scripted_worker& from) {
    const auto head = read_bytes(from, 4);
    if (head.size() != 4) {
      return {};
    }
    std::size_t length = 0;
    for (const char c : head) {
      length = length << 8U | static_cast<unsigned char>(c);
    }
    return read_bytes(from, length);
  }
};

} // namespace

TEST_CASE("a Narya worker is greeted and serves once it has answered") {
  narya_fixture f;
  auto& a = f.greet();
  CHECK(narya_fixture::read_bytes(a, 6) == "NARYA1");
  fake_exchange one;
  f.submit(one, "/one");
  a.end->write("O");
  f.on.call([] {});
  CHECK(f.on.call([&] { return a.owner.ready; }) == 0);
  a.end->write("K");
  const auto map = narya_fixture::request(a);
  CHECK(map.find(narya_text("path") + narya_text("/one")) != std::string::npos);
  CHECK(map.find(narya_text("timeout_ms")) != std::string::npos);
  a.end->write(narya_response_frame(1, 1, narya_text("body") + narya_text("hello")));
  REQUIRE(f.ended(one));
  CHECK(one.status == 200);
  CHECK(one.text.ends_with("\r\n\r\nhello"));
}

TEST_CASE("a worker that greets in other words is given up") {
  narya_fixture f;
  auto& a = f.greet();
  a.end->write(GENERATE(as<std::string>{}, "NO", "PHP Warning", "\0\0\0\1x"s));
  REQUIRE(f.on.eventually([&] { return a.owner.ended.size() == 1; }));
  CHECK(a.owner.ended[0].find("greeting") != std::string::npos);
  CHECK(a.owner.ready == 0);
}

TEST_CASE("answers come in the shapes PHP gives them") {
  narya_fixture f;
  auto& a = f.greeted();
  fake_exchange one;
  f.submit(one, "/");
  REQUIRE_FALSE(narya_fixture::request(a).empty());
  const auto headers = narya_text("headers");
  const auto [what, frame, status, has] =
      GENERATE_COPY(table<std::string, std::string, int, std::string>(
          {{"no headers: a list", narya_response_frame(1, 1, headers + "\x90"s), 200, ""},
           {"no headers: a map", narya_response_frame(1, 1, headers + "\x80"s), 200, ""},
           {"many values",
            narya_response_frame(1,
                                 1,
                                 headers + "\x81"s + narya_text("X-A") + "\x92"s + narya_text("1") +
                                     narya_text("2")),
            200,
            "X-A: 1\r\nX-A: 2\r\n"},
           {"one value",
            narya_response_frame(1, 1, headers + "\x81"s + narya_text("X-A") + "\x07"s),
            200,
            "X-A: 7\r\n"},
           {"status as float",
            narya_response_frame(1, 0, {}, "\xcb\x40\x79\x40\x00\x00\x00\x00\x00"s),
            404,
            ""},
           {"status as text", narya_response_frame(1, 0, {}, narya_text("204")), 204, ""},
           {"unknown keys",
            narya_response_frame(1, 1, narya_text("later") + "\x93\x01\x02\x03"s),
            200,
            ""}}));
  CAPTURE(what);
  a.end->write(frame);
  REQUIRE(f.ended(one));
  CHECK(one.status == status);
  CHECK(one.text.find(has) != std::string::npos);
  CHECK(f.counters->answered.get() == 1);
}

TEST_CASE("an error is 500 to the client, its text goes to the log, the worker goes on") {
  narya_fixture f;
  auto& a = f.greeted();
  fake_exchange one;
  fake_exchange two;
  f.submit(one, "/1");
  f.submit(two, "/2");
  REQUIRE_FALSE(narya_fixture::request(a).empty());
  a.end->write(narya_response_frame(1, 1, narya_text("error") + narya_text("secret trace")));
  REQUIRE(f.ended(one));
  CHECK(one.status == 500);
  CHECK(one.text.find("secret") == std::string::npos);
  CHECK(a.owner.said == std::vector<std::string>{"error: secret trace"});
  REQUIRE_FALSE(narya_fixture::request(a).empty());
  a.end->write(narya_response_frame(2));
  REQUIRE(f.ended(two));
  CHECK(two.status == 200);
}

TEST_CASE("a worker that wants to be replaced gets nothing more") {
  narya_fixture f;
  auto& a = f.greeted();
  fake_exchange one;
  f.submit(one, "/1");
  REQUIRE_FALSE(narya_fixture::request(a).empty());
  a.end->write(narya_response_frame(1,
                                    1,
                                    narya_text("_meta") + "\x82"s + narya_text("recycle") +
                                        "\xc3"s + narya_text("mem_usage") + "\x7f"s));
  REQUIRE(f.ended(one));
  CHECK(a.owner.asked_to_recycle);
  CHECK(a.owner.memory == 127);
  CHECK(f.counters->workers.get() == 0);
}

TEST_CASE("what is no answer is 502, and the worker is given up") {
  narya_fixture f;
  auto& a = f.greeted();
  fake_exchange one;
  f.submit(one, "/1");
  REQUIRE_FALSE(narya_fixture::request(a).empty());
  const auto [what, bytes] = GENERATE(table<std::string, std::string>(
      {{"another's", narya_response_frame(7)},
       {"status 100", narya_response_frame(1, 0, {}, "\x64"s)},
       {"status 99999", narya_response_frame(1, 0, {}, "\xce\x00\x01\x86\x9f"s)},
       {"broken header",
        narya_response_frame(
            1, 1, narya_text("headers") + "\x81"s + narya_text("a") + narya_text("b\r\nc: d"))},
       {"no map", "\0\0\0\1\xc0"s},
       {"length 0", "\0\0\0\0"s},
       {"too long", "\xff\xff\xff\xff"s},
       {"text", "Warning: something"}}));
  CAPTURE(what);
  a.end->write(bytes);
  REQUIRE(f.ended(one));
  CHECK(one.status == 502);
  CHECK_FALSE(a.owner.ended.at(0).empty());
}

TEST_CASE("a worker that closes is lost with its request, or without one") {
  narya_fixture f;
  auto& a = f.greeted();
  const bool busy = GENERATE(false, true);
  fake_exchange one;
  if (busy) {
    f.submit(one, "/1");
    REQUIRE_FALSE(narya_fixture::request(a).empty());
  }
  a.end->close();
  REQUIRE(f.on.eventually([&] { return a.owner.ended.size() == 1; }));
  CHECK(a.owner.ended[0].empty());
  CHECK(one.status == (busy ? 502 : 0));
  CHECK(f.counters->workers.get() == 0);
}

TEST_CASE("a worker that drains sees its channel close when it has nothing to do") {
  narya_fixture f;
  auto& a = f.greeted();
  const bool busy = GENERATE(false, true);
  fake_exchange one;
  if (busy) {
    f.submit(one, "/1");
    REQUIRE_FALSE(narya_fixture::request(a).empty());
  }
  f.on.call([&] {
    f.pool->retire(*a.channel);
    a.channel->drain();
  });
  if (busy) {
    CHECK_FALSE(a.end->has_input());
    a.end->write(narya_response_frame(1));
    REQUIRE(f.ended(one));
    CHECK(one.status == 200);
  }
  CHECK(narya_fixture::read_bytes(a, 1).empty());
  a.end->close();
  CHECK(f.on.eventually([&] { return a.owner.ended.size() == 1; }));
}

TEST_CASE("a door lets one worker in and leaves no file") {
  loop_thread on;
  std::string directory = "/tmp/kraken-door-XXXXXX";
  REQUIRE(::mkdtemp(directory.data()) != nullptr);
  std::unique_ptr<narya_door> door;
  int entered = 0;
  on.call([&] {
    auto made = narya_door::open(
        on.loop(), directory, [&](unique_fd socket) { entered += socket ? 1 : 0; });
    door = made ? std::move(*made) : nullptr;
  });
  REQUIRE(door);
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  REQUIRE(door->path().size() < sizeof where.sun_path);
  std::copy(door->path().begin(), door->path().end(), where.sun_path);
  const auto knock = [&] {
    const unique_fd client{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    return ::connect(client.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0;
  };
  CHECK(knock());
  CHECK(on.eventually([&] { return entered == 1; }));
  CHECK_FALSE(knock());
  on.call([&] { door.reset(); });
  CHECK(::access(where.sun_path, F_OK) != 0);
  CHECK(::rmdir(directory.c_str()) == 0);
}
