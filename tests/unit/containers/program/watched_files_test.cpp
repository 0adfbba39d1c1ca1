// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which files belong to a program, by its command line and where its project is.
#include "containers/program/watched_files.hpp"

#include "unit/process/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace kraken::containers {

namespace {

class project {
public:
  project() {
    for (const auto* name : {"shop/public", "shop/bin", "shop/src", "plain"}) {
      std::filesystem::create_directories(at / name);
    }
    for (const auto* name : {"shop/composer.json", "shop/bin/worker.php", "plain/worker.php"}) {
      std::ofstream{at / name} << "x";
    }
  }

  [[nodiscard]] bool watches(const std::string& file) const {
    const auto all = watched_files(wanted, at / "shop", arguments);
    return std::ranges::any_of(all,
                               [&](const auto& each) { return process::means(each, at / file); });
  }

  process::test::temporary_directory at;
  config::watched_paths wanted{.project = true, .paths = {}};
  std::vector<std::string> arguments{"bin/worker.php"};
};

} // namespace

TEST_CASE("watched_files: nothing unless it is asked for") {
  project its;
  its.wanted.project = false;
  CHECK_FALSE(its.watches("shop/bin/worker.php"));
}

TEST_CASE("watched_files: the project is where composer.json is") {
  project its;
  its.arguments = GENERATE(std::vector<std::string>{"bin/worker.php"},
                           std::vector<std::string>{"-d", "a=b", "-n", "bin/worker.php", "x"},
                           std::vector<std::string>{"public"},
                           std::vector<std::string>{"public/"},
                           std::vector<std::string>{"--flag"},
                           std::vector<std::string>{});
  CHECK(its.watches("shop/src/Cart.php"));
  CHECK(its.watches("shop/bin/worker.php"));
  CHECK(its.watches("shop/.env"));
  CHECK(its.watches("shop/vendor/composer/installed.php"));
  CHECK_FALSE(its.watches("shop/vendor/acme/a.php"));
  CHECK_FALSE(its.watches("shop/var/cache/a.php"));
  CHECK_FALSE(its.watches("plain/worker.php"));
}

TEST_CASE("watched_files: without one it is the script's directory") {
  project its;
  its.arguments = {its.at / "plain/worker.php"};
  CHECK(its.watches("plain/worker.php"));
  CHECK(its.watches("plain/lib/a.php"));
  CHECK_FALSE(its.watches("shop/src/Cart.php"));
}

TEST_CASE("watched_files: paths and globs are relative to the working directory") {
  project its;
  its.wanted = {.project = false, .paths = {"src/", "../plain/*.html", its.at / "plain/one.txt"}};
  CHECK(its.watches("shop/src/Cart.php"));
  CHECK(its.watches("plain/a.html"));
  CHECK(its.watches("plain/one.txt"));
  CHECK_FALSE(its.watches("shop/bin/worker.php"));
  CHECK_FALSE(its.watches("plain/worker.php"));
}

} // namespace kraken::containers
