// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "tree_fixture.hpp"

#include "kraken/actor/messages.hpp"
#include "kraken/base/log.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace kraken::actor_test {

scripted::scripted(stage& on, actor::host& shell) : on_(on), shell_(shell) {
  const auto& path = shell_.path();
  auto& next = on_.next[path];
  if (!next.empty()) {
    script_ = next.front();
    next.pop_front();
  } else if (const auto found = on_.always.find(path); found != on_.always.end()) {
    script_ = found->second;
  }
  on_.live[path] = on_.lives[path + "#" + std::to_string(shell_.generation())] = this;
  ++on_.made;
}

scripted::~scripted() {
  --on_.made;
  const auto& path = shell_.path();
  on_.lives.erase(path + "#" + std::to_string(shell_.generation()));
  if (const auto found = on_.live.find(path); found != on_.live.end() && found->second == this) {
    const auto other = on_.lives.lower_bound(path + "#");
    if (other != on_.lives.end() && other->first.starts_with(path + "#")) {
      found->second = other->second;
    } else {
      on_.live.erase(found);
    }
  }
}

void scripted::note(std::string_view what) {
  on_.trace.push_back(std::string(what) + " " + shell_.spec().id + "#" +
                      std::to_string(shell_.generation()));
}

void scripted::end(model::cause_kind kind, int code) {
  model::cause why;
  why.kind = kind;
  why.code = code;
  shell_.ended(std::move(why));
}

void scripted::start() {
  note("start");
  if (on_.on_start) {
    on_.on_start(__builtin_frame_address(0));
  }
  switch (script_.start) {
  case on_start::ready:
    return shell_.ready();
  case on_start::exit:
    return end(script_.code == 0 ? model::cause_kind::exit_normal : model::cause_kind::exit_code,
               script_.code);
  case on_start::hang:
    return;
  case on_start::fail: {
    model::cause why;
    why.kind = model::cause_kind::exception;
    why.type = "BootError";
    return shell_.failed(std::move(why));
  }
  case on_start::throws:
    throw std::runtime_error("start throws");
  }
}

void scripted::drain() {
  note("drain");
}

void scripted::stop() {
  note("stop");
  on_.farewells[shell_.path()] = shell_.leaving();
  switch (script_.stop) {
  case on_stop::end:
    return end(model::cause_kind::exit_normal, 0);
  case on_stop::hang:
    return;
  case on_stop::throws:
    throw std::runtime_error("stop throws");
  }
}

void scripted::kill() {
  note("kill");
  if (script_.kill == on_kill::end) {
    end(model::cause_kind::signal, 9);
  }
}

void scripted::resume() {
  note("resume");
  if (script_.resume_throws) {
    throw std::runtime_error("resume throws");
  }
}

bool scripted::receive(actor::letter& what) {
  note("receive " + *what.body);
  if (const auto call = on_.on_receive) {
    call();
  }
  if (*what.body == "boom") {
    throw std::runtime_error("boom");
  }
  if (*what.body == "unknown") {
    return false;
  }
  if (*what.body == "echo") {
    what.reply.value(what.body);
  } else if (what.kind != actor::letter_kind::message) {
    on_.asked.push_back(std::move(what));
  }
  return true;
}

void scripted::noticed(const actor::notice& what) {
  note("notice " + what.path + "=" + std::to_string(what.state));
}

void scripted::child_changed(const model::container_identity& who,
                             const model::container_condition& now) {
  if (shell_.spec().name == "watcher") {
    note("sees " + who.alias + " " + std::string(model::to_string(now.at)) + " at");
  }
}

result<std::uint32_t> scripted::scale(std::uint32_t count) {
  if (shell_.spec().kind != "pool") {
    return incarnation::scale(count);
  }
  note("scale " + std::to_string(count));
  return count + 1;
}

milliseconds scripted::relieved() {
  note("hand over");
  return script_.finishing;
}

void scripted::updated(const model::child_spec& spec, const actor::update_hold& hold) {
  if (script_.holds_updates) {
    on_.holds.push_back(hold);
  }
  note("updated " + spec.name);
}

bool manual_executor::run() {
  if (queue_.empty()) {
    return false;
  }
  auto work = std::move(queue_.front());
  queue_.pop_front();
  work();
  return true;
}

model::cause cause_of(model::cause_kind kind, int code) {
  model::cause why;
  why.kind = kind;
  why.code = code;
  return why;
}

model::child_spec leaf(std::string id) {
  model::child_spec made;
  made.id = std::move(id);
  made.kind = "fake";
  made.backoff.jitter_percent = 0;
  return made;
}

model::child_spec overlapping(std::string id) {
  auto made = leaf(std::move(id));
  made.kind = "overlapping";
  return made;
}

model::child_spec supervisor(std::string id, std::vector<model::child_spec> children) {
  auto made = leaf(std::move(id));
  made.kind = "supervisor";
  made.children = std::move(children);
  return made;
}

model::child_spec pool(std::string id, std::vector<model::child_spec> children) {
  auto made = supervisor(std::move(id), std::move(children));
  made.kind = "pool";
  made.supervise.start = model::start_order::parallel;
  return made;
}

tree_fixture::tree_fixture()
    : tree(std::make_shared<actor::tree_context>()), config_(actor::scheduling::testing),
      system_(config_),
      coordinator_(dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler())) {
  log::settings silent;
  silent.threshold = log::level::off;
  static_cast<void>(log::configure(silent));
  for (const auto* const name : {"fake", "pool"}) {
    tree->kinds.emplace(name, actor::kind{name, "scripted", [this](actor::host& shell) {
                                            return std::make_unique<scripted>(on, shell);
                                          }});
  }
  tree->kinds.emplace("overlapping", tree->kinds.at("fake"));
  tree->kinds.at("overlapping").replaced = actor::replacement::start_first;
  tree->kinds.emplace("broken", actor::kind{"broken", "makes nothing", [](actor::host&) {
                                              throw std::runtime_error("make throws");
                                              return std::unique_ptr<actor::incarnation>{};
                                            }});
  actor::add_builtin_kinds(*tree);
  actor::tell_dead_letters(tree);
  tree->shards.push_back({&executor_, nullptr});
  tree->ended = [this](int code) { exit_code = code; };
}

tree_fixture::~tree_fixture() {
  if (manager_) {
    stop_tree(milliseconds{0});
    advance(seconds{3});
    manager_ = nullptr;
  }
}

answer_ptr tree_fixture::start(model::child_spec root) {
  root.restart = model::restart_type::transient;
  const auto made = std::make_shared<answer>();
  manager_ = system_.spawn<actor::runtime_manager>(
      tree, std::make_shared<const model::child_spec>(std::move(root)));
  actor::put_ahead(manager_,
                   actor::begin_tree{std::make_shared<actor::pending_reply>(
                       nullptr, [made](result<model::reply> got) {
                         ++made->times;
                         made->got = std::move(got);
                       })});
  run();
  return made;
}

answer_ptr tree_fixture::ask(model::command what) {
  const auto made = std::make_shared<answer>();
  actor::put_ahead(manager_,
                   actor::execute{std::make_shared<const model::command>(std::move(what)),
                                  std::make_shared<actor::pending_reply>(
                                      &executor_, [made](result<model::reply> got) {
                                        ++made->times;
                                        made->got = std::move(got);
                                      })});
  run();
  return made;
}

answer_ptr tree_fixture::ask(model::verb what, std::string target) {
  model::command made;
  made.what = what;
  made.target = std::move(target);
  return ask(std::move(made));
}

void tree_fixture::stop_tree(milliseconds deadline) {
  actor::put_ahead(manager_, actor::end_tree{deadline});
  run();
}

result<actor::posted> tree_fixture::post(std::string_view path, actor::letter what) {
  auto how = tree->shells.find(path).and_then(
      [&](const actor::seat_ptr& to) { return actor::post(std::move(what), to); });
  run();
  return how;
}

void tree_fixture::run() {
  bool busy = true;
  while (busy) {
    const auto count = coordinator_.run();
    handled += count;
    busy = count > 0;
    busy = executor_.run() || busy;
  }
}

void tree_fixture::advance(milliseconds by) {
  constexpr milliseconds step{10};
  for (; by.count() > 0; by -= std::min(by, step)) {
    coordinator_.advance_time(std::min(by, step));
    run();
  }
}

actor::host& tree_fixture::host_of(std::string_view path) {
  const auto& among = path.find('#') == std::string_view::npos ? on.live : on.lives;
  const auto found = among.find(path);
  if (found == among.end()) {
    throw std::logic_error("no incarnation lives at " + std::string(path));
  }
  return found->second->shell();
}

void tree_fixture::crash(std::string_view path, int code) {
  model::cause why;
  why.kind = model::cause_kind::exit_code;
  why.code = code;
  host_of(path).ended(std::move(why));
  run();
}

void tree_fixture::exit_normally(std::string_view path) {
  model::cause why;
  why.kind = model::cause_kind::exit_normal;
  host_of(path).ended(std::move(why));
  run();
}

void tree_fixture::throws(std::string_view path, std::string type) {
  model::cause why;
  why.kind = model::cause_kind::exception;
  why.type = std::move(type);
  host_of(path).failed(std::move(why));
  run();
}

void tree_fixture::recycles(std::string_view path, actor::serves_on meanwhile) {
  host_of(path).recycle("enough requests", meanwhile);
  run();
}

void tree_fixture::answers(std::string_view path) {
  auto live = std::make_shared<model::gauges>();
  live->requests.set(1);
  host_of(path).show_gauges(std::move(live));
  run();
}

void tree_fixture::opens(std::string_view path) {
  host_of(path).open();
  run();
}

void tree_fixture::becomes_ready(std::string_view path) {
  host_of(path).ready();
  run();
}

void tree_fixture::becomes_unready(std::string_view path) {
  host_of(path).unready();
  run();
}

model::phase tree_fixture::phase(std::string_view path) const {
  const auto found = tree->board.find(path);
  return found == nullptr ? model::phase::gone : found->at;
}

model::container_status tree_fixture::status(std::string_view path) const {
  const auto found = tree->board.find(path);
  return found == nullptr ? model::container_status{} : *found;
}

std::vector<std::string> tree_fixture::take_trace() {
  return std::exchange(on.trace, {});
}

std::string tree_fixture::took() {
  std::string line;
  for (const auto& one : take_trace()) {
    line += (line.empty() ? "" : ", ") + one;
  }
  return line;
}

} // namespace kraken::actor_test
