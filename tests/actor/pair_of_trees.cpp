// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "pair_of_trees.hpp"

#include "kraken/base/limits.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <rapidcheck.h>
#include <sstream>
#include <utility>

namespace kraken::actor_test {

namespace {

using model::phase;
using model::state;
using model::verb;

/// A tree as it was made, a line for each container.
std::string
described(const model::child_spec& at, const std::string& path, const start_scripts& scripts) {
  std::ostringstream out;
  out << path << " " << model::to_string(at.restart) << " " << model::to_string(at.on_give_up)
      << " " << model::to_string(at.supervise.how) << " " << at.supervise.intensity
      << (at.autostart ? "" : " later");
  for (const auto& rule : at.local) {
    out << " rule:" << rule.solvers.front();
  }
  if (const auto found = scripts.find(path); found != scripts.end()) {
    out << " starts:";
    for (const int code : found->second) {
      out << " " << code;
    }
  }
  out << "\n";
  for (const auto& child : at.children) {
    out << described(child, path + "/" + child.id, scripts);
  }
  return out.str();
}

std::string text_of(const reference_model::picture& one) {
  std::ostringstream out;
  out << model::to_string(one.at) << " #" << one.generation << " after " << one.restarts
      << " restarts";
  return out.str();
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& one : lines) {
    out += (out.empty() ? "" : ", ") + one;
  }
  return out;
}

std::string text_of(const answer& got) {
  if (!got.got) {
    return "no answer";
  }
  return got.ok() ? "ok" : got.got->error().text();
}

} // namespace

pair_of_trees::pair_of_trees(source random)
    : root_(tree_from(random)), scripts_(scripts_from(random, root_, "Main")),
      expected_(root_, scripts_) {
  for (const auto& [path, results] : scripts_) {
    for (const int code : results) {
      f_.on.next[path].push_back(code < 0 ? script{}
                                          : script{.start = on_start::exit, .code = code});
    }
  }
  for (const auto& [path, picture] : expected_.pictures()) {
    paths_.push_back(path); // before anything can be gone
  }
  answers_.push_back(f_.start(root_));
  expected_.start();
  check("start");
}

void pair_of_trees::step(source random) {
  if (random.empty() || expected_.exit_code() || expected_.ambiguous()) {
    return; // the tree has given up and is gone, or it may go on in two ways
  }
  const auto what = random.below(5);
  const auto path = paths_[random.below(static_cast<std::uint32_t>(paths_.size()))];
  switch (what) {
  case 0:
    return pass_time(random);
  case 1:
    return messages_to(random, path);
  case 2:
    return verb_on(random, path);
  default:
    return failure_of(random, path);
  }
}

void pair_of_trees::finish() {
  f_.advance(
      limits::command_deadline); // whatever is awaited has come by then, or has been given up
  for (const auto& one : answers_) {
    if (one->code() == errc::timeout) {
      fault("an answer did not come: " + text_of(*one));
    }
  }
  f_.stop_tree(seconds{20});
  f_.advance(limits::command_deadline);
  count_received();
  if (received_ + f_.tree->dead->total() + refused_ != posted_) {
    fault("of " + std::to_string(posted_) + " messages " + std::to_string(received_) +
          " were received and " + std::to_string(f_.tree->dead->total()) + " are dead");
  }
  RC_ASSERT(f_.on.made == 0);
  RC_ASSERT(f_.tree->board.list().empty());
  for (const auto& one : answers_) {
    RC_ASSERT(one->times == 1);
  }
}

// ---- what happens

/// From restart to restart: what comes after one is over before the next.
void pair_of_trees::pass_time(source& random) {
  static constexpr std::array times{10, 100, 500, 1'000, 3'000, 12'000};
  milliseconds left{times.at(random.below(times.size()))};
  while (left.count() > 0 && !expected_.ambiguous()) {
    const auto step = expected_.until_next(left);
    f_.advance(step);
    expected_.advance(step);
    left -= step;
    check("advance " + kraken::to_string(step));
  }
}

/// Numbered ones: each is received once and in order, or is a dead letter.
void pair_of_trees::messages_to(source& random, const std::string& path) {
  for (auto n = 1 + random.below(3); n > 0; --n) {
    actor::letter made;
    made.mode = random.one_in(2) ? actor::delivery::standard : actor::delivery::buffer;
    made.body = std::make_shared<const std::string>(std::to_string(++posted_));
    const auto how = f_.post(path, std::move(made));
    refused_ += !how && how.error().code == errc::not_found ? 1 : 0; // told at once
  }
  check("messages to " + path);
}

void pair_of_trees::verb_on(source& random, const std::string& path) {
  using named = std::pair<verb, const char*>;
  static constexpr std::array verbs{named{verb::start, "start "},
                                    named{verb::stop, "stop "},
                                    named{verb::destroy, "destroy "},
                                    named{verb::restart, "restart "},
                                    named{verb::reset, "reset "},
                                    named{verb::start_tree, "start all of "},
                                    named{verb::stop_tree, "stop all of "}};
  const auto& [what, name] = verbs.at(random.below(verbs.size()));
  if (random.one_in(8)) {
    return create(random, path);
  }
  if (path == "Main") {
    return; // the root's own verbs are the daemon's end
  }
  const auto wanted = expected_.carry_out(what, path);
  if (wanted == errc::none) {
    note_wish(what, path);
  }
  const auto got = f_.ask(what, path);
  answers_.push_back(got);
  if (wanted != errc::none && got->code() != wanted) {
    fault(name + path + ": " + text_of(*got) + ", expected " + std::string(to_string(wanted)));
  }
  check(name + path, order::of_siblings);
}

void pair_of_trees::create(source& random, const std::string& parent) {
  if (!expected_.pictures().contains(parent) || f_.status(parent).kind != "supervisor") {
    return;
  }
  model::command made;
  made.what = verb::create;
  made.target = parent;
  const auto spec = spec_from(random, "new" + std::to_string(++created_), {});
  made.spec = std::make_shared<const model::child_spec>(spec);
  expected_.create(parent, spec);
  answers_.push_back(f_.ask(made));
  paths_.push_back(parent + "/" + spec.id);
  check("create " + described(spec, paths_.back(), {}));
}

void pair_of_trees::failure_of(source& random, const std::string& path) {
  const auto kind = random.below(5);
  if (!expected_.serves(path)) {
    return;
  }
  switch (kind) {
  case 0:
    f_.crash(path);
    expected_.crash(path, 255);
    return check("crash of " + path);
  case 1:
    f_.exit_normally(path);
    expected_.crash(path, 0);
    return check("normal end of " + path);
  case 2:
    f_.recycles(path);
    expected_.recycle(path);
    return check("recycling of " + path);
  default:
    f_.throws(path, "DomainError");
    expected_.throws(path);
    return check("exception in " + path);
  }
}

void pair_of_trees::note_wish(verb what, const std::string& path) {
  if (what == verb::stop || what == verb::stop_tree) {
    if (!expected_.start_is_coming(path)) {
      stopped_.insert(path);
    }
    return;
  }
  const bool with_those_below = what == verb::start_tree || what == verb::destroy;
  if (what != verb::reset) {
    std::erase_if(stopped_, [&](const std::string& one) {
      return one == path || (with_those_below && one.starts_with(path + "/"));
    });
  }
}

// ---- what has to be true then

void pair_of_trees::check(const std::string& after, order how) {
  history_ += after + (after.ends_with("\n") ? "" : "\n");
  check_events();
  if (expected_.ambiguous()) {
    return;
  }
  compare_pictures();
  compare_traces(how);
  if (f_.exit_code != expected_.exit_code()) {
    fault("exit code");
  }
}

void pair_of_trees::fault(const std::string& what) const {
  RC_FAIL(what + "\n\n" + described(root_, "Main", scripts_) + "\n" + history_);
}

void pair_of_trees::compare_pictures() {
  const auto pictures = expected_.pictures();
  std::string differences;
  for (const auto& one : f_.tree->board.list()) {
    const reference_model::picture got{one->at, one->generation, one->restarts};
    const auto found = pictures.find(one->path);
    if (found == pictures.end() || got != found->second) {
      differences += one->path + " is " + text_of(got) + ", expected " +
                     (found == pictures.end() ? "gone" : text_of(found->second)) + "\n";
    }
    if (model::state_of(one->at) != one->in) {
      fault(one->path + ": phase and state differ");
    }
    if (one->restarts_in_window > one->intensity && !one->parent.empty()) {
      fault(one->path + " was restarted beyond the budget");
    }
    if (f_.on.live.contains(one->path) != (one->in == state::started) && one->kind == "fake") {
      fault(one->path + ": an incarnation and its state differ");
    }
  }
  for (const auto& [path, picture] : pictures) {
    if (f_.tree->board.find(path) == nullptr) {
      differences += path + " is gone, expected " + text_of(picture) + "\n";
    }
  }
  if (!differences.empty()) {
    fault(differences);
  }
}

/// @return the trace without the messages
std::vector<std::string> pair_of_trees::count_received() {
  auto lines = f_.take_trace();
  std::erase_if(lines, [this](const std::string& line) {
    if (!line.starts_with("receive ")) {
      return false;
    }
    const auto number = std::stoull(line.substr(8));
    const auto begin = line.find_last_of(' ');
    auto& last = last_received_[line.substr(begin, line.find('#') - begin)];
    if (number <= last) {
      fault(line + ": twice, or out of order");
    }
    last = number;
    ++received_;
    return true;
  });
  return lines;
}

/// The parent of the one a line of the trace is about. Ids are unique in the tree.
std::string pair_of_trees::parent_in(const std::string& line) const {
  const auto begin = line.find(' ') + 1;
  const auto id = "/" + line.substr(begin, line.find('#') - begin);
  const auto found =
      std::ranges::find_if(paths_, [&](const std::string& path) { return path.ends_with(id); });
  return found == paths_.end() ? "" : found->substr(0, found->size() - id.size());
}

/// Starts and ends of leaves, in order. A verb frees others at once: what those do and what the
/// verb does goes side by side then, so only siblings are compared.
void pair_of_trees::compare_traces(order how) {
  std::vector<std::string> got;
  for (const auto& line : count_received()) {
    if (line.starts_with("start ")) {
      got.push_back(line);
    } else if (line.starts_with("stop ") || line.starts_with("kill ")) {
      got.push_back("end " + line.substr(5));
    }
  }
  auto wanted = expected_.take_trace();
  if (how == order::of_siblings) {
    const auto parent = [this](const std::string& line) { return parent_in(line); };
    std::ranges::stable_sort(got, {}, parent);
    std::ranges::stable_sort(wanted, {}, parent);
  }
  if (got != wanted) {
    fault("starts and ends: " + joined(got) + "; expected: " + joined(wanted));
  }
  for (const auto& line : got) {
    const auto id = line.substr(6, line.find('#') - 6);
    for (const auto& stopped : stopped_) {
      if (line.starts_with("start ") && stopped.ends_with("/" + id)) {
        fault(stopped + " was stopped and runs again");
      }
    }
  }
}

void pair_of_trees::check_events() {
  for (const auto& e : f_.tree->board.events_since(seen_)) {
    const auto from = model::state_of(e.from);
    const auto to = model::state_of(e.to);
    if (e.seq != seen_ + 1) {
      fault("the event log has a gap");
    }
    seen_ = e.seq;
    const bool allowed = std::ranges::any_of(
        model::transitions, [&](const auto& edge) { return edge.from == from && edge.to == to; });
    if (from != to && !allowed) {
      fault(e.path + ": no edge from " + std::string(model::to_string(from)) + " to " +
            std::string(model::to_string(to)));
    }
  }
}

} // namespace kraken::actor_test
