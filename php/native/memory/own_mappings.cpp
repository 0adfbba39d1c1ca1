// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "own_mappings.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>
#include <memory>

namespace kraken::php {

namespace {

struct close_file {
  void operator()(std::FILE* file) const noexcept { static_cast<void>(std::fclose(file)); }
};

} // namespace

std::optional<own_mapping> parse_mapping(const char* line) {
  own_mapping out;
  std::array<char, 5> rights{};
  const int read = std::sscanf(line,
                               "%" SCNxPTR "-%" SCNxPTR " %4s %" SCNx64 " %*x:%*x %" SCNu64,
                               &out.begin,
                               &out.end,
                               rights.data(),
                               &out.offset,
                               &out.file);
  if (read != 5) {
    return std::nullopt;
  }
  out.rights = rights.data();
  return out;
}

std::vector<own_mapping> own_mappings() {
  std::vector<own_mapping> out;
  const std::unique_ptr<std::FILE, close_file> maps{std::fopen("/proc/self/maps", "re")};
  std::array<char, 512> line{}; // the rest of a longer one is read as another and is none
  while (maps && std::fgets(line.data(), line.size(), maps.get()) != nullptr) {
    if (auto mapping = parse_mapping(line.data())) {
      out.push_back(std::move(*mapping));
    }
  }
  return out;
}

} // namespace kraken::php
