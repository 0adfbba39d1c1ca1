// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "joining.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include <fcntl.h>

namespace kraken::php {

std::optional<unique_fd> take_descriptor(const char* variable) {
  // No other thread exists.
  const char* const given = std::getenv(variable); // NOLINT(concurrency-mt-unsafe)
  if (given == nullptr) {
    return std::nullopt;
  }
  const std::string_view text{given};
  int number = -1;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{} || number < 0 || ::fcntl(number, F_SETFD, FD_CLOEXEC) != 0) {
    return std::nullopt;
  }
  ::unsetenv(variable); // NOLINT(concurrency-mt-unsafe)
  return unique_fd{number};
}

result<void> join_daemon(carrier& serving) {
  auto channel = take_descriptor("KRAKEN_FD");
  if (!channel) {
    return fail(errc::not_found, "KRAKEN_FD names no open descriptor");
  }
  serving.link() = daemon_link{std::move(*channel)};
  auto welcome = serving.link().greet("kraken-php " KRAKEN_VERSION);
  if (!welcome) {
    return fail(welcome.error());
  }
  serving.welcome = std::move(*welcome);
  return {};
}

} // namespace kraken::php
