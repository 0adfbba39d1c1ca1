// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Faulty child specs with their exact errors, equality, and what can change without a restart.
#include "kraken/model/child_spec.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace model = kraken::model;
using model::child_spec;
using namespace std::chrono_literals;

namespace {

class sized final : public model::kind_options {
public:
  sized(int program, int size) : program_(program), size_(size) {}

  [[nodiscard]] std::string fingerprint() const override {
    return std::to_string(program_) + ' ' + std::to_string(size_);
  }
  [[nodiscard]] bool live_change(const kind_options& to) const override {
    return program_ == dynamic_cast<const sized&>(to).program_;
  }

private:
  int program_;
  int size_;
};

class rigid final : public model::kind_options {
public:
  explicit rigid(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] std::string fingerprint() const override { return text_; }

private:
  std::string text_;
};

child_spec good_spec() {
  child_spec spec;
  spec.id = "web";
  spec.kind = "pool";
  return spec;
}

/// Whatever is started: what runs goes on.
class steady final : public model::kind_options {
public:
  [[nodiscard]] std::string fingerprint() const override { return {}; }
  [[nodiscard]] bool live_start() const override { return true; }
};

using change = std::function<void(child_spec&)>;

} // namespace

TEST_CASE("check: a spec with defaults is fine") {
  CHECK(model::check(good_spec()));
}

TEST_CASE("check: what is wrong in one spec") {
  auto [apply, fault] = GENERATE(table<change, std::string>({
      {[](child_spec& s) { s.id.clear(); }, "id: alias '': is empty"},
      {[](child_spec& s) { s.kind.clear(); }, "type: is empty"},
      {[](child_spec& s) { s.mailbox.capacity = 0; }, "mailbox.capacity: must be at least 1"},
      {[](child_spec& s) {
         s.local = {{"*", {}}};
       },
       "local: rule '*': no directive"},
      {[](child_spec& s) { s.shutdown.time = 0ms; },
       "shutdown: must be more than 0 (brutal_kill ends at once)"},
      {[](child_spec& s) { s.ready.within = 0ms; }, "ready.within: must be more than 0"},
      {[](child_spec& s) {
         s.ready.how = model::ready_spec::mode::alive_for;
         s.ready.alive_for = 60s;
       },
       "ready.alive_for: must be less than ready.within"},
      {[](child_spec& s) { s.alive.how = model::alive_spec::mode::heartbeat; },
       "alive.every: must be more than 0"},
      {[](child_spec& s) { s.significant = true; },
       "significant: needs restart: transient or temporary"},
      {[](child_spec& s) { s.supervise.period = 0ms; }, "supervise.period: must be more than 0"},
      {[](child_spec& s) { s.backoff.factor = 0.5; }, "backoff.factor: must be at least 1"},
      {[](child_spec& s) { s.backoff.min = 31s; },
       "backoff.min: must be 0 or more and not above backoff.max"},
      {[](child_spec& s) { s.backoff.min = -1ms; },
       "backoff.min: must be 0 or more and not above backoff.max"},
      {[](child_spec& s) { s.backoff.jitter_percent = 101; },
       "backoff.jitter_percent: must be at most 100"},
      {[](child_spec& s) { s.local_params.timeout = 0ms; },
       "local_params.timeout: must be more than 0"},
      {[](child_spec& s) { s.local_params.retries_limit = 0; },
       "local_params.retries_limit: must be at least 1"},
      {[](child_spec& s) { s.local_params.retries_interval = -1ms; },
       "local_params.retries_interval: must not be negative"},
  }));
  auto spec = good_spec();
  apply(spec);
  const auto checked = model::check(spec);
  REQUIRE_FALSE(checked);
  CHECK(checked.error().code == kraken::errc::invalid_argument);
  CHECK(checked.error().context == fault);
}

TEST_CASE("check: the neighbours of faults are fine") {
  auto apply =
      GENERATE(change{[](child_spec& s) {
                 s.shutdown = {.how = model::shutdown_spec::mode::brutal_kill, .time = 0ms};
               }},
               change{[](child_spec& s) {
                 s.ready.how = model::ready_spec::mode::alive_for;
                 s.ready.alive_for = 1s;
               }},
               change{[](child_spec& s) {
                 s.alive = {.how = model::alive_spec::mode::heartbeat, .target = "", .every = 1s};
               }},
               change{[](child_spec& s) {
                 s.significant = true;
                 s.restart = model::restart_type::transient;
               }},
               change{[](child_spec& s) {
                 s.local = {{"*", {"stop"}}};
               }});
  auto spec = good_spec();
  apply(spec);
  CHECK(model::check(spec));
}

TEST_CASE("check: every combination of restart, shutdown, significant and auto_shutdown") {
  using mode = model::shutdown_spec::mode;
  const auto restart = GENERATE(model::restart_type::permanent,
                                model::restart_type::transient,
                                model::restart_type::temporary);
  const auto shutdown = GENERATE(mode::within, mode::infinity, mode::brutal_kill);
  const auto significant = GENERATE(false, true);
  const auto ends = GENERATE(model::auto_shutdown::never,
                             model::auto_shutdown::any_significant,
                             model::auto_shutdown::all_significant);
  CAPTURE(
      model::to_string(restart), static_cast<int>(shutdown), significant, model::to_string(ends));
  auto spec = good_spec();
  spec.restart = restart;
  spec.shutdown.how = shutdown;
  spec.significant = significant;
  model::supervise_spec parent;
  parent.ends = ends;
  CHECK(model::check(spec).has_value() ==
        (!significant || restart != model::restart_type::permanent));
  const auto placed = model::check_place(parent, spec);
  CHECK(placed.has_value() == (!significant || ends != model::auto_shutdown::never));
  if (!placed) {
    CHECK(placed.error().context == "significant: needs auto_shutdown in supervise of its parent");
  }
}

TEST_CASE("same_definition and needs_restart: every field counts") {
  auto [apply, restarts] = GENERATE(table<change, bool>({
      {[](child_spec& s) { s.kind = "process"; }, true},
      {[](child_spec& s) { s.name = "Web"; }, true},
      {[](child_spec& s) { s.start = {"php"}; }, true},
      {[](child_spec& s) { s.args["a"] = "b"; }, true},
      {[](child_spec& s) { s.mailbox.capacity = 1; }, true},
      {[](child_spec& s) { s.options = std::make_shared<sized>(2, 4); }, true},
      {[](child_spec& s) { s.shard = 1; }, true},
      {[](child_spec& s) { s.options = nullptr; }, true},
      {[](child_spec& s) { s.options = std::make_shared<sized>(1, 8); }, false},
      {[](child_spec& s) { s.restart = model::restart_type::transient; }, false},
      {[](child_spec& s) { s.shutdown.how = model::shutdown_spec::mode::infinity; }, false},
      {[](child_spec& s) { s.ready.how = model::ready_spec::mode::fd; }, false},
      {[](child_spec& s) { s.ready.target = "/x"; }, false},
      {[](child_spec& s) { s.ready.alive_for = 1s; }, false},
      {[](child_spec& s) { s.alive.how = model::alive_spec::mode::exec; }, false},
      {[](child_spec& s) { s.alive.target = "/x"; }, false},
      {[](child_spec& s) { s.alive.timeout = 7s; }, false},
      {[](child_spec& s) { s.alive.failures = 9; }, false},
      {[](child_spec& s) { s.backoff.min = 1ms; }, false},
      {[](child_spec& s) { s.backoff.max = 1h; }, false},
      {[](child_spec& s) { s.backoff.jitter_percent = 1; }, false},
      {[](child_spec& s) { s.supervise.how = model::strategy::one_for_all; }, false},
      {[](child_spec& s) { s.supervise.period = 1s; }, false},
      {[](child_spec& s) { s.supervise.ends = model::auto_shutdown::any_significant; }, false},
      {[](child_spec& s) { s.supervise.start = model::start_order::parallel; }, false},
      {[](child_spec& s) { s.mailbox.policy = model::overflow::block; }, true},
      {[](child_spec& s) { s.local_params.timeout = 1s; }, false},
      {[](child_spec& s) { s.local_params.retries_limit = 1; }, false},
      {[](child_spec& s) { s.local_params.retries_interval = 1s; }, false},
      {[](child_spec& s) {
         s.local = {{"exit:1", {"continue"}}};
       },
       false},
      {[](child_spec& s) {
         s.local = {{"*", {"continue"}}};
       },
       false},
      {[](child_spec& s) { s.significant = true; }, false},
      {[](child_spec& s) { s.autostart = false; }, false},
      {[](child_spec& s) { s.shutdown.time = 1s; }, false},
      {[](child_spec& s) { s.ready.within = 1s; }, false},
      {[](child_spec& s) { s.alive.every = 1s; }, false},
      {[](child_spec& s) { s.backoff.factor = 3; }, false},
      {[](child_spec& s) { s.on_give_up = model::give_up::park; }, false},
      {[](child_spec& s) { s.supervise.intensity = 1; }, false},
      {[](child_spec& s) {
         s.local = {{"*", {"stop"}}};
       },
       false},
  }));
  auto before = good_spec();
  before.options = std::make_shared<sized>(1, 4);
  before.local = {{"exit:1", {"stop"}}};
  auto after = before;
  after.children.push_back(good_spec());
  CHECK(model::same_definition(before, after));
  CHECK_FALSE(model::needs_restart(before, after));
  apply(after);
  CHECK_FALSE(model::same_definition(before, after));
  CHECK(model::needs_restart(before, after) == restarts);
}

TEST_CASE("needs_new_container: what is fixed when a container is created") {
  const auto before = good_spec();
  const auto [apply, another] = GENERATE(table<change, bool>({
      {[](child_spec& s) { s.kind = "process"; }, true},
      {[](child_spec& s) { s.mailbox.capacity = 1; }, true},
      {[](child_spec& s) { s.shard = 1; }, true},
      {[](child_spec& s) { s.start = {"php"}; }, false},
      {[](child_spec& s) { s.name = "Web"; }, false},
      {[](child_spec& s) { s.args["a"] = "b"; }, false},
      {[](child_spec& s) { s.options = std::make_shared<sized>(2, 4); }, false},
      {[](child_spec& s) { s.autostart = false; }, false},
  }));
  auto after = before;
  apply(after);
  CHECK(model::needs_new_container(before, after) == another);
}

TEST_CASE("same_definition: ids, and specs without options") {
  auto one = good_spec();
  auto two = good_spec();
  CHECK(model::same_definition(one, two));
  CHECK_FALSE(model::needs_restart(one, two));
  two.options = std::make_shared<sized>(1, 1);
  CHECK_FALSE(model::same_definition(one, two));
  CHECK(model::needs_restart(one, two));
  two = good_spec();
  two.id = "api";
  CHECK_FALSE(model::same_definition(one, two));
}

TEST_CASE("needs_restart: without a word of its kind another start is a restart") {
  auto before = good_spec();
  before.options = std::make_shared<sized>(1, 2);
  auto after = before;
  after.options = std::make_shared<sized>(1, 3);
  CHECK_FALSE(model::needs_restart(before, after)); // a live change
  after.start = {"another"};
  CHECK(model::needs_restart(before, after));
}

TEST_CASE("needs_restart: a kind may take over another start") {
  auto before = good_spec();
  before.options = std::make_shared<steady>();
  auto after = before;
  const auto [apply, restarts] = GENERATE(table<change, bool>({
      {[](child_spec& s) { s.start = {"php"}; }, false},
      {[](child_spec& s) { s.name = "Web"; }, false},
      {[](child_spec& s) { s.args["a"] = "b"; }, false},
      {[](child_spec& s) { s.shard = 1; }, true},
  }));
  apply(after);
  CHECK(model::needs_restart(before, after) == restarts);
  after.options = nullptr;
  CHECK(model::needs_restart(before, after));
}

TEST_CASE("kind_options: without an own rule only equal options are a live change") {
  CHECK(rigid{"a"}.live_change(rigid{"a"}));
  CHECK_FALSE(rigid{"a"}.live_change(rigid{"b"}));
}

TEST_CASE("child_spec: names") {
  using model::to_string;
  CHECK(to_string(model::restart_type::permanent) == "permanent");
  CHECK(to_string(model::restart_type::transient) == "transient");
  CHECK(to_string(model::restart_type::temporary) == "temporary");
  CHECK(to_string(static_cast<model::restart_type>(99)) == "unknown");
  CHECK(to_string(model::strategy::one_for_one) == "one_for_one");
  CHECK(to_string(model::strategy::one_for_all) == "one_for_all");
  CHECK(to_string(model::strategy::rest_for_one) == "rest_for_one");
  CHECK(to_string(static_cast<model::strategy>(99)) == "unknown");
  CHECK(to_string(model::auto_shutdown::never) == "never");
  CHECK(to_string(model::auto_shutdown::any_significant) == "any_significant");
  CHECK(to_string(model::auto_shutdown::all_significant) == "all_significant");
  CHECK(to_string(static_cast<model::auto_shutdown>(99)) == "unknown");
  CHECK(to_string(model::give_up::escalate) == "escalate");
  CHECK(to_string(model::give_up::park) == "park");
  CHECK(to_string(model::give_up::retry) == "retry");
  CHECK(to_string(static_cast<model::give_up>(99)) == "unknown");
  CHECK(to_string(model::overflow::reject) == "reject");
  CHECK(to_string(model::overflow::drop_newest) == "drop_newest");
  CHECK(to_string(model::overflow::drop_oldest) == "drop_oldest");
  CHECK(to_string(model::overflow::block) == "block");
  CHECK(to_string(static_cast<model::overflow>(99)) == "unknown");
  CHECK(to_string(model::start_order::ordered) == "ordered");
  CHECK(to_string(model::start_order::parallel) == "parallel");
  CHECK(to_string(static_cast<model::start_order>(99)) == "unknown");
}

TEST_CASE("ready: what shows it, in words") {
  using mode = model::ready_spec::mode;
  const auto text = [](mode how) {
    return model::to_string(model::ready_spec{.how = how, .target = "x", .alive_for = 5s});
  };
  CHECK(text(mode::kind_default) == "by itself");
  CHECK(text(mode::message) == "message");
  CHECK(text(mode::fd) == "fd x");
  CHECK(text(mode::tcp) == "tcp x");
  CHECK(text(mode::http) == "http x");
  CHECK(text(mode::exec) == "exec x");
  CHECK(text(mode::alive_for) == "alive_for 5s");
  CHECK(text(static_cast<mode>(99)) == "by itself");
}
