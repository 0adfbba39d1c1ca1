// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A front on a loopback port whose pool is the test itself: it takes requests, and answers them
/// when and how the test says.
#pragma once

#include "containers/http/front.hpp"
#include "raw_client.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kraken::containers::test {

/// What came of a request, as the pool saw it.
struct seen_request {
  net::exchange* from = nullptr;
  std::string method;
  std::string path;
  std::string body;
  net::stored_body stored;
};

/// @thread the loop's, all members
class scripted_sink final : public net::request_sink {
public:
  std::vector<seen_request> requests;
  std::vector<net::exchange*> abandoned;
  int resumed = 0;
  std::function<void(const seen_request&)> at_once; ///< answers inside `submit` when set
  net::body_intake taken;

  void submit(net::exchange& from, const wire::request_facts& facts, net::retry_policy) override {
    requests.push_back({&from,
                        std::string{facts.head->method_name},
                        std::string{facts.path},
                        std::string{facts.body},
                        facts.stored_bytes != 0 ? from.body() : net::stored_body{}});
    if (at_once) {
      at_once(requests.back());
    }
  }

  void abandon(net::exchange& from) override { abandoned.push_back(&from); }
  void resume(net::exchange&) override { ++resumed; }
  [[nodiscard]] net::body_intake intake() const noexcept override { return taken; }

  static void answer(net::exchange& to, std::string_view body, int status = 200) {
    wire::response_writer writer{to.output(), to.context()};
    writer.begin(status);
    writer.end_with_body(body);
    to.answered(status, writer.after());
  }

  static void begin_stream(net::exchange& to) {
    wire::response_writer writer{to.output(), to.context()};
    writer.begin(200);
    const auto framing = writer.end_streaming();
    to.streaming(200, framing, writer.after());
  }
};

class front_fixture {
public:
  explicit front_fixture(front_settings settings = {}) {
    if (!settings.routes) {
      settings.routes = std::make_shared<const route_table>(usual_routes());
    }
    on.call([&] {
      sinks.at("pool").live = &sink;
      made = std::make_unique<front>(
          on.loop(), sinks, std::move(settings), std::make_shared<model::gauges>());
      auto socket = net::listen_on(net::address::parse("127.0.0.1:0").value());
      port = socket->bound.port;
      static_cast<void>(made->listen(std::move(*socket)));
    });
  }

  ~front_fixture() {
    on.call([&] { made.reset(); });
  }

  static std::vector<route> usual_routes() {
    std::vector<route> out(2);
    out[0].path = "/fixed";
    out[0].exact = true;
    out[0].respond.body = "fixed";
    out[1].to = "pool";
    return out;
  }

  [[nodiscard]] raw_client connect() { return raw_client{port}; }

  /// Waits for the n-th request (from 1) and gives it.
  seen_request request(std::size_t n) {
    if (!on.eventually([&] { return sink.requests.size() >= n; })) {
      return {};
    }
    return on.call([&] { return sink.requests[n - 1]; });
  }

  void answer(std::size_t n, std::string_view body) {
    const auto seen = request(n);
    on.call([&] { scripted_sink::answer(*seen.from, body); });
  }

  [[nodiscard]] bool nobody_connected() {
    return on.eventually([&] { return made->counters()->connections_open.get() == 0; });
  }

  loop_thread on;
  net::sink_directory sinks;
  scripted_sink sink;
  std::unique_ptr<front> made;
  std::uint16_t port = 0;
};

/// A request without a body.
inline std::string get(std::string_view path, std::string_view fields = {}) {
  return "GET " + std::string{path} + " HTTP/1.1\r\nHost: h\r\n" + std::string{fields} + "\r\n";
}

inline std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string{path} +
         " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string{body};
}

} // namespace kraken::containers::test
