// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "rehearsal.hpp"

#include "kraken/wire/http1_target.hpp"

#include <algorithm>

#include <unistd.h>

namespace kraken::php {

namespace {

constexpr std::uint32_t stream = 1;

void write_log(const wire::worker_log& said) {
  const auto mark = "[" + std::string{said.level} + "] "; // as the lines of a worker are shown
  std::string lines;
  std::string_view left = said.message;
  do {
    const auto end = std::min(left.find('\n'), left.size());
    lines.append(mark).append(left.substr(0, end)).append("\n");
    left.remove_prefix(std::min(end + 1, left.size()));
  } while (!left.empty());
  static_cast<void>(::write(STDERR_FILENO, lines.data(), lines.size()) < 0); // the container's log
}

} // namespace

bool rehearsal::understands(std::string_view target) noexcept {
  const auto parts = wire::split_target(target);
  return parts && parts->path.starts_with('/');
}

std::string_view rehearsal::next() {
  ++begun_;
  open_ = true;
  status_ = 0;
  ends_process_ = false;
  frame_.clear();
  heard_.clear();
  const auto parts = wire::split_target(target());
  if (!parts) {
    return {};
  }
  // As the front would have it from a client.
  std::string text{"GET "};
  text.append(parts->path);
  if (!parts->query.empty()) {
    text.append("?").append(parts->query);
  }
  text.append(" HTTP/1.1\r\nhost: ");
  text.append(parts->absolute ? parts->authority : "localhost");
  text.append("\r\nuser-agent: Kraken-Warm\r\n\r\n");
  wire::request_head head;
  if (wire::request_parser{}.parse(text, head).status != wire::parse_outcome::kind::done) {
    return {};
  }
  std::string room(head.path.size(), '\0');
  wire::request_facts facts;
  facts.head = &head;
  facts.path = wire::decode_path(head.path, room).value_or(head.path);
  facts.scheme = parts->https ? "https" : "http";
  facts.remote = "127.0.0.1:0";
  static_cast<void>(wire::append_request_frame(frame_, stream, facts));
  return frame_.view();
}

void rehearsal::hear(std::string_view bytes) {
  heard_.append(bytes);
  wire::worker_frame frame;
  for (auto split = wire::split_frame(heard_.view(), frame);
       split.status != wire::split_outcome::kind::need_more;
       split = wire::split_frame(heard_.view(), frame)) {
    if (split.status == wire::split_outcome::kind::bad_length) {
      heard_.clear(); // its answer has no status then
      return;
    }
    take(frame);
    heard_.consume(split.consumed);
  }
}

void rehearsal::take(const wire::worker_frame& frame) {
  if (frame.type == wire::frame_type::response) {
    const auto answer = wire::decode_response(frame.payload);
    status_ = answer && answer->status >= 200 ? answer->status : status_;
    ends_process_ = ends_process_ || frame.recycle;
  } else if (frame.type == wire::frame_type::log) {
    if (const auto said = wire::decode_log(frame.payload)) {
      write_log(*said);
    }
  } else if (frame.type == wire::frame_type::fatal) {
    if (const auto said = wire::decode_fatal(frame.payload)) {
      fatal_ = said->type + ": " + said->message;
      if (!said->file.empty()) {
        fatal_ += " (" + said->file + ":" + std::to_string(said->line) + ")";
      }
    }
  }
}

} // namespace kraken::php
