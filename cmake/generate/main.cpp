// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// `kraken-generate --root DIR [--check]`: writes every generated file of the tree, or says which
/// of them are stale (exit code 1). What is in them is in the other files here.
#include "pages.hpp"

#include "config/reference_page.hpp"
#include "config/schema.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using kraken::generate::page;

std::string read_text(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

kraken::result<std::vector<page>> all_pages(const fs::path& root) {
  namespace generate = kraken::generate;
  std::vector<page> pages{generate::commands_page(),
                          generate::errors_page(),
                          generate::states_page(),
                          generate::events_page(),
                          generate::openapi_page(KRAKEN_VERSION)};
  pages.push_back({"docs/reference/options.md", kraken::config::reference_page()});
  pages.push_back({"config/kraken.schema.json", kraken::config::json_schema()});
  for (page& script : generate::completion_pages()) {
    pages.push_back(std::move(script));
  }
  auto admin = generate::admin_api_page(read_text(root / "docs/reference/admin-api.md"));
  if (!admin) {
    return kraken::fail(admin.error());
  }
  pages.push_back(std::move(*admin));
  return pages;
}

/// @return number of stale files
int check(const fs::path& root, const std::vector<page>& pages) {
  int stale = 0;
  for (const page& one : pages) {
    if (read_text(root / one.path) != one.text) {
      std::cerr << one.path << ": stale; run kraken-generate --root " << root.string() << "\n";
      ++stale;
    }
  }
  return stale;
}

/// @return number of files that could not be written
int write(const fs::path& root, const std::vector<page>& pages) {
  int failed = 0;
  for (const page& one : pages) {
    const fs::path path = root / one.path;
    if (read_text(path) == one.text) {
      continue; // keeps the time of the file: nothing is rebuilt for nothing
    }
    std::error_code ignored; // the write below tells
    fs::create_directories(path.parent_path(), ignored);
    std::ofstream file{path, std::ios::binary | std::ios::trunc};
    file << one.text;
    file.close();
    if (!file) {
      std::cerr << one.path << ": cannot be written\n";
      ++failed;
    }
  }
  return failed;
}

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const bool checks = words.size() == 3 && words[2] == "--check";
  if ((words.size() != 2 && !checks) || words[0] != "--root") {
    std::cerr << "usage: kraken-generate --root DIR [--check]\n";
    return 2;
  }
  const fs::path root{words[1]};
  const auto pages = all_pages(root);
  if (!pages) {
    std::cerr << pages.error().text() << "\n";
    return 1;
  }
  const int bad = checks ? check(root, *pages) : write(root, *pages);
  return bad == 0 ? 0 : 1;
}
