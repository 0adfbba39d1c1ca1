// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Accepting, listing and draining of connections.
#include "containers/http/front.hpp"

#include "containers/http/connection.hpp"
#include "kraken/base/log.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#include <sys/socket.h>

namespace kraken::containers {

namespace {

// A full disk is told this often, however many clients meet it; so is the want of descriptors.
constexpr milliseconds trouble_told_every{1'000};

} // namespace

front::front(net::event_loop& loop,
             net::sink_directory& sinks,
             front_settings settings,
             std::shared_ptr<model::gauges> live,
             std::shared_ptr<front_counters> counters)
    : loop_(loop), sinks_(sinks), settings_(std::move(settings)), live_(std::move(live)),
      counters_(std::move(counters)) {
  make_room_for_paths();
  bind_routes();
}

front::~front() {
  close_all();
}

// Connections that are open keep the limits they began with.
void front::make_room_for_paths() {
  path_.resize(std::max(path_.size(), settings_.head.line_bytes));
}

void front::bind_routes() {
  std::ranges::move(std::exchange(file_routes_, {}), std::back_inserter(left_));
  std::erase_if(left_, [](const auto& each) { return each->idle(); });
  bound_.clear();
  rendered_.clear();
  rendered_.resize(settings_.routes->routes().size());
  for (const auto& each : settings_.routes->routes()) {
    bound_.push_back({each.to.empty() ? nullptr : &sinks_.at(each.to)});
    if (!each.to.empty() && !each.files.empty()) {
      file_routes_.push_back(std::make_unique<file_route>(*bound_.back().sink, each.files));
      bound_.back().sink = &file_routes_.back()->entry();
    }
  }
}

result<void> front::listen(net::listening_socket socket) {
  auto made = std::make_unique<net::listener>(
      loop_,
      std::move(socket),
      [this](unique_fd client, std::string peer, std::string local) {
        accept(std::move(client), std::move(peer), local);
      },
      [this](int error) { accept_failed(error); },
      settings_.descriptors_below);
  if (auto opened = made->open(); !opened) {
    return opened;
  }
  // One whose file is gone is found by nobody.
  std::erase_if(listeners_, [&made](const auto& each) {
    return each->bound().kind == net::address::family::unix_path && each->bound() == made->bound();
  });
  listeners_.push_back(std::move(made));
  return {};
}

result<void> front::listen_instead(net::listening_socket socket) {
  auto before = std::exchange(listeners_, {});
  auto opened = listen(std::move(socket));
  if (!opened) {
    listeners_ = std::move(before);
  }
  return opened;
}

void front::update(const front_settings& changed) {
  auto before = std::exchange(settings_, changed);
  settings_.admits = std::move(before.admits);
  make_room_for_paths();
  bind_routes();
  for (auto& each : connections_) {
    each->times_changed(before);
  }
}

void front::accept(unique_fd socket, std::string peer, std::string_view local) {
  counters_->connections_accepted.add();
  if (settings_.admits) {
    auto name = settings_.admits(socket.get());
    if (!name) {
      counters_->connections_refused.add();
      return;
    }
    peer = name->empty() ? std::move(peer) : std::move(*name);
  }
  if (counters_->open_in_all->fetch_add(1) >= settings_.connections_max && !make_room()) {
    counters_->open_in_all->fetch_sub(1);
    counters_->connections_refused.add();
    if (!settings_.too_many.empty()) { // fits into any socket's buffer, or is not sent
      const auto& text = settings_.too_many;
      static_cast<void>(
          ::send(socket.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
    }
    return; // closed by its end: memory is what the cap protects
  }
  auto made = std::make_unique<connection>(*this, std::move(socket), std::move(peer), local);
  made->number = ++last_number_;
  made->index = connections_.size();
  if (!made->begin()) {
    counters_->open_in_all->fetch_sub(1);
    return;
  }
  connections_.push_back(std::move(made));
  counters_->connections_open.add();
}

/// Who opens connections and asks nothing keeps nobody out.
bool front::make_room() {
  connection* oldest = nullptr;
  if (!settings_.too_many.empty()) {
    for (const auto& each : connections_) {
      if (each->has_no_work() && (oldest == nullptr || each->number < oldest->number)) {
        oldest = each.get();
      }
    }
  }
  if (oldest != nullptr) {
    oldest->cut();
  }
  return oldest != nullptr;
}

void front::closed(connection& which) {
  const auto index = which.index;
  if (index + 1 != connections_.size()) {
    std::swap(connections_[index], connections_.back());
    connections_[index]->index = index;
  }
  const auto last = std::move(connections_.back());
  connections_.pop_back();
  counters_->connections_open.add(-1);
  counters_->open_in_all->fetch_sub(1);
  tell_if_drained();
}

// Not from inside a connection's call: the owner may destroy this front.
void front::tell_if_drained() {
  if (connections_.empty() && drained_) {
    loop_.post(std::exchange(drained_, nullptr));
  }
}

void front::accept_failed(int error) {
  counters_->accepts_failed.add();
  counters_->accept_failed_at.set(
      std::chrono::duration_cast<milliseconds>(loop_.now().time_since_epoch()).count());
  if (is_time(accept_told_)) {
    errno = error;
    log::error("accept_failed",
               {{"container", settings_.container}, {"reason", errno_error("accept").text()}});
  }
}

void front::body_not_stored(const error& why) {
  counters_->bodies_not_stored.add();
  if (is_time(storage_told_)) {
    log::error("body_not_stored",
               {{"container", settings_.container},
                {"directory", settings_.spool_directory},
                {"reason", why.text()}});
  }
}

void front::answer_not_spooled(const error& why) {
  if (is_time(spool_told_)) {
    log::warn("answer_not_spooled",
              {{"container", settings_.container},
               {"directory", settings_.spool_directory},
               {"reason", why.text()}});
  }
}

bool front::is_time(time_point& told) const {
  const auto now = loop_.now();
  const bool yes = told == time_point::min() || now - told >= trouble_told_every;
  if (yes) {
    told = now;
  }
  return yes;
}

void front::count_spooled(std::uint64_t bytes) {
  counters_->spooled_bytes.add(static_cast<std::int64_t>(bytes));
  counters_->spool_bytes.add(static_cast<std::int64_t>(bytes));
}

void front::forget_spooled(std::uint64_t bytes) {
  counters_->spool_bytes.add(-static_cast<std::int64_t>(bytes));
}

void front::hand_over(std::function<void()> done) {
  leaving_ = true;
  drained_ = std::move(done);
  for (auto& each : listeners_) {
    each->close(); // what waits at an address that is given up would be reset
  }
  tell_if_drained();
}

void front::drain(std::function<void()> done) {
  end(std::move(done), &connection::drain);
}

void front::refuse_all(std::function<void()> done) {
  end(std::move(done), &connection::refuse_work);
}

void front::end(std::function<void()> done, void (connection::*each_by)()) {
  leaving_ = true;
  draining_ = true;
  drained_ = std::move(done);
  for (auto& each : listeners_) {
    each->close();
  }
  // Backwards: a connection that closes is replaced by the last one.
  for (std::size_t i = connections_.size(); i > 0; --i) {
    (connections_[i - 1].get()->*each_by)();
  }
  tell_if_drained();
}

void front::close_all() {
  listeners_.clear();
  while (!connections_.empty()) {
    connections_.back()->cut();
  }
}

} // namespace kraken::containers
