// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "answer.hpp"

#include "kraken/base/limits.hpp"
#include "kraken/base/regular_file.hpp"
#include "kraken/wire/worker_frame.hpp"

#include <algorithm>

#include <unistd.h>

namespace kraken::php {

namespace {

constexpr std::size_t kept_bytes = 1U << 20U;
constexpr int server_error = 500;
// A part must fit into a frame with its heads.
constexpr std::size_t part_bytes_max = 1U << 20U;

} // namespace

void answer::begin() {
  at_ = stage::held;
  unread_ = false;
  status_ = server_error;
  fields_.clear();
  body_.clear();
  file_.reset();
}

void answer::restate(int status) {
  status_ = status < 200 || status > wire::answer_status_max ? server_error : status;
}

void answer::head(int status) {
  restate(status);
  fields_.clear();
}

bool answer::field(std::string_view name, std::string_view value) {
  if (!wire::is_token(name) || !wire::is_safe_value(value)) {
    return false;
  }
  put({name, value});
  return true;
}

void answer::put(const wire::header_field& field) {
  char* const at =
      fields_.prepare(wire::slab_field_head_bytes + field.name.size() + field.value.size());
  const char* const end = wire::put_slab_field(at, field.name, field.value);
  fields_.commit(static_cast<std::size_t>(end - at));
}

std::vector<wire::header_field>& answer::fields() {
  shown_.clear();
  wire::slab_field_reader reader{fields_.view()};
  for (wire::header_field each; reader.next(each);) {
    shown_.push_back(each);
  }
  return shown_;
}

void answer::body_from(unique_fd file, const wire::file_extent& part) noexcept {
  file_ = std::move(file);
  extent_ = part;
}

bool answer::hints(std::span<const wire::header_field> fields) {
  constexpr int early_hints = 103;
  if (at_ != stage::held) {
    return false;
  }
  wire::append_response(
      out_, link_.stream(), early_hints, fields, {}, std::nullopt, wire::response_part::first);
  return link_.send(out_);
}

bool answer::write(std::string_view part) {
  if (!open() || unread_) {
    return false;
  }
  while (part.size() > part_bytes_max) {
    body_.append(part.substr(0, part_bytes_max));
    if (!leave()) {
      return false;
    }
    part.remove_prefix(part_bytes_max);
  }
  body_.append(part);
  return body_.size() <= held_bytes_max || leave();
}

bool answer::flush() {
  if (!open() || unread_) {
    return false;
  }
  return (at_ == stage::leaving && body_.empty()) || leave();
}

bool answer::leave() {
  if (link_.abandoned()) {
    unread_ = true;
    body_.clear();
    return false;
  }
  if (at_ == stage::held) {
    wire::append_response(out_,
                          link_.stream(),
                          status_,
                          fields(),
                          body_.view(),
                          std::nullopt,
                          wire::response_part::first);
    at_ = stage::leaving;
  } else {
    wire::append_chunk_frame(out_, link_.stream(), body_.view(), wire::chunk_part::more);
  }
  body_.clear();
  unread_ = !link_.send(out_);
  return !unread_;
}

void answer::send_rest(wire::worker_after after,
                       std::uint64_t memory_bytes,
                       wire::response_part whole,
                       wire::chunk_part last) {
  if (at_ == stage::held) {
    wire::append_response(
        out_, link_.stream(), status_, fields(), body_.view(), memory_bytes, whole, after);
  } else {
    wire::append_chunk_frame(out_, link_.stream(), body_.view(), last);
  }
  static_cast<void>(link_.send(out_));
  body_.clear();
}

// @return false: it has to be copied
bool answer::pass_file(wire::worker_after after,
                       std::uint64_t memory_bytes,
                       wire::response_part part) {
  // The daemon takes no files that it may have to wait for.
  if (extent_.count <= limits::file_in_memory_max || waits_for_a_process(file_.get())) {
    return false;
  }
  wire::append_file_response(
      out_, link_.stream(), status_, fields(), extent_, memory_bytes, part, after);
  const bool sent = link_.send_with(out_, file_.get());
  out_.clear();
  if (sent) {
    file_.reset();
  }
  return sent;
}

void answer::copy_file() {
  const auto file = std::move(file_);
  std::string part(limits::file_in_memory_max, '\0');
  while (extent_.count != 0) {
    const auto wanted = std::min<std::uint64_t>(extent_.count, part.size());
    const auto got = ::pread(file.get(), part.data(), wanted, static_cast<off_t>(extent_.first));
    if (got <= 0) {
      break;
    }
    extent_.first += static_cast<std::uint64_t>(got);
    extent_.count -= static_cast<std::uint64_t>(got);
    if (!write({part.data(), static_cast<std::size_t>(got)})) {
      return;
    }
  }
  if (extent_.count != 0 && held()) { // it has become shorter since it was looked at
    head(server_error);
    body_.clear();
  }
}

void answer::finish_early(wire::worker_after after, std::uint64_t memory_bytes) {
  if (file_ && open()) {
    if (pass_file(after, memory_bytes, wire::response_part::complete)) {
      at_ = stage::complete;
      return;
    }
    copy_file();
  }
  if (open()) {
    send_rest(after, memory_bytes, wire::response_part::complete, wire::chunk_part::complete);
    at_ = stage::complete;
  }
}

// Nothing of it has left yet, and it fits where the request stands.
bool answer::finish_in_place(wire::worker_after after, std::uint64_t memory_bytes) {
  const auto room = at_ == stage::held ? link_.answer_room() : std::span<char>{};
  if (room.empty()) {
    return false;
  }
  if (!wire::put_slab_answer(room, status_, fields_.view(), body_.view(), after, memory_bytes)) {
    return false;
  }
  link_.answered_in_place();
  body_.clear();
  return true;
}

void answer::finish(wire::worker_after after, std::uint64_t memory_bytes) {
  if (file_ && open()) {
    if (pass_file(after, memory_bytes, wire::response_part::whole)) {
      at_ = stage::none;
    } else {
      copy_file();
    }
  }
  if (finish_in_place(after, memory_bytes)) {
    at_ = stage::none;
  } else if (at_ != stage::none) {
    send_rest(after, memory_bytes, wire::response_part::whole, wire::chunk_part::last);
    at_ = stage::none;
  }
  body_.release_above(kept_bytes);
  out_.release_above(kept_bytes);
}

} // namespace kraken::php
