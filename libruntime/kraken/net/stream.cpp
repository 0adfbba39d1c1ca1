// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Reading, sending and closing of stream sockets.
#include "kraken/net/stream.hpp"

#include "kraken/base/assert.hpp"
#include "kraken/base/limits.hpp"
#include "kraken/base/passed_descriptors.hpp"

#include <algorithm>
#include <cerrno>
#include <span>
#include <utility>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kraken::net {

namespace {

// A buffer that grew for one large message is given back once empty.
constexpr std::size_t kept_capacity = 64U << 10U;
constexpr milliseconds try_to_pass_every{20};

} // namespace

stream::stream(event_loop& loop, unique_fd socket) : loop_(loop), socket_(std::move(socket)) {}

stream::~stream() {
  close();
}

result<void> stream::open() {
  watched_ = readable;
  return loop_.add(socket_.get(), watched_, *this);
}

void stream::close() noexcept {
  withdraw();
  retry_.reset();
  if (socket_) {
    loop_.remove(socket_.get(), *this);
    socket_.reset();
  }
}

std::uint64_t stream::held_for_peer() const noexcept {
  int held = 0;
  const bool told = socket_ && ::ioctl(socket_.get(), SIOCOUTQ, &held) == 0;
  return told ? static_cast<std::uint64_t>(held) : 0;
}

std::uint64_t stream::taken_by_peer() const noexcept {
  return sent_ - held_for_peer();
}

void stream::peer_has_ended() noexcept {
  left_unread_ = left_unread_ || held_for_peer() > 0;
}

bool stream::input_waits() const noexcept {
  int held = 0;
  return socket_ && ::ioctl(socket_.get(), FIONREAD, &held) == 0 && held > 0;
}

void stream::fail_now() {
  close();
  on_closed();
}

void stream::fail_by(int error) {
  left_unread_ = error == ECONNRESET || error == EPIPE;
  fault_ = left_unread_ ? 0 : error;
  fail_now();
}

void stream::watch() {
  const bool hears_end = hears_end_ && !reading_ && !ended_ && !end_told_;
  const std::uint32_t wanted = (reading_ && !ended_ ? static_cast<std::uint32_t>(readable) : 0U) |
                               (hears_end ? static_cast<std::uint32_t>(no_more) : 0U) |
                               (blocked_ ? static_cast<std::uint32_t>(writable) : 0U);
  if (wanted != watched_ && socket_) {
    watched_ = wanted;
    loop_.modify(socket_.get(), wanted, *this);
  }
}

void stream::send_file(file_part part) {
  KRAKEN_ASSERT(file_.left == 0);
  file_ = std::move(part);
  flush_later();
}

void stream::pause_reading() {
  reading_ = false;
  watch();
}

void stream::resume_reading() {
  reading_ = true;
  end_told_ = false;
  watch();
}

void stream::close_after_output() {
  closing_ = true;
  pending_.clear();
  resume_reading();
  flush_later();
}

void stream::on_ready(std::uint32_t what) {
  if ((what & writable) != 0) {
    blocked_ = false;
    flush_later();
  }
  if ((what & readable) != 0) {
    read_some();
    return;
  }
  if ((what & hung_up) != 0) {
    // Both directions are gone: nothing can be sent. A paused reader gets the rest all the same,
    // or the last words of its peer were lost; at the end it must not spin.
    ended_ ? fail_now() : read_some();
    return;
  }
  if ((what & no_more) != 0) {
    end_told_ = true;
    watch();
    on_end_ahead();
  }
}

void stream::read_remaining() {
  std::size_t before = 0;
  do {
    before = received_;
    if (socket_ && !ended_) {
      read_some();
    }
  } while (received_ != before);
}

ssize_t stream::receive(std::span<char> into) {
  return ::recv(socket_.get(), into.data(), into.size(), 0);
}

void stream::read_some() {
  const auto scratch = loop_.scratch();
  char* into = scratch.data();
  auto room = scratch.size();
  const bool direct = !pending_.empty();
  if (direct) {
    room = std::max<std::size_t>(kept_capacity, std::min(pending_.size(), room));
    into = pending_.prepare(room);
  }
  const auto count = receive({into, room});
  if (count < 0) {
    if (errno != EAGAIN && errno != EINTR) {
      fail_by(errno);
    }
    return;
  }
  if (count == 0) {
    ended_ = true;
    if (closing_ || !on_end_of_input()) {
      if (socket_) {
        fail_now();
      }
      return;
    }
    watch();
    return;
  }
  if (closing_) {
    return; // read and dropped: only the peer's end of file is awaited
  }
  const auto got = static_cast<std::size_t>(count);
  received_ += got;
  if (direct) {
    pending_.commit(got);
    offer_pending();
    return;
  }
  const auto used = on_input({into, got});
  if (socket_ && !closing_ && used < got) {
    pending_.append(into + used, got - used);
  }
}

void stream::offer_pending() {
  const auto used = on_input(pending_.view());
  if (socket_ && !closing_) {
    pending_.consume(used);
    pending_.release_above(kept_capacity);
  }
}

void stream::at_batch_end() {
  if (!socket_) {
    return;
  }
  if (reconsider_) {
    reconsider_ = false;
    if (!pending_.empty() && !closing_) {
      offer_pending();
      if (!socket_) {
        return;
      }
      withdraw();
    }
  }
  send_some();
}

void stream::attach(std::shared_ptr<const unique_fd> descriptor) {
  attached_.push_back({sent_ + output_.size(), std::move(descriptor)});
}

// What stands before an attachment goes alone, so that the byte it belongs to is the first of its
// call.
ssize_t stream::send_attached() noexcept {
  const auto ahead = static_cast<std::size_t>(attached_.front().at - sent_);
  if (ahead != 0) {
    return ::send(socket_.get(), output_.data(), std::min(ahead, output_.size()), MSG_NOSIGNAL);
  }
  auto count = output_.size();
  if (attached_.size() > 1) {
    count = std::min(count, static_cast<std::size_t>(attached_[1].at - sent_));
  }
  const int number = attached_.front().descriptor->get();
  const auto sent =
      send_with_descriptors(socket_.get(), output_.view().substr(0, count), {&number, 1}, 0);
  if (sent > 0) {
    attached_.erase(attached_.begin());
  }
  return sent;
}

void stream::wait_for_room() {
  blocked_ = true;
  watch();
}

// @return false: not all of it has been sent
bool stream::send_file_bytes() {
  auto turn = limits::file_turn_bytes_max; // a client that takes all of it must not hold up others
  while (file_.left != 0) {
    if (turn == 0) {
      wait_for_room();
      return false;
    }
    auto at = static_cast<off_t>(file_.at);
    const auto sent =
        ::sendfile(socket_.get(), file_.fd.get(), &at, std::min<std::uint64_t>(file_.left, turn));
    if (sent > 0) {
      const auto count = static_cast<std::uint64_t>(sent);
      file_.at += count;
      file_.left -= count;
      sent_ += count;
      turn -= count;
    } else if (sent < 0 && errno == EAGAIN) {
      wait_for_room();
      on_blocked();
      return false;
    } else if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) {
      fail_by(errno);
      return false;
    } else if (sent == 0 || errno != EINTR) {
      const auto lost = file_.left;
      file_ = {};
      on_file_cut(lost);
      return false;
    }
  }
  file_ = {};
  return true;
}

// Too many descriptors of this user are under way, anybody's: no event tells when that is over.
void stream::wait_for_others() {
  retry_ = loop_.after(try_to_pass_every, [this] {
    retry_.reset();
    flush_later();
  });
  on_blocked();
}

void stream::send_some() {
  if (blocked_ || retry_) {
    return;
  }
  while (!output_.empty()) {
    const int flags = MSG_NOSIGNAL | (file_.left != 0 ? MSG_MORE : 0);
    const auto sent = attached_.empty()
                          ? ::send(socket_.get(), output_.data(), output_.size(), flags)
                          : send_attached();
    if (sent < 0) {
      if (errno == EINTR) {
        continue;
      }
      if (errno == EAGAIN) {
        wait_for_room();
        on_blocked();
        return;
      }
      if (errno == ETOOMANYREFS) {
        return wait_for_others();
      }
      return fail_by(errno);
    }
    output_.consume(static_cast<std::size_t>(sent));
    sent_ += static_cast<std::uint64_t>(sent);
  }
  output_.release_above(kept_capacity);
  if (file_.left != 0 && !send_file_bytes()) {
    return;
  }
  if (closing_ && !shut_down_) {
    shut_down_ = true;
    static_cast<void>(::shutdown(socket_.get(), SHUT_WR));
    if (ended_) {
      fail_now();
      return;
    }
    on_shut_down();
  }
  if ((watched_ & writable) != 0) {
    watch();
  }
  if (!closing_) {
    on_drained();
  }
}

} // namespace kraken::net
