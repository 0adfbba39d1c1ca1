// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Reading of requests: head, route, body, hand-over.
#include "containers/http/connection.hpp"

#include "containers/http/front.hpp"
#include "kraken/base/units.hpp"
#include "kraken/wire/http1_target.hpp"

#include <algorithm>

namespace kraken::containers {

namespace {

// Pipelined requests are kept while one is being answered, but no more than this.
constexpr std::size_t read_ahead_bytes = 64U << 10U;

// A body must come at this rate on the long run, besides the time the front allows.
constexpr std::uint64_t body_bytes_per_second_min = 240;

wire::connection_after
render(const route& from, wire::byte_buffer& into, const wire::response_context& how) {
  wire::response_writer writer{into, how};
  writer.begin(from.respond.status);
  for (const auto& [name, value] : from.respond.headers) {
    static_cast<void>(writer.field(name, value));
  }
  writer.end_with_body(from.respond.body);
  return writer.after();
}

} // namespace

std::size_t connection::on_input(std::string_view input) {
  std::size_t used = 0;
  while (is_open() && used < input.size()) {
    const auto rest = input.substr(used);
    if (reads_head(stage_) && stream::output().size() >= limits::http_output_pause_bytes) {
      // Pipelines without reading: its next request is answered when it has taken these answers.
      enter(stage::full);
      pause_reading();
      limit(loop().now() + front_.settings_.write_timeout);
      return used;
    }
    if (reads_head(stage_)) {
      const auto taken = read_head(rest);
      if (taken == 0) {
        break;
      }
      used += taken;
    } else if (stage_ == stage::body) {
      used += read_body(rest);
    } else if (stage_ == stage::closing) {
      return input.size();
    } else {
      if (rest.size() > read_ahead_bytes) {
        pause_reading();
      }
      break;
    }
  }
  if (input_ended_ && is_open() && stage_ <= stage::body) {
    begin_closing(); // the rest of this request never comes
  }
  return used;
}

std::size_t connection::read_head(std::string_view input) {
  const auto found = parser_.parse(input, front_.head_);
  switch (found.status) {
  case wire::parse_outcome::kind::need_more:
    if (stage_ != stage::head) {
      if (stage_ == stage::full) {
        resume_reading();
      }
      enter(stage::head);
      limit(loop().now() + front_.settings_.header_timeout);
    }
    return 0;
  case wire::parse_outcome::kind::error:
    front_.counters_->requests.add();
    front_.counters_->malformed.add();
    // What an unreadable request says of its version and method is not believed.
    version_minor_ = 1;
    head_request_ = false;
    if (note_) {
      note_->begin_unreadable(input, loop().now());
    }
    refuse(found.http_status, found.reason);
    return input.size();
  case wire::parse_outcome::kind::done:
    break;
  }
  front_.counters_->requests.add();
  front_.live_->requests.add();
  return found.consumed + take_head(input.substr(0, found.consumed), input.substr(found.consumed));
}

std::size_t connection::take_head(std::string_view head, std::string_view rest) {
  const auto& request = front_.head_;
  version_minor_ = request.version_minor;
  head_request_ = request.method == wire::http_method::head;
  keep_alive_ = request.keep_alive;
  if (note_) {
    note_->begin(head, request, loop().now());
  }
  if (!choose_route()) {
    return 0; // without a body the next request follows; with one the connection is closing
  }
  if (request.has_body()) {
    return begin_body(head, rest);
  }
  hand_over({});
  return 0;
}

// False: answered with an error. A request with a body then closes the connection, because where
// the next request begins is known only after reading what nobody wants.
bool connection::choose_route() {
  auto& request = front_.head_;
  auto path = request.path;
  if (!request.path_is_plain) {
    const auto decoded = wire::decode_path(request.path, front_.path_);
    if (!decoded) {
      refuse(400, "malformed path");
      return false;
    }
    path = *decoded;
  }
  const auto found = front_.settings_.routes->find(request.host, path, request.method_name);
  if (found.taken == nullptr) {
    keep_alive_ = keep_alive_ && !request.has_body();
    failed(found.method_refused ? 405 : 404, {});
    return false;
  }
  route_ = found.taken;
  route_index_ = found.index;
  return true;
}

// Bodies for nobody may be in a file, too: they are dropped in the end.
net::body_intake connection::intake() const {
  const auto* const entry = front_.bound_[route_index_].sink;
  if (entry == nullptr || entry->live == nullptr) {
    return {.most = front_.settings_.body_bytes_max, .as_file = true};
  }
  return entry->live->intake();
}

void connection::refuse_large_body() {
  refuse(413, "a request body may have " + to_string(bytes{body_most_}) + " here");
}

void connection::refuse_unstored_body(const error& why) {
  front_.body_not_stored(why);
  refuse(503, "the request body could not be stored");
}

std::size_t connection::begin_body(std::string_view head, std::string_view rest) {
  const auto& request = front_.head_;
  const auto& settings = front_.settings_;
  const auto taken = intake();
  chunked_ = request.chunked;
  body_expected_ = request.content_length.value_or(0);
  body_most_ = std::min(settings.body_bytes_max, taken.most);
  if (!chunked_ && body_expected_ > body_most_) {
    refuse_large_body();
    return rest.size();
  }
  if (!chunked_ && rest.size() >= body_expected_) {
    hand_over(rest.substr(0, body_expected_)); // all here: no copy
    return body_expected_;
  }
  if (request.expect_continue && rest.empty()) {
    stream::output().append(wire::continue_response);
    interim();
  }
  enter(stage::body);
  body_began_ = loop().now();
  body_received_ = 0;
  head_copy_.clear();
  head_copy_.append(head);
  const bool may_be_file = taken.as_file && !settings.spool_directory.empty();
  const bool is_large = body_expected_ > limits::http_body_memory_bytes;
  body_.begin(may_be_file ? &settings.spool_directory : nullptr,
              is_large ? 0 : limits::http_body_memory_bytes);
  decoder_.reset();
  limit(body_began_ + settings.body_timeout);
  return 0;
}

std::size_t connection::read_body(std::string_view input) {
  const auto used = chunked_ ? read_chunked_body(input) : read_counted_body(input);
  if (stage_ == stage::body) {
    body_received_ += used;
    limit(body_began_ + front_.settings_.body_timeout +
          seconds{static_cast<std::int64_t>(body_received_ / body_bytes_per_second_min)});
  }
  return used;
}

std::size_t connection::read_counted_body(std::string_view input) {
  const auto wanted = static_cast<std::size_t>(body_expected_ - body_.size());
  const auto used = std::min(wanted, input.size());
  if (!keep_body(input.substr(0, used))) {
    return input.size();
  }
  if (body_.size() == body_expected_) {
    body_complete();
  }
  return used;
}

// False: it has been refused.
bool connection::keep_body(std::string_view part) {
  auto kept = body_.append(part);
  if (!kept) {
    refuse_unstored_body(kept.error());
  }
  return kept.has_value();
}

std::size_t connection::read_chunked_body(std::string_view input) {
  std::size_t used = 0;
  while (used < input.size()) {
    const auto step = decoder_.next(input.substr(used));
    used += step.consumed;
    const auto held = body_.size() + step.data.size();
    if (held > body_most_ || decoder_.promised() > body_most_ - held) {
      refuse_large_body();
      return input.size();
    }
    switch (step.status) {
    case wire::chunked_decoder::step::kind::need_more:
      return input.size();
    case wire::chunked_decoder::step::kind::error:
      front_.counters_->malformed.add();
      refuse(step.http_status, step.reason);
      return input.size();
    case wire::chunked_decoder::step::kind::data:
      if (!keep_body(step.data)) {
        return input.size();
      }
      break;
    case wire::chunked_decoder::step::kind::done:
      body_complete();
      return used;
    }
  }
  return used;
}

// The head's views died with the input it was read from: it is parsed again from the copy.
void connection::body_complete() {
  if (auto whole = body_.finish(); !whole) {
    refuse_unstored_body(whole.error());
    return;
  }
  wire::request_parser again{head_limits_};
  static_cast<void>(again.parse(head_copy_.view(), front_.head_));
  enter(stage::idle);
  if (choose_route()) {
    body_.stored() ? hand_over_stored() : hand_over(body_.view());
  }
  body_.clear();
  head_copy_.clear();
}

void connection::hand_over_stored() {
  if (!intake().as_file) { // while the body came the route became another one
    refuse(503, "the route of this request has changed");
    return;
  }
  auto stored = body_.store();
  if (!stored) {
    refuse_unstored_body(stored.error());
    return;
  }
  front_.counters_->bodies_stored.add();
  stored_ = std::move(*stored);
  hand_over({});
  stored_ = {}; // if nobody has taken it
}

void connection::hand_over(std::string_view body) {
  auto* const entry = front_.bound_[route_index_].sink;
  if (entry == nullptr) {
    answer_fixed();
    return;
  }
  if (entry->live == nullptr) {
    failed(503, "no such pool is running");
    return;
  }
  const auto& request = front_.head_;
  auto path = request.path;
  if (!request.path_is_plain) {
    path = wire::decode_path(request.path, front_.path_).value_or(request.path);
  }
  const wire::request_facts facts{.head = &request,
                                  .path = path,
                                  .version = request.version_minor == 0 ? "1.0" : "1.1",
                                  .scheme = "http",
                                  .remote = peer_,
                                  .body = body,
                                  .stored_bytes = stored_.bytes,
                                  .timeout_ms = 0,
                                  .ends = ends_};
  enter(stage::answering);
  limit(time_point::max());
  sink_ = entry->live;
  sink_->submit(*this, facts, route_->retry);
}

void connection::answer_fixed() {
  const auto how = context();
  const bool usual =
      how.after == wire::connection_after::keep && how.version_minor == 1 && !how.head;
  if (usual) {
    // The same bytes for a whole second: only the date in them changes.
    auto& kept = front_.rendered_[route_index_];
    if (how.date != std::string_view{kept.date.data(), kept.date.size()}) {
      how.date.copy(kept.date.data(), kept.date.size());
      kept.bytes.clear();
      static_cast<void>(render(*route_, kept.bytes, how));
    }
    stream::output().append(kept.bytes.view());
    count_response(route_->respond.status);
    if (note_) {
      note_answer(route_->respond.status);
    }
    finish(wire::connection_after::keep);
    return;
  }
  const auto after = render(*route_, stream::output(), how);
  count_response(route_->respond.status);
  if (note_) {
    note_answer(route_->respond.status);
  }
  finish(after);
}

} // namespace kraken::containers
