// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Answers: whole, as a file, part by part; and what becomes of them when the client reads slowly
/// (docs/decisions/0026).
#include "containers/http/connection.hpp"

#include "containers/http/front.hpp"

#include <algorithm>
#include <utility>

#include <sys/socket.h>

namespace kraken::containers {

namespace {

constexpr std::string_view last_chunk = "0\r\n\r\n";

} // namespace

void connection::count_response(int status) {
  const auto row = static_cast<std::size_t>(std::clamp(status / 100, 0, 5));
  front_.counters_->responses[row].add();
}

// The answer stands whole in the output, behind what was put out for those before it.
void connection::note_answer(int status) {
  const auto held = stream::output().view();
  const auto size = std::min<std::uint64_t>(put_out() - note_->marked(), held.size());
  note_->count_body(body_size_of(held.substr(held.size() - size)));
  note_end(status, delivery::complete);
}

void connection::note_end(int status, delivery how) {
  note_->finish(peer_, status, how, loop().now());
  note_->mark(put_out());
}

void connection::interim() {
  if (note_) {
    note_->mark(put_out());
  }
  flush_later();
}

void connection::answered(int status, wire::connection_after after) {
  sink_ = nullptr;
  count_response(status);
  if (note_) {
    note_answer(status);
  }
  finish(after);
}

void connection::answered_with_file(int status, wire::connection_after after, net::file_part body) {
  streaming(status, wire::body_framing::length, after);
  sink_ = nullptr;
  file_bytes_ = body.left;
  send_file(std::move(body));
  finish_when_sent();
}

// The next request waits for that: its answer would come in front of a file.
void connection::finish_when_sent() {
  enter(stage::sending);
  limit(loop().now() + front_.settings_.write_timeout);
}

void connection::output_sent() {
  if (!is_noted(stage_)) {
    note_file(0);
    if (note_) {
      note_end(0, delivery::complete);
    }
  }
  finish(after_);
}

void connection::note_file(std::uint64_t unsent) {
  const auto bytes = std::exchange(file_bytes_, 0);
  if (note_) {
    note_->count_body(bytes - std::min(bytes, unsent));
  }
}

// What was counted when the worker gave it, and the client has not been sent.
void connection::note_unsent() {
  if (note_ && file_bytes_ == 0) {
    const auto held = std::min<std::uint64_t>(put_out() - note_->marked(), held_output());
    note_->uncount_body(held + file_left() + behind_.size());
  }
}

void connection::on_file_cut(std::uint64_t lost) {
  note_file(lost);
  if (auto* const waited = std::exchange(sink_, nullptr)) { // a spool that cannot be read
    waited->abandon(*this);
  }
  stream_broken();
}

void connection::failed(int status, std::string_view detail) {
  sink_ = nullptr;
  count_response(status);
  const auto how = context();
  wire::append_error(stream::output(), how, status, detail, front_.settings_.retry_after_s);
  if (note_) {
    note_answer(status);
  }
  finish(how.after);
}

void connection::streaming(int status, wire::body_framing framing, wire::connection_after after) {
  count_response(status);
  if (note_) {
    note_->answers_with(status);
  }
  enter(stage::streaming);
  framing_ = framing;
  after_ = after;
  may_spool_ = framing != wire::body_framing::none;
  flush_later();
}

void connection::stream_part(std::string_view part) {
  if (framing_ == wire::body_framing::none) {
    return;
  }
  if (note_) {
    note_->count_body(part.size());
  }
  if (!goes_to_spool()) {
    framing_ == wire::body_framing::chunked ? wire::append_chunk(stream::output(), part)
                                            : stream::output().append(part);
  } else if (framing_ == wire::body_framing::chunked) {
    wire::byte_buffer chunk;
    wire::append_chunk(chunk, part);
    spool(chunk.view());
  } else {
    spool(part);
  }
  flush_later();
}

void connection::stream_ended() {
  sink_ = nullptr;
  const bool behind = goes_to_spool();
  if (framing_ == wire::body_framing::chunked) {
    behind ? spool(last_chunk) : stream::output().append(last_chunk);
  }
  if (framing_ == wire::body_framing::close) {
    after_ = wire::connection_after::close;
  }
  if (behind) {
    flush_later();
    finish_when_sent();
    return;
  }
  if (note_) {
    note_end(0, delivery::complete);
  }
  finish(after_);
}

void connection::stream_broken() {
  sink_ = nullptr;
  const bool noted = is_noted(stage_);
  enter(stage::closing);
  if (framing_ == wire::body_framing::close) {
    note_unsent();
  }
  if (note_ && !noted) {
    note_end(0, delivery::cut_off);
  }
  if (framing_ == wire::body_framing::close) {
    // An orderly close would say that this was all.
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    static_cast<void>(::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
    cut(); // destroys this
    return;
  }
  begin_closing(); // without the last chunk: the client can tell
}

// What the socket does not take goes to a file, so that the worker need not wait for it. Parts
// never overtake: behind those in the file, or behind the file, they stay.
bool connection::goes_to_spool() const noexcept {
  const bool behind = file_left() != 0 || !behind_.empty();
  const bool much =
      pace_ != client_pace::keeps_up && held_output() >= limits::http_output_pause_bytes;
  return behind || (much && may_spool_ && front_.spool_has_room(0));
}

void connection::spool(std::string_view bytes) {
  if (!spool_ && !begin_spool()) {
    stream::output().append(bytes);
    return;
  }
  if (!behind_.empty()) {
    behind_.append(bytes);
    return;
  }
  const auto before = spool_->size();
  if (auto written = spool_->append(bytes); !written) {
    may_spool_ = false;
    front_.answer_not_spooled(written.error());
  }
  const auto count = spool_->size() - before;
  front_.count_spooled(count);
  behind_.append(bytes.substr(static_cast<std::size_t>(count)));
  if (count == 0) {
    return;
  }
  if (file_left() != 0) {
    extend_file(count);
    return;
  }
  send_file({std::move(spool_reader_), before, count});
  limit(loop().now() + front_.settings_.write_timeout);
}

bool connection::begin_spool() {
  auto made = spool_file::make(front_.settings_.spool_directory);
  auto reader = made ? made->reader() : result<unique_fd>{fail(made.error())};
  if (!reader) {
    may_spool_ = false;
    front_.answer_not_spooled(reader.error());
    return false;
  }
  spool_.emplace(std::move(*made));
  spool_reader_ = std::move(*reader);
  return true;
}

void connection::end_spool() noexcept {
  if (spool_) {
    front_.forget_spooled(spool_->size());
    spool_.reset();
  }
}

// A complete answer that waits for its client, with nothing behind it.
bool connection::may_leave_memory() const noexcept {
  const auto held = held_output();
  return held >= limits::http_output_pause_bytes && file_left() == 0 && !spool_ &&
         held <= front_.settings_.spool_max && front_.spool_has_room(held - 1);
}

// What a client that is slow has not taken yet. Whoever is only on the way has taken it by now.
void connection::leave_memory() {
  const bool keeps = awaits_request(stage_);
  if ((!keeps && stage_ != stage::closing) || !may_leave_memory() || !begin_spool()) {
    return;
  }
  auto& held = stream::output();
  const auto written = spool_->append(held.view());
  if (!written) {
    front_.answer_not_spooled(written.error());
    spool_.reset();
    spool_reader_.reset();
    return;
  }
  front_.count_spooled(spool_->size());
  held.clear();
  held.release_above(0);
  if (keeps) { // the next request waits: its answer would come in front of the file
    enter(stage::sending_noted);
    framing_ = wire::body_framing::length;
    after_ = wire::connection_after::keep;
    may_spool_ = false;
  }
  send_file({std::move(spool_reader_), 0, spool_->size()});
}

// The spool has been sent; what did not fit into it follows.
// @return false: there is nothing
bool connection::output_goes_on() {
  end_spool();
  if (behind_.empty()) {
    return false;
  }
  std::swap(stream::output(), behind_);
  flush_later();
  return true;
}

bool connection::congested() const noexcept {
  const bool spooled = file_left() != 0 || !behind_.empty();
  if (!spooled && held_output() < limits::http_output_pause_bytes) {
    return false;
  }
  const auto on_disk = spool_ ? spool_->size() : 0;
  if (may_spool_ && behind_.empty() && front_.spool_has_room(on_disk)) {
    return false;
  }
  auto& self = const_cast<connection&>(*this);
  self.paused_sink_ = true;
  self.limit(self.loop().now() + front_.settings_.write_timeout);
  return true;
}

} // namespace kraken::containers
