// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/model/ready_descriptor.hpp"

#include "kraken/model/child_spec.hpp"

#include <charconv>
#include <string>
#include <system_error>

namespace kraken::model {

result<int> ready_descriptor(std::string_view text) {
  constexpr auto least = ready_spec::fd_min;
  constexpr auto most = ready_spec::fd_max;
  int number = -1;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc{} || parsed.ptr != end || number < least || number > most) {
    return fail(errc::invalid_argument,
                "expected a descriptor from " + std::to_string(least) + " to " +
                    std::to_string(most) + ", got '" + std::string{text} + "'");
  }
  return number;
}

} // namespace kraken::model
