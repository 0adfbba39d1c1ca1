// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Routing and reads of the admin API; commands are in admin_commands.cpp.
#include "containers/admin/admin_service.hpp"

#include "console/command_table.hpp"
#include "console/failure.hpp"
#include "containers/admin/health.hpp"
#include "containers/admin/letter_records.hpp"
#include "containers/admin/situation.hpp"
#include "kraken/base/limits.hpp"
#include "kraken/model/alias.hpp"
#include "kraken/wire/http1_field.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <span>
#include <utility>

namespace kraken::containers {

namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view text_type = "text/plain; charset=utf-8";
constexpr std::string_view prometheus_type = "text/plain; version=0.0.4; charset=utf-8";

constexpr std::uint64_t records_by_default = 100;

std::string_view word_of(const console::api_call& call, std::string_view name) {
  const auto found = call.query.find(name);
  return found == call.query.end() ? std::string_view{} : std::string_view{found->second};
}

bool under(std::string_view path, std::string_view top) {
  return path == top ||
         (path.size() > top.size() && path.starts_with(top) && path[top.size()] == '/');
}

using waits = std::map<std::string_view, const model::container_status*>;

model::container_status with_wait(const model::container_status& one, const waits& all) {
  auto out = one;
  if (const auto found = all.find(one.path); found != all.end()) {
    out.waits_for = found->second->path;
  }
  return out;
}

using timed_record = std::pair<time_point, console::log_record>;

/// The newest of all, oldest first, as if one file had them. Lines of one container stay in their
/// order even if they were read in one turn.
std::vector<console::log_record> newest(std::vector<timed_record> lines, std::uint64_t most) {
  std::stable_sort(
      lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<console::log_record> out;
  for (std::size_t i = lines.size() > most ? lines.size() - most : 0; i < lines.size(); ++i) {
    out.push_back(std::move(lines[i].second));
  }
  return out;
}

} // namespace

admin_service::admin_service(net::event_loop& loop, const admin_environment& environment)
    : loop_(loop), environment_(environment), letters_(*environment.tree), answers_(loop),
      streams_(loop, environment.tree->status(), *environment.logs) {}

admin_service::~admin_service() = default;

void admin_service::abandon(net::exchange& from) {
  streams_.abandon(from);
  answers_.abandon(from);
}

void admin_service::resume(net::exchange& /*from*/) {
  streams_.resume();
}

void admin_service::end_streams() {
  streams_.end_all();
  answers_.end_streams();
}

void admin_service::respond(net::exchange& to,
                            int status,
                            std::string_view type,
                            std::string_view body,
                            std::string_view allow) {
  wire::response_writer writer{to.output(), to.context()};
  writer.begin(status);
  if (!allow.empty()) {
    static_cast<void>(writer.field("allow", allow));
  }
  static_cast<void>(writer.field("content-type", type));
  static_cast<void>(writer.field("cache-control", "no-store"));
  writer.end_with_body(body);
  to.answered(status, writer.after());
}

void admin_service::respond_error(net::exchange& to,
                                  const error& why,
                                  std::string_view command,
                                  std::string_view alias) {
  console::api_error out;
  out.why = why;
  out.hint = console::next_command(why.code, command, alias);
  respond(to, row_of(why.code).http_status, json_type, console::to_json(out));
}

/// A method that HTTP knows and this path does not take is no want of the server's.
void admin_service::respond_not_routed(net::exchange& to,
                                       const error& why,
                                       const wire::request_head& head) {
  constexpr int method_not_allowed = 405;
  const auto allow = console::allowed_methods(head.target);
  if (why.code != errc::unsupported || head.method == wire::http_method::other) {
    return respond_error(to, why, {}, {});
  }
  console::api_error out{why, console::next_command(why.code, {}, {})};
  respond(to, method_not_allowed, json_type, console::to_json(out), allow);
}

void admin_service::submit(net::exchange& from,
                           const wire::request_facts& facts,
                           net::retry_policy /*retry*/) {
  const auto call = console::route(facts.head->method_name, facts.head->target);
  if (!call) {
    respond_not_routed(from, call.error(), *facts.head);
    return;
  }
  answer_call(from, *call, facts);
}

void admin_service::answer_call(net::exchange& from,
                                const console::api_call& call,
                                const wire::request_facts& facts) {
  switch (call.what) {
  case console::endpoint::commands:
    command(from, facts);
    return;
  case console::endpoint::containers:
    show_containers(from, call);
    return;
  case console::endpoint::container:
    show_container(from, call);
    return;
  case console::endpoint::container_logs:
  case console::endpoint::logs:
  case console::endpoint::events:
    show_records(from, call, facts);
    return;
  case console::endpoint::dead_letters:
    show_letters(from, call);
    return;
  case console::endpoint::node:
    respond(from, 200, json_type, console::to_json(environment_.node()));
    return;
  case console::endpoint::config:
    respond(from, 200, json_type, environment_.configuration());
    return;
  case console::endpoint::reload:
    reload(from, {"reload", {}, {}}, {form_of(facts), origin_of(facts)});
    return;
  case console::endpoint::metrics:
    show_metrics(from);
    return;
  case console::endpoint::live:
  case console::endpoint::ready:
  case console::endpoint::startup:
    show_health(from, call.what);
    return;
  }
}

void admin_service::show_containers(net::exchange& from, const console::api_call& call) {
  const auto& board = environment_.tree->status();
  std::string top;
  if (const auto wanted = call.query.find("under"); wanted != call.query.end()) {
    const auto found = board.resolve(wanted->second);
    if (!found) {
      respond_error(from, not_there(board, wanted->second, found.error()), "tree", {});
      return;
    }
    top = (*found)->path;
  }
  std::vector<model::container_status> shown;
  const auto all = board.list();
  const auto waiting = model::start_waits(all);
  for (const auto& each : all) {
    if (top.empty() || under(each->path, top)) {
      shown.push_back(with_wait(*each, waiting));
    }
  }
  respond(from, 200, json_type, console::to_json(std::span{std::as_const(shown)}, loop_.now()));
}

void admin_service::show_container(net::exchange& from, const console::api_call& call) {
  const auto found = environment_.tree->status().resolve(call.path);
  if (!found) {
    const auto& board = environment_.tree->status();
    respond_error(from, not_there(board, call.path, found.error()), "inspect", {});
    return;
  }
  auto shown = **found;
  if (shown.at == model::phase::idle) { // nobody else waits for a sibling
    const auto all = environment_.tree->status().list();
    shown = with_wait(shown, model::start_waits(all));
  }
  console::container_page page{std::move(shown), {}};
  if (environment_.output_files) {
    environment_.output_files(page);
  }
  if (const auto log = environment_.logs->find(page.status.path)) {
    const auto newest = log->last_sequence();
    const auto kept = limits::inspect_lines;
    for (const auto& line : log->after(newest > kept ? newest - kept : 0, kept)) {
      page.output.push_back(to_record(page.status.path, line));
    }
  }
  respond(from, 200, json_type, console::to_json(page, loop_.now()));
}

void admin_service::show_records(net::exchange& from,
                                 const console::api_call& call,
                                 const wire::request_facts& facts) {
  const std::string asked_by = call.what == console::endpoint::events ? "events" : "logs";
  const auto last = facts.head->header("last-event-id");
  auto after = console::query_number(call, "after", 0);
  const auto lines = console::query_number(call, "lines", records_by_default);
  if (!after || !lines) {
    respond_error(from, after ? lines.error() : after.error(), asked_by, {});
    return;
  }
  std::uint64_t seen = 0;
  if (!last.empty() &&
      std::from_chars(last.data(), last.data() + last.size(), seen).ec == std::errc{}) {
    after = seen;
  }
  auto wanted = record_filter::of_words(word_of(call, "of"), word_of(call, "type"));
  if (!call.path.empty()) {
    wanted.targets.push_back(call.path);
  }
  const bool stream = form_of(facts) == answer_form::stream;
  if (const auto known = wanted.check_types(); !known) {
    respond_error(from, known.error(), asked_by, {});
    return;
  }
  if (stream && streams_.full()) {
    const auto many = std::to_string(limits::admin_streams_max);
    const error why{errc::busy, many + " clients follow events or logs already"};
    const console::api_error full{why, "kraken " + asked_by}; // the past is told still
    return respond(from, row_of(why.code).http_status, json_type, console::to_json(full));
  }
  if (call.what == console::endpoint::events) { // of what is gone, too: nothing is resolved
    if (const auto known = wanted.check_heard_of(environment_.tree->status()); !known) {
      return respond_error(from, known.error(), asked_by, {});
    }
    return show_events(from, std::move(wanted), {*after, *lines, stream});
  }
  if (const auto found = wanted.resolve(environment_.tree->status()); !found) {
    respond_error(from, found.error(), asked_by, {});
    return;
  }
  show_lines(from, std::move(wanted), {*after, *lines, stream});
}

void admin_service::show_events(net::exchange& from, record_filter wanted, record_range range) {
  const auto& board = environment_.tree->status();
  std::vector<console::event_record> records;
  for (const auto& event : board.events_since(range.after)) {
    auto record = to_record(event);
    if (wanted.wants(record.container, record.name)) {
      records.push_back(std::move(record));
    }
  }
  if (records.size() > range.lines) {
    records.erase(records.begin(), records.end() - static_cast<std::ptrdiff_t>(range.lines));
  }
  if (range.stream) {
    const auto seen = records.empty() ? board.last_seq() : records.front().id - 1;
    return streams_.follow_events(from, std::move(wanted), seen);
  }
  respond(from, 200, json_type, console::to_json(std::span{std::as_const(records)}));
}

void admin_service::show_lines(net::exchange& from, record_filter wanted, record_range range) {
  if (range.stream && range.after != 0) { // where it was cut off
    return streams_.follow_logs(from, std::move(wanted), range.after);
  }
  event_streams::lines_seen seen;
  std::vector<timed_record> found;
  for (const auto& each : environment_.tree->status().list()) {
    if (!wanted.wants(each->path)) {
      continue;
    }
    const auto log = environment_.logs->find(each->path);
    if (!log) {
      continue;
    }
    const auto last = log->last_sequence();
    const auto after = std::max(range.after, last > range.lines ? last - range.lines : 0);
    seen.emplace(each->path, last);
    for (const auto& line : log->after(after, range.lines)) {
      found.emplace_back(line.at, to_record(each->path, line));
    }
  }
  const auto records = newest(std::move(found), range.lines);
  if (range.stream) {
    for (const auto& each : records) {
      auto& own = seen[each.container];
      own = std::min(own, each.id - 1);
    }
    return streams_.follow_logs(from, std::move(wanted), 0, seen);
  }
  respond(from, 200, json_type, console::to_json(std::span{records}));
}

void admin_service::show_health(net::exchange& from, console::endpoint which) {
  const bool live = which == console::endpoint::live;
  auto reasons =
      environment_.shards->reasons(live ? limits::shard_silence_max : limits::shard_silence);
  if (!live) {
    if (environment_.stopping && environment_.stopping()) {
      reasons += "the daemon is stopping\n";
    }
    reasons += unready_reasons(environment_.tree->status().list());
    if (environment_.turning_away) {
      reasons += environment_.turning_away();
    }
  }
  if (reasons.empty()) {
    return respond(from,
                   200,
                   text_type,
                   "ok\n" + (live ? "" : parked_ones(environment_.tree->status().list())));
  }
  respond(from, 503, text_type, reasons);
}

void admin_service::show_letters(net::exchange& from, const console::api_call& call) {
  const auto lines = console::query_number(call, "lines", records_by_default);
  if (!lines) {
    respond_error(from, lines.error(), "dead:list", {});
    return;
  }
  // Letters to what is gone, or never was, are found by its name.
  const auto wanted = word_of(call, "to");
  const auto found = environment_.tree->status().resolve(wanted);
  const auto to = found ? std::string_view{(*found)->path} : wanted;
  const auto records =
      letter_records(environment_.tree->dead(), to, word_of(call, "reason"), *lines);
  if (!found && !wanted.empty() && !model::is_glob(wanted) &&
      letter_records(environment_.tree->dead(), to, {}, 1).empty()) {
    respond_error(from, found.error(), "dead:list", {});
    return;
  }
  respond(from, 200, json_type, console::to_json(std::span{records}));
}

void admin_service::show_metrics(net::exchange& from) {
  metrics_page page;
  page.add_containers(environment_.tree->status());
  page.add_letters(environment_.tree->dead());
  if (environment_.measure) {
    environment_.measure(page);
  }
  respond(from, 200, prometheus_type, page.text());
}

} // namespace kraken::containers
