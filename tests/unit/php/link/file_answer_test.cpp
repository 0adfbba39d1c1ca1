// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Answers that are files: small ones as a body, large ones as an open file, by path and by name.
#include "php/native/link/file_answer.hpp"
#include "unit/php/link/link_fixture.hpp"

#include <cstdlib>
#include <fstream>

#include <sys/stat.h>

using namespace kraken;
using kraken::php::answer;

namespace {

constexpr std::size_t large = 100'000;

struct folder_with_files {
  folder_with_files() {
    REQUIRE(::mkdtemp(path.data()) != nullptr);
    std::ofstream{path + "/small"} << "0123456789";
    std::ofstream{path + "/large"} << std::string(large, 'x');
    std::ofstream{path + "/none"} << "";
  }

  folder_with_files(const folder_with_files&) = delete;
  folder_with_files& operator=(const folder_with_files&) = delete;

  ~folder_with_files() {
    for (const auto* const name : {"/small", "/large", "/none", ""}) {
      static_cast<void>(std::remove((path + name).c_str()));
    }
  }

  std::string path = "/tmp/kt-file-answer-XXXXXX";
};

struct answering_files : php::linked {
  void ask(std::string_view method,
           std::span<const wire::header_field> fields = {},
           std::string_view folders = {}) {
    say_request(9, method, "/", {}, fields, folders);
    REQUIRE(link.wait() == php::daemon_link::event::request);
    made.begin();
    made.head(200);
    made.field("content-type", "text/x-test");
  }

  /// The answer as the daemon hears it.
  php::seen_frame finished() {
    made.finish(wire::worker_after::keep, 0);
    auto frames = heard();
    REQUIRE(frames.size() == 1);
    frame = std::move(frames[0]);
    response = *wire::decode_response(frame.payload);
    return frame;
  }

  [[nodiscard]] std::string field(std::string_view name) const {
    std::string out;
    for (const auto each : response.headers) {
      out += each.name == name ? std::string{each.value} : "";
    }
    return out;
  }

  void send(const std::string& path) {
    auto file = open_regular(path);
    REQUIRE(file);
    answer_with_file(made, link.request(), std::move(*file));
  }

  answer made{link};
  php::seen_frame frame;
  wire::worker_response response;
  folder_with_files files;
};

} // namespace

TEST_CASE("a small file is a body") {
  answering_files it;
  it.ask("GET");
  CHECK(it.made.write("dropped"));
  it.send(it.files.path + "/small");
  it.finished();
  CHECK((it.response.status == 200 && it.response.body == "0123456789"));
  CHECK(it.field("content-type") == "text/x-test");
  CHECK(it.field("etag").ends_with("-a\""));
  CHECK(it.field("last-modified").ends_with(" GMT"));
  CHECK(it.field("accept-ranges") == "bytes");
  CHECK(it.passed.empty());
}

TEST_CASE("a large file is passed open") {
  answering_files it;
  it.ask("GET");
  it.send(it.files.path + "/large");
  CHECK(it.finished().file);
  const auto part = wire::decode_file_extent(it.response.body);
  REQUIRE(part);
  CHECK((part->first == 0 && part->count == large));
  REQUIRE(it.passed.size() == 1);
  struct stat seen {};
  CHECK((::fstat(it.passed[0].get(), &seen) == 0 && seen.st_size == large));
}

TEST_CASE("a large file is passed before the end of its request, too") {
  answering_files it;
  it.ask("GET");
  it.send(it.files.path + "/large");
  it.made.finish_early(wire::worker_after::keep, 0);
  CHECK_FALSE(it.made.open());
  const auto early = it.heard();
  REQUIRE(early.size() == 1);
  CHECK((early[0].file && early[0].complete));
  CHECK(it.passed.size() == 1);
  it.made.finish(wire::worker_after::keep, 0);
  CHECK(it.heard().at(0).type == wire::frame_type::chunk);
}

TEST_CASE("parts, conditions and methods decide what is sent of a file") {
  answering_files it;
  const auto [method, name, value, file, status, bytes] =
      GENERATE(table<const char*, const char*, const char*, const char*, int, std::size_t>({
          {"GET", "range", "bytes=2-4", "/small", 206, 3},
          {"GET", "range", "bytes=10-", "/small", 416, 0},
          {"GET", "if-none-match", "*", "/large", 304, 0},
          {"GET", "if-none-match", "\"a\"", "/none", 200, 0},
          {"HEAD", "range", "bytes=2-4", "/large", 200, 0},
          {"HEAD", "if-none-match", "*", "/large", 304, 0},
          {"POST", "range", "bytes=2-4", "/small", 200, 10},
      }));
  CAPTURE(method, name, value, file);
  const wire::header_field asked{name, value};
  it.ask(method, {&asked, 1});
  it.send(it.files.path + file);
  it.finished();
  CHECK((it.response.status == status && it.response.body.size() == bytes));
  CHECK(it.field("content-length") == (status == 200 && *method == 'H' ? "100000" : ""));
  CHECK(it.field("content-type").empty() == (status == 416 || status == 304));
  CHECK(it.field("content-range").empty() == (status < 206 || status == 304));
  CHECK(it.passed.empty());
}

TEST_CASE("a file that became shorter meanwhile is no answer") {
  answering_files it;
  it.ask("GET");
  it.send(it.files.path + "/small");
  REQUIRE(::truncate((it.files.path + "/small").c_str(), 5) == 0);
  it.finished();
  CHECK((it.response.status == 500 && it.response.body.empty()));
}

TEST_CASE("a file that an answer names is sent where the route allows it") {
  answering_files it;
  auto folders = it.files.path;
  folders.append("/no").push_back('\0');
  folders.append(it.files.path).push_back('\0');
  const bool allowed = GENERATE(true, false);
  it.ask("GET", {}, allowed ? folders : std::string_view{});
  SECTION("one that is there") {
    it.made.field("X-Sendfile", "/small");
    CHECK(it.made.write("own"));
    send_named_file(it.made, it.link.request());
    it.finished();
    CHECK(it.response.body == (allowed ? "0123456789" : "own"));
    CHECK(it.field("X-Sendfile") == (allowed ? "" : "/small"));
  }
  SECTION("one that is not") {
    it.made.field("x-accel-redirect", "../etc/passwd");
    send_named_file(it.made, it.link.request());
    it.finished();
    CHECK(it.response.status == (allowed ? 404 : 200));
  }
  SECTION("none") {
    CHECK(it.made.write("own"));
    send_named_file(it.made, it.link.request());
    it.finished();
    CHECK((it.response.status == 200 && it.response.body == "own"));
  }
  SECTION("one that comes too late") {
    it.made.field("X-Sendfile", "/small");
    CHECK(it.made.write("begun"));
    CHECK(it.made.flush());
    send_named_file(it.made, it.link.request());
    it.made.finish(wire::worker_after::keep, 0);
    CHECK(it.heard().size() == 2);
  }
}
