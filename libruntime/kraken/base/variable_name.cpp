// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/base/variable_name.hpp"

namespace kraken {

std::string_view variable_fault(std::string_view name, std::string_view value) noexcept {
  constexpr auto none = std::string_view::npos;
  if (name.empty()) {
    return "the name of a variable must not be empty";
  }
  if (name.find('=') != none) {
    return "the name of a variable has no '='";
  }
  if (name.find('\0') != none) {
    return "the name of a variable has no NUL byte";
  }
  return value.find('\0') != none ? "the value of a variable has no NUL byte" : "";
}

} // namespace kraken
