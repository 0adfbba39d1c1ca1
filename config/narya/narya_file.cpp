// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "config/narya/narya_file.hpp"

#include <filesystem>

namespace kraken::config {

bool is_narya(std::string_view file_name, const node& document) {
  const auto name = std::filesystem::path{file_name}.filename().string();
  if (name == ".rr.yaml" || name == ".nry.yaml" || name.ends_with(".rr.yaml") ||
      name.ends_with(".nry.yaml")) {
    return true;
  }
  const bool workers = document.find("workers") != nullptr;
  return document.find("root") == nullptr && workers &&
         (document.find("php") != nullptr || document.find("server") != nullptr);
}

std::optional<config_error> fault_of_roadrunner(const node& file) {
  const auto* const server = file.find("server");
  const auto* const command = server == nullptr ? nullptr : server->find("command");
  if (command == nullptr) {
    return std::nullopt;
  }
  return config_error{
      command->at,
      "server.command",
      "a file of RoadRunner, which is not read: the keys of Narya, whose file has the "
      "same name, are others. docs/guides/from-roadrunner.md has ours for each"};
}

} // namespace kraken::config
