// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/process/host/own_files.hpp"

#include "kraken/base/regular_file.hpp"
#include "kraken/base/result.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kraken::process {

namespace {

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

bool may(const std::string& path, int how) {
  return ::faccessat(AT_FDCWD, path.c_str(), how, AT_EACCESS) == 0;
}

std::optional<std::string> folder_obstacle(const std::string& path, int how, const char* purpose) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return errno == ENOENT || errno == ENOTDIR ? "there is no directory '" + path + "'"
                                               : errno_error("'" + path + "'").context;
  }
  if (!S_ISDIR(status.st_mode)) {
    return "'" + path + "' is not a directory";
  }
  return may(path, how) ? std::nullopt
                        : std::optional{errno_error(purpose + (" '" + path + "'")).context};
}

} // namespace

std::optional<std::string> find_file_obstacle(const std::string& path, file_use what) {
  constexpr const char* making = "no file can be made in";
  constexpr int to_make = W_OK | X_OK;
  switch (what) {
  case file_use::enter:
    return folder_obstacle(path, X_OK, "cannot enter");
  case file_use::keep_files:
    return folder_obstacle(path, to_make, making);
  case file_use::replace:
    return folder_obstacle(folder_of(path), to_make, making);
  case file_use::read:
  case file_use::append:
    break;
  }
  const bool reads = what == file_use::read;
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (!reads && errno == ENOENT) {
      return folder_obstacle(folder_of(path), to_make, making);
    }
    return errno == ENOENT || errno == ENOTDIR ? "there is no file '" + path + "'"
                                               : errno_error("'" + path + "'").context;
  }
  if (S_ISDIR(status.st_mode)) {
    return "'" + path + "' is a directory";
  }
  if (const auto kind = irregular_kind(status.st_mode); reads && !kind.empty()) {
    return "'" + path + "' is " + std::string{kind} + ", not a file";
  }
  return may(path, reads ? R_OK : W_OK)
             ? std::nullopt
             : std::optional{
                   errno_error((reads ? "cannot read '" : "cannot write '") + path + "'").context};
}

} // namespace kraken::process
