// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/http/request_body.hpp"

#include "kraken/base/limits.hpp"

#include <utility>

namespace kraken::containers {

namespace {

constexpr std::size_t body_memory_kept = 64U << 10U;

} // namespace

void request_body::begin(const std::string* directory, std::uint64_t memory_max) noexcept {
  clear();
  directory_ = directory;
  memory_max_ = memory_max;
}

// Small parts are gathered: a client may send a byte at a time.
result<void> request_body::append(std::string_view part) {
  memory_.append(part);
  if (file_) {
    return memory_.size() < limits::http_body_part_bytes ? result<void>{} : write_memory();
  }
  if (directory_ == nullptr || memory_.size() <= memory_max_) {
    return {};
  }
  auto made = spool_file::make(*directory_);
  if (!made) {
    return fail(made.error());
  }
  file_.emplace(std::move(*made));
  return write_memory();
}

result<void> request_body::write_memory() {
  auto written = file_->append(memory_.view());
  memory_.clear();
  memory_.release_above(2 * limits::http_body_part_bytes);
  return written;
}

result<void> request_body::finish() {
  return file_ && !memory_.empty() ? write_memory() : result<void>{};
}

result<net::stored_body> request_body::store() const {
  auto reader = file_->reader();
  if (!reader) {
    return fail(reader.error());
  }
  return net::stored_body{std::make_shared<const unique_fd>(std::move(*reader)), file_->size()};
}

void request_body::clear() noexcept {
  file_.reset();
  memory_.clear();
  memory_.release_above(body_memory_kept);
}

} // namespace kraken::containers
