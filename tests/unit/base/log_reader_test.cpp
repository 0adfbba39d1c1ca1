// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A log that somebody reads slowly, or not at all: nobody waits for him.
#include "kraken/base/log.hpp"
#include "kraken/base/log/log_outlet.hpp"
#include "kraken/base/unique_fd.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

namespace kraken::log {

namespace {

constexpr auto patience = std::chrono::seconds{20};

struct slow_reader {
  std::string folder;
  std::string path;
  unique_fd end;
  std::string seen;

  slow_reader() {
    ::signal(SIGPIPE, SIG_IGN);
    auto pattern = (std::filesystem::temp_directory_path() / "kraken-log-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    path = folder + "/pipe";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    end.reset(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    REQUIRE(end);
  }
  slow_reader(const slow_reader&) = delete;
  slow_reader& operator=(const slow_reader&) = delete;
  ~slow_reader() {
    end_thread();
    static_cast<void>(configure({}));
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  bool reads(std::string_view wanted) {
    std::array<char, 65'536> part; // NOLINT: filled by read
    pollfd one{.fd = end.get(), .events = POLLIN, .revents = 0};
    const auto until = std::chrono::steady_clock::now() + patience;
    while (seen.find(wanted) == std::string::npos && std::chrono::steady_clock::now() < until) {
      ::poll(&one, 1, 100);
      if (const auto size = ::read(end.get(), part.data(), part.size()); size > 0) {
        seen.append(part.data(), static_cast<std::size_t>(size));
      }
    }
    return seen.find(wanted) != std::string::npos;
  }
};

/// Thirty lines.
void say_more_than_a_pipe_takes() {
  const std::string text(10'000, 'x');
  for (int i = 0; i < 30; ++i) {
    info("said", {{"text", text}});
  }
}

} // namespace

TEST_CASE("a pipe that nobody reads is refused as a log file, and not waited for") {
  slow_reader reader;
  reader.end.reset();
  const auto refused = configure({level::info, format::text, reader.path});
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().context, Catch::Contains("a pipe that nobody reads"));
}

TEST_CASE("a reader that stands still costs lines, which are told of once when he reads on") {
  slow_reader reader;
  REQUIRE(configure({level::info, format::json, reader.path}));
  REQUIRE(begin_thread());
  const auto before = lost();
  const std::string text(10'000, 'x');
  std::uint64_t said = 0;
  const auto began = std::chrono::steady_clock::now();
  while (lost() < before + 100 && said < 10'000) {
    info("said", {{"text", text}});
    ++said;
  }
  CHECK(std::chrono::steady_clock::now() - began < patience);
  REQUIRE(lost() == before + 100);
  CHECK(said * text.size() > waiting_bytes_max);
  CHECK(said * text.size() < 2 * waiting_bytes_max);

  REQUIRE(reader.reads("\"event\":\"log_lines_lost\",\"lines\":100}\n"));
  info("last");
  REQUIRE(reader.reads("\"event\":\"last\"}\n"));
  CHECK(lost() == before + 100);
  CHECK(reader.seen.find("log_lines_lost") == reader.seen.rfind("log_lines_lost"));
  const auto lines = std::count(reader.seen.begin(), reader.seen.end(), '\n');
  CHECK(static_cast<std::uint64_t>(lines) == said - 100 + 2);
  std::size_t from = 0;
  for (auto at = reader.seen.find('\n'); at != std::string::npos;
       at = reader.seen.find('\n', from)) {
    CHECK(reader.seen.compare(from, 9, "{\"time\":\"") == 0);
    CHECK(reader.seen[at - 1] == '}');
    from = at + 1;
  }
}

TEST_CASE("what waits for a reader that stands still holds up neither the end nor another file") {
  slow_reader reader;
  REQUIRE(configure({level::info, format::json, reader.path}));
  REQUIRE(begin_thread());
  const auto before = lost();
  say_more_than_a_pipe_takes();
  CHECK(lost() == before);

  SECTION("its end") {
    end_thread();
    CHECK(lost() > before + 10);
    CHECK(lost() < before + 30);
    info("too_late"); // nobody waits again
    CHECK(reader.reads("said"));
  }
  SECTION("another file gets what waits, but for the line that was begun") {
    const auto file = reader.folder + "/kraken.log";
    REQUIRE(configure({level::info, format::json, file}));
    info("last");
    end_thread();
    CHECK(lost() <= before + 1);
    std::string written(std::filesystem::file_size(file), '\0');
    const unique_fd in{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    REQUIRE(::read(in.get(), written.data(), written.size()) ==
            static_cast<ssize_t>(written.size()));
    CHECK(written.starts_with("{\"time\":\""));
    CHECK_THAT(written, Catch::EndsWith("\"event\":\"last\"}\n"));
    CHECK(std::count(written.begin(), written.end(), '\n') > 10);
  }
}

TEST_CASE("a reader who has gone costs lines, and the next one begins with a whole line") {
  slow_reader reader;
  REQUIRE(configure({level::info, format::json, reader.path}));
  REQUIRE(begin_thread());
  const auto before = lost();
  say_more_than_a_pipe_takes();
  reader.end.reset();
  end_thread();
  CHECK(lost() > before + 10);
  reader.end.reset(::open(reader.path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  const auto gone = lost() - before;
  REQUIRE(reader.reads("said")); // the pipe has kept what it had
  info("last");
  REQUIRE(reader.reads("\"event\":\"last\"}\n"));
  CHECK_THAT(reader.seen, Catch::Contains("x\n{\"time\":")); // the torn line has an end
  CHECK_THAT(reader.seen,
             Catch::Contains("\"event\":\"log_lines_lost\",\"lines\":" + std::to_string(gone)));
}

} // namespace kraken::log
