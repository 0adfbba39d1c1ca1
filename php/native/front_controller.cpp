// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "front_controller.hpp"

#include "kraken/wire/http1_field.hpp"
#include "server_variables.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <utility>

#include <sys/stat.h>

namespace kraken::php {

namespace {

constexpr std::string_view script_end = ".php";
constexpr std::string_view index_name = "index.php";
constexpr std::string_view static_index_name = "index.html";
// What has the source of a script, passwords included: other names of PHP, and libraries. In
// capitals, too.
constexpr std::array<std::string_view, 14> source_ends{".php",
                                                       ".php3",
                                                       ".php4",
                                                       ".php5",
                                                       ".php6",
                                                       ".php7",
                                                       ".php8",
                                                       ".phps",
                                                       ".phtml",
                                                       ".phtm",
                                                       ".pht",
                                                       ".phar",
                                                       ".inc",
                                                       ".module"};
// `three.module.min.js`, `page.inc.css`: two of these ends are used for other things as well.
constexpr std::array<std::string_view, 2> ambiguous_ends{".inc", ".module"};
constexpr std::array<std::string_view, 7> browser_ends{
    ".js", ".mjs", ".css", ".map", ".html", ".svg", ".png"};

enum class found : std::uint8_t { nothing, file, folder };

found look_at(const std::string& path) {
  struct stat seen {};
  if (::stat(path.c_str(), &seen) != 0) {
    return found::nothing;
  }
  if (S_ISDIR(seen.st_mode)) {
    return found::folder;
  }
  return S_ISREG(seen.st_mode) ? found::file : found::nothing;
}

bool ends_lower(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         wire::equals_lower(text.substr(text.size() - end.size()), end);
}

bool is_any_of(std::string_view end, std::span<const std::string_view> ends) {
  return std::ranges::any_of(ends, [end](auto each) { return wire::equals_lower(end, each); });
}

bool ends_in_any(std::string_view text, std::span<const std::string_view> ends) {
  return std::ranges::any_of(ends, [text](auto end) { return ends_lower(text, end); });
}

bool has_source(std::string_view segment) {
  return !segment.ends_with(script_end) && // it is run
         ends_in_any(segment, source_ends);
}

bool is_letter_or_digit(char each) noexcept {
  return std::isalnum(static_cast<unsigned char>(each)) != 0;
}

/// What a script was called before something was put behind its name: `a.php_`, `#a.phtml#`,
/// `a.inc.1`, as editors and careless deployments do. Of files only: what a script gets as its path
/// may look so.
bool was_script(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  const bool for_browsers = ends_in_any(name, browser_ends);
  for (auto at = name.find('.'); at != std::string_view::npos; at = name.find('.', at + 1)) {
    const auto rest = name.substr(at + 1);
    const auto more = std::ranges::find_if_not(rest, is_letter_or_digit);
    if (more == rest.end()) {
      return false; // the last one: `has_source` has looked at it
    }
    const auto end = name.substr(at, 1 + static_cast<std::size_t>(more - rest.begin()));
    if (is_any_of(end, source_ends) && !(for_browsers && is_any_of(end, ambiguous_ends))) {
      return true;
    }
  }
  return false;
}

bool allowed(std::string_view segment) {
  if (has_source(segment)) {
    return false;
  }
  return segment.empty() || segment.front() != '.' || segment == ".well-known";
}

bool decent(std::string_view path) {
  if (path.empty() || path.front() != '/' || path.find('\0') != std::string_view::npos) {
    return false;
  }
  for (std::size_t at = 1; at <= path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    if (!allowed(path.substr(at, end - at))) {
      return false;
    }
    at = end + 1;
  }
  return true;
}

chosen_file script_at(const std::string& root, std::string_view name, std::string_view rest) {
  return {
      chosen_file::kind::script, root + std::string{name}, std::string{name}, std::string{rest}};
}

/// The script in the middle of `/a/b.php/more`; PHP's own rule: the first one that is a file.
chosen_file script_inside(const std::string& root, std::string_view path) {
  for (auto at = path.find(".php/"); at != std::string_view::npos;
       at = path.find(".php/", at + 1)) {
    const auto name = path.substr(0, at + script_end.size());
    if (look_at(root + std::string{name}) == found::file) {
      return script_at(root, name, path.substr(name.size()));
    }
  }
  return {};
}

chosen_file in_folder(const std::string& root, std::string_view path) {
  if (path.back() != '/') {
    return {chosen_file::kind::redirect, {}, {}, {}};
  }
  const auto index = std::string{path} + std::string{index_name};
  if (look_at(root + index) == found::file) {
    return script_at(root, index, {});
  }
  auto page = root + std::string{path} + std::string{static_index_name};
  if (look_at(page) == found::file) {
    return {chosen_file::kind::plain, std::move(page), {}, {}};
  }
  return {};
}

chosen_file exact(const std::string& root, std::string_view path) {
  auto file = root + std::string{path};
  switch (look_at(file)) {
  case found::file:
    if (path.ends_with(script_end)) {
      return script_at(root, path, {});
    }
    if (was_script(path)) {
      return {};
    }
    return {chosen_file::kind::plain, std::move(file), {}, {}};
  case found::folder:
    return in_folder(root, path);
  case found::nothing:
    break;
  }
  return script_inside(root, path);
}

} // namespace

chosen_file choose_file(const std::string& root, std::string_view path) {
  if (decent(path)) {
    auto chosen = exact(root, path);
    // A folder without an index belongs to the application, like a path without a file.
    if (chosen.what != chosen_file::kind::none) {
      return chosen;
    }
  }
  const auto controller = "/" + std::string{index_name};
  if (look_at(root + controller) == found::file) {
    return script_at(root, controller, {});
  }
  return {};
}

namespace {

/// A Location is ASCII: what is not is escaped, as nginx does it.
void append_ascii(std::string& out, std::string_view path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : path) {
    if (const auto byte = static_cast<unsigned char>(c); byte < 0x80) {
      out.push_back(c);
    } else {
      out.append({'%', digits[byte >> 4U], digits[byte & 0xfU]});
    }
  }
}

} // namespace

std::string folder_target(std::string_view target) {
  std::string whole;
  target = origin_form(target, whole);
  const auto path = target.substr(0, target.find('?'));
  const auto query = target.substr(path.size());
  // `//host` at the start would be another host for the client.
  const auto plain = path.substr(std::min(path.find_first_not_of('/'), path.size()));
  std::string out{"/"};
  if (!plain.empty()) {
    append_ascii(out, plain);
    out.push_back('/');
  }
  return out.append(query);
}

} // namespace kraken::php
