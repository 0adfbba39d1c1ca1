// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "daemon_link.hpp"

#include "kraken/base/passed_descriptors.hpp"

#include <cerrno>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kraken::php {

namespace {

constexpr std::size_t read_bytes = 64U << 10U;

constexpr std::string_view scribbled =
    "a request in the slab that makes no sense: one that shares it has scribbled there";

// Of a frame's request and of the slab's, which name most of their parts the same.
template <class Request>
void take_parts(open_request& into, const Request& from) {
  into.method = from.method;
  into.target = from.target;
  into.path = from.path;
  into.query = from.query;
  into.version = from.version;
  into.scheme = from.scheme;
  into.host = from.host;
  into.body = from.body;
  into.folders = from.folders;
}

} // namespace

// The first is what counts: the others follow from it.
void daemon_link::give_up(std::string_view complaint) {
  complaint_ = gone_ ? complaint_ : complaint;
  gone_ = true;
}

bool daemon_link::fill(wire::byte_buffer& into, std::size_t wanted, patience how) {
  if (ear_ != nullptr) {
    gone_ = gone_ || how == patience::wait;
    return false;
  }
  const std::size_t room = std::max(wanted, read_bytes);
  while (true) {
    const auto got = receive_with_descriptors(socket_.get(),
                                              {into.prepare(room), room},
                                              how == patience::look ? MSG_DONTWAIT : 0,
                                              passed_,
                                              passed_descriptors_max);
    // Without its descriptor a request would seem to have no body.
    if (got.none_free || got.too_many) {
      give_up(got.none_free ? "a body came in a file, and this process has no descriptor free"
                            : "more descriptors came than belong to a request");
    }
    if (got.count > 0) {
      into.commit(static_cast<std::size_t>(got.count));
      return true;
    }
    if (got.count < 0 && errno == EINTR) {
      continue;
    }
    gone_ = gone_ || got.count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
    return false;
  }
}

bool daemon_link::send(std::string_view bytes) {
  spoke_ = true;
  if (ear_ != nullptr) {
    ear_->hear(bytes);
    return true;
  }
  while (!bytes.empty() && !gone_) {
    const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EINTR) {
      gone_ = true;
    }
  }
  return !gone_;
}

bool daemon_link::send(wire::byte_buffer& out) {
  static_cast<void>(send(out.view()));
  out.clear();
  return !gone_;
}

bool daemon_link::send_with(wire::byte_buffer& out, int descriptor) {
  if (ear_ != nullptr) {
    static_cast<void>(send(out));
    return true;
  }
  ssize_t sent = -1;
  do {
    sent = send_with_descriptors(socket_.get(), out.view(), {&descriptor, 1}, 0);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0 && errno == ETOOMANYREFS) {
    return false;
  }
  spoke_ = true;
  gone_ = gone_ || sent < 0;
  out.consume(sent > 0 ? static_cast<std::size_t>(sent) : 0);
  static_cast<void>(send(out));
  return true;
}

result<wire::worker_welcome> daemon_link::greet(std::string_view sdk) {
  wire::worker_hello hello;
  hello.protocol = wire::worker_protocol_version;
  hello.pid = static_cast<std::uint64_t>(::getpid());
  hello.sdk = sdk;
  hello.tier = "protocol";
  wire::append_hello(reply_, hello);
  static_cast<void>(send(reply_));
  while (!gone_) {
    wire::worker_frame frame;
    const auto split = wire::split_frame(input_.view(), frame);
    if (split.status == wire::split_outcome::kind::need_more) {
      static_cast<void>(fill(input_, split.needed, patience::wait));
      continue;
    }
    if (split.status == wire::split_outcome::kind::bad_length ||
        frame.type != wire::frame_type::welcome) {
      return fail(errc::protocol_error, "the daemon did not begin with WELCOME");
    }
    auto welcome = wire::decode_welcome(frame.payload);
    input_.consume(split.consumed);
    if (welcome && welcome->slab_worker) {
      seat_ = slab_seat::take(*welcome->slab_worker);
    }
    return welcome;
  }
  return fail(errc::unreachable, "the daemon closed the connection");
}

void daemon_link::rehearse(rehearsal& from) {
  ear_ = &from;
  input_.consume(std::exchange(received_, 0));
  input_.append(from.next());
}

bool daemon_link::ready() {
  wire::append_ready(reply_, seat_ ? wire::worker_intake::slab : wire::worker_intake::socket);
  return send(reply_);
}

void daemon_link::take_control(const wire::worker_frame& frame) {
  if (frame.type == wire::frame_type::drain) {
    draining_ = true;
  } else if (frame.type == wire::frame_type::cancel) {
    cancelled_ = cancelled_ || frame.stream == stream_;
  } else if (frame.type == wire::frame_type::ping) {
    wire::append_pong(reply_, frame.payload);
    static_cast<void>(send(reply_));
  }
}

// What follows the request goes to `ahead_`: its views must not move while it is open.
bool daemon_link::take_request(const wire::worker_frame& frame, std::size_t bytes) {
  auto request = wire::decode_request(frame.payload);
  if (!request || frame.stream == 0 || (request->stored_bytes != 0 && passed_.empty())) {
    return false;
  }
  const bool in_file = request->stored_bytes != 0;
  if (in_file) {
    body_ = take_passed();
  }
  ahead_.append(input_.view().substr(bytes));
  input_.truncate(bytes);
  headers_.assign(request->headers.begin(), request->headers.end());
  take_parts(request_, *request);
  request_.ends = request->remote;
  request_.local = request->local;
  request_.headers = headers_;
  request_.stored_bytes = request->stored_bytes;
  request_.file = in_file ? &body_ : nullptr;
  stream_ = frame.stream;
  cancelled_ = false;
  return true;
}

daemon_link::event daemon_link::wait(reading how) {
  return seat_ ? wait_at_slab(how) : wait_for_frame();
}

void daemon_link::before_rest(std::function<void()> then) {
  if (!seat_) {
    return then();
  }
  seat_->before_rest(std::move(then));
}

// Not ended by DRAIN while a request that is ours already is on its way.
daemon_link::event daemon_link::wait_for_frame() {
  while (!gone_ && (asked_ || !draining_)) {
    wire::worker_frame frame;
    const auto split = wire::split_frame(input_.view(), frame);
    if (split.status == wire::split_outcome::kind::need_more) {
      static_cast<void>(fill(input_, split.needed, patience::wait));
    } else if (split.status == wire::split_outcome::kind::bad_length) {
      give_up(bad_length);
    } else if (frame.type == wire::frame_type::request) {
      if (take_request(frame, split.consumed)) {
        asked_ = false;
        return event::request;
      }
      give_up(bad_request);
    } else {
      take_control(frame);
      input_.consume(split.consumed);
    }
  }
  return gone_ ? event::gone : event::drain;
}

daemon_link::event daemon_link::wait_at_slab(reading how) {
  while (!gone_ && !draining_) {
    if (seat_->wait() == slab_seat::next::letters) {
      read_letters(input_);
      continue;
    }
    stream_ = seat_->stream();
    cancelled_ = false;
    spoke_ = false;
    if (seat_->request().empty()) {
      asked_ = true;
      seat_->ask();
      return wait_for_frame();
    }
    slab_open_ = true;
    if (how == reading::later || take_slab_request()) {
      return event::request;
    }
    refuse_slab();
  }
  seat_->leave();
  return gone_ ? event::gone : event::drain;
}

bool daemon_link::take_slab_request() {
  const auto request = wire::read_slab_request(seat_->request());
  if (!request) {
    return false;
  }
  headers_.clear();
  auto fields = request->fields;
  for (wire::header_field field; fields.next(field);) {
    headers_.push_back(field);
  }
  take_parts(request_, *request);
  request_.ends = request->ends;
  request_.headers = headers_;
  return true;
}

void daemon_link::refuse_slab() {
  give_up(scribbled);
}

std::string_view daemon_link::unread() const noexcept {
  return slab_open_ ? seat_->request() : std::string_view{};
}

std::span<char> daemon_link::answer_room() const noexcept {
  // What was said on the socket must not be overtaken.
  return seat_ && seat_->open() && !spoke_ ? seat_->answer_room() : std::span<char>{};
}

void daemon_link::answered_in_place() {
  seat_->answered();
}

void daemon_link::request_done() {
  if (request_.method.data() != nullptr) { // who reads it itself has it elsewhere
    request_ = {};
    body_.reset();
  }
  stream_ = 0;
  cancelled_ = false;
  if (seat_) {
    seat_->done();
  }
  if (slab_open_) {
    slab_open_ = false; // frames are where they were
    return;
  }
  input_.clear();
  input_.release_above(input_kept_bytes);
  std::swap(input_, ahead_);
}

// The slab is not in the child's memory (MADV_DONTFORK), where something else may be by the time
// this link ends: its seat has no end here.
void daemon_link::disown() noexcept {
  static slab_seat* parents = nullptr;
  parents = seat_ ? seat_.release() : parents;
  request_ = {};
  slab_open_ = false;
  ear_ = nullptr;
  socket_.reset();
  gone_ = true;
}

// What came so far. The next request's frame stays: this answer is complete for the daemon.
void daemon_link::read_letters(wire::byte_buffer& from) {
  while (!gone_ && !cancelled_) {
    wire::worker_frame frame;
    const auto split = wire::split_frame(from.view(), frame);
    if (split.status == wire::split_outcome::kind::need_more) {
      if (!fill(from, split.needed, patience::look)) {
        break;
      }
    } else if (split.status == wire::split_outcome::kind::bad_length) {
      give_up(bad_length);
    } else if (frame.type == wire::frame_type::request) {
      break;
    } else {
      take_control(frame);
      from.consume(split.consumed);
    }
  }
}

bool daemon_link::abandoned() {
  read_letters(slab_open_ ? input_ : ahead_);
  return gone_ || cancelled_;
}

} // namespace kraken::php
