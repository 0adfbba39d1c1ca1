// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Checking, joining and resolving the names of containers.
#include "kraken/model/alias.hpp"

#include "kraken/base/limits.hpp"
#include "kraken/base/nearest.hpp"

#include <algorithm>
#include <vector>

namespace kraken::model {

namespace {

// By hand: the standard classifiers follow the locale.
bool is_letter_or_digit(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_alias_character(char c) noexcept {
  constexpr std::string_view others{"_-.:"};
  return is_letter_or_digit(c) || others.find(c) != std::string_view::npos;
}

tl::unexpected<error> bad_alias(std::string_view alias, std::string_view fault) {
  std::string text{"alias '"};
  text.append(alias).append("': ").append(fault);
  return fail(errc::invalid_argument, std::move(text));
}

bool ends_with_segments(std::string_view path, std::string_view wanted) noexcept {
  return path.size() > wanted.size() && path.ends_with(wanted) &&
         path[path.size() - wanted.size() - 1] == '/';
}

error ambiguous_alias(std::string_view wanted, std::vector<std::string_view> found) {
  constexpr std::size_t shown = 5;
  std::string text{"'"};
  text.append(wanted).append("' names ").append(std::to_string(found.size()));
  text.append(" containers: ");
  std::ranges::sort(found);
  for (std::size_t i = 0; i < std::min(found.size(), shown); ++i) {
    text.append(i == 0 ? "'" : ", '").append(found[i]).append("'");
  }
  if (found.size() > shown) {
    text += ", ...";
  }
  text += "; name one by its path";
  return error{errc::ambiguous, std::move(text)};
}

error unknown_alias(std::string_view wanted, std::span<const std::string> paths) {
  // A short alias is compared with short aliases, a path with paths.
  const bool is_path = wanted.find('/') != std::string_view::npos;
  std::vector<std::string_view> known;
  known.reserve(paths.size());
  for (const auto& path : paths) {
    known.push_back(is_path ? std::string_view{path} : alias_of(path));
  }
  std::string text{"no container '"};
  text.append(wanted).append("'");
  auto near = nearest(wanted, known);
  std::string with_slashes{wanted};
  std::ranges::replace(with_slashes, '.', '/');
  if (!near && with_slashes != wanted) { // `Main.web`, as options are written
    known.assign(paths.begin(), paths.end());
    near = nearest(with_slashes, known);
  }
  if (near) {
    text.append(" (did you mean '").append(*near).append("'?)");
  }
  return error{errc::not_found, std::move(text)};
}

/// Without recursion: after a mismatch the last `*` takes one character more.
bool matches_segment(std::string_view glob, std::string_view text) noexcept {
  std::size_t at = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (at < glob.size() && glob[at] == '*') {
      star = at++;
      resume = i;
    } else if (at < glob.size() && (glob[at] == '?' || glob[at] == text[i])) {
      ++at;
      ++i;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      i = ++resume;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', at) == std::string_view::npos;
}

} // namespace

result<void> check_alias(std::string_view alias) {
  if (alias.empty()) {
    return bad_alias(alias, "is empty");
  }
  if (alias.size() > limits::alias_bytes_max) {
    return bad_alias(alias.substr(0, limits::alias_bytes_max),
                     "is longer than " + std::to_string(limits::alias_bytes_max) + " characters");
  }
  if (!is_letter_or_digit(alias.front()) && alias.front() != '_') {
    return bad_alias(alias, "does not begin with one of A-Z a-z 0-9 _");
  }
  if (!std::ranges::all_of(alias, is_alias_character)) {
    return bad_alias(alias, "has other characters than A-Z a-z 0-9 _ - . :");
  }
  return {};
}

result<void> check_path(std::string_view path) {
  if (depth_of(path) > limits::tree_depth_max) {
    return fail(errc::invalid_argument,
                "path '" + std::string{path} + "' is deeper than " +
                    std::to_string(limits::tree_depth_max) + " segments");
  }
  std::size_t begin = 0;
  for (;;) {
    const std::size_t end = path.find('/', begin);
    if (auto fine = check_alias(path.substr(begin, end - begin)); !fine) {
      return fine;
    }
    if (end == std::string_view::npos) {
      return {};
    }
    begin = end + 1;
  }
}

std::string join_path(std::string_view parent, std::string_view alias) {
  std::string out{parent};
  if (!parent.empty()) {
    out += '/';
  }
  return out.append(alias);
}

std::string_view alias_of(std::string_view path) noexcept {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view parent_of(std::string_view path) noexcept {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::size_t depth_of(std::string_view path) noexcept {
  return path.empty() ? 0 : 1 + static_cast<std::size_t>(std::ranges::count(path, '/'));
}

bool is_below(std::string_view path, std::string_view ancestor) noexcept {
  return path.size() > ancestor.size() && path.starts_with(ancestor) &&
         path[ancestor.size()] == '/';
}

bool is_part_of(std::string_view path, std::string_view target) noexcept {
  for (; !path.empty(); path = parent_of(path)) {
    if (matches_glob(target, path)) {
      return true;
    }
  }
  return false;
}

bool is_glob(std::string_view target) noexcept {
  return target.find_first_of("*?") != std::string_view::npos;
}

bool matches_glob(std::string_view glob, std::string_view path) noexcept {
  for (;;) {
    if (!matches_segment(alias_of(glob), alias_of(path))) {
      return false;
    }
    glob = parent_of(glob);
    path = parent_of(path);
    if (glob.empty()) {
      return true;
    }
    if (path.empty()) {
      return false;
    }
  }
}

result<std::string> resolve(std::string_view wanted, std::span<const std::string> paths) {
  std::vector<std::string_view> found;
  for (const auto& path : paths) {
    if (path == wanted) {
      return path;
    }
    if (!wanted.empty() && ends_with_segments(path, wanted)) {
      found.emplace_back(path);
    }
  }
  if (found.size() == 1) {
    return std::string{found.front()};
  }
  if (found.empty()) {
    return fail(unknown_alias(wanted, paths));
  }
  return fail(ambiguous_alias(wanted, found));
}

std::vector<std::string> paths_meant_first(std::string_view wanted, std::string_view asker) {
  std::vector<std::string> out;
  if (!wanted.empty()) {
    out.emplace_back(wanted);
    for (; !asker.empty() && out.size() < 3; asker = parent_of(asker)) {
      out.push_back(join_path(asker, wanted));
    }
  }
  return out;
}

} // namespace kraken::model
