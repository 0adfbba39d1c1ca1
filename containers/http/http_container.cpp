// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Binding, spreading over the shards, draining.
#include "containers/http/http_container.hpp"

#include "kraken/base/assert.hpp"
#include "kraken/base/log.hpp"

#include <algorithm>
#include <utility>

namespace kraken::containers {

/// One shard's front. Made, used and destroyed on that shard.
struct http_container::part {
  http_shard where;
  std::shared_ptr<model::gauges> live = std::make_shared<model::gauges>();
  std::unique_ptr<front> made;
};

namespace {

const config::http_options& options_of(const model::child_spec& spec) {
  const auto* given = dynamic_cast<const config::http_spec_options*>(spec.options.get());
  KRAKEN_ASSERT(given != nullptr); // the loader makes no front without
  return given->values;
}

access_format form_of(config::access_log_format wanted) {
  switch (wanted) {
  case config::access_log_format::json:
    return access_format::json;
  case config::access_log_format::combined:
    return access_format::combined;
  case config::access_log_format::off:
  case config::access_log_format::text:
    break;
  }
  return access_format::text;
}

} // namespace

http_container::http_container(actor::host& shell, const http_environment& environment)
    : shell_(shell), environment_(environment), options_(options_of(shell.spec())),
      alive_(std::make_shared<std::atomic<bool>>(true)),
      doorway_(environment.doors->of(shell.path(), environment.shards.size())) {}

front_settings http_container::settings() const {
  std::vector<route> routes;
  for (const auto& each : options_.routes) {
    auto& made = routes.emplace_back();
    made.host = each.host;
    made.exact = !each.exact.empty();
    made.path = made.exact ? each.exact : each.path;
    made.methods = each.methods;
    made.to = each.to;
    made.files = each.files;
    made.retry = each.retry == config::route_retry::idempotent ? net::retry_policy::idempotent
                                                               : net::retry_policy::none;
    if (each.respond) {
      made.respond.status = each.respond->status;
      made.respond.body = each.respond->body;
      made.respond.headers.assign(each.respond->headers.begin(), each.respond->headers.end());
    }
  }
  front_settings out;
  out.routes = std::make_shared<const route_table>(std::move(routes));
  out.head.line_bytes = options_.limits.request_line.value;
  out.head.header_bytes = options_.limits.header_bytes.value;
  out.head.field_bytes = options_.limits.header_line.value;
  out.head.field_count = options_.limits.header_fields;
  out.body_bytes_max = options_.limits.body.value;
  out.spool_directory = environment_.spool_directory;
  out.container = shell_.path();
  out.connections_max = options_.limits.connections;
  out.descriptors_below = environment_.descriptors_below;
  out.spool_max = options_.limits.spool.value;
  // Each shard takes its share; rounded up, so that a small cap does not become none.
  const auto shards = static_cast<std::uint32_t>(environment_.shards.size());
  out.spool_all_max = (options_.limits.spool_total.value + shards - 1) / shards;
  out.header_timeout = options_.timeouts.header;
  out.body_timeout = options_.timeouts.body;
  out.idle_timeout = options_.timeouts.idle;
  out.write_timeout = options_.timeouts.write;
  out.access = access_;
  return out;
}

void http_container::updated(const model::child_spec& spec, const actor::update_hold& hold) {
  options_ = options_of(spec);
  const auto changed = settings();
  for (auto& each : parts_) {
    each->where.loop->post([each, changed, hold] {
      if (each->made) {
        each->made->update(changed);
      }
    });
  }
}

http_container::~http_container() {
  *alive_ = false;
  for (auto& each : parts_) {
    each->where.loop->post([each] { each->made.reset(); });
  }
}

result<std::vector<net::listening_socket>> http_container::sockets_of(const door& from) {
  std::vector<net::listening_socket> out;
  for (const auto& each : from) {
    auto mine = each.duplicate();
    if (!mine) {
      return fail(mine.error());
    }
    out.push_back(std::move(*mine));
  }
  return out;
}

// Who cleans up /run does not ask who listens there.
void http_container::find_files() {
  for (std::size_t at = 0; at < doors_.size(); ++at) { // none once it stops, or has a successor
    auto& held = doors_[at];
    if (held->front().can_be_found()) {
      continue;
    }
    const auto& address = options_.listen[at];
    auto made = doorway_->at(address);
    auto sockets = made ? sockets_of(**made) : fail(made.error());
    if (!sockets) {
      log::error("listen_failed",
                 {{"container", shell_.path()}, {"reason", sockets.error().text()}});
      continue;
    }
    log::warn("front_socket_made_anew", {{"container", shell_.path()}, {"address", address}});
    held = std::move(*made);
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      auto given = std::make_shared<net::listening_socket>(std::move((*sockets)[i]));
      parts_[i]->where.loop->post([each = parts_[i], given, path = shell_.path()] {
        const auto listens = each->made ? each->made->listen(std::move(*given)) : result<void>{};
        if (!listens) {
          log::error("listen_failed", {{"container", path}, {"reason", listens.error().text()}});
        }
      });
    }
  }
}

result<std::vector<std::vector<net::listening_socket>>> http_container::bind_all() {
  std::vector<std::vector<net::listening_socket>> per_shard(environment_.shards.size());
  for (const auto& text : options_.listen) {
    auto found = doorway_->at(text);
    if (!found) {
      return fail(found.error());
    }
    auto mine = sockets_of(**found);
    if (!mine) {
      return fail(mine.error());
    }
    for (std::size_t i = 0; i < per_shard.size(); ++i) {
      per_shard[i].push_back(std::move((*mine)[i]));
    }
    doors_.push_back(std::move(*found));
  }
  return per_shard;
}

result<void> http_container::open_access_log() {
  const auto& wanted = options_.access_log;
  if (wanted.format == config::access_log_format::off) {
    return {};
  }
  auto log = doorway_->log_to(wanted.file, *environment_.logs);
  if (!log) {
    return fail(log.error());
  }
  access_ = std::make_shared<const access_target>(
      access_target{std::move(*log), form_of(wanted.format), shell_.path()});
  return {};
}

void http_container::cannot_start(const error& why) {
  model::cause cause;
  cause.kind = model::cause_kind::start_error;
  cause.message = why.text();
  ended_ = true;
  shell_.ended(std::move(cause));
}

void http_container::start() {
  if (auto opened = open_access_log(); !opened) {
    return cannot_start(opened.error());
  }
  auto sockets = bind_all();
  if (!sockets) {
    return cannot_start(sockets.error());
  }
  for (const auto& each : doors_) {
    const auto& address = each->front().bound;
    log::info("listening", {{"container", shell_.path()}, {"address", address.text()}});
  }
  for (const auto& where : environment_.shards) {
    auto mine = std::make_shared<part>();
    mine->where = where;
    live_->parts.push_back(mine->live);
    parts_.push_back(std::move(mine));
  }
  shell_.show_gauges(live_);
  waiting_for_ = parts_.size();
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    open_front(i, std::move((*sockets)[i]));
  }
}

void http_container::open_front(std::size_t shard, std::vector<net::listening_socket> sockets) {
  auto mine = parts_[shard];
  auto given = std::make_shared<std::vector<net::listening_socket>>(std::move(sockets));
  mine->where.loop->post([this,
                          mine,
                          given,
                          given_settings = settings(),
                          alive = alive_,
                          counters = doorway_->counters(shard),
                          path = shell_.path(),
                          &home = shell_.shard()] {
    mine->made = std::make_unique<front>(
        *mine->where.loop, *mine->where.sinks, given_settings, mine->live, counters);
    for (auto& socket : *given) {
      if (auto listening = mine->made->listen(std::move(socket)); !listening) {
        log::error("listen_failed", {{"container", path}, {"reason", listening.error().text()}});
      }
    }
    home.post([this, alive] {
      if (*alive) {
        one_listens();
      }
    });
  });
}

void http_container::one_listens() {
  if (--waiting_for_ == 0) {
    shown_ = true;
    tell_bound();
    environment_.doors->when_asked(shell_.path(), [this, alive = alive_, &home = shell_.shard()] {
      home.post([this, alive] {
        if (*alive) {
          find_files();
        }
      });
    });
    shell_.ready();
  }
}

void http_container::tell_bound() {
  std::vector<net::address> bound;
  for (const auto& each : doors_) {
    bound.push_back(each->front().bound);
  }
  if (environment_.bound) {
    environment_.bound(shell_.path(), bound);
  }
}

void http_container::end() {
  if (!std::exchange(ended_, true)) {
    shell_.cancel(deadline_);
    doors_.clear();
    if (shown_ && !relieved_) {
      tell_bound();
    }
    model::cause why;
    why.kind = model::cause_kind::exit_normal;
    shell_.ended(std::move(why));
  }
}

void http_container::stop() {
  doors_.clear(); // unless another incarnation accepts there, the fronts have the last of it
  if (parts_.empty()) {
    return end();
  }
  on_each_front(&front::drain, [this] { end(); });
}

// Connections that are in use leave by themselves; `stop` comes for those that are idle.
milliseconds http_container::relieved() {
  relieved_ = true;
  doors_.clear();
  on_each_front(&front::hand_over, [this] { end(); });
  return limits::http_hand_over;
}

// Whoever waits is told so; who does not take it in time hears nothing.
void http_container::kill() {
  if (ended_ || parts_.empty()) {
    return end();
  }
  doors_.clear();
  deadline_ = shell_.at(shell_.now() + limits::http_last_words, [this] { end(); });
  on_each_front(&front::refuse_all, [this] { end(); });
}

/// @param then when all have said that they are done; never inline
void http_container::on_each_front(void (front::*act)(std::function<void()>),
                                   std::function<void()> then) {
  const auto left = std::make_shared<std::size_t>(parts_.size()); // used at home
  for (auto& each : parts_) {
    each->where.loop->post([each, act, left, then, alive = alive_, &home = shell_.shard()] {
      auto tell = [left, then, alive, &home] {
        home.post([left, then, alive] {
          if (--*left == 0 && *alive) {
            then();
          }
        });
      };
      each->made ? ((*each->made).*act)(std::move(tell)) : tell();
    });
  }
}

} // namespace kraken::containers
