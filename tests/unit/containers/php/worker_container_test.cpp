// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One worker with a real process and a stand-in for its container: failed launches, ends that are
/// never told.
#include "containers/php/worker_container.hpp"

#include "../quiet_host.hpp"
#include "pool/pool_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::containers::test {

namespace {

/// The shell of the container; writes down what it is told.
class fake_shell final : public quiet_host {
public:
  explicit fake_shell(net::event_loop& loop) : quiet_host(loop, "Main/web/w1") {}

  void ready() override { ++readies; }
  void ended(model::cause why) override { ends.push_back(std::move(why)); }

  void recycle(std::string reason, actor::serves_on) override {
    recycles.push_back(std::move(reason));
  }

  int readies = 0;
  std::vector<model::cause> ends;
  std::vector<std::string> recycles;
};

/// A worker container on the loop of a pool's only shard.
class worker_fixture : public shard_fixture {
public:
  explicit worker_fixture(const pool_settings& settings)
      : shard_fixture(0, std::make_shared<pool_group>(1), settings), shell(on.loop()) {
    pools.add_shard(on.loop());
    environment.pools = &pools;
    environment.logs = &logs;
    environment.children = &children;
    environment.templates = &templates;
    environment.process_ended = [this] { ++process_ends; };
    environment.socket_directory = "/nowhere";
    on.call([&] {
      pools.part(0).pools["Main/web"] = pool;
      worker = std::make_unique<worker_container>(shell, environment);
    });
  }

  ~worker_fixture() {
    on.call([&] {
      worker.reset();
      pools.part(0).pools.clear();
    });
    tear_down();
    static_cast<void>(children.sweep(process::sweep_extent::all));
  }

  void start() {
    on.call([&] { worker->start(); });
  }

  pool_registry pools;
  process::log_board logs;
  process::child_registry children;
  template_board templates;
  pool_environment environment;
  fake_shell shell;
  std::unique_ptr<worker_container> worker;
  int process_ends = 0;
};

pool_settings settings_of(std::vector<std::string> argv) {
  pool_settings out;
  out.argv = std::move(argv);
  out.process.allow_root = true;
  return out;
}

/// Says it is ready, then does nothing.
pool_settings idle_worker() {
  return settings_of(
      {"/bin/sh", "-c", R"(printf '\0\0\0\10\3\0\0\0\0\0\0\0' >&3; exec sleep 600)"});
}

} // namespace

TEST_CASE("a worker that cannot be launched ends once, whatever is done to it") {
  auto settings = settings_of({"/nowhere/at/all"});
  settings.speaks = GENERATE(dialect::kraken, dialect::narya);
  worker_fixture w{settings};
  w.start();
  w.on.call([&] {
    w.worker->stop();
    w.worker->kill();
    w.worker->channel_ended("garbage");
    w.worker->request_overdue();
  });
  REQUIRE(w.on.call([&] { return w.shell.ends.size(); }) == 1);
  CHECK(w.shell.ends.front().kind == model::cause_kind::start_error);
  CHECK(w.process_ends == 0);
}

TEST_CASE("a worker without a pool ends") {
  worker_fixture w{idle_worker()};
  w.on.call([&] {
    w.pools.part(0).pools.clear();
    w.worker = std::make_unique<worker_container>(w.shell, w.environment);
    w.worker->start();
    w.worker->kill();
  });
  REQUIRE(w.on.call([&] { return w.shell.ends.size(); }) == 1);
}

TEST_CASE("a worker that is dropped before its end leaves the pool") {
  worker_fixture w{idle_worker()};
  w.start();
  REQUIRE(w.on.eventually([&] { return w.shell.readies == 1; }));
  fake_exchange request;
  const bool busy = GENERATE(false, true);
  if (busy) {
    w.submit(request, "/a");
  }
  w.on.call([&] { w.worker.reset(); });
  CHECK(w.counters->workers.get() == 0);
  CHECK(w.counters->busy.get() == 0);
  CHECK(request.status == (busy ? 502 : 0));
  CHECK(w.shell.ends.empty());
}

TEST_CASE("descriptors kept for clients are not spent on workers") {
  worker_fixture w{idle_worker()};
  process::child_registry cramped{{.limit = 8, .kept = 4, .for_children = 8}};
  w.environment.children = &cramped;
  w.start();
  REQUIRE(w.on.call([&] { return w.shell.ends.size(); }) == 1);
  CHECK(w.shell.ends.front().text().find("kept for clients") != std::string::npos);
}

} // namespace kraken::containers::test
