// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "life_mark.hpp"

#include <cstddef>

#include <sys/syscall.h>
#include <unistd.h>

namespace kraken::php {

life_mark::life_mark(std::atomic<std::uint32_t>& word) noexcept {
  robust_list_head* others = nullptr;
  std::size_t size = 0;
  if (::syscall(SYS_get_robust_list, 0, &others, &size) != 0 || others != nullptr) {
    return;
  }
  // A ring of one, and the way from it to the word.
  entry_.next = &head_.list;
  head_.list.next = &entry_;
  head_.futex_offset = reinterpret_cast<char*>(&word) - reinterpret_cast<char*>(&entry_);
  listed_ = ::syscall(SYS_set_robust_list, &head_, sizeof head_) == 0;
  if (listed_) {
    // The kernel wakes who waits for the mark only where the word says that somebody does.
    word = static_cast<std::uint32_t>(::syscall(SYS_gettid)) | FUTEX_WAITERS;
  }
}

life_mark::~life_mark() {
  if (listed_) {
    static_cast<void>(::syscall(SYS_set_robust_list, nullptr, sizeof head_));
  }
}

} // namespace kraken::php
