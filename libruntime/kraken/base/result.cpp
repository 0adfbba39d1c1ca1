// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Text of errors and of `errno`.
#include "kraken/base/result.hpp"

#include <cerrno>
#include <system_error>

namespace kraken {

std::string error::text() const {
  std::string out{to_string(code)};
  if (!context.empty()) {
    out.append(": ").append(context);
  }
  if (cause) {
    out.append(" (").append(cause->text()).append(")");
  }
  return out;
}

error errno_error(std::string what) {
  return errno_error(std::move(what), errno);
}

error errno_error(std::string what, int errno_value) {
  // generic_category().message() is thread-safe, strerror() is not.
  what.append(": ").append(std::generic_category().message(errno_value));
  const bool denied = errno_value == EACCES || errno_value == EPERM;
  return error{denied ? errc::permission_denied : errc::system_error, std::move(what)};
}

} // namespace kraken
