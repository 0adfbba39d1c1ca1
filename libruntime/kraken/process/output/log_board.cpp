// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Locking around captures, and telling of followers.
#include "kraken/process/output/log_board.hpp"

#include "kraken/base/limits.hpp"
#include "kraken/base/units.hpp"

#include <chrono>
#include <limits>

namespace kraken::process {

std::int64_t unix_ms(const captured_line& line) {
  const auto ago = std::chrono::steady_clock::now() - line.at;
  const auto then = std::chrono::system_clock::now() - ago;
  return std::chrono::duration_cast<milliseconds>(then.time_since_epoch()).count();
}

void container_log::feed(output_stream from,
                         std::string_view bytes,
                         time_point now,
                         const captured_line_sink& pass_on) {
  const std::lock_guard lock{mutex_};
  const auto before = capture_.ring().last_sequence();
  capture_.feed(from, bytes, now, pass_on);
  tell_followers(before);
}

void container_log::flush(output_stream from, time_point now, const captured_line_sink& pass_on) {
  const std::lock_guard lock{mutex_};
  const auto before = capture_.ring().last_sequence();
  capture_.flush(from, now, pass_on);
  tell_followers(before);
}

void container_log::add(output_stream from,
                        std::string_view line,
                        time_point now,
                        const captured_line_sink& pass_on) {
  const std::lock_guard lock{mutex_};
  const auto before = capture_.ring().last_sequence();
  capture_.add(from, line, now, pass_on);
  tell_followers(before);
}

void container_log::tell_followers(std::uint64_t since) {
  if (followers_.empty()) {
    return;
  }
  for (const auto& line : capture_.ring().after(since, limits::log_ring_lines)) {
    for (const auto& [id, each] : followers_) {
      each(line);
    }
  }
}

std::vector<captured_line> container_log::after(std::uint64_t sequence, std::size_t most) const {
  const std::lock_guard lock{mutex_};
  return capture_.ring().after(sequence, most);
}

std::string container_log::tail(std::size_t bytes_max, std::uint64_t after) const {
  const std::lock_guard lock{mutex_};
  return capture_.ring().tail(bytes_max, after);
}

std::uint64_t container_log::last_sequence() const {
  const std::lock_guard lock{mutex_};
  return capture_.ring().last_sequence();
}

bool container_log::has_dropped() const {
  const std::lock_guard lock{mutex_};
  return capture_.has_dropped();
}

capture_counts container_log::counts() const {
  const std::lock_guard lock{mutex_};
  return capture_.counts();
}

std::uint64_t container_log::take_dropped() {
  const std::lock_guard lock{mutex_};
  return capture_.take_dropped();
}

std::uint64_t container_log::follow(follower each) {
  const std::lock_guard lock{mutex_};
  const auto id = next_follower_++;
  followers_.emplace(id, std::move(each));
  return id;
}

void container_log::unfollow(std::uint64_t id) {
  const std::lock_guard lock{mutex_};
  followers_.erase(id);
}

std::shared_ptr<container_log> log_board::at(const std::string& path) {
  const std::lock_guard lock{mutex_};
  auto& entry = logs_[path];
  if (!entry) {
    entry = std::make_shared<container_log>();
  } else {
    std::erase(gone_, path);
  }
  return entry;
}

std::shared_ptr<container_log> log_board::find(std::string_view path) const {
  const std::lock_guard lock{mutex_};
  const auto found = logs_.find(path);
  return found == logs_.end() ? nullptr : found->second;
}

void log_board::visit(
    const std::function<void(const std::string&, const container_log&)>& each) const {
  const std::lock_guard lock{mutex_};
  for (const auto& [path, log] : logs_) {
    each(path, *log);
  }
}

void log_board::retire(std::string_view path) {
  const std::lock_guard lock{mutex_};
  if (!logs_.contains(path)) {
    return;
  }
  std::erase(gone_, path);
  gone_.emplace_back(path);
  while (gone_.size() > limits::logs_of_gone) {
    logs_.erase(gone_.front());
    gone_.pop_front();
  }
}

} // namespace kraken::process
