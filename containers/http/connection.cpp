// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The life of a connection; requests are read in connection_input.cpp, answered in
/// connection_answer.cpp.
#include "containers/http/connection.hpp"

#include "containers/http/front.hpp"

#include <algorithm>
#include <utility>

#include <sys/socket.h>

namespace kraken::containers {

namespace {

// How long a closed-down connection may take to read our last bytes and close itself.
constexpr milliseconds linger_time = seconds{2};

// What access logs say of a client that did not wait for its answer; never sent.
constexpr int client_gone_status = 499;

constexpr std::string_view stopping_detail = "the server is stopping";

} // namespace

connection::connection(front& owner, unique_fd socket, std::string peer, std::string_view local)
    : stream(owner.loop_, std::move(socket)), front_(owner), peer_(std::move(peer)),
      ends_(local.empty() ? std::string{} : peer_ + " " + std::string{local}),
      note_(owner.settings_.access ? std::make_unique<access_note>(owner.settings_.access)
                                   : nullptr),
      head_limits_(owner.settings_.head), parser_(head_limits_) {}

connection::~connection() {
  end_spool();
  if (sink_ != nullptr) {
    sink_->abandon(*this);
  }
}

result<void> connection::begin() {
  limit(loop().now() + front_.settings_.header_timeout);
  hear_end_when_paused();
  return open();
}

void connection::drain() {
  keep_alive_ = false;
  if (awaits_request(stage_) && !has_unread() && !input_waits()) {
    begin_closing();
  }
}

void connection::times_changed(const front_settings& before) {
  if (stage_ != stage::idle || pace_ != client_pace::keeps_up) {
    return;
  }
  const auto& now = front_.settings_;
  limit(limit_at_ + (put_out() == 0 ? now.header_timeout - before.header_timeout
                                    : now.idle_timeout - before.idle_timeout));
}

void connection::refuse_work() {
  auto* const waited = std::exchange(sink_, nullptr);
  if (waited != nullptr) {
    waited->abandon(*this);
  }
  switch (stage_) {
  case stage::idle:
  case stage::full:
  case stage::sending_noted:
    begin_closing();
    return;
  case stage::head:
  case stage::body:
  case stage::answering:
    refuse(503, stopping_detail);
    return;
  case stage::streaming:
  case stage::sending:
    stream_broken();
    return;
  case stage::closing:
    return;
  }
}

void connection::cut() {
  close();
  on_closed();
}

void connection::on_closed() {
  if (auto* const waited = std::exchange(sink_, nullptr)) {
    front_.counters_->client_gone.add();
    if (note_) {
      note_unsent();
      note_end(stage_ == stage::streaming ? 0 : client_gone_status, delivery::cut_off);
    }
    waited->abandon(*this);
  } else if (stage_ == stage::sending) {
    front_.counters_->client_gone.add();
    note_unsent();
    note_file(file_left());
    if (note_) {
      note_end(0, delivery::cut_off);
    }
  }
  front_.closed(*this);
}

// Whoever closes while a worker has its request, or while that waits for one, is taken to be gone:
// a client that closes and one that only stops sending look the same (docs/decisions/0044).
void connection::on_end_ahead() {
  if (sink_ != nullptr) {
    cut();
  }
}

bool connection::on_end_of_input() {
  input_ended_ = true;
  if (sink_ != nullptr) {
    return false;
  }
  if (owes_answer(stage_)) {
    return true;
  }
  if (reads_head(stage_) && has_unread()) {
    reconsider_later();
    return true;
  }
  if (!stream::output().empty()) {
    begin_closing();
    return true;
  }
  return false;
}

void connection::on_blocked() {
  const bool first = pace_ == client_pace::keeps_up;
  const bool answered = stage_ == stage::closing || awaits_request(stage_);
  if (first && answered && may_leave_memory()) {
    pace_ = client_pace::may_be_slow;
    limit(loop().now() + std::min(limits::http_slow_client, front_.settings_.write_timeout));
    return;
  }
  pace_ = first ? client_pace::stalls : pace_;
  if (awaits_request(stage_) && pace_ == client_pace::stalls) {
    limit(loop().now() + front_.settings_.write_timeout);
  }
}

void connection::on_drained() {
  const bool stalled = std::exchange(pace_, client_pace::keeps_up) != client_pace::keeps_up;
  if (spool_ && output_goes_on()) {
    return;
  }
  if (sends_end(stage_)) {
    output_sent();
  } else if (stage_ == stage::streaming) {
    limit(time_point::max());
    if (std::exchange(paused_sink_, false) && sink_ != nullptr) {
      sink_->resume(*this);
    }
  } else if (stage_ == stage::full) {
    enter(stage::idle);
    limit(loop().now() + front_.settings_.idle_timeout);
    resume_reading();
    reconsider_later();
  } else if (stage_ == stage::idle && stalled) {
    limit(loop().now() + front_.settings_.idle_timeout);
  }
}

void connection::on_shut_down() {
  limit(loop().now() + linger_time);
}

wire::response_context connection::context() noexcept {
  const bool more = !input_ended_ || has_unread();
  const bool keep = keep_alive_ && more && !front_.leaving_;
  return {.date = loop().http_date(),
          .version_minor = version_minor_,
          .head = head_request_,
          .after = keep ? wire::connection_after::keep : wire::connection_after::close};
}

// Sends what is in the output, in any case. A streamed or lent answer may have promised to keep the
// connection before the client stopped sending or the front began to drain.
void connection::finish(wire::connection_after after) {
  const bool no_more = front_.draining_ || (input_ended_ && !has_unread());
  if (after == wire::connection_after::close || no_more) {
    begin_closing();
    return;
  }
  enter(stage::idle);
  const auto& settings = front_.settings_;
  const bool stalled = pace_ != client_pace::keeps_up;
  limit(loop().now() + (stalled ? settings.write_timeout : settings.idle_timeout));
  if (!reading()) {
    resume_reading();
  }
  reconsider_later();
}

void connection::begin_closing() {
  enter(stage::closing);
  limit(loop().now() + front_.settings_.write_timeout);
  close_after_output();
}

// The deadline is moved earlier at once and later only when it comes: a busy connection does not
// touch the wheel.
void connection::limit(time_point at) {
  limit_at_ = at;
  if (at != time_point::max() && (!is_set() || deadline::at() > at)) {
    loop().set(*this, at);
  }
}

void connection::expired(time_point now) {
  if (limit_at_ > now) {
    if (limit_at_ != time_point::max()) {
      loop().set(*this, limit_at_);
    }
    return;
  }
  if (pace_ == client_pace::may_be_slow) {
    pace_ = client_pace::stalls;
    leave_memory();
    limit(now + front_.settings_.write_timeout);
    return;
  }
  if (stage_ == stage::head || stage_ == stage::body) {
    refuse(408, "the request took too long");
    return;
  }
  if (awaits_request(stage_) && stream::output().empty()) {
    begin_closing(); // idle
    return;
  }
  // Slow is allowed, standing still is not; nor is staying with everything taken.
  const auto taken = taken_by_peer();
  const bool has_all =
      stage_ == stage::closing && held_output() == 0 && file_left() == 0 && taken == sent();
  if (taken != taken_before_ && !has_all) {
    taken_before_ = taken;
    limit(now + front_.settings_.write_timeout);
    return;
  }
  cut();
}

void connection::refuse(int status, std::string_view detail) {
  keep_alive_ = false;
  body_.clear();
  failed(status, detail);
}

} // namespace kraken::containers
