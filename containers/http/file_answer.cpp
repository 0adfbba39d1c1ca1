// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/http/file_answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kraken::containers {

namespace {

constexpr std::string_view end_of_line = "\r\n";
constexpr std::string_view unit = "bytes=";

bool same_word(std::string_view field, std::string_view lower) noexcept {
  return std::ranges::equal(field, lower, [](char one, char other) {
    return (one >= 'A' && one <= 'Z' ? static_cast<char>(one - 'A' + 'a') : one) == other;
  });
}

std::optional<std::uint64_t> number(std::string_view text) noexcept {
  std::uint64_t out = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, out);
  return !text.empty() && read.ec == std::errc{} && read.ptr == end ? std::optional{out}
                                                                    : std::nullopt;
}

/// What is left of the name below this root.
std::string below(std::string_view root, std::string_view name) {
  while (root.ends_with('/')) {
    root.remove_suffix(1);
  }
  if (name.starts_with(root) && name.substr(root.size()).starts_with('/')) {
    name.remove_prefix(root.size());
  }
  name.remove_prefix(std::min(name.find_first_not_of('/'), name.size()));
  return std::string{name};
}

unique_fd open_beneath(int folder, const std::string& name) {
  open_how how{};
  // A pipe must not hold up the shard until it is seen to be one.
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return unique_fd{
      static_cast<int>(::syscall(SYS_openat2, folder, name.c_str(), &how, sizeof how))};
}

} // namespace

void each_field(std::string_view head,
                const std::function<void(std::string_view name, std::string_view value)>& take) {
  auto at = head.find(end_of_line);
  while (at != std::string_view::npos) {
    head.remove_prefix(at + end_of_line.size());
    at = head.find(end_of_line);
    const auto line = head.substr(0, at);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) {
      return; // the blank line
    }
    auto value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    take(line.substr(0, colon), value);
  }
}

bool names_a_file(std::string_view field) noexcept {
  return same_word(field, "x-sendfile") || same_word(field, "x-accel-redirect");
}

std::string wished_file(std::string_view answer) {
  std::string out;
  each_field(answer, [&out](std::string_view name, std::string_view value) {
    if (out.empty() && names_a_file(name)) {
      out = value;
    }
  });
  return out;
}

byte_range read_range(std::string_view text, std::uint64_t size) noexcept {
  const byte_range whole{byte_range::kind::whole, 0, size};
  const byte_range nothing{byte_range::kind::nothing, 0, 0};
  const auto dash = text.find('-');
  if (!text.starts_with(unit) || dash == std::string_view::npos) {
    return whole;
  }
  const auto from = text.substr(unit.size(), dash - unit.size());
  const auto to = text.substr(dash + 1);
  const auto first = number(from);
  const auto last = number(to);
  if (from.empty()) { // the last so many
    if (!last) {
      return whole;
    }
    const auto count = std::min(*last, size);
    return count == 0 ? nothing : byte_range{byte_range::kind::part, size - count, count};
  }
  if (!first || (!to.empty() && (!last || *last < *first))) {
    return whole;
  }
  if (*first >= size) {
    return nothing;
  }
  const auto end = last ? std::min(*last, size - 1) : size - 1;
  return {byte_range::kind::part, *first, end - *first + 1};
}

result<opened_file> open_below(std::span<const std::string> roots, std::string_view name) {
  for (const auto& root : roots) {
    const unique_fd folder{::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
    const auto rest = below(root, name);
    if (folder.get() < 0 || rest.empty()) {
      continue;
    }
    auto fd = open_beneath(folder.get(), rest);
    struct stat seen {};
    if (fd.get() >= 0 && ::fstat(fd.get(), &seen) == 0 && S_ISREG(seen.st_mode)) {
      return opened_file{std::move(fd), static_cast<std::uint64_t>(seen.st_size)};
    }
  }
  return fail(errc::not_found, "no folder of the route has this file");
}

} // namespace kraken::containers
