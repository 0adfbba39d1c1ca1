// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Commands of a container in PHP, and their answers turned into frames.
#include "containers/php/channel/php_channel.hpp"

#include <utility>

namespace kraken::containers {

void php_channel::answered(std::uint32_t number, std::string_view text) {
  if (is_open()) {
    append_done(output(), number, text);
    flush_later();
  }
}

void php_channel::answered(std::uint32_t number, const std::vector<std::string>& names) {
  if (is_open()) {
    append_names(output(), number, names);
    flush_later();
  }
}

void php_channel::refused(std::uint32_t number, const error& why) {
  if (is_open()) {
    append_refused(output(), number, why);
    flush_later();
  }
}

std::string php_channel::take_command(const wire::worker_frame& frame) {
  auto what = decode_command(frame.payload);
  if (what) {
    owner_.php_commands(frame.stream, std::move(*what));
    return {};
  }
  if (what.error().code == errc::protocol_error) {
    return what.error().text();
  }
  refused(frame.stream, what.error());
  return {};
}

} // namespace kraken::containers
