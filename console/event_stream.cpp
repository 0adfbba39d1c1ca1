// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Server-sent events written and read, after the HTML Living Standard, section 9.2.
#include "console/event_stream.hpp"

#include <charconv>
#include <utility>

namespace kraken::console {

std::string stream_text(const stream_event& event) {
  std::string out = "id: " + std::to_string(event.id) + "\nevent: " + event.name + "\n";
  std::string_view rest = event.data;
  for (;;) {
    const std::size_t end = rest.find('\n');
    out += "data: ";
    out += rest.substr(0, end);
    out += '\n';
    if (end == std::string_view::npos) {
      break;
    }
    rest.remove_prefix(end + 1);
  }
  return out + "\n";
}

std::string_view stream_heartbeat() noexcept {
  return ":\n\n";
}

result<std::vector<stream_event>> stream_reader::take(std::string_view piece) {
  std::vector<stream_event> out;
  for (const char c : piece) {
    if (c == '\n' && std::exchange(after_cr_, false)) {
      continue;
    }
    after_cr_ = c == '\r';
    if (c == '\n' || c == '\r') {
      take_line(line_, out);
      line_.clear();
      continue;
    }
    line_ += c;
    if (line_.size() + event_.data.size() > event_bytes_max) {
      return fail(errc::limit_exceeded,
                  "an event is longer than " + std::to_string(event_bytes_max) + " bytes");
    }
  }
  return out;
}

void stream_reader::take_line(std::string_view line, std::vector<stream_event>& out) {
  if (line.empty()) {
    if (has_data_) {
      out.push_back(std::exchange(event_, stream_event{}));
    }
    event_ = stream_event{};
    has_data_ = false;
    return;
  }
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
  if (value.starts_with(' ')) {
    value.remove_prefix(1);
  }
  if (name == "data") {
    if (std::exchange(has_data_, true)) {
      event_.data += '\n';
    }
    event_.data += value;
  } else if (name == "event") {
    event_.name = value;
  } else if (name == "id") {
    std::from_chars(value.data(), value.data() + value.size(), event_.id);
  }
  // Comments (empty name) and fields of later versions are skipped.
}

} // namespace kraken::console
