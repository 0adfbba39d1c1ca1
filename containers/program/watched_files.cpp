// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// From a command line to the project it belongs to.
#include "containers/program/watched_files.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>

namespace kraken::containers {

namespace {

namespace fs = std::filesystem;

// `public/index.php`, `bin/worker.php`, `apps/shop/worker.php`.
constexpr int project_levels_max = 2;

constexpr std::array<std::string_view, 3> flags_with_value{"-d", "-c", "-z"};

std::string script_among(std::span<const std::string> words) {
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (std::ranges::find(flags_with_value, words[at]) != flags_with_value.end()) {
      ++at;
    } else if (!words[at].starts_with('-')) {
      return words[at];
    }
  }
  return {};
}

fs::path without_last_slash(const fs::path& path) {
  return path.has_filename() ? path : path.parent_path();
}

fs::path project_of(const fs::path& script) {
  std::error_code none;
  const auto own = fs::is_directory(script, none) ? script : script.parent_path();
  auto at = own;
  for (int level = 0; level <= project_levels_max; ++level, at = at.parent_path()) {
    if (fs::exists(at / "composer.json", none)) {
      return at;
    }
  }
  return own;
}

} // namespace

std::vector<process::file_pattern> watched_files(const config::watched_paths& wanted,
                                                 const std::string& cwd,
                                                 std::span<const std::string> arguments) {
  std::error_code none;
  const auto from = fs::absolute(cwd.empty() ? "." : cwd, none);
  const auto whole = [&](const std::string& name) {
    return without_last_slash((from / name).lexically_normal());
  };
  std::vector<process::file_pattern> out;
  for (const auto& each : wanted.paths) {
    auto some = process::patterns_of(whole(each).string());
    std::ranges::move(some, std::back_inserter(out));
  }
  if (wanted.project) {
    const auto project = project_of(whole(script_among(arguments))).string();
    out = process::application_below(project == "/" ? std::string{} : project);
    auto packages = process::patterns_of(project + "/vendor/composer/*.php");
    std::ranges::move(packages, std::back_inserter(out));
  }
  return out;
}

} // namespace kraken::containers
