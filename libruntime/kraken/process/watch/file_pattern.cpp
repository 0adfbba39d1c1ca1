// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Globs, segment by segment.
#include "kraken/process/watch/file_pattern.hpp"

#include "kraken/base/limits.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <span>

namespace kraken::process {

namespace {

constexpr std::string_view any_depth = "**";
constexpr std::string_view wildcards = "*?";

// Written while an application runs, or brought along by package managers.
constexpr std::array<std::string_view, 9> passed_over{
    "cache", "log", "logs", "node_modules", "storage", "temp", "tmp", "var", "vendor"};

constexpr std::array<std::string_view, 11> application_files{"*.php",
                                                             "*.phtml",
                                                             "*.inc",
                                                             "*.twig",
                                                             "*.yaml",
                                                             "*.yml",
                                                             "*.neon",
                                                             "*.xml",
                                                             "*.ini",
                                                             ".env",
                                                             ".env.*"};

// What editors keep beside a file that is open.
constexpr std::array<std::string_view, 3> editors_endings{"~", ".swp", ".swx"};

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    const auto slash = path.find('/');
    if (const auto part = path.substr(0, slash); !part.empty()) {
      out.push_back(part);
    }
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return out;
}

bool segment_matches(std::string_view glob, std::string_view text) {
  if (text.starts_with('.') && !glob.starts_with('.')) {
    return false;
  }
  std::size_t at = 0;
  std::size_t in = 0;
  std::size_t star = std::string_view::npos; // the last one, and where it began to eat
  std::size_t eaten = 0;
  while (in < text.size()) {
    if (at < glob.size() && glob[at] == '*') {
      star = at++;
      eaten = in;
    } else if (at < glob.size() && (glob[at] == '?' || glob[at] == text[in])) {
      ++at;
      ++in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++eaten;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', at) == std::string_view::npos;
}

bool is_an_editors(std::string_view file) {
  return std::ranges::any_of(editors_endings,
                             [&](std::string_view each) { return file.ends_with(each); });
}

bool is_wild(std::string_view segment) {
  return segment.find_first_of(wildcards) != std::string_view::npos;
}

/// Whether a directory may stand where `glob` does, or below a `**`.
bool passes(std::string_view glob, std::string_view directory) {
  return !is_passed_over(directory) || glob == directory;
}

// A `**` may eat what comes: as with `*` in a segment, only the last one need be tried again.
bool segments_match(std::span<const std::string> glob, std::span<const std::string_view> path) {
  std::size_t at = 0;
  std::size_t in = 0;
  std::optional<std::size_t> star;
  std::size_t eaten = 0;
  while (in < path.size()) {
    const bool is_file = in + 1 == path.size();
    if (at < glob.size() && glob[at] == any_depth) {
      star = at++;
      eaten = in;
    } else if (at < glob.size() && (is_file == (at + 1 == glob.size())) &&
               segment_matches(glob[at], path[in]) && (is_file || passes(glob[at], path[in]))) {
      ++at;
      ++in;
    } else if (star && eaten + 1 < path.size() && passes(any_depth, path[eaten])) {
      at = *star + 1;
      in = ++eaten;
    } else {
      return false;
    }
  }
  return at == glob.size();
}

/// The path from `base` on; nothing when it is not below it.
std::optional<std::string_view> below(std::string_view base, std::string_view path) {
  if (path.size() > base.size() && path.starts_with(base) && path[base.size()] == '/') {
    return path.substr(base.size() + 1);
  }
  return std::nullopt;
}

void expand(std::string_view path, std::vector<std::string>& out) {
  const auto open = path.find('{');
  const auto close = path.find('}', open == std::string_view::npos ? path.size() : open);
  if (close == std::string_view::npos) {
    if (out.size() < limits::watch_alternatives_max) {
      out.emplace_back(path);
    }
    return;
  }
  auto rest = path.substr(open + 1, close - open - 1);
  while (out.size() < limits::watch_alternatives_max) {
    const auto comma = rest.find(',');
    auto one = std::string{path.substr(0, open)};
    one.append(rest.substr(0, comma)).append(path.substr(close + 1));
    expand(one, out); // NOLINT(misc-no-recursion): one pair of braces less each time
    if (comma == std::string_view::npos) {
      return;
    }
    rest.remove_prefix(comma + 1);
  }
}

file_pattern split(std::string_view path) {
  file_pattern out;
  for (const auto each : segments_of(path)) {
    if (out.tail.empty() && !is_wild(each)) {
      out.base.append("/").append(each);
    } else {
      out.tail.emplace_back(each);
    }
  }
  if (!out.tail.empty() && out.tail.back() == any_depth) {
    out.tail.emplace_back("*"); // `src/**`: every file
  }
  return out;
}

} // namespace

std::vector<file_pattern> patterns_of(std::string_view path) {
  std::vector<std::string> alternatives;
  expand(path, alternatives);
  std::vector<file_pattern> out;
  for (const auto& each : alternatives) {
    auto one = split(each);
    if (!one.tail.empty()) {
      out.push_back(std::move(one));
      continue;
    }
    // What has this name is known when it is there: a file or a directory, today or tomorrow.
    auto inside = application_below(one.base);
    std::ranges::move(inside, std::back_inserter(out));
    if (const auto slash = one.base.rfind('/'); slash != std::string::npos) {
      out.push_back({one.base.substr(0, slash), {one.base.substr(slash + 1)}});
    }
  }
  return out;
}

std::vector<file_pattern> application_below(const std::string& directory) {
  std::vector<file_pattern> out;
  for (const auto kind : application_files) {
    out.push_back({directory, {std::string{any_depth}, std::string{kind}}});
  }
  return out;
}

bool means(const file_pattern& which, std::string_view file) {
  const auto rest = below(which.base, file);
  return rest && !is_an_editors(*rest) && segments_match(which.tail, segments_of(*rest));
}

bool leads_to(const file_pattern& which, std::string_view directory) {
  if (directory == which.base || directory.empty() || below(directory, which.base)) {
    return true;
  }
  const auto rest = below(which.base, directory);
  if (!rest) {
    return false;
  }
  const auto path = segments_of(*rest);
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (i < which.tail.size() && which.tail[i] == any_depth) {
      // Names after it may be those of any directory below.
      return std::all_of(
          path.begin() + static_cast<std::ptrdiff_t>(i), path.end(), [&](std::string_view each) {
            return !is_passed_over(each) || std::ranges::find(which.tail, each) != which.tail.end();
          });
    }
    if (i + 1 >= which.tail.size() || !segment_matches(which.tail[i], path[i]) ||
        !passes(which.tail[i], path[i])) {
      return false;
    }
  }
  return true;
}

bool is_passed_over(std::string_view name) {
  return name.starts_with('.') || std::ranges::find(passed_over, name) != passed_over.end();
}

} // namespace kraken::process
