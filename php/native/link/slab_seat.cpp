// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "slab_seat.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace kraken::php {

namespace {

// A worker that misses its bell, or whose daemon is gone, looks around after this long.
constexpr milliseconds rest_most = seconds{1};

int named_descriptor(const char* variable) {
  const char* const said = std::getenv(variable);
  const std::string_view text{said == nullptr ? "" : said};
  int number = -1;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = !text.empty() && read.ptr == text.data() + text.size();
  ::unsetenv(variable); // it is nothing to the application; no other thread exists
  return whole ? number : -1;
}

} // namespace

std::unique_ptr<slab_seat> slab_seat::take(std::uint32_t number) {
  const int descriptor = named_descriptor("KRAKEN_SLAB");
  if (descriptor < 0 || number >= slab::worker_count) {
    return nullptr;
  }
  unique_fd bell{descriptor + 1};
  static_cast<void>(::fcntl(bell.get(), F_SETFD, FD_CLOEXEC));
  auto memory = slab::segment::attach(unique_fd{descriptor});
  if (!memory) {
    return nullptr;
  }
  std::unique_ptr<slab_seat> made{new slab_seat( // NOLINT: private constructor
      std::move(*memory),
      std::move(bell),
      number)};
  made->life_.emplace(made->memory_.life(number));
  made->letters_seen_ = made->memory_.mail(number);
  return made;
}

bool slab_seat::takes_no_more() const noexcept {
  const auto& line = memory_.worker(number_);
  const auto quota = line.quota.load(std::memory_order_relaxed);
  return line.retired.load(std::memory_order_acquire) != 0 || (quota != 0 && taken_ >= quota);
}

void slab_seat::rest(std::uint32_t heard) {
  if (const auto then = std::exchange(before_rest_, nullptr)) {
    then();
  }
  memory_.wait(number_, heard, rest_most);
}

slab_seat::next slab_seat::wait() {
  const auto heard = memory_.bell(number_).load(std::memory_order_seq_cst);
  const auto letters = memory_.mail(number_).load(std::memory_order_seq_cst);
  if (takes_no_more()) {
    if (letters == letters_seen_) {
      slab::pass_on(memory_);
      rest(heard);
    }
    letters_seen_ = letters;
    return next::letters;
  }
  const auto found = slab::look_for_work(
      memory_, number_, letters_seen_, [this](std::uint32_t before) { rest(before); });
  if (found.what == slab::next_step::work) {
    ++taken_;
    slot_ = found.slot;
    open_ = true;
    return next::request;
  }
  letters_seen_ = letters;
  return next::letters;
}

std::uint32_t slab_seat::stream() const noexcept {
  return memory_.head(slot_.slot).stream;
}

std::string_view slab_seat::request() const noexcept {
  const auto room = memory_.request(slot_.slot);
  const std::size_t bytes = memory_.head(slot_.slot).request_bytes;
  return {room.data(), std::min(bytes, room.size())};
}

std::span<char> slab_seat::answer_room() const noexcept {
  return memory_.answer(slot_.slot);
}

void slab_seat::tell(slab::stage becomes) {
  if (slab::report(memory_, number_, slot_, becomes)) {
    const std::uint64_t one = 1;
    static_cast<void>(::write(bell_.get(), &one, sizeof one) < 0); // full: it rings already
  }
}

void slab_seat::ask() {
  tell(slab::stage::asks);
}

void slab_seat::answered() {
  open_ = false;
  tell(slab::stage::answered);
}

void slab_seat::leave() {
  memory_.worker(number_).retired = 1;
  slab::pass_on(memory_);
}

} // namespace kraken::php
