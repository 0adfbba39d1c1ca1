// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Names of states and events, and the wording of a rejected edge.
#include "kraken/model/lifecycle.hpp"

#include <string>

namespace kraken::model {

std::string_view to_string(state value) noexcept {
  switch (value) {
  case state::created:
    return "created";
  case state::destroyed:
    return "destroyed";
  case state::started:
    return "started";
  case state::stopped:
    return "stopped";
  case state::failed:
    return "failed";
  }
  return "unknown";
}

std::string_view to_string(event value) noexcept {
  switch (value) {
  case event::create:
    return "create";
  case event::start:
    return "start";
  case event::stop:
    return "stop";
  case event::destroy:
    return "destroy";
  case event::fail:
    return "fail";
  }
  return "unknown";
}

// The framework's own sentence: its users search for it.
error invalid_transition(state from, event on) {
  std::string text{"It is not possible to "};
  text.append(to_string(on)).append(" runtime from state [");
  text.append(std::to_string(static_cast<unsigned>(from))).append("].");
  return error{errc::invalid_transition, std::move(text)};
}

} // namespace kraken::model
