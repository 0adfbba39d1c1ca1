// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The way through an input of several frames: where it stops, what it has used, what it says.
#include "kraken/wire/take_frames.hpp"

#include "kraken/wire/worker_side_frame.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace std::string_view_literals;
using kraken::wire::split_outcome;
using kraken::wire::take_frames;
namespace wire = kraken::wire;

namespace {

struct one_byte {
  char value = 0;
};

// A frame is one byte; `!` begins one that can not be.
split_outcome split_byte(std::string_view rest, one_byte& frame) {
  if (rest.empty()) {
    return {split_outcome::kind::need_more, 0, 1};
  }
  if (rest.front() == '!') {
    return {split_outcome::kind::bad_length, 0, 0};
  }
  frame.value = rest.front();
  return {split_outcome::kind::done, 1, 0};
}

struct row {
  const char* name;
  std::string input;
  std::size_t open_for; // frames until nobody listens any more
  std::string taken;
  std::string why;
};

} // namespace

TEST_CASE("frames are taken until there is no other") {
  const std::vector<row> table = {
      {"nothing", "", 9, "", ""},
      {"several", "abc", 9, "abc", ""},
      {"an impossible one after a good one", "a!c", 9, "a", "a frame with an impossible length"},
      {"one that is not understood", "axc", 9, "ax", "no x"},
      {"nobody listens any more", "abc", 2, "ab", ""},
      {"nobody listens at all", "abc", 0, "", ""},
  };
  for (const auto& each : table) {
    INFO(each.name);
    std::string taken;
    const auto out = take_frames<one_byte>(
        each.input,
        split_byte,
        [&] { return taken.size() < each.open_for; },
        [&](const one_byte& frame) {
          taken += frame.value;
          return std::string{frame.value == 'x' ? "no x" : ""};
        });
    CHECK(taken == each.taken);
    CHECK(out.used == each.taken.size());
    CHECK(out.why == each.why);
  }
}

TEST_CASE("frames of the worker protocol are split by their own rule") {
  wire::byte_buffer input;
  wire::append_ready(input);
  const auto whole = input.view().size();
  input.append("\0\0\0"sv);
  std::vector<wire::frame_type> types;
  const auto out = wire::take_worker_frames(
      input.view(),
      [] { return true; },
      [&](const wire::worker_frame& frame) {
        types.push_back(frame.type);
        return std::string{};
      });
  CHECK(out.used == whole);
  CHECK(out.why.empty());
  CHECK(types == std::vector{wire::frame_type::ready});
  const auto bad = wire::take_worker_frames(
      "\xff\xff\xff\xff\xff\xff\xff\xff"sv,
      [] { return true; },
      [](const wire::worker_frame&) { return std::string{}; });
  CHECK(bad.used == 0);
  CHECK(bad.why == "a frame with an impossible length");
}
