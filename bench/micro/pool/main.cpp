// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A front with a fixed answer, or a pool whose one worker is this program itself, and whose
/// clients are as well, so that what a request costs the front can be counted by
/// `bench/compare/instructions/run`: the same at each run, because nothing happens at the same
/// time. Only `kraken_bench_outside` is not the front's. Measures nothing itself.
#include "bench/micro/hello_request.hpp"
#include "containers/http/front.hpp"
#include "containers/php/channel/kraken_channel.hpp"
#include "containers/php/pool/pool_shard.hpp"
#include "kraken/net/address.hpp"
#include "kraken/slab/steps.hpp"
#include "kraken/wire/worker_side_frame.hpp"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

namespace kc = kraken::containers;
namespace net = kraken::net;
namespace slab = kraken::slab;
namespace wire = kraken::wire;
using kraken::bench::hello_request;

constexpr std::size_t clients_count = 64;
constexpr std::string_view body = "{\"message\":\"Hello from PHP\",\"runtime\":\"bench\"}";

class owner_of_nothing final : public kc::channel_owner {
public:
  std::function<void()> ready = [] {};
  void worker_ready() override { ready(); }
  void channel_ended(std::string) override {}
  void request_overdue() override {}
  bool request_answered(std::uint64_t, bool) override { return true; }
  void worker_said(std::string_view, std::string_view) override {}
  void worker_failed(std::string, std::string, std::string, std::vector<std::string>) override {}
};

/// Clients and the worker.
class outside {
public:
  outside(std::string request, slab::segment memory, kraken::unique_fd bell, std::uint32_t number)
      : request_(std::move(request)), memory_(std::move(memory)), bell_(std::move(bell)),
        number_(number) {}

  bool connect(std::uint16_t port) {
    for (std::size_t each = 0; each < clients_count; ++each) {
      kraken::unique_fd made{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
      sockaddr_in to{};
      to.sin_family = AF_INET;
      to.sin_port = htons(port);
      to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      // The interface of sockets is in C.
      if (::connect(made.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
        return false;
      }
      clients_.push_back(std::move(made));
    }
    return true;
  }

  void ask() {
    for (const auto& each : clients_) {
      static_cast<void>(::send(each.get(), request_.data(), request_.size(), 0));
    }
    open_ = clients_.size();
  }

  /// @return requests that were worked on
  std::size_t work() {
    std::size_t done = 0;
    while (const auto got = slab::claim(memory_, number_)) {
      std::array<char, 64> field{};
      const char* const end =
          wire::put_slab_field(field.data(), "content-type", "application/json");
      static_cast<void>(
          wire::put_slab_answer(memory_.answer(got->slot),
                                200,
                                {field.data(), static_cast<std::size_t>(end - field.data())},
                                body,
                                wire::worker_after::keep,
                                0));
      if (slab::report(memory_, number_, *got, slab::stage::answered)) {
        const std::uint64_t one = 1;
        static_cast<void>(::write(bell_.get(), &one, sizeof one) < 0);
      }
      ++done;
    }
    return done;
  }

  /// @return answers that came
  std::size_t read() {
    std::size_t whole = 0;
    for (const auto& each : clients_) {
      const auto got = ::recv(each.get(), input_.data(), input_.size(), MSG_DONTWAIT);
      const std::string_view text{input_.data(),
                                  static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
      whole += text.starts_with("HTTP/1.1 200") && text.ends_with(body) ? 1U : 0U;
    }
    open_ -= whole;
    return whole;
  }

  [[nodiscard]] bool all_answered() const { return open_ == 0; }

private:
  std::string request_;
  slab::segment memory_;
  kraken::unique_fd bell_;
  std::uint32_t number_;
  std::vector<kraken::unique_fd> clients_;
  std::size_t open_ = 0; ///< requests without an answer
  std::vector<char> input_ = std::vector<char>(4096);
};

std::size_t answered = 0;

} // namespace

/// Not counted: callgrind knows it by its name.
extern "C" [[gnu::noinline]] void kraken_bench_outside(outside& it) {
  if (it.work() == 0) {
    answered += it.read();
    if (it.all_answered()) {
      it.ask();
    }
  }
}

int main(int argc, char** argv) {
  const std::string kind = argc > 1 ? argv[1] : "least";
  const auto wanted = static_cast<std::size_t>(argc > 2 ? std::atol(argv[2]) : 10'000);
  auto socket = net::listen_on(*net::address::parse("127.0.0.1:0"));
  if (!socket) {
    std::fprintf(stderr, "%s\n", socket.error().text().c_str());
    return 1;
  }
  const auto port = socket->bound.port;
  net::event_loop loop{0};
  kc::pool_settings settings;
  settings.by_slab = true;
  const auto group = std::make_shared<kc::pool_group>(1);
  const auto pool =
      std::make_shared<kc::pool_shard>(loop,
                                       std::make_shared<const kc::pool_settings>(settings),
                                       group,
                                       std::make_shared<kraken::model::gauges>());
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
    return 1;
  }
  const kraken::unique_fd theirs{ends[1]};
  owner_of_nothing owner;
  kc::kraken_channel channel{
      loop, kraken::unique_fd{ends[0]}, owner, *pool, std::make_shared<kraken::model::gauges>()};
  kraken::process::launch_spec spec;
  pool->enlist(channel, spec);
  owner.ready = [&] { pool->add(channel); };
  wire::byte_buffer ready;
  wire::append_ready(ready, wire::worker_intake::slab);
  auto memory = slab::segment::attach(std::move(spec.inherit.at(0).fd));
  if (!memory || !channel.open() ||
      ::write(theirs.get(), ready.data(), ready.size()) != static_cast<ssize_t>(ready.size())) {
    return 1;
  }
  outside world{
      hello_request(kind), std::move(*memory), std::move(spec.inherit.at(1).fd), channel.seat};

  std::vector<kc::route> routes(1);
  if (kind == "fixed") {
    routes[0].respond.headers = {{"content-type", "application/json"}};
    routes[0].respond.body = body;
  } else {
    routes[0].to = "web";
  }
  net::sink_directory sinks;
  sinks.at("web").live = pool.get();
  kc::front_settings as;
  as.routes = std::make_shared<const kc::route_table>(std::move(routes));
  kc::front front{loop, sinks, std::move(as), std::make_shared<kraken::model::gauges>()};
  if (!front.listen(std::move(*socket)) || !world.connect(port)) {
    return 1;
  }
  const std::function<void()> turn = [&] {
    kraken_bench_outside(world);
    if (answered < wanted) {
      loop.post(turn);
    } else {
      loop.stop();
    }
  };
  loop.post(turn);
  loop.run();
  std::printf("%zu\n", answered);
  pool->lost(channel);
  pool->bury(channel);
  return 0;
}
