// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The way through an input that may hold several frames and a part of one more, the same for every
/// dialect. What a frame means is its taker's affair.
#pragma once

#include "kraken/wire/worker_frame.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace kraken::wire {

struct frames_taken {
  std::size_t used = 0; ///< bytes of whole frames
  std::string why;      ///< empty, or why the sender can not be understood
};

/// Takes frame after frame until there is none, one is bad, or nobody listens any more.
/// @param split `split_outcome split(std::string_view rest, Frame&)`
/// @param goes_on `bool goes_on()`, asked before each: taking one may have closed the connection
/// @param take `std::string take(const Frame&)`: empty, or why it can not be understood
/// @thread any (pure as far as its callables are)
template <class Frame, class Split, class GoesOn, class Take>
[[nodiscard]] frames_taken
take_frames(std::string_view input, Split split, GoesOn goes_on, Take take) {
  frames_taken out;
  while (out.why.empty() && goes_on()) {
    Frame frame;
    const auto found = split(input.substr(out.used), frame);
    if (found.status == split_outcome::kind::need_more) {
      break;
    }
    if (found.status == split_outcome::kind::bad_length) {
      return {out.used, "a frame with an impossible length"};
    }
    out.used += found.consumed;
    out.why = take(frame);
  }
  return out;
}

/// The same for frames of the worker protocol.
template <class GoesOn, class Take>
[[nodiscard]] frames_taken take_worker_frames(std::string_view input, GoesOn goes_on, Take take) {
  const auto split = [](std::string_view rest, worker_frame& frame) {
    return split_frame(rest, frame);
  };
  return take_frames<worker_frame>(input, split, goes_on, take);
}

} // namespace kraken::wire
