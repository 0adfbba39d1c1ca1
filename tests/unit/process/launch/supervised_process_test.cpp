// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Real programs under supervision on a real loop: output, ends, stops, destruction.
#include "kraken/process/launch/supervised_process.hpp"

#include "support/loop_thread.hpp"
#include "unit/process/running_child.hpp"

#include <fstream>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace kraken;
using namespace kraken::process;
using kraken::test_support::loop_thread;

namespace {

/// A program with what became of it. Everything but the calls here belongs to the loop.
class watched {
public:
  watched() {
    process = std::make_unique<supervised_process>(
        on.loop(),
        children,
        log,
        supervised_process::callbacks{
            .ended =
                [this](const exit_status& how) {
                  ++ends;
                  status = how;
                  if (destroy_at_end) {
                    process.reset();
                  }
                },
            .drain =
                [this] {
                  ++drains;
                  when_drained();
                },
            .line = [this](const captured_line& line) { lines.push_back(line.text); },
            .dropped = [this](std::uint64_t some) { dropped += some; }});
  }

  ~watched() {
    on.call([&] { process.reset(); });
    static_cast<void>(children.sweep(sweep_extent::all));
  }

  [[nodiscard]] bool start(launch_spec spec) {
    return on.call([&] { return process->start(std::move(spec)).has_value(); });
  }

  [[nodiscard]] bool start(const std::string& script) { return start(test::shell(script)); }

  [[nodiscard]] bool ended() {
    return on.eventually([&] { return ends != 0; });
  }

  [[nodiscard]] bool wrote(const std::string& line) {
    return on.eventually(
        [&] { return std::find(lines.begin(), lines.end(), line) != lines.end(); });
  }

  void stop(stop_times times) {
    on.call([&] { process->stop(times); });
  }

  loop_thread on;
  child_registry children;
  std::shared_ptr<container_log> log = std::make_shared<container_log>();
  std::vector<std::string> lines;
  std::optional<exit_status> status;
  std::uint64_t dropped = 0;
  int ends = 0;
  int drains = 0;
  bool destroy_at_end = false;
  std::function<void()> when_drained = [] {};
  std::unique_ptr<supervised_process> process;
};

/// Neither running nor stopped: gone, or a zombie somebody else has to reap.
bool is_over(const std::string& pid) {
  std::ifstream stat{"/proc/" + pid + "/stat"};
  std::string text;
  if (!std::getline(stat, text)) {
    return true;
  }
  const auto at = text.rfind(") ");
  return at == std::string::npos || text[at + 2] == 'Z' || text[at + 2] == 'X';
}

} // namespace

TEST_CASE("a program that cannot be started is an error and no end") {
  watched w;
  CHECK_FALSE(w.start(test::program({"/nowhere/at/all"})));
  w.on.call([&] {
    CHECK_FALSE(w.process->alive());
    w.process->stop({});
    w.process->hurry();
    w.process->kill();
  });
  CHECK(w.ends == 0);
}

TEST_CASE("output is captured, the very last words too") {
  watched w;
  REQUIRE(w.start("echo one; echo two >&2; printf last; exit 3"));
  REQUIRE(w.ended());
  CHECK(w.status->value == 3);
  CHECK_FALSE(w.status->by_signal);
  std::sort(w.lines.begin(), w.lines.end());
  CHECK(w.lines == std::vector<std::string>{"last", "one", "two"});
  CHECK(w.log->last_sequence() == 3);
  CHECK_FALSE(w.process->alive());
}

TEST_CASE("a PHP program's fatal error is captured") {
  watched w;
  REQUIRE(w.start(test::program(
      {"php", "-d", "display_errors=stderr", "-r", "echo 'out'; nowhere_defined();"})));
  REQUIRE(w.ended());
  CHECK(w.status->value == 255);
  CHECK(w.log->tail(65536).find("nowhere_defined") != std::string::npos);
  CHECK(w.log->tail(65536).find("out\n") != std::string::npos);
}

TEST_CASE("a flood of output is counted line by line") {
  watched w;
  REQUIRE(w.start("i=0; while [ $i -lt 5000 ]; do echo $i; i=$((i+1)); done"));
  REQUIRE(w.ended());
  CHECK(w.log->last_sequence() == 5000);
  CHECK(w.log->tail(5) == "4999\n");
  CHECK(w.lines.size() + w.dropped == 5000);
  CHECK(w.log->counts().lines_dropped == w.dropped);
}

TEST_CASE("what a flood cost is told while the program runs on") {
  watched w;
  REQUIRE(w.start("i=0; while [ $i -lt 5000 ]; do echo $i; i=$((i+1)); done; exec sleep 600"));
  REQUIRE(w.on.eventually([&] { return w.lines.size() + w.dropped == 5000; }));
  const auto before = w.on.call([&] { return w.dropped; });
  CHECK(before > 0);
  w.on.call([&] { // a second later at the earliest there is room again: not a flood by now
    for (int i = 0; i < 3'000; ++i) {
      w.process->say("said");
    }
  });
  REQUIRE(w.on.eventually([&] { return w.lines.size() + w.dropped == 8000; }));
  w.on.call([&] { w.process->kill(); });
  REQUIRE(w.ended());
}

TEST_CASE("a program that asks for nothing better is drained, terminated, killed") {
  watched w;
  REQUIRE(w.start("trap 'echo asked' TERM; echo begun; while :; do sleep 0.01; done"));
  REQUIRE(w.wrote("begun"));
  w.stop({.drain = 40ms, .terminate = 60ms});
  REQUIRE(w.ended());
  CHECK(w.drains == 1);
  CHECK(w.wrote("asked"));
  CHECK(w.status->by_signal);
  CHECK(w.status->value == SIGKILL);
}

TEST_CASE("a program may end by its own protocol, or by SIGTERM") {
  watched w;
  const bool by_protocol = GENERATE(false, true);
  if (by_protocol) {
    REQUIRE(w.start("trap 'exit 4' USR1; echo begun; while :; do sleep 0.01; done"));
    w.when_drained = [&] { ::kill(w.process->pid(), SIGUSR1); };
  } else {
    REQUIRE(w.start("trap 'exit 4' TERM; echo begun; while :; do sleep 0.01; done"));
  }
  REQUIRE(w.wrote("begun"));
  w.stop({.drain = by_protocol ? milliseconds{1h} : 0ms, .terminate = 1h});
  w.stop({.drain = 0ms, .terminate = 0ms}); // a second one changes nothing
  REQUIRE(w.ended());
  CHECK(w.status->value == 4);
  CHECK(w.drains == (by_protocol ? 1 : 0));
}

TEST_CASE("SIGTERM reaches a program that is stopped") {
  watched w;
  REQUIRE(w.start("trap 'exit 5' TERM; echo begun; kill -STOP $$; while :; do sleep 0.01; done"));
  REQUIRE(w.wrote("begun"));
  w.stop({.terminate = 1h});
  REQUIRE(w.ended());
  CHECK(w.status->value == 5);
}

TEST_CASE("hurry goes to the next step, also from inside the drain step") {
  watched w;
  REQUIRE(w.start("trap 'echo asked' TERM; echo begun; while :; do sleep 0.01; done"));
  REQUIRE(w.wrote("begun"));
  const bool inside = GENERATE(false, true);
  if (inside) {
    w.when_drained = [&] { w.process->hurry(); };
  }
  w.stop({.drain = 1h, .terminate = inside ? 60ms : milliseconds{1h}});
  if (!inside) {
    w.on.call([&] { w.process->hurry(); });
    CHECK(w.wrote("asked"));
    w.on.call([&] { w.process->hurry(); });
  }
  REQUIRE(w.ended());
  CHECK(w.status->value == SIGKILL);
  CHECK(w.drains == 1);
}

TEST_CASE("a kill takes the whole group, and its end is told once") {
  watched w;
  REQUIRE(w.start("sleep 1000 & echo $!; wait"));
  REQUIRE(w.on.eventually([&] { return !w.lines.empty(); }));
  const auto grandchild = w.on.call([&] { return w.lines.front(); });
  CHECK_FALSE(is_over(grandchild));
  w.on.call([&] {
    w.process->kill();
    w.process->kill();
    w.process->stop({});
  });
  REQUIRE(w.ended());
  CHECK(w.status->by_signal);
  CHECK(w.status->value == SIGKILL);
  CHECK(w.on.eventually([&] { return is_over(grandchild); }));
  w.on.call([&] { w.process->kill(); });
  CHECK(w.ends == 1);
}

TEST_CASE("what a program leaves in its group does not outlive it") {
  watched w;
  REQUIRE(w.start("sleep 1000 & echo $!"));
  REQUIRE(w.ended());
  CHECK(w.status->clean());
  CHECK(w.on.eventually([&] { return is_over(w.lines.front()); }));
}

TEST_CASE("the end may destroy the one that tells it") {
  watched w;
  w.destroy_at_end = true;
  REQUIRE(w.start("echo begun; exit 6"));
  REQUIRE(w.ended());
  CHECK(w.process == nullptr);
  CHECK(w.status->value == 6);
  CHECK(w.lines == std::vector<std::string>{"begun"});
}

TEST_CASE("a program does not outlive its owner") {
  watched w;
  REQUIRE(w.start("trap '' TERM; sleep 1000 & echo $!; wait"));
  REQUIRE(w.on.eventually([&] { return !w.lines.empty(); }));
  const auto grandchild = w.on.call([&] { return w.lines.front(); });
  const auto pid = std::to_string(w.on.call([&] { return w.process->pid(); }));
  w.on.call([&] { w.process.reset(); });
  CHECK(w.on.eventually([&] { return is_over(pid) && is_over(grandchild); }));
  CHECK(w.ends == 0);
}

TEST_CASE("memory of a running program is seen, of none not") {
  watched w;
  CHECK_FALSE(w.on.call([&] { return w.process->memory(); }));
  REQUIRE(w.start("echo begun; sleep 1000"));
  REQUIRE(w.wrote("begun"));
  const auto seen = w.on.call([&] { return w.process->memory(); });
  REQUIRE(seen);
  CHECK(seen->resident.value > 0);
  w.on.call([&] { w.process->kill(); });
  CHECK(w.ended());
}

TEST_CASE("a sign of an end is believed only where the kernel confirms it") {
  watched w;
  REQUIRE(w.start("exec sleep 60"));
  const auto pid = w.on.call([&] {
    w.process->look_for_end();
    return w.process->pid();
  });
  CHECK(w.ends == 0);
  REQUIRE(::kill(pid, SIGKILL) == 0);
  // Early or as ever, whichever comes first; once in any case.
  REQUIRE(w.on.eventually([&] {
    w.process->look_for_end();
    return w.ends != 0;
  }));
  CHECK(w.status->by_signal);
  CHECK(w.status->value == SIGKILL);
  w.on.call([&] {
    w.process->look_for_end();
    CHECK_FALSE(w.process->alive());
    CHECK(w.process->pid() == 0);
  });
  CHECK(w.ends == 1);
  REQUIRE(w.on.eventually([&] {
    static_cast<void>(w.children.sweep());
    return ::kill(pid, 0) != 0; // reaped by one or the other
  }));
}
