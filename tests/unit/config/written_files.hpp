// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Configuration files in a directory of their own, for tests. Removed at the end of the test.
#pragma once

#include "config/loader.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

/// A directory with files, and a request to load from it.
class written_files {
public:
  written_files() {
    std::string name = (std::filesystem::temp_directory_path() / "kraken-config-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    directory_ = name;
    request.directory = name;
  }
  ~written_files() {
    std::error_code ignored; // a leftover in the temporary directory fails no test
    std::filesystem::remove_all(directory_, ignored);
  }
  written_files(const written_files&) = delete;
  written_files& operator=(const written_files&) = delete;

  void write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((directory_ / name).parent_path());
    std::ofstream file{directory_ / name, std::ios::binary};
    file << text;
    REQUIRE(file);
  }

  [[nodiscard]] std::string directory() const { return directory_.string(); }

  /// The configuration; fails the test when there are mistakes.
  [[nodiscard]] kraken::config::configuration load() const {
    auto loaded = kraken::config::load(request);
    INFO((loaded ? std::string{} : kraken::config::to_error(loaded.error()).context));
    REQUIRE(loaded);
    return std::move(*loaded);
  }

  /// The mistakes, a line each; empty when there are none.
  [[nodiscard]] std::string mistakes() const {
    const auto loaded = kraken::config::load(request);
    return loaded ? std::string{} : kraken::config::to_error(loaded.error()).context;
  }

  kraken::config::load_request request;

private:
  std::filesystem::path directory_;
};

/// The options of a kind.
template <class Options>
const auto& values_of(const kraken::model::child_spec& spec) {
  const auto* options = dynamic_cast<const Options*>(spec.options.get());
  REQUIRE(options != nullptr);
  return options->values;
}
