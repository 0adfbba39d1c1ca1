// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Temporary files without a name: what is written is read, nothing is left, a full disk is told.
#include "kraken/base/spool_file.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace kraken {

namespace {

class scratch_directory {
public:
  scratch_directory() {
    auto pattern = (std::filesystem::temp_directory_path() / "kraken-spool-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }

  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;

  ~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool empty() const { return std::filesystem::is_empty(path_); }

private:
  std::string path_;
};

// Files of this process cannot be longer, until its end.
class file_size_limit {
public:
  explicit file_size_limit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit smaller{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &smaller);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
  }

  file_size_limit(const file_size_limit&) = delete;
  file_size_limit& operator=(const file_size_limit&) = delete;

  ~file_size_limit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

std::string text_of(const spool_file& file) {
  std::string out(file.size() + 1, '?');
  const auto got = file.read(0, out);
  REQUIRE(got);
  out.resize(*got);
  return out;
}

} // namespace

TEST_CASE("what is written to a spool file is read from it, at any offset") {
  const scratch_directory where;
  auto file = GENERATE(true, false) ? spool_file::make(where.path())
                                    : spool_file::make_by_name(where.path());
  REQUIRE(file);
  CHECK(where.empty()); // it has no name
  CHECK(file->size() == 0);
  REQUIRE(file->append("one "));
  REQUIRE(file->append({}));
  REQUIRE(file->append("two"));
  CHECK(file->size() == 7);
  CHECK(text_of(*file) == "one two");

  std::array<char, 3> part{};
  CHECK(file->read(4, part).value() == 3);
  CHECK(std::string_view{part.data(), part.size()} == "two");
  CHECK(file->read(5, part).value() == 2); // the end comes first
  CHECK(file->read(7, part).value() == 0);
  CHECK(file->read(700, part).value() == 0);
}

TEST_CASE("readers of a spool file have no position in common, and cannot write") {
  const scratch_directory where;
  auto file = spool_file::make(where.path());
  REQUIRE(file);
  REQUIRE(file->append("0123456789"));
  const auto reader = file->reader();
  REQUIRE(reader);
  CHECK((::fcntl(reader->get(), F_GETFD) & FD_CLOEXEC) != 0);
  CHECK(::write(reader->get(), "x", 1) < 0);
  std::array<char, 4> part{};
  CHECK(::read(reader->get(), part.data(), part.size()) == 4); // as a careless reader does
  REQUIRE(file->append("ab"));
  CHECK(text_of(*file) == "0123456789ab");
  CHECK(read_at(*reader, 8, part).value() == 4);
  CHECK(std::string_view{part.data(), part.size()} == "89ab");
}

TEST_CASE("a spool file outlives its maker as long as somebody reads it") {
  const scratch_directory where;
  result<unique_fd> reader = unique_fd{};
  {
    auto file = spool_file::make(where.path());
    REQUIRE(file);
    REQUIRE(file->append("kept"));
    reader = file->reader();
  }
  REQUIRE(reader);
  std::array<char, 8> part{};
  CHECK(read_at(*reader, 0, part).value() == 4);
}

TEST_CASE("a disk that is full is told apart from other errors, and what was written counts") {
  const scratch_directory where;
  auto file = spool_file::make(where.path());
  REQUIRE(file);
  const file_size_limit small{6};
  REQUIRE(file->append("1234"));
  const auto full = file->append("5678");
  REQUIRE_FALSE(full);
  CHECK(full.error().code == errc::limit_exceeded);
  CHECK(full.error().context.find("byte 6") != std::string::npos);
  CHECK(file->size() == 6);
  CHECK(text_of(*file) == "123456");
}

TEST_CASE("a directory that is not there is named") {
  const auto made = GENERATE(true, false) ? spool_file::make("/nonexistent/spool")
                                          : spool_file::make_by_name("/nonexistent/spool");
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::system_error);
  CHECK(made.error().context.find("/nonexistent/spool") != std::string::npos);
}

TEST_CASE("what cannot be read is an error") {
  std::array<char, 4> part{};
  const auto read = read_at(unique_fd{}, 0, part);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == errc::system_error);
}

TEST_CASE("spool files go where TMPDIR says, else where disks are large") {
  CHECK(default_spool_directory("/scratch") == "/scratch");
  CHECK(default_spool_directory("") == "/var/tmp");
  CHECK(default_spool_directory("relative") == "/var/tmp");
}

} // namespace kraken
