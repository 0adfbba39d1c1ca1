// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A walk as the kernel does it, part by part.
#include "kraken/process/watch/link_chain.hpp"

#include "kraken/base/limits.hpp"

#include <filesystem>
#include <system_error>

namespace kraken::process {

std::vector<link_place> link_chain(const std::string& path) {
  namespace fs = std::filesystem;
  std::vector<link_place> out;
  std::string there; // no part of it is a link
  std::string rest = path;
  while (!rest.empty()) {
    const auto slash = rest.find('/');
    const auto name = rest.substr(0, slash);
    rest.erase(0, slash == std::string::npos ? rest.size() : slash + 1);
    if (name.empty() || name == ".") {
      continue;
    }
    if (name == "..") {
      there.resize(there.empty() ? 0 : there.rfind('/'));
      continue;
    }
    const auto here = there + "/" + name;
    std::error_code failed;
    const auto kind = fs::symlink_status(here, failed).type();
    if (kind != fs::file_type::symlink) {
      if (kind == fs::file_type::not_found && !out.empty()) {
        out.push_back({there, name});
      }
      if (kind != fs::file_type::directory) {
        return out;
      }
      there = here;
      continue;
    }
    if (out.size() >= limits::watch_links_max) {
      return out; // they lead in a circle
    }
    out.push_back({there, name});
    const auto target = fs::read_symlink(here, failed).string();
    there = target.starts_with('/') ? std::string{} : there;
    rest.insert(0, target + "/");
  }
  return out;
}

} // namespace kraken::process
