// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/native/behaviour.hpp"

#include "kraken/actor/thrown_type.hpp"

#include <typeinfo>

namespace kraken::native {

actor::failure detail::failure_of(const std::exception& thrown) {
  actor::failure why;
  why.type = actor::class_names(typeid(thrown)).front();
  why.message = thrown.what();
  why.code = to_string(errc::container_failed);
  return why;
}

const behaviour::request_handler* behaviour::request_taker(std::string_view name) const noexcept {
  if (name.empty()) {
    return request_ ? &request_ : nullptr;
  }
  const auto found = commands_.find(name);
  return found == commands_.end() ? nullptr : &found->second;
}

} // namespace kraken::native
