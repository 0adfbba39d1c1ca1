// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The kernel's order: the owner's bits count for the owner, though the group's may say more.
#include "kraken/process/launch/detail/other_eyes.hpp"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <memory>
#include <string_view>

#include <sys/stat.h>
#include <sys/xattr.h>

namespace kraken::process::detail {

namespace {

struct free_text {
  void operator()(char* text) const noexcept { std::free(text); }
};

mode_t bits_of(wish what) {
  return what == wish::read ? S_IROTH : S_IXOTH;
}

std::string_view past_form(wish what) {
  switch (what) {
  case wish::enter:
    return "entered";
  case wish::run:
    return "run";
  case wish::read:
    return "read";
  }
  return {};
}

bool is_in(const viewer& who, gid_t group) {
  return group == who.gid || std::ranges::find(who.groups, group) != who.groups.end();
}

bool may(const viewer& who, const struct stat& status, mode_t wanted) {
  if (who.uid == 0) {
    constexpr mode_t anybody_runs = S_IXUSR | S_IXGRP | S_IXOTH;
    return wanted != S_IXOTH || S_ISDIR(status.st_mode) || (status.st_mode & anybody_runs) != 0;
  }
  const unsigned shift = status.st_uid == who.uid ? 6 : is_in(who, status.st_gid) ? 3 : 0;
  return ((status.st_mode >> shift) & wanted) == wanted;
}

bool has_access_list(const std::string& path) {
  return ::getxattr(path.c_str(), "system.posix_acl_access", nullptr, 0) > 0;
}

bool is_refused(const viewer& who, const std::string& path, wish what) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !may(who, status, bits_of(what)) &&
         !has_access_list(path);
}

} // namespace

std::optional<std::string> in_the_way_of(const viewer& who, const std::string& path, wish what) {
  const std::unique_ptr<char, free_text> real{::realpath(path.c_str(), nullptr)};
  if (!real) {
    return std::nullopt;
  }
  const std::string full{real.get()};
  const std::string whom = " by '" + who.name + "'";
  for (auto slash = full.find('/', 1); slash != std::string::npos;
       slash = full.find('/', slash + 1)) {
    const auto folder = full.substr(0, slash);
    if (is_refused(who, folder, wish::enter)) {
      return "'" + path + "' cannot be reached" + whom + ": '" + folder +
             "' is closed to that user";
    }
  }
  if (!is_refused(who, full, what)) {
    return std::nullopt;
  }
  return "'" + path + "' cannot be " + std::string{past_form(what)} + whom;
}

} // namespace kraken::process::detail
