// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A real directory that changes in the ways of editors, package managers and version control.
#include "kraken/process/watch/file_watch.hpp"

#include "support/loop_thread.hpp"
#include "unit/process/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fs = std::filesystem;
namespace process = kraken::process;

namespace {

using kraken::test_support::loop_thread;

class watched_directory {
public:
  explicit watched_directory(const std::string& glob = "**/*.php") : glob_(glob) { start(); }

  /// Does not begin yet.
  explicit watched_directory(process::watch_limits allowed, const std::string& glob = "**/*.php")
      : glob_(glob), allowed_(allowed) {}

  ~watched_directory() {
    thread_.call([this] { watch_.reset(); });
  }

  watched_directory(const watched_directory&) = delete;
  watched_directory& operator=(const watched_directory&) = delete;

  void start() {
    thread_.call([this] {
      watch_ = std::make_unique<process::file_watch>(
          thread_.loop(),
          process::patterns_of(here / glob_),
          process::file_watch::callbacks{
              .changed = [this](const process::changed_files& which) { told_.push_back(which); },
              .incomplete = [this](const kraken::error& why) { incomplete = why; }},
          allowed_);
      REQUIRE(watch_->start());
    });
    REQUIRE(thread_.eventually([this] { return watch_->settled(); }));
  }

  void write(const std::string& name, const std::string& text = "<?php") const {
    std::ofstream{here / name} << text;
  }

  /// The next batch; its names from the directory on.
  std::vector<std::string> next() {
    std::vector<std::string> out;
    REQUIRE(thread_.eventually([this] { return !told_.empty(); }));
    thread_.call([&] {
      for (const auto& each : told_.front().some) {
        out.push_back(fs::path{each}.lexically_relative(here.path()).string());
      }
      last_more = told_.front().more;
      told_.erase(told_.begin());
    });
    std::ranges::sort(out);
    return out;
  }

  /// A change that is seen comes after all that were not to be.
  void nothing_but(const std::string& seen) {
    write(seen);
    CHECK(next() == std::vector<std::string>{seen});
  }

  [[nodiscard]] std::size_t directories() {
    return thread_.call([this] { return watch_->directories(); });
  }

  process::test::temporary_directory here;
  bool last_more = false;
  std::optional<kraken::error> incomplete;

private:
  std::string glob_;
  process::watch_limits allowed_;
  loop_thread thread_;
  std::unique_ptr<process::file_watch> watch_;
  std::vector<process::changed_files> told_;
};

using names = std::vector<std::string>;

} // namespace

TEST_CASE("file_watch: files that are written, made and removed are told, each once") {
  watched_directory at;
  at.write("a.php");
  at.write("a.php");
  at.write("b.php");
  CHECK(at.next() == names{"a.php", "b.php"});
  fs::remove(at.here / "a.php");
  CHECK(at.next() == names{"a.php"});
}

TEST_CASE("file_watch: an atomic rename is one change, of the file it makes") {
  watched_directory at;
  at.write("a.php");
  at.next();
  at.write("4913", "");
  at.write(".a.php.new");
  fs::rename(at.here / ".a.php.new", at.here / "a.php");
  CHECK(at.next() == names{"a.php"});
  at.nothing_but("b.php");
}

TEST_CASE("file_watch: a link that is put in place is a change") {
  watched_directory at;
  at.write("target");
  fs::create_symlink(at.here / "target", at.here / "a.php");
  CHECK(at.next() == names{"a.php"});
  fs::create_hard_link(at.here / "target", at.here / "b.php");
  CHECK(at.next() == names{"b.php"});
}

TEST_CASE("file_watch: a link to the directory is followed where it comes to lead") {
  watched_directory at{process::watch_limits{}, "dep/current/**/*.php"};
  fs::create_directories(at.here / "releases/1/src");
  fs::create_directories(at.here / "releases/2/src");
  fs::create_directories(at.here / "dep");
  fs::create_directory_symlink("../releases/1", at.here / "dep/current");
  at.start();
  at.write("releases/1/src/a.php");
  CHECK(at.next() == names{"dep/current/src/a.php"});
  const bool at_once = GENERATE(true, false);
  if (at_once) {
    fs::create_directory_symlink("../releases/2", at.here / "dep/next");
    fs::rename(at.here / "dep/next", at.here / "dep/current");
  } else {
    fs::remove(at.here / "dep/current");
    fs::create_directory_symlink("../releases/2", at.here / "dep/current");
  }
  CHECK(at.next() == names{"dep/current"});
  CHECK(at.last_more);
  at.write("releases/1/src/a.php");
  at.write("releases/2/src/b.php");
  CHECK(at.next() == names{"dep/current/src/b.php"});
}

TEST_CASE("file_watch: links that lead to links are followed, wherever they are") {
  struct row {
    std::string live;   ///< what `dep/current` leads to
    std::string target; ///< what that leads to, with a 1 or a 2 behind it
    std::string rest;   ///< from there to the directory of the files
  };
  // A link to a link; one in the middle of another's target; one that is absolute; one below
  // another.
  const auto one = GENERATE(values<row>({{"../links/live", "../releases/", "src"},
                                         {"../links/live/src", "../releases/", ""},
                                         {"ABSOLUTE/links/live", "../releases/", "src"},
                                         {"../links/././../links/live", "../releases/", "src"}}));
  watched_directory at{process::watch_limits{}, fs::path{"dep/current"} / one.rest / "**/*.php"};
  for (const auto* const name : {"releases/1/src", "releases/2/src", "dep", "links"}) {
    fs::create_directories(at.here / name);
  }
  auto live = one.live;
  if (live.starts_with("ABSOLUTE")) {
    live.replace(0, 8, at.here.path());
  }
  fs::create_directory_symlink(live, at.here / "dep/current");
  fs::create_directory_symlink(one.target + "1", at.here / "links/live");
  at.start();
  at.write("releases/1/src/a.php");
  CHECK(at.next() == names{(fs::path{"dep/current"} / one.rest / "a.php").string()});
  SECTION("switched at once") {
    fs::create_directory_symlink(one.target + "2", at.here / "links/next");
    fs::rename(at.here / "links/next", at.here / "links/live");
    CHECK(at.next() == names{"links/live"});
    CHECK(at.last_more);
  }
  SECTION("removed and made anew") {
    fs::remove(at.here / "links/live");
    CHECK(at.next() == names{"links/live"});
    fs::create_directory_symlink(one.target + "2", at.here / "links/live");
    CHECK(at.next() == names{"links/live"});
  }
  SECTION("gone with its directory, and back") {
    fs::rename(at.here / "links", at.here / "old");
    at.next();
    fs::remove(at.here / "old/live");
    fs::create_directory_symlink(one.target + "2", at.here / "old/live");
    fs::rename(at.here / "old", at.here / "links");
    at.next();
  }
  at.write("releases/1/src/a.php");
  at.write("releases/2/src/b.php");
  CHECK(at.next() == names{(fs::path{"dep/current"} / one.rest / "b.php").string()});
}

TEST_CASE("file_watch: links that lead to each other are the end of the way") {
  watched_directory at{process::watch_limits{}, "a/**/*.php"};
  fs::create_symlink("b", at.here / "a");
  fs::create_symlink("a", at.here / "b");
  at.start();
  fs::create_directory(at.here / "c");
  at.write("c/x.php");
  fs::create_directory_symlink("c", at.here / "next");
  fs::rename(at.here / "next", at.here / "b");
  CHECK(at.next() == names{"b"});
  at.write("c/x.php");
  CHECK(at.next() == names{"a/x.php"});
}

TEST_CASE("file_watch: other files are none of its business") {
  watched_directory at;
  at.write("a.txt");
  at.write("a.php~");
  fs::create_directory(at.here / "vendor");
  at.write("vendor/a.php");
  at.nothing_but("b.php");
}

TEST_CASE("file_watch: a directory made later is followed, with what is in it already") {
  watched_directory at;
  fs::create_directories(at.here / "x/y/z");
  at.write("x/y/z/a.php");
  CHECK(at.next() == names{"x/y/z/a.php"});
  at.write("x/y/b.php");
  CHECK(at.next() == names{"x/y/b.php"});
}

TEST_CASE("file_watch: a directory that is moved here brings its files") {
  watched_directory at;
  const process::test::temporary_directory elsewhere;
  fs::create_directories(elsewhere / "x/y");
  std::ofstream{elsewhere / "x/y/a.php"} << "<?php";
  fs::rename(elsewhere / "x", at.here / "x");
  CHECK(at.next() == names{"x/y/a.php"});
  fs::rename(at.here / "x", at.here / "renamed");
  CHECK(at.next() == names{"renamed/y/a.php", "x"});
  at.write("renamed/y/a.php");
  CHECK(at.next() == names{"renamed/y/a.php"});
  fs::rename(at.here / "renamed", elsewhere / "x");
  CHECK(at.next() == names{"renamed"});
  CHECK(at.directories() == 1);
}

TEST_CASE("file_watch: a directory that is not there is waited for, also when it goes") {
  watched_directory at{"src/lib/*.php"};
  fs::create_directories(at.here / "src/lib");
  at.write("src/lib/a.php");
  CHECK(at.next() == names{"src/lib/a.php"});
  fs::remove_all(at.here / "src");
  at.next();
  fs::create_directories(at.here / "src/lib");
  at.write("src/lib/b.php");
  CHECK(at.next() == names{"src/lib/b.php"});
}

TEST_CASE("file_watch: a single file is seen through replacement") {
  watched_directory at{"app.conf"};
  at.write("other.conf");
  at.write("app.conf");
  CHECK(at.next() == names{"app.conf"});
  at.write("new");
  fs::rename(at.here / "new", at.here / "app.conf");
  CHECK(at.next() == names{"app.conf"});
}

TEST_CASE("file_watch: of many changes the first are named") {
  watched_directory at;
  for (std::size_t i = 0; i < kraken::limits::watch_names_kept + 3; ++i) {
    at.write("f" + std::to_string(i) + ".php");
  }
  CHECK(at.next().size() == kraken::limits::watch_names_kept);
  CHECK(at.last_more);
}

TEST_CASE("file_watch: large directories are looked through in parts") {
  watched_directory at{process::watch_limits{.entries_per_turn = 3}};
  for (const auto* name : {"a/x", "b/y", "c/z"}) {
    fs::create_directories(at.here / name);
    for (int file = 0; file < 7; ++file) {
      at.write(std::string{name} + "/" + std::to_string(file));
    }
  }
  at.start();
  CHECK(at.directories() == 7);
  at.nothing_but("c/z/a.php");
}

TEST_CASE("file_watch: more directories than it may watch are told") {
  watched_directory at{process::watch_limits{.directories_max = 3}};
  for (int i = 0; i < 5; ++i) {
    fs::create_directory(at.here / std::to_string(i));
  }
  at.start();
  CHECK(at.directories() == 3);
  REQUIRE(at.incomplete);
  CHECK(at.incomplete->code == kraken::errc::limit_exceeded);
  at.nothing_but("a.php");
}
