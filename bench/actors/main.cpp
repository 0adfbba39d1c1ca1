// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One measurement per run of the program, so that none inherits another's memory.
#include "sides.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

int main(int argc, char** argv) {
  const std::string_view side = argc > 1 ? argv[1] : "";
  const std::string_view what = argc > 2 ? argv[2] : "";
  const auto number = [&](int at, double otherwise) {
    return argc > at ? std::atof(argv[at]) : otherwise;
  };
  if (what == "start_stop") {
    const auto size = static_cast<std::size_t>(number(3, 100'000));
    if (side == "caf") {
      kraken::bench::caf_start_stop(size, number(5, 0));
    } else {
      kraken::bench::kraken_start_stop(
          size, static_cast<std::uint32_t>(number(4, 2)), number(5, 0));
    }
    return 0;
  }
  const auto count = static_cast<std::size_t>(number(3, 100'000));
  const auto width = static_cast<std::uint32_t>(number(4, 1));
  if (what == "messages") {
    side == "caf" ? kraken::bench::caf_messages(count, width)
                  : kraken::bench::kraken_messages(count, width);
    return 0;
  }
  if (what == "ping_pong") {
    side == "caf" ? kraken::bench::caf_ping_pong(count, width)
                  : kraken::bench::kraken_ping_pong(count, width);
    return 0;
  }
  if (what == "requests" && side == "kraken") {
    kraken::bench::kraken_requests(count, width);
    return 0;
  }
  if (what == "restarts" && side == "kraken") {
    kraken::bench::kraken_restarts(count, width);
    return 0;
  }
  const std::string source = argc > 4 ? argv[4] : ".";
  if (what == "php_requests" && side == "kraken") {
    kraken::bench::kraken_php_requests(count, argc > 5 ? 16 : 1, source);
    return 0;
  }
  if (what == "php_asks" && side == "kraken") {
    kraken::bench::kraken_php_asks(count, source);
    return 0;
  }
  if (what == "php_deaths" && side == "kraken") {
    kraken::bench::kraken_php_deaths(count, source);
    return 0;
  }
  std::fputs("usage: actor_bench kraken|caf start_stop [COUNT] [SHARDS] [IDLE_SECONDS]\n"
             "       actor_bench kraken|caf messages|ping_pong [COUNT] [SHARDS or THREADS]\n"
             "       actor_bench kraken requests [COUNT] [SHARDS]\n"
             "       actor_bench kraken restarts [ROUNDS] [CHILDREN]\n"
             "       actor_bench kraken php_requests [COUNT] [SOURCE DIRECTORY] [16 in flight]\n"
             "       actor_bench kraken php_asks|php_deaths [COUNT] [SOURCE DIRECTORY]\n",
             stderr);
  return 2;
}
