// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a worker says, right and wrong, and what its channel makes of it.
#include "../pool/pool_fixture.hpp"

#include <cstdio>

#include <sys/resource.h>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace kraken;
using namespace kraken::containers;
using namespace kraken::containers::test;

namespace {

/// A frame with any payload.
std::string
raw_frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, std::string_view payload) {
  std::string out;
  const auto put = [&](std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.push_back(static_cast<char>(value >> static_cast<unsigned>(shift)));
    }
  };
  put(static_cast<std::uint32_t>(payload.size() + 8));
  out.push_back(static_cast<char>(type));
  out.push_back(static_cast<char>(flags));
  out.append(2, '\0');
  put(stream);
  return out.append(payload);
}

std::string
response(std::uint32_t stream, int status, std::vector<wire::header_field> headers = {}) {
  wire::byte_buffer out;
  wire::append_response(out, stream, status, headers, "body");
  return std::string{out.view()};
}

} // namespace

TEST_CASE("a worker is welcomed, says hello, and is ready once") {
  pool_fixture f;
  auto& a = f.make_worker();
  f.on.call([&] {
    wire::welcome_facts facts;
    facts.alias = "Main/web/w1";
    facts.generation = 7;
    wire::append_welcome(a.channel->output(), facts);
    a.channel->flush_later();
  });
  const auto welcome = a.end->read();
  REQUIRE(welcome);
  CHECK(welcome->type == wire::frame_type::welcome);
  CHECK(wire::decode_welcome(welcome->payload)->alias == "Main/web/w1");
  wire::byte_buffer out;
  wire::append_hello(out, {.protocol = 1, .pid = 1, .sdk = "test", .tier = "protocol"});
  wire::append_ready(out);
  wire::append_ready(out);
  wire::append_log(out, "warn", "careful", {});
  wire::append_fatal(
      out, {.type = "E", .message = "m", .file = "f", .line = 3, .trace = {}, .parents = {}});
  wire::append_ping(out, 42);
  a.end->write(out);
  const auto pong = a.end->read();
  REQUIRE(pong);
  CHECK(pong->type == wire::frame_type::pong);
  CHECK(f.on.call([&] { return a.owner.ready; }) == 1);
  CHECK(a.owner.said == std::vector<std::string>{"warn: careful", "E: m at f:3"});
  f.on.call([&] { a.channel->drain(); });
  CHECK(a.end->read()->type == wire::frame_type::drain);
}

TEST_CASE("what is of a later version is ignored") {
  pool_fixture f;
  auto& a = f.add_worker();
  fake_exchange one;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  a.end->write(raw_frame(0x7f, 0xfc, 9, "anything"));
  a.end->write(raw_frame(0x40, 0, 0, "\xc0"));
  a.end->answer(a.end->stream(), "fine");
  REQUIRE(f.ended(one));
  CHECK(one.status == 200);
}

TEST_CASE("a client has its answer while the worker is still at it") {
  pool_fixture f;
  auto& a = f.add_worker();
  fake_exchange one;
  fake_exchange two;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  const auto stream = a.end->stream();
  wire::byte_buffer out;
  SECTION("whole") {
    wire::append_response(
        out, stream, 200, {}, "fine", std::nullopt, wire::response_part::complete);
  }
  SECTION("begun as a stream") {
    wire::append_response(out, stream, 200, {}, "fi", std::nullopt, wire::response_part::first);
    wire::append_chunk_frame(out, stream, "ne", wire::chunk_part::complete);
  }
  a.end->write(out);
  REQUIRE(f.ended(one));
  CHECK(one.status == 200);
  f.submit(two, "/2");
  CHECK(f.on.call([&] { return a.channel->current != nullptr; }));
  out.clear();
  wire::append_ping(out, 1); // what comes back shows that nothing came before it
  wire::append_chunk_frame(out, stream, "ignored", wire::chunk_part::more);
  a.end->write(out);
  CHECK(a.end->read()->type == wire::frame_type::pong);
  out.clear();
  wire::append_chunk_frame(out, stream, "", wire::chunk_part::last);
  a.end->write(out);
  CHECK(a.end->request() == "/2");
  a.end->answer(a.end->stream(), "too");
  REQUIRE(f.ended(two));
}

namespace {

std::string hints(std::uint32_t stream, std::string_view link) {
  wire::byte_buffer out;
  const wire::header_field fields[] = {{"link", link}, {"connection", "close"}};
  wire::append_response(out, stream, 103, fields, "", std::nullopt, wire::response_part::first);
  return std::string{out.view()};
}

} // namespace

TEST_CASE("early hints reach the client before the answer, as often as they come") {
  pool_fixture f;
  auto& a = f.add_worker();
  fake_exchange one;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  a.end->write(hints(a.end->stream(), "</a.css>"));
  a.end->write(hints(a.end->stream(), "</b.css>"));
  a.end->answer(a.end->stream(), "fine");
  REQUIRE(f.ended(one));
  CHECK(one.interims ==
        std::vector<std::string>{"HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n",
                                 "HTTP/1.1 103 Early Hints\r\nlink: </b.css>\r\n\r\n"});
  CHECK(one.text.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(one.text.ends_with("fine"));
}

TEST_CASE("early hints are only for those who know them and keep up") {
  pool_fixture f;
  auto& a = f.add_worker();
  fake_exchange one;
  SECTION("version 1.0") {
    one.version_minor = 0;
  }
  SECTION("a slow reader") {
    one.is_congested = true;
  }
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  a.end->write(hints(a.end->stream(), "</a.css>"));
  a.end->answer(a.end->stream(), "fine");
  REQUIRE(f.ended(one));
  CHECK(one.interims.empty());
  CHECK(one.status == 200);
}

TEST_CASE("early hints for a client that has gone go nowhere") {
  pool_fixture f;
  auto& a = f.add_worker();
  fake_exchange one;
  fake_exchange two;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  f.abandon(one);
  a.end->write(hints(a.end->stream(), "</a.css>"));
  a.end->answer(a.end->stream(), "late");
  f.submit(two, "/2");
  CHECK(a.end->read()->type == wire::frame_type::cancel);
  CHECK(a.end->request() == "/2");
  a.end->answer(a.end->stream(), "fine");
  REQUIRE(f.ended(two));
  CHECK(one.late_calls == 0);
}

TEST_CASE("a breach of the protocol while working is 502, and the worker is given up") {
  pool_fixture f;
  auto& a = f.add_worker();
  fake_exchange one;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  const auto own = a.end->stream();
  const auto [what, bytes] = GENERATE_COPY(table<std::string, std::string>(
      {{"wrong stream", response(own + 1, 200)},
       {"stream 0", response(0, 200)},
       {"status 99", response(own, 99)},
       {"status 100", response(own, 100)},
       {"status 103 without more", response(own, 103)},
       {"hints that break the head apart", hints(own, "a\r\nb: c")},
       {"status 1000", response(own, 1000)},
       {"value with a line end", response(own, 200, {{"x", "a\r\nb: c"}})},
       {"value with NUL", response(own, 200, {{"x", std::string_view{"a\0b", 3}}})},
       {"name that is no token", response(own, 200, {{"x y", "z"}})},
       {"empty name", response(own, 200, {{"", "z"}})},
       {"no payload", raw_frame(0x11, 0, own, "")},
       {"not an array", raw_frame(0x11, 0, own, "\xc0")},
       {"truncated", raw_frame(0x11, 0, own, "\x93\xcc")},
       {"chunk first", raw_frame(0x12, 1, own, "\xa1x")},
       {"length 0", std::string(4, '\0')},
       {"length 7", std::string("\0\0\0\7abcdefg", 11)},
       {"length huge", std::string(8, '\xff')},
       {"text", "PHP Warning: something in /x.php on line 3\n"},
       {"bad hello", raw_frame(0x01, 0, 0, "\xc0")},
       {"protocol 2", raw_frame(0x01, 0, 0, "\x81\xa8protocol\x02")},
       {"bad log", raw_frame(0x30, 0, 0, "\xc0")}}));
  CAPTURE(what);
  a.end->write(bytes);
  REQUIRE(f.ended(one));
  CHECK(one.status == 502);
  CHECK(one.ends == 1);
  CHECK(one.text.find("HTTP/1.1") == std::string::npos);
  REQUIRE(f.on.call([&] { return a.owner.ended.size(); }) == 1);
  CHECK_FALSE(a.owner.ended[0].empty());
  CHECK_FALSE(f.on.call([&] { return a.channel->is_open(); }));
  CHECK(f.counters->crashed.get() == 1);
  CHECK(f.counters->workers.get() == 0);
}

TEST_CASE("a breach of the protocol within a stream breaks it off") {
  pool_fixture f;
  auto& a = f.add_worker();
  fake_exchange one;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  const auto own = a.end->stream();
  a.end->begin_stream(own, "x");
  a.end->write(GENERATE_COPY(response(own, 200),
                             raw_frame(0x12, 1, own + 1, "\xa1x"),
                             raw_frame(0x12, 1, own, "\xc0"),
                             raw_frame(0x12, 0, own, "")));
  REQUIRE(f.ended(one));
  CHECK(one.broken);
  CHECK_FALSE(a.owner.ended[0].empty());
}

TEST_CASE("an answer nobody asked for ends an idle worker") {
  pool_fixture f;
  auto& a = f.add_worker();
  a.end->write(GENERATE(response(1, 200), raw_frame(0x12, 0, 1, "\xa1x")));
  REQUIRE(f.on.eventually([&] { return a.owner.ended.size() == 1; }));
  CHECK_FALSE(a.owner.ended[0].empty());
  CHECK(f.counters->workers.get() == 0);
  CHECK(f.counters->crashed.get() == 0);
  fake_exchange one;
  f.submit(one, "/1");
  CHECK(one.ends == 0); // it waits for a better one
  f.abandon(one);
}

TEST_CASE("fields the server owns are not the worker's to set") {
  pool_fixture f;
  auto& a = f.add_worker();
  fake_exchange one;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  a.end->write(response(
      a.end->stream(), 201, {{"Content-Length", "999"}, {"Connection", "x"}, {"X-Own", "kept"}}));
  REQUIRE(f.ended(one));
  CHECK(one.status == 201);
  CHECK(one.text.find("999") == std::string::npos);
  CHECK(one.text.find("X-Own: kept\r\n") != std::string::npos);
  CHECK(one.text.find("Content-Length: 4\r\n") != std::string::npos);
}

TEST_CASE("an answer may come byte by byte") {
  pool_fixture f;
  auto& a = f.add_worker();
  fake_exchange one;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  for (const char c : response(a.end->stream(), 200)) {
    a.end->write({&c, 1});
    f.on.call([] {});
  }
  REQUIRE(f.ended(one));
  CHECK(one.text.ends_with("body"));
}

TEST_CASE("a worker that pings without reading is given up") {
  pool_fixture f;
  auto& a = f.add_worker();
  const auto ping = raw_frame(0x20, 0, 0, std::string(1U << 20U, 'x'));
  std::size_t sent = 0;
  while (f.on.call([&] { return a.owner.ended.empty(); }) && sent < 200U << 20U) {
    for (std::string_view rest = ping; !rest.empty();) {
      pollfd one{a.end->fd(), POLLOUT, 0};
      static_cast<void>(::poll(&one, 1, 1'000));
      const auto n = ::send(a.end->fd(), rest.data(), rest.size(), MSG_NOSIGNAL);
      if (n <= 0) {
        break;
      }
      rest.remove_prefix(static_cast<std::size_t>(n));
    }
    sent += ping.size();
  }
  CHECK(f.on.call([&] { return a.owner.ended.size(); }) == 1);
}

namespace {

/// A file of ten bytes that nobody else knows.
struct ten_bytes {
  ten_bytes() : file(std::tmpfile()) {
    REQUIRE(file != nullptr);
    REQUIRE(std::fputs("0123456789", file) >= 0);
    REQUIRE(std::fflush(file) == 0);
  }

  ten_bytes(const ten_bytes&) = delete;
  ten_bytes& operator=(const ten_bytes&) = delete;

  ~ten_bytes() { std::fclose(file); }

  [[nodiscard]] int fd() const { return ::fileno(file); }

  std::FILE* file;
};

std::string file_answer(std::uint32_t stream,
                        wire::file_extent part,
                        wire::response_part how = wire::response_part::whole) {
  wire::byte_buffer out;
  wire::append_file_response(
      out, stream, 200, {}, part, std::nullopt, how, wire::worker_after::keep);
  return std::string{out.view()};
}

} // namespace

TEST_CASE("an answer with a file is one head and the open file, and the worker is free") {
  pool_fixture f;
  const ten_bytes ten;
  auto& a = f.add_worker();
  fake_exchange one;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  SECTION("in one piece") {
    a.end->pass(file_answer(a.end->stream(), {3, 4}), ten.fd());
  }
  SECTION("in two") {
    const auto bytes = file_answer(a.end->stream(), {3, 4});
    a.end->pass(bytes.substr(0, 5), ten.fd());
    a.end->write(bytes.substr(5));
  }
  REQUIRE(f.ended(one));
  CHECK(one.status == 200);
  CHECK(one.text.find("Content-Length: 4\r\n") != std::string::npos);
  CHECK((one.file.at == 3 && one.file.left == 4));
  char seen = 0;
  CHECK((::pread(one.file.fd.get(), &seen, 1, 3) == 1 && seen == '3'));
  CHECK(f.on.call([&] { return a.owner.answered; }) == 1);
}

TEST_CASE("a worker goes on behind a complete answer with a file") {
  pool_fixture f;
  const ten_bytes ten;
  auto& a = f.add_worker();
  fake_exchange one;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  a.end->pass(file_answer(a.end->stream(), {0, 10}, wire::response_part::complete), ten.fd());
  REQUIRE(f.ended(one));
  CHECK(f.on.call([&] { return a.channel->current != nullptr; }));
  a.end->chunk(a.end->stream(), "", wire::chunk_part::last);
  CHECK(f.on.eventually([&] { return a.owner.answered == 1; }));
}

TEST_CASE("a file that nobody waits for any more is closed") {
  pool_fixture f;
  const ten_bytes ten;
  auto& a = f.add_worker();
  fake_exchange one;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  f.abandon(one);
  a.end->pass(file_answer(a.end->stream(), {0, 10}), ten.fd());
  CHECK(f.on.eventually([&] { return a.owner.answered == 1; }));
  CHECK(one.late_calls == 0);
}

TEST_CASE("a part that the file does not have is an error of the file, not of the worker") {
  pool_fixture f;
  const ten_bytes ten;
  auto& a = f.add_worker();
  fake_exchange one;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  const auto part = GENERATE(wire::file_extent{0, 11}, wire::file_extent{11, 1});
  a.end->pass(file_answer(a.end->stream(), part), ten.fd());
  REQUIRE(f.ended(one));
  CHECK(one.status == 500);
  CHECK(f.on.call([&] { return a.owner.ended.empty(); }));
}

TEST_CASE("a daemon without a number for the file says so, and the worker goes on") {
  pool_fixture f;
  const ten_bytes ten;
  auto& a = f.add_worker();
  fake_exchange one;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  const auto bytes = file_answer(a.end->stream(), {0, 10});
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit spent{static_cast<rlim_t>(a.end->fd()) + 1, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &spent) == 0);
  std::vector<unique_fd> fill;
  for (int made = ::dup(ten.fd()); made >= 0; made = ::dup(ten.fd())) {
    fill.emplace_back(made);
  }
  a.end->pass(bytes, ten.fd());
  const bool ended = f.ended(one);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  REQUIRE(ended);
  CHECK(one.status == 503);
  CHECK(f.on.call([&] { return a.owner.ended.empty() && a.owner.answered == 1; }));
}

TEST_CASE("a descriptor that belongs to no answer, or none where one belongs, is a breach") {
  pool_fixture f;
  const ten_bytes ten;
  auto& a = f.add_worker();
  fake_exchange one;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  const auto stream = a.end->stream();
  SECTION("none") {
    a.end->write(file_answer(stream, {0, 10}));
  }
  SECTION("with a report") {
    wire::byte_buffer out;
    wire::append_ping(out, 1);
    a.end->pass(out.view(), ten.fd());
  }
  SECTION("with an answer that has a body") {
    wire::byte_buffer out;
    wire::append_response(out, stream, 103, {}, "", std::nullopt, wire::response_part::first);
    a.end->pass(out.view(), ten.fd());
  }
  SECTION("two beside one frame that is not whole") {
    const auto bytes = file_answer(stream, {0, 10});
    a.end->pass(bytes.substr(0, 5), ten.fd());
    a.end->pass(bytes.substr(5, 5), ten.fd());
  }
  SECTION("in front of parts") {
    a.end->pass(file_answer(stream, {0, 10}, wire::response_part::first), ten.fd());
  }
  CHECK(f.on.eventually([&] { return a.owner.ended.size() == 1; }));
}
