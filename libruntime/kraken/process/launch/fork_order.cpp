// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// An order: a version byte, the count of targets, one byte each, then variables that end in NUL.
/// A word: its letter, then text.
#include "kraken/process/launch/fork_order.hpp"

#include "kraken/base/limits.hpp"

#include <algorithm>

namespace kraken::process {

namespace {

constexpr char order_version = '1';
constexpr std::string_view letters = "rnwmdfe";

} // namespace

std::string write_fork_order(const fork_order& order) {
  std::string out{order_version};
  out.push_back(static_cast<char>(order.targets.size()));
  for (const int each : order.targets) {
    out.push_back(static_cast<char>(each));
  }
  for (const auto& each : order.variables) {
    out.append(each).push_back('\0');
  }
  return out;
}

result<fork_order> read_fork_order(std::string_view bytes) {
  const auto wrong = [](const char* what) {
    return fail(errc::protocol_error, std::string{"fork order: "} + what);
  };
  if (bytes.size() < 2 || bytes[0] != order_version) {
    return wrong("another version");
  }
  const auto count = static_cast<std::size_t>(static_cast<unsigned char>(bytes[1]));
  bytes.remove_prefix(2);
  if (count >= limits::fork_descriptors_max || bytes.size() < count) {
    return wrong("a bad number of descriptors");
  }
  fork_order out;
  for (const char each : bytes.substr(0, count)) {
    const int target = static_cast<unsigned char>(each);
    const bool twice = std::count(out.targets.begin(), out.targets.end(), target) != 0;
    if (target > fork_target_max || twice) {
      return wrong("a bad descriptor number");
    }
    out.targets.push_back(target);
  }
  bytes.remove_prefix(count);
  while (!bytes.empty()) {
    const auto end = bytes.find('\0');
    const auto variable = bytes.substr(0, end);
    const auto equals = variable.find('=');
    if (end == std::string_view::npos || equals == std::string_view::npos || equals == 0) {
      return wrong("a bad variable");
    }
    out.variables.emplace_back(variable);
    bytes.remove_prefix(end + 1);
  }
  return out;
}

std::string write_template_message(template_word what, std::string_view text) {
  std::string out{static_cast<char>(what)};
  out.append(text.substr(0, limits::fork_message_bytes_max - 1));
  return out;
}

result<template_message> read_template_message(std::string_view bytes) {
  if (bytes.empty() || letters.find(bytes.front()) == std::string_view::npos) {
    return fail(errc::protocol_error, "a template said what no template says");
  }
  return template_message{static_cast<template_word>(bytes.front()), bytes.substr(1)};
}

} // namespace kraken::process
