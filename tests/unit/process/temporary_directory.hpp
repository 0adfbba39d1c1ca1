// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A directory of a test's own that is gone after it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace kraken::process::test {

class temporary_directory {
public:
  temporary_directory() {
    auto pattern = (std::filesystem::temp_directory_path() / "kraken-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }

  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
  std::string path_;
};

} // namespace kraken::process::test
