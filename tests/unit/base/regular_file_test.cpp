// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which files are opened, and which descriptors of others are taken.
#include "kraken/base/regular_file.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

using namespace kraken;

namespace {

class folder_of_files {
public:
  folder_of_files() {
    std::string made = "/tmp/kt-regular-XXXXXX";
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

std::string refusal_of(int fd) {
  const auto taken = as_regular(unique_fd{fd});
  return taken ? std::string{} : taken.error().context;
}

} // namespace

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

TEST_CASE("a file is opened by its path, a pipe is not waited for") {
  const folder_of_files made;
  const auto file = open_regular(made.path + "/open/a");
  REQUIRE(file);
  CHECK(file->size == 4);
  struct stat seen {};
  REQUIRE(::stat((made.path + "/open/a").c_str(), &seen) == 0);
  CHECK(file->modified == seen.st_mtim.tv_sec);
  CHECK((::fcntl(file->fd.get(), F_GETFD) & FD_CLOEXEC) != 0);
  CHECK(open_regular(made.path + "/none").error().code == errc::system_error);
  CHECK(open_regular(made.path + "/open/pipe").error().code == errc::invalid_argument);
  CHECK(open_regular(made.path + "/open").error().code == errc::invalid_argument);
}

TEST_CASE("of descriptors only those of regular files that can be read are taken") {
  const folder_of_files made;
  const auto path = made.path + "/open/a";
  CHECK(refusal_of(::open(path.c_str(), O_RDONLY)).empty());
  CHECK(refusal_of(::open(path.c_str(), O_RDWR)).empty());
  CHECK(refusal_of(::memfd_create("a", MFD_CLOEXEC)).empty());
  std::array<int, 2> ends{-1, -1};
  REQUIRE(::pipe(ends.data()) == 0);
  CHECK(refusal_of(ends[0]).find("no regular file") != std::string::npos);
  CHECK(refusal_of(ends[1]).find("not open for reading") != std::string::npos);
  CHECK(refusal_of(::open(made.path.c_str(), O_RDONLY)).find("no regular") != std::string::npos);
  CHECK(refusal_of(::open(path.c_str(), O_WRONLY)).find("for reading") != std::string::npos);
  CHECK(refusal_of(::open(path.c_str(), O_PATH)).find("for reading") != std::string::npos);
  CHECK(refusal_of(::open("/dev/null", O_RDONLY)).find("no regular") != std::string::npos);
  CHECK(refusal_of(-1).find("for reading") != std::string::npos);
}

TEST_CASE("a descriptor that says nothing of its file system may have to wait") {
  CHECK(waits_for_a_process(-1));
  CHECK_FALSE(waits_for_a_process(0));
}

TEST_CASE("the beginning of a file is read, of nothing else") {
  const folder_of_files folder;
  constexpr std::size_t plenty = 100;
  CHECK(read_regular(folder.path + "/open/a", plenty) == "four");
  CHECK(read_regular(folder.path + "/open/absolute", 3) == "sec");
  const auto fault = [&folder](const std::string& name) {
    const auto read = read_regular(folder.path + name, plenty);
    return read ? *read : read.error().context;
  };
  CHECK(fault("/open/pipe") == "is a FIFO, not a file");
  CHECK(fault("/open/deep") == "is a directory, not a file");
  CHECK(fault("/none") == "cannot be read: No such file or directory");
  const auto device = read_regular("/dev/zero", plenty);
  REQUIRE(!device);
  CHECK(device.error().context == "is a device, not a file");
}
