// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A front with one fixed answer and nothing else, so that its instructions can be counted by
/// `bench/compare/front/run` (the daemon needs pidfds, which valgrind does not know). Ends at the
/// end of its standard input. Measures nothing itself.
#include "containers/http/front.hpp"
#include "kraken/net/address.hpp"

#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include <unistd.h>

int main(int argc, char** argv) {
  namespace kc = kraken::containers;
  namespace net = kraken::net;
  const auto where = net::address::parse(argc > 1 ? argv[1] : "127.0.0.1:0");
  auto socket = where ? net::listen_on(*where) : kraken::fail(where.error());
  if (!socket) {
    std::fprintf(stderr, "%s\n", socket.error().text().c_str());
    return 1;
  }
  std::vector<kc::route> routes(1);
  routes[0].respond.body = "hello";
  routes[0].respond.headers = {{"content-type", "text/plain"}};
  kc::front_settings settings;
  settings.routes = std::make_shared<const kc::route_table>(std::move(routes));
  net::event_loop loop{0};
  net::sink_directory sinks;
  kc::front front{loop, sinks, std::move(settings), std::make_shared<kraken::model::gauges>()};
  std::printf("%u\n", static_cast<unsigned>(socket->bound.port));
  std::fflush(stdout);
  if (auto listening = front.listen(std::move(*socket)); !listening) {
    return 1;
  }
  const auto end = loop.when_readable(STDIN_FILENO, [&loop] { loop.stop(); });
  loop.run();
  return 0;
}
