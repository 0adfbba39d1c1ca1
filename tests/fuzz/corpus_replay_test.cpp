// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Replays the corpora through the fuzz targets, and a fixed number of seeded mutations of them, so
/// that every build of the tests runs what the fuzzers once found.
#include "fuzz_target.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace {

std::vector<std::string> read_corpus(std::string_view name) {
  std::vector<std::filesystem::path> paths;
  const auto folder = std::filesystem::path{KRAKEN_CORPUS_DIR} / name;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end()); // the seed below must mean the same everywhere
  std::vector<std::string> inputs;
  for (const auto& path : paths) {
    std::ifstream file{path, std::ios::binary};
    inputs.emplace_back(std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{});
  }
  return inputs;
}

/// Changes, drops, doubles or exchanges some bytes.
std::string mutate(std::string text, const std::string& other, std::mt19937& random) {
  for (auto changes = random() % 4 + 1; changes != 0 && !text.empty(); --changes) {
    const std::size_t at = random() % text.size();
    switch (random() % 5) {
    case 0:
      text[at] = static_cast<char>(random());
      break;
    case 1:
      text[at] = static_cast<char>(static_cast<unsigned char>(text[at]) ^ (1U << (random() % 8)));
      break;
    case 2:
      text.erase(at, random() % 4 + 1);
      break;
    case 3:
      text.insert(at, text.substr(at, random() % 8 + 1));
      break;
    default:
      text = text.substr(0, at) + other.substr(std::min(other.size(), at));
      break;
    }
  }
  return text;
}

} // namespace

TEST_CASE("no corpus file breaks its target") {
  for (const auto& target : kraken::fuzz::target_table) {
    INFO(target.name);
    const auto inputs = read_corpus(target.name);
    CHECK(inputs.size() >= 5);
    target.run("");
    for (const auto& input : inputs) {
      target.run(input);
    }
  }
}

TEST_CASE("no mutation of a corpus file breaks its target") {
  constexpr unsigned seed = 20'250'101;
  for (const auto& target : kraken::fuzz::target_table) {
    INFO(target.name << " with seed " << seed);
    std::mt19937 random{seed};
    const auto inputs = read_corpus(target.name);
    REQUIRE_FALSE(inputs.empty());
    for (int i = 0; i < 5'000; ++i) {
      const auto& input = inputs[random() % inputs.size()];
      target.run(mutate(input, inputs[random() % inputs.size()], random));
    }
  }
}
