// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/slab/segment.hpp"

#include <ctime>
#include <utility>

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kraken::slab {

namespace {

constexpr int wanted_seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

long futex(std::atomic<std::uint32_t>& word,
           int operation,
           std::uint32_t value,
           const timespec* most) noexcept {
  // Shared between processes: not the private kind.
  return ::syscall(SYS_futex, static_cast<void*>(&word), operation, value, most, nullptr, 0);
}

} // namespace

void segment::unmap::operator()(segment_layout* what) const noexcept {
  static_cast<void>(::munmap(what, sizeof *what));
}

result<segment> segment::map(unique_fd descriptor) {
  void* const at = ::mmap(
      nullptr, sizeof(segment_layout), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.get(), 0);
  if (at == MAP_FAILED) {
    return fail(errno_error("mmap of a slab"));
  }
  return segment{std::unique_ptr<segment_layout, unmap>{static_cast<segment_layout*>(at)},
                 std::move(descriptor)};
}

result<segment> segment::make() {
  unique_fd descriptor{::memfd_create("kraken-slab", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
  if (!descriptor) {
    return fail(errno_error("memfd_create for a slab"));
  }
  if (::ftruncate(descriptor.get(), sizeof(segment_layout)) != 0 ||
      ::fcntl(descriptor.get(), F_ADD_SEALS, wanted_seals) != 0) {
    return fail(errno_error("size and seals of a slab"));
  }
  auto made = map(std::move(descriptor));
  if (made) {
    made->at_->head = {magic, abi_version, sizeof(segment_layout)};
  }
  return made;
}

result<segment> segment::attach(unique_fd descriptor) {
  struct stat seen {};
  if (::fstat(descriptor.get(), &seen) != 0) {
    return fail(errno_error("fstat of a slab"));
  }
  // Sealed, or it could become shorter than what is mapped.
  if (static_cast<std::size_t>(seen.st_size) != sizeof(segment_layout) ||
      ::fcntl(descriptor.get(), F_GET_SEALS) != wanted_seals) {
    return fail(errc::protocol_error, "the descriptor is no slab of this version");
  }
  auto made = map(std::move(descriptor));
  if (!made) {
    return made;
  }
  if (made->at_->head.magic != magic || made->at_->head.version != abi_version) {
    return fail(errc::protocol_error, "the descriptor is no slab of this version");
  }
  if (::madvise(made->at_.get(), sizeof(segment_layout), MADV_DONTFORK) != 0) {
    return fail(errno_error("madvise of a slab"));
  }
  made->descriptor_.reset();
  return made;
}

void segment::reset() noexcept {
  at_->tail.word = 0;
  at_->claims.word = 0;
  at_->armed.word = 0;
  for (auto& each : at_->sleeping) {
    each = 0;
  }
  for (auto& each : at_->answered) {
    each = 0;
  }
  for (auto& each : at_->slots) {
    each.head.word = 0;
  }
}

result<unique_fd> segment::share() const {
  unique_fd copy{::fcntl(descriptor_.get(), F_DUPFD_CLOEXEC, 0)};
  if (!copy) {
    return fail(errno_error("a descriptor of a slab"));
  }
  return copy;
}

void segment::wake(std::uint32_t worker) const noexcept {
  static_cast<void>(futex(bell(worker), FUTEX_WAKE, 1, nullptr));
}

void segment::wait(std::uint32_t worker, std::uint32_t heard, milliseconds most) const noexcept {
  const auto whole = std::chrono::duration_cast<seconds>(most);
  const timespec limit{
      .tv_sec = whole.count(),
      .tv_nsec = std::chrono::duration_cast<std::chrono::nanoseconds>(most - whole).count()};
  static_cast<void>(futex(bell(worker), FUTEX_WAIT, heard, &limit));
}

} // namespace kraken::slab
