// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The client over a real unix socket, with a thread for the other side.
#include "console/client.hpp"
#include "console/lost_socket.hpp"

#include "kraken/base/unique_fd.hpp"

#include <array>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>

namespace console = kraken::console;
using kraken::errc;
using kraken::milliseconds;
using kraken::seconds;

namespace {

/// Accepts one connection, reads a request's head and answers with fixed bytes.
class one_answer {
public:
  explicit one_answer(std::string bytes) {
    char name[] = "/tmp/kraken-client-XXXXXX";
    REQUIRE(::mkdtemp(name) != nullptr);
    directory_ = name;
    path = directory_ + "/s";
    listener_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path.size());
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    REQUIRE(::bind(listener_.get(), generic, sizeof address) == 0);
    REQUIRE(::listen(listener_.get(), 1) == 0);
    thread_ = std::thread([this, answer = std::move(bytes)] { serve(answer); });
  }

  ~one_answer() {
    thread_.join();
    ::unlink(path.c_str());
    ::rmdir(directory_.c_str());
  }

  one_answer(const one_answer&) = delete;
  one_answer& operator=(const one_answer&) = delete;

  std::string path;
  std::string request; ///< complete once the client has its answer

private:
  void serve(const std::string& answer) {
    const kraken::unique_fd peer{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    std::array<char, 4096> buffer{};
    while (request.find("\r\n\r\n") == std::string::npos) {
      const ssize_t got = ::recv(peer.get(), buffer.data(), buffer.size(), 0);
      if (got <= 0) {
        return;
      }
      request.append(buffer.data(), static_cast<std::size_t>(got));
    }
    static_cast<void>(::send(peer.get(), answer.data(), answer.size(), MSG_NOSIGNAL));
    if (answer.empty()) { // mute: until the client gives up
      static_cast<void>(::recv(peer.get(), buffer.data(), buffer.size(), 0));
    }
  }

  std::string directory_;
  kraken::unique_fd listener_;
  std::thread thread_;
};

/// Accepts connections one after the other and answers so many questions on each with its number.
class many_answers {
public:
  explicit many_answers(std::vector<int> counts) {
    char name[] = "/tmp/kraken-client-XXXXXX";
    REQUIRE(::mkdtemp(name) != nullptr);
    directory_ = name;
    path = directory_ + "/s";
    listener_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path.size());
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    REQUIRE(::bind(listener_.get(), generic, sizeof address) == 0);
    REQUIRE(::listen(listener_.get(), 4) == 0);
    thread_ = std::thread([this, counts = std::move(counts)] {
      for (std::size_t i = 0; i < counts.size(); ++i) {
        serve(std::to_string(i), counts[i]);
      }
    });
  }

  ~many_answers() {
    static_cast<void>(::shutdown(listener_.get(), SHUT_RDWR)); // a test that failed left some
    thread_.join();
    ::unlink(path.c_str());
    ::rmdir(directory_.c_str());
  }

  many_answers(const many_answers&) = delete;
  many_answers& operator=(const many_answers&) = delete;

  std::string path;

private:
  void serve(const std::string& connection, int count) {
    const kraken::unique_fd peer{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    std::array<char, 4096> buffer{};
    for (int i = 0; peer && i < count; ++i) {
      std::string request;
      while (request.find("\r\n\r\n") == std::string::npos) {
        const ssize_t got = ::recv(peer.get(), buffer.data(), buffer.size(), 0);
        if (got <= 0) {
          return;
        }
        request.append(buffer.data(), static_cast<std::size_t>(got));
      }
      const auto body = connection + "." + std::to_string(i);
      const auto answer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + body;
      static_cast<void>(::send(peer.get(), answer.data(), answer.size(), MSG_NOSIGNAL));
    }
  }

  std::string directory_;
  kraken::unique_fd listener_;
  std::thread thread_;
};

} // namespace

TEST_CASE("an answer with a length, and one in chunks") {
  const auto bytes = GENERATE(as<std::string>{},
                              "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                              "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
                              "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello");
  one_answer daemon{bytes};
  const auto answer = console::unix_client{daemon.path, seconds{10}}.ask(
      {"POST", "/api/v1/commands", R"({"command":"stop"})"});
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body == "hello");
  CHECK(daemon.request.starts_with("POST /api/v1/commands HTTP/1.1\r\n"));
  CHECK(daemon.request.find("\r\n\r\n{\"command\":\"stop\"}") != std::string::npos);
}

TEST_CASE("questions that read share a connection while it lasts; others have their own") {
  many_answers daemon{{2, 1, 1}}; // so many answers on each connection, then it is closed
  console::unix_client client{daemon.path, seconds{10}};
  for (const auto* const expected : {"0.0", "0.1", "1.0"}) {
    const auto answer = client.ask({"GET", "/api/v1/containers", ""});
    REQUIRE(answer);
    CHECK(answer->body == expected);
  }
  const auto answer = client.ask({"POST", "/api/v1/commands", "{}"});
  REQUIRE(answer);
  CHECK(answer->body == "2.0");
}

TEST_CASE("a stream is handed over event by event") {
  one_answer daemon{"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n"
                    "9\r\nid: 1\ndat\r\n6\r\na: x\n\n\r\nf\r\nid: 2\ndata: y\n\n\r\n0\r\n\r\n"};
  std::string seen;
  const auto answer = console::unix_client{daemon.path, seconds{10}}.follow(
      {"GET", "/api/v1/events", ""}, [&](const console::stream_event& event) {
        seen += std::to_string(event.id) + event.data + " ";
        return console::verdict::go_on;
      });
  REQUIRE(answer);
  CHECK(seen == "1x 2y ");
}

TEST_CASE("a stream that is refused gives the answer's body") {
  one_answer daemon{"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"};
  const auto answer = console::unix_client{daemon.path, seconds{10}}.follow(
      {"GET", "/x", ""}, [](const console::stream_event&) { return console::verdict::enough; });
  REQUIRE(answer);
  CHECK(answer->status == 404);
  CHECK(answer->body == "no");
}

TEST_CASE("answers that are none") {
  struct row {
    std::string bytes;
    milliseconds timeout;
    errc code;
  };

  const auto given = GENERATE(values<row>({
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", seconds{10}, errc::unreachable},
      {"SMTP ready\r\n\r\n", seconds{10}, errc::protocol_error},
      {"", milliseconds{30}, errc::timeout},
  }));
  one_answer daemon{given.bytes};
  const auto answer = console::unix_client{daemon.path, given.timeout}.ask({});
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == given.code);
}

TEST_CASE("who waits has company, which may have enough of it") {
  one_answer daemon{""};
  console::unix_client client{daemon.path, seconds{20}};
  int calls = 0;
  client.wait_with({-1, milliseconds{1}, [&calls] {
                      return ++calls < 3 ? console::verdict::go_on : console::verdict::enough;
                    }});
  CHECK(client.ask({}).error().code == errc::canceled);
  CHECK(calls == 3);
}

TEST_CASE("what can be read meanwhile calls the company at once") {
  one_answer daemon{""};
  console::unix_client client{daemon.path, seconds{20}};
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const kraken::unique_fd keys{ends[0]};
  const kraken::unique_fd hand{ends[1]};
  REQUIRE(::write(hand.get(), "q", 1) == 1);
  client.wait_with({keys.get(), seconds{20}, [] { return console::verdict::enough; }});
  CHECK(client.ask({}).error().code == errc::canceled);
}

TEST_CASE("no daemon") {
  CHECK(console::unix_client{"/nonexistent/s", seconds{1}}.ask({}).error().code ==
        errc::unreachable);
  CHECK(console::unix_client{std::string(200, 'x'), seconds{1}}.ask({}).error().code ==
        errc::invalid_argument);
}

TEST_CASE("where the socket is") {
  CHECK(console::find_socket("/a", "/b", 0, "") == "/a");
  CHECK(console::find_socket("", "/b", 0, "") == "/b");
  CHECK(console::find_socket("", "", 0, "/run/user/0") == "/run/kraken/kraken.sock");
  CHECK(console::find_socket("", "", 7, "/run/user/7") == "/run/user/7/kraken/kraken.sock");
  CHECK(console::find_socket("", "", 7, "") == "/tmp/kraken-7/kraken.sock");
  CHECK(console::find_socket("", "", 7, "relative") == "/tmp/kraken-7/kraken.sock");
}
