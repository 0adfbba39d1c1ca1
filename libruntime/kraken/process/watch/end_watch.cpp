// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/process/watch/end_watch.hpp"

#include "kraken/base/limits.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <linux/futex.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kraken::process {

namespace {

// 0, the owner's id, the mark; and as much for one that was there before.
constexpr std::uint32_t changes_max = 8;

// A word whose place is destroyed between the list and the wait may be unmapped by then: another
// list is made, without it. So often in a row it is not that.
constexpr int unmapped_max = 64;

static_assert(limits::end_words_max + 1 <= FUTEX_WAITV_MAX);

long wait_for_any(const std::vector<futex_waitv>& words) {
  return ::syscall(SYS_futex_waitv, words.data(), words.size(), 0, nullptr, 0);
}

futex_waitv waiter_on(const std::atomic<std::uint32_t>& word, std::uint32_t seen) {
  futex_waitv out{};
  out.val = seen;
  out.uaddr = reinterpret_cast<std::uintptr_t>(&word); // as the kernel wants it
  out.flags = FUTEX_32;                                // shared between processes
  return out;
}

} // namespace

std::unique_ptr<end_watch> end_watch::make() {
  // Without words the call is wrong where it is known.
  if (::syscall(SYS_futex_waitv, nullptr, 0, 0, nullptr, 0) == 0 || errno != EINVAL) {
    return nullptr;
  }
  return std::unique_ptr<end_watch>{new end_watch}; // NOLINT: private constructor
}

end_watch::~end_watch() {
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
  }
  wake_up();
  if (thread_.joinable()) {
    thread_.join();
  }
}

std::unique_ptr<end_watch::place> end_watch::add(const std::atomic<std::uint32_t>& word,
                                                 std::function<void()> told) {
  std::unique_ptr<place> made;
  {
    const std::scoped_lock lock(mutex_);
    if (over_ || watched_.size() == limits::end_words_max) {
      return nullptr;
    }
    if (!thread_.joinable()) {
      try {
        thread_ = std::thread([this] {
          ::prctl(PR_SET_NAME, "kraken/ends");
          run();
        });
      } catch (const std::system_error&) { // no thread left: ends are told as without
        return nullptr;
      }
    }
    watched_.push_back({++last_, &word, std::move(told), word.load(), 0});
    made = std::make_unique<place>(*this, last_);
  }
  wake_up();
  return made;
}

// The thread may wait for the word a little longer: the kernel's own idea of it needs no mapping.
void end_watch::remove(std::uint64_t number) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(watched_, [number](const watched& one) { return one.number == number; });
}

void end_watch::wake_up() {
  changes_.fetch_add(1);
  static_cast<void>(::syscall(SYS_futex, &changes_, FUTEX_WAKE, 1, nullptr, nullptr, 0));
}

// @return false: no more of it
bool end_watch::look(watched& one) const {
  const auto now = one.word->load();
  if ((now & FUTEX_OWNER_DIED) != 0) {
    one.told();
    return false;
  }
  one.changes += now != one.seen ? 1 : 0;
  one.seen = now;
  return one.changes <= changes_max;
}

void end_watch::run() {
  std::vector<futex_waitv> words;
  int unmapped = 0; // in a row
  while (true) {
    const auto before = changes_.load(); // before the look: what changes after it ends the wait
    words.assign(1, waiter_on(changes_, before));
    {
      const std::scoped_lock lock(mutex_);
      if (over_) {
        return;
      }
      std::erase_if(watched_, [this](watched& one) { return !look(one); });
      for (const auto& each : watched_) {
        words.push_back(waiter_on(*each.word, each.seen));
      }
    }
    const auto woken = wait_for_any(words);
    const int why = woken < 0 ? errno : 0;
    unmapped = why == EFAULT ? unmapped + 1 : 0;
    const bool fruitless = (why == EFAULT && unmapped == unmapped_max) ||
                           (why != 0 && why != EFAULT && why != EAGAIN && why != EINTR);
    const std::scoped_lock lock(mutex_);
    if (fruitless) {
      over_ = true;
      return;
    }
    // Also one that wakes us and changes nothing must come to an end.
    if (woken > 0) {
      const auto* const by = reinterpret_cast<const std::atomic<std::uint32_t>*>(
          static_cast<std::uintptr_t>(words[static_cast<std::size_t>(woken)].uaddr));
      for (auto& each : watched_) {
        each.changes += each.word == by ? 1 : 0;
      }
    }
  }
}

} // namespace kraken::process
