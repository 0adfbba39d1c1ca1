// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A growable run of bytes: appended at the end, consumed from the front, capacity kept.
/// Sets no bound of its own: who fills it checks a named limit first.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace kraken::wire {

/// Bytes on their way in or out. Every pointer and view into it is valid until the next call
/// that is not const. Running out of memory aborts (an allocation failure is not survivable here).
/// @thread not shared
class byte_buffer {
public:
  byte_buffer() noexcept = default;

  byte_buffer(byte_buffer&& other) noexcept
      : bytes_(std::move(other.bytes_)), capacity_(std::exchange(other.capacity_, 0)),
        begin_(std::exchange(other.begin_, 0)), end_(std::exchange(other.end_, 0)) {}

  byte_buffer& operator=(byte_buffer&& other) noexcept {
    bytes_ = std::move(other.bytes_);
    capacity_ = std::exchange(other.capacity_, 0);
    begin_ = std::exchange(other.begin_, 0);
    end_ = std::exchange(other.end_, 0);
    return *this;
  }

  byte_buffer(const byte_buffer&) = delete;
  byte_buffer& operator=(const byte_buffer&) = delete;
  ~byte_buffer() = default;

  [[nodiscard]] const char* data() const noexcept { return bytes_.get() + begin_; }
  [[nodiscard]] char* data() noexcept { return bytes_.get() + begin_; }
  [[nodiscard]] std::size_t size() const noexcept { return end_ - begin_; }
  [[nodiscard]] bool empty() const noexcept { return end_ == begin_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

  [[nodiscard]] std::string_view view() const noexcept { return {data(), size()}; }

  /// Room for `count` more bytes at the end; write there, then `commit` what was written.
  [[nodiscard]] char* prepare(std::size_t count) noexcept {
    if (capacity_ - end_ < count) {
      make_room(count);
    }
    return bytes_.get() + end_;
  }

  /// @param count at most what `prepare` was last asked for
  void commit(std::size_t count) noexcept { end_ += count; }

  /// Afterwards `count` bytes can be appended without moving what is there.
  void reserve(std::size_t count) noexcept { static_cast<void>(prepare(count)); }

  void append(const char* from, std::size_t count) noexcept {
    if (count != 0) { // memcpy from a null view is undefined even for zero bytes
      std::memcpy(prepare(count), from, count);
      end_ += count;
    }
  }

  void append(std::string_view text) noexcept { append(text.data(), text.size()); }

  void push_back(char byte) noexcept {
    *prepare(1) = byte;
    ++end_;
  }

  /// Drops bytes at the front.
  /// @param count at most `size()`
  void consume(std::size_t count) noexcept {
    begin_ += count;
    if (begin_ == end_) {
      begin_ = end_ = 0;
    }
  }

  /// Drops bytes at the end.
  /// @param size at most `size()`
  void truncate(std::size_t size) noexcept { end_ = begin_ + size; }

  void clear() noexcept { begin_ = end_ = 0; }

  /// Gives memory back when nothing is held and the capacity exceeds `keep` bytes: one large
  /// message must not make a connection expensive for the rest of its life.
  void release_above(std::size_t keep) noexcept {
    if (empty() && capacity_ > keep) {
      *this = byte_buffer{};
    }
  }

private:
  static constexpr std::size_t smallest = 512;

  void make_room(std::size_t count) noexcept {
    const std::size_t held = size();
    if (begin_ != 0 && capacity_ - held >= count) {
      std::memmove(bytes_.get(), bytes_.get() + begin_, held);
    } else {
      const std::size_t wanted = std::max({smallest, held + count, capacity_ * 2});
      auto larger = std::make_unique_for_overwrite<char[]>(wanted);
      if (held != 0) {
        std::memcpy(larger.get(), bytes_.get() + begin_, held);
      }
      bytes_ = std::move(larger);
      capacity_ = wanted;
    }
    begin_ = 0;
    end_ = held;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

} // namespace kraken::wire
