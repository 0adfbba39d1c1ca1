// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Names, ranges and folders of answers that are files.
#include "containers/http/file_answer.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

using namespace kraken;
using namespace kraken::containers;

namespace {

class folder_of_files {
public:
  folder_of_files() {
    std::string made = "/tmp/kt-files-XXXXXX";
    REQUIRE(::mkdtemp(made.data()) != nullptr);
    path = made;
    std::filesystem::create_directories(path + "/open/deep");
    put("/secret", "secret");
    put("/open/a", "four");
    put("/open/deep/b", "longer");
    std::filesystem::create_symlink("../secret", path + "/open/out");
    std::filesystem::create_symlink("deep/b", path + "/open/in");
    std::filesystem::create_symlink(path + "/secret", path + "/open/absolute");
    REQUIRE(::mkfifo((path + "/open/pipe").c_str(), 0600) == 0);
  }

  folder_of_files(const folder_of_files&) = delete;
  folder_of_files& operator=(const folder_of_files&) = delete;

  ~folder_of_files() {
    std::error_code none;
    std::filesystem::remove_all(path, none);
  }

  std::string path;

private:
  void put(const std::string& name, const std::string& text) const {
    std::ofstream{path + name} << text;
  }
};

std::string read_of(std::string_view text) {
  const auto range = read_range(text, 100);
  switch (range.what) {
  case byte_range::kind::whole:
    return "whole";
  case byte_range::kind::nothing:
    return "nothing";
  case byte_range::kind::part:
    break;
  }
  return std::to_string(range.first) + "+" + std::to_string(range.count);
}

} // namespace

TEST_CASE("a file is named by a field of the answer's head, not by its body") {
  CHECK(wished_file("HTTP/1.1 200 OK\r\nA: b\r\nx-SENDFILE:  /a b\r\n\r\nbody") == "/a b");
  CHECK(wished_file("HTTP/1.1 200 OK\r\nX-Accel-Redirect: c\r\n\r\n") == "c");
  CHECK(wished_file("HTTP/1.1 200 OK\r\nX-Sendfile: first\r\nX-Accel-Redirect: c\r\n\r\n") ==
        "first");
  CHECK(wished_file("HTTP/1.1 200 OK\r\nA: b\r\n\r\nX-Sendfile: no\r\n\r\n").empty());
  CHECK(wished_file("HTTP/1.1 200 OK\r\nX-Sendfiles: no\r\n\r\n").empty());
  CHECK(wished_file("").empty());
}

TEST_CASE("one range of bytes is read, anything else is the whole") {
  CHECK(read_of("bytes=0-9") == "0+10");
  CHECK(read_of("bytes=90-") == "90+10");
  CHECK(read_of("bytes=90-1000") == "90+10");
  CHECK(read_of("bytes=-10") == "90+10");
  CHECK(read_of("bytes=-1000") == "0+100");
  CHECK(read_of("bytes=99-99") == "99+1");
  CHECK(read_of("bytes=100-") == "nothing");
  CHECK(read_of("bytes=-0") == "nothing");
  for (const auto* const text : {"",
                                 "bytes=",
                                 "bytes=-",
                                 "bytes=5-4",
                                 "bytes=a-b",
                                 "bytes=0-1,5-6",
                                 "bytes=0 -1",
                                 "lines=0-1",
                                 "bytes=99999999999999999999-"}) {
    INFO(text);
    CHECK(read_of(text) == "whole");
  }
  CHECK(read_range("bytes=0-", 0).what == byte_range::kind::nothing);
}

TEST_CASE("files are opened below their folder and nowhere else") {
  const folder_of_files made;
  const std::array roots{made.path + "/none", made.path + "/open/"};
  const auto size_of = [&](const std::string& name) -> std::int64_t {
    const auto file = open_below(roots, name);
    return file ? static_cast<std::int64_t>(file->size) : -1;
  };
  CHECK(size_of("a") == 4);
  CHECK(size_of("/a") == 4);
  CHECK(size_of("deep/b") == 6);
  CHECK(size_of("in") == 6);
  CHECK(size_of(made.path + "/open/a") == 4);
  CHECK(size_of(made.path + "/open//deep/../a") == 4);
  for (const auto* const name : {"",
                                 "/",
                                 "deep",
                                 "none",
                                 "pipe",
                                 "out",
                                 "absolute",
                                 "../secret",
                                 "deep/../../secret",
                                 "a/../../secret",
                                 "/etc/passwd"}) {
    INFO(name);
    CHECK(size_of(name) == -1);
  }
  CHECK(size_of(made.path + "/secret") == -1);
  CHECK(size_of(made.path + "/open/../secret") == -1);
  CHECK(size_of(made.path + "/opening") == -1);
}
