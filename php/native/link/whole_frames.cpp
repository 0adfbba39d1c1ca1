// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Whole frames of the connection to the daemon, for those who read requests themselves.
#include "daemon_link.hpp"

#include "kraken/base/spool_file.hpp"

#include <utility>

#include <poll.h>

namespace kraken::php {

std::string_view daemon_link::receive() {
  input_.consume(std::exchange(received_, 0));
  whole_.clear();
  whole_.release_above(input_kept_bytes);
  input_.release_above(input_kept_bytes);
  while (true) {
    wire::worker_frame frame;
    const auto split = wire::split_frame(input_.view(), frame);
    if (split.status == wire::split_outcome::kind::done) {
      if (frame.type == wire::frame_type::request && !passed_.empty()) {
        const auto file = take_passed();
        const auto whole = with_body(frame, file);
        input_.consume(split.consumed);
        if (!whole.empty()) {
          return whole;
        }
        continue;
      }
      received_ = split.consumed;
      return input_.view().substr(0, received_);
    }
    if (split.status == wire::split_outcome::kind::bad_length) {
      give_up(bad_length);
    }
    if (gone_ || !fill(input_, split.needed, patience::wait)) {
      return {};
    }
  }
}

unique_fd daemon_link::take_passed() {
  auto first = std::move(passed_.front());
  passed_.erase(passed_.begin());
  return first;
}

/// @return empty: answered here, or nobody can be answered any more
std::string_view daemon_link::with_body(const wire::worker_frame& frame, const unique_fd& file) {
  const auto request = wire::decode_request(frame.payload);
  if (!request) {
    give_up(bad_request);
    return {};
  }
  constexpr std::size_t more_bytes = 64; // heads that are longer
  const auto bytes = request->stored_bytes;
  if (bytes > limits::frame_bytes_max - more_bytes - frame.payload.size()) {
    constexpr int too_large = 413;
    wire::append_response(
        reply_,
        frame.stream,
        too_large,
        {},
        "a script that speaks the protocol takes a body that fits into a frame\n");
    static_cast<void>(send(reply_));
    return {};
  }
  char* const room = wire::append_request_with_room(whole_, frame.stream, *request);
  const auto got = read_at(file, 0, {room, static_cast<std::size_t>(bytes)});
  if (!got || *got != bytes) {
    give_up("the file of a body has fewer bytes than the body");
  }
  return gone_ ? std::string_view{} : whole_.view();
}

std::string_view daemon_link::whole_frame() {
  if (request_.file == nullptr) {
    return input_.view();
  }
  whole_.clear();
  wire::worker_frame frame;
  static_cast<void>(wire::split_frame(input_.view(), frame)); // it is one: its request is open
  return with_body(frame, body_);
}

bool daemon_link::readable() {
  if (gone_ || input_.size() > received_) {
    return true;
  }
  pollfd waiting{.fd = socket_.get(), .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, 0) > 0;
}

} // namespace kraken::php
