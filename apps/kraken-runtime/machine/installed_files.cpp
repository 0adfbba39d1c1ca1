// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Looking beside the daemon's own file.
#include "apps/kraken-runtime/machine/installed_files.hpp"

#include <array>
#include <filesystem>
#include <system_error>

namespace kraken::runtime {

namespace {

// Beside an installed daemon, and in the source tree around build/bin.
constexpr std::array package_places{"../share/kraken/php", "../../php"};

std::filesystem::path own_directory() {
  std::error_code none;
  return std::filesystem::read_symlink("/proc/self/exe", none).parent_path();
}

} // namespace

std::string find_package() {
  std::error_code none;
  const auto here = own_directory();
  for (const auto* place : package_places) {
    const auto found = (here / place).lexically_normal();
    if (std::filesystem::is_regular_file(found / "bin/container.php", none)) {
      return found.string();
    }
  }
  return (here / package_places.front()).lexically_normal().string();
}

std::string find_native_program() {
  std::error_code none;
  const auto beside = own_directory() / "kraken-php";
  return std::filesystem::exists(beside, none) ? beside.string() : "kraken-php";
}

} // namespace kraken::runtime
