// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/process/host/lineage.hpp"

#include "kraken/process/launch/detail/own_children.hpp"

#include <charconv>
#include <string>

#include <sys/resource.h>

namespace kraken::process {

namespace {

// Microseconds: from 73,000 years on, and below what the kernel takes for no limit.
constexpr std::uint64_t first = std::uint64_t{1} << 61U;
constexpr std::uint64_t last = (first << 1U) - 1;

} // namespace

int lineage_resource() noexcept {
  return static_cast<int>(RLIMIT_RTTIME);
}

lineage lineage_of_launch(std::string_view mark) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325U; // FNV-1a
  for (const auto each : mark) {
    hash = (hash ^ static_cast<unsigned char>(each)) * 0x100000001b3U;
  }
  return first | (hash & (first - 1));
}

void carry(lineage line) noexcept {
  rlimit own{};
  if (::getrlimit(RLIMIT_RTTIME, &own) == 0 && own.rlim_max > line) {
    own.rlim_cur = line;
    static_cast<void>(::setrlimit(RLIMIT_RTTIME, &own));
  }
}

std::optional<lineage> read_lineage(std::string_view limits) {
  constexpr std::string_view name = "\nMax realtime timeout ";
  const auto line = limits.find(name);
  const auto at =
      line == std::string_view::npos ? line : limits.find_first_not_of(' ', line + name.size());
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  lineage value = 0;
  const auto read = std::from_chars(limits.data() + at, limits.data() + limits.size(), value);
  return read.ec == std::errc{} && value >= first && value <= last ? std::optional{value}
                                                                   : std::nullopt;
}

std::optional<lineage> lineage_of(pid_t pid) {
  const auto text = detail::read_proc_file("/proc/" + std::to_string(pid) + "/limits");
  return text ? read_lineage(*text) : std::nullopt;
}

} // namespace kraken::process
