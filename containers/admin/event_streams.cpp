// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Following of boards on behalf of clients.
#include "containers/admin/event_streams.hpp"

#include "console/event_stream.hpp"
#include "kraken/model/lifecycle.hpp"

#include <algorithm>
#include <chrono>
#include <set>

namespace kraken::containers {

namespace {

constexpr milliseconds heartbeat_every = seconds{15};

std::string gap(std::uint64_t lost) {
  return console::stream_text({0, "gap", "{\"lost\":" + std::to_string(lost) + "}"});
}

} // namespace

console::event_record to_record(const actor::status_event& event) {
  console::event_record out;
  out.id = event.seq;
  const auto at = event.at.time_since_epoch();
  out.unix_ms = std::chrono::duration_cast<milliseconds>(at).count();
  out.unix_us = std::chrono::duration_cast<std::chrono::microseconds>(at).count();
  out.name =
      event.note.empty() ? "container_" + std::string{model::to_string(event.to)} : event.note;
  out.container = event.path;
  const auto add = [&](std::string_view key, std::string value) {
    if (!value.empty()) {
      out.fields.emplace_back(key, std::move(value));
    }
  };
  const bool there = event.note.empty() || event.to != model::phase::gone;
  if (there) {
    add("state", std::string{model::to_string(model::state_of(event.to))});
  }
  if (event.note.empty()) {
    add("from", std::string{model::to_string(event.from)});
  }
  for (const auto& [key, text] : event.details) {
    add(key, text);
  }
  if (there) {
    add("generation", std::to_string(event.generation));
    add("reason", event.cause);
    add("restarts", std::to_string(event.restarts));
  }
  add("next", event.next_action);
  if (event.next_action == "restart") {
    add("backoff_ms", std::to_string(event.next_in.count()));
  }
  if (event.correlation != 0) {
    add("correlation", std::to_string(event.correlation));
  }
  return out;
}

console::log_record to_record(const std::string& path, const process::captured_line& line) {
  console::log_record out;
  out.id = line.sequence;
  out.unix_ms = process::unix_ms(line);
  out.container = path;
  out.stream = line.from == process::output_stream::out ? "stdout" : "stderr";
  out.text = line.text;
  return out;
}

/// Touched by the threads that publish; everything else belongs to the loop.
struct event_streams::shared_state {
  std::atomic<bool> alive{true};
  std::atomic<bool> told{false};
  std::atomic<bool> grown{false}; ///< there are containers that were not there
};

struct event_streams::log_source {
  std::string path;
  std::shared_ptr<process::container_log> log;
  std::uint64_t seen = 0;
  std::uint64_t follower = 0;
};

struct event_streams::stream {
  net::exchange* to = nullptr;
  bool of_events = false;
  record_filter wanted;
  std::uint64_t seen = 0;
  std::vector<log_source> sources;
};

event_streams::event_streams(reactor& loop, actor::status_board& board, process::log_board& logs)
    : loop_(loop), board_(board), logs_(logs), shared_(std::make_shared<shared_state>()) {
  subscription_ = board_.subscribe([this](const actor::status_event& event) {
    if (event.from == model::phase::gone && event.to != model::phase::gone) {
      shared_->grown = true;
    }
    if (event.to == model::phase::gone && event.note.empty()) {
      logs_.retire(event.path);
    }
    something_new();
  });
}

event_streams::~event_streams() {
  shared_->alive = false;
  subscription_.reset();
  for (auto& each : streams_) {
    for (auto& source : each->sources) {
      source.log->unfollow(source.follower);
    }
  }
}

// On any thread. Many events become one look.
void event_streams::something_new() {
  if (shared_->told.exchange(true)) {
    return;
  }
  loop_.post([this, shared = shared_] {
    shared->told = false;
    if (shared->alive) {
      resume();
    }
  });
}

event_streams::stream& event_streams::begin(net::exchange& to) {
  wire::response_writer writer{to.output(), to.context()};
  writer.begin(200);
  static_cast<void>(writer.field("content-type", "text/event-stream"));
  static_cast<void>(writer.field("cache-control", "no-store"));
  const auto framing = writer.end_streaming();
  to.streaming(200, framing, writer.after());
  auto& made = *streams_.emplace_back(std::make_unique<stream>());
  made.to = &to;
  if (!heartbeat_) {
    keep_alive();
  }
  return made;
}

void event_streams::follow_events(net::exchange& to, record_filter wanted, std::uint64_t after) {
  auto& made = begin(to);
  made.wanted = std::move(wanted);
  made.of_events = true;
  // A number of an earlier daemon says nothing here.
  made.seen = after <= board_.last_seq() ? after : 0;
  send_new(made);
}

void event_streams::follow_logs(net::exchange& to,
                                record_filter wanted,
                                std::uint64_t after,
                                const lines_seen& seen) {
  auto& made = begin(to);
  made.wanted = std::move(wanted);
  for (const auto& each : board_.list()) {
    if (made.wanted.wants(each->path)) {
      const auto own = seen.find(each->path);
      add_source(made, each->path, own == seen.end() ? after : own->second);
    }
  }
  send_new(made);
}

void event_streams::add_source(stream& to, const std::string& path, std::uint64_t after) {
  log_source source;
  source.path = path;
  source.log = log_of(path);
  source.seen = after <= source.log->last_sequence() ? after : 0;
  source.follower = source.log->follow([this](const process::captured_line&) { something_new(); });
  to.sources.push_back(std::move(source));
}

void event_streams::send_new(stream& each) {
  if (each.to->congested()) {
    return; // `resume` follows; what is overwritten meanwhile is told as a gap
  }
  each.of_events ? send_events(each) : send_lines(each);
}

void event_streams::send_events(stream& each) {
  for (const auto& event : board_.events_since(each.seen)) {
    if (each.seen != 0 && event.seq > each.seen + 1) {
      each.to->stream_part(gap(event.seq - each.seen - 1));
    }
    const auto record = to_record(event);
    if (each.wanted.wants(record.container, record.name)) {
      each.to->stream_part(
          console::stream_text({event.seq, record.name, console::to_json(record)}));
    }
    each.seen = event.seq;
  }
}

void event_streams::send_lines(stream& each) {
  for (auto& source : each.sources) {
    for (const auto& line : source.log->after(source.seen, limits::log_ring_lines)) {
      if (source.seen != 0 && line.sequence > source.seen + 1) {
        each.to->stream_part(gap(line.sequence - source.seen - 1));
      }
      each.to->stream_part(console::stream_text(
          {line.sequence, "log", console::to_json(to_record(source.path, line))}));
      source.seen = line.sequence;
    }
  }
}

void event_streams::keep_alive() {
  heartbeat_ = loop_.after(heartbeat_every, [this] {
    for (auto& each : streams_) {
      if (!each->to->congested()) {
        each->to->stream_part(console::stream_heartbeat());
      }
    }
    if (streams_.empty()) {
      heartbeat_.reset();
    } else {
      keep_alive();
    }
  });
}

// Containers that were made after a client began to follow, also under the name of one whose log
// the board has forgotten: that one is another source.
void event_streams::look_for_sources() {
  const bool followed =
      std::ranges::any_of(streams_, [](const auto& each) { return !each->of_events; });
  if (!shared_->grown.exchange(false) || !followed) {
    return;
  }
  const auto there = board_.list();
  for (auto& each : streams_) {
    if (each->of_events) {
      continue;
    }
    if (!each->to->congested()) {
      send_lines(*each);
      forget_sources(*each);
    }
    std::set<const process::container_log*> known;
    for (const auto& source : each->sources) {
      known.insert(source.log.get());
    }
    for (const auto& one : there) {
      if (each->wanted.wants(one->path) && !known.contains(log_of(one->path).get())) {
        add_source(*each, one->path, 0);
      }
    }
  }
}

/// A look at what has gone meanwhile keeps nothing that is to be forgotten.
std::shared_ptr<process::container_log> event_streams::log_of(const std::string& path) {
  if (auto known = logs_.find(path)) {
    return known;
  }
  auto made = logs_.at(path);
  if (board_.find(path) == nullptr) {
    logs_.retire(path);
  }
  return made;
}

/// Those whose log the board has forgotten: nobody writes there any more.
void event_streams::forget_sources(stream& of) {
  std::erase_if(of.sources, [this](const log_source& source) {
    const bool gone = logs_.find(source.path) != source.log;
    if (gone) {
      source.log->unfollow(source.follower);
    }
    return gone;
  });
}

void event_streams::resume() {
  look_for_sources();
  for (auto& each : streams_) {
    send_new(*each);
  }
}

void event_streams::abandon(const net::exchange& from) {
  const auto gone = std::find_if(
      streams_.begin(), streams_.end(), [&](const auto& each) { return each->to == &from; });
  if (gone != streams_.end()) {
    for (auto& source : (*gone)->sources) {
      source.log->unfollow(source.follower);
    }
    streams_.erase(gone);
  }
}

void event_streams::end_all() {
  while (!streams_.empty()) {
    auto* const to = streams_.back()->to;
    abandon(*to);
    to->stream_ended();
  }
}

} // namespace kraken::containers
