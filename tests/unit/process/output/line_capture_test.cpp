// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Lines out of bytes: splitting at every offset, cutting, rate, ring.
#include "kraken/process/output/line_capture.hpp"

#include <catch2/catch.hpp>

namespace kraken::process {

namespace {

using lines = std::vector<std::string>;

const time_point now{std::chrono::hours{1}};

struct splitting {
  line_splitter splitter;
  lines out;
  std::vector<std::uint64_t> cut;

  explicit splitting(std::size_t max) : splitter(max) {}

  raw_line_sink sink() {
    return [this](const raw_line& line) {
      out.emplace_back(line.text);
      cut.push_back(line.cut_bytes);
    };
  }
};

lines texts(const std::vector<captured_line>& captured) {
  lines out;
  for (const auto& line : captured) {
    out.push_back(line.text);
  }
  return out;
}

} // namespace

TEST_CASE("a stream gives the same lines however it is cut into reads") {
  const std::string text = "one\n\ntwo\r\nth\rree\r\n0123456789\n0123456789\r\n0123456789ab\nend";
  const lines expected{
      "one", "", "two", "th\rree", "0123456789", "0123456789", "0123456789", "end"};
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      splitting s{10};
      s.splitter.feed(std::string_view{text}.substr(0, first), s.sink());
      s.splitter.feed(std::string_view{text}.substr(first, second - first), s.sink());
      s.splitter.feed(std::string_view{text}.substr(second), s.sink());
      s.splitter.flush(s.sink());
      REQUIRE(s.out == expected);
      REQUIRE(s.cut == std::vector<std::uint64_t>{0, 0, 0, 0, 0, 0, 2, 0});
      REQUIRE(s.splitter.bytes_cut() == 2);
    }
  }
}

TEST_CASE("flush gives what waits, and nothing when nothing does") {
  splitting s{10};
  s.splitter.flush(s.sink());
  CHECK(s.out.empty());
  s.splitter.feed("prompt> ", s.sink());
  CHECK(s.out.empty());
  s.splitter.flush(s.sink());
  s.splitter.flush(s.sink());
  CHECK(s.out == lines{"prompt> "});
}

TEST_CASE("output without line ends costs the limit, not its size") {
  splitting s{limits::log_line_bytes_max};
  const std::string block(1U << 20U, 'x');
  for (int i = 0; i < 100; ++i) {
    s.splitter.feed(block, s.sink());
  }
  CHECK(s.out.empty());
  s.splitter.flush(s.sink());
  REQUIRE(s.out.size() == 1);
  CHECK(s.out[0].size() == limits::log_line_bytes_max);
  CHECK(s.cut[0] == (100U << 20U) - limits::log_line_bytes_max);
}

TEST_CASE("the ring keeps the last lines by number and by bytes") {
  log_ring ring{3, 10};
  CHECK(ring.last_sequence() == 0);
  CHECK(ring.after(0, 100).empty());
  for (const auto* text : {"a", "b", "c", "d"}) {
    ring.push(output_stream::out, text);
  }
  CHECK(ring.last_sequence() == 4);
  CHECK(texts(ring.after(0, 100)) == lines{"b", "c", "d"});
  CHECK(ring.after(0, 100).front().sequence == 2);
  CHECK(texts(ring.after(3, 100)) == lines{"d"});
  CHECK(texts(ring.after(0, 2)) == lines{"b", "c"});
  CHECK(ring.after(4, 100).empty());
  CHECK(ring.after(99, 100).empty());

  ring.push(output_stream::out, "123456789"); // with "d": 10 bytes
  CHECK(texts(ring.after(0, 100)) == lines{"d", "123456789"});
  ring.push(output_stream::out, "longer than all of it");
  CHECK(texts(ring.after(0, 100)) == lines{"longer than all of it"});
}

TEST_CASE("a tail is whole lines within its bytes, of one stream or both") {
  log_ring ring;
  ring.push(output_stream::out, "out 1");
  ring.push(output_stream::err, "err 1");
  ring.push(output_stream::out, "out 2");
  ring.push(output_stream::err, "err 2");
  CHECK(ring.tail(1000) == "out 1\nerr 1\nout 2\nerr 2\n");
  CHECK(ring.tail(1000, 0, output_stream::err) == "err 1\nerr 2\n");
  CHECK(ring.tail(12, 0, output_stream::err) == "err 1\nerr 2\n");
  CHECK(ring.tail(11, 0, output_stream::err) == "err 2\n");
  CHECK(ring.tail(3).empty());
  CHECK(ring.tail(1000, 2) == "out 2\nerr 2\n");
  CHECK(ring.tail(1000, 4).empty());
}

TEST_CASE("streams do not mix, numbers run over both") {
  line_capture capture;
  std::vector<captured_line> passed;
  const auto sink = [&](const captured_line& line) { passed.push_back(line); };
  capture.feed(output_stream::out, "he", now, sink);
  capture.feed(output_stream::err, "oops\n", now, sink);
  capture.feed(output_stream::out, "llo\n", now, sink);
  capture.feed(output_stream::err, "half", now, sink);
  capture.flush(output_stream::out, now, sink);
  capture.flush(output_stream::err, now, sink);
  REQUIRE(texts(passed) == lines{"oops", "hello", "half"});
  CHECK(passed[0].from == output_stream::err);
  CHECK(passed[1].from == output_stream::out);
  CHECK(passed[2].sequence == 3);
  CHECK(capture.counts().lines == 3);
}

TEST_CASE("a message is kept line by line and passed on as one") {
  capture_limits limits;
  limits.line_bytes_max = 12;
  limits.bytes_per_second_max = 40;
  line_capture capture{limits};
  std::vector<captured_line> passed;
  const auto sink = [&](const captured_line& line) { passed.push_back(line); };
  capture.feed(output_stream::out, "begun ", now, sink);
  capture.add(output_stream::out, "one\r\n\ntwo\n", now, sink);
  capture.add(output_stream::out, "", now, sink);
  capture.add(output_stream::out, "0123456789\nabcdef", now, sink);
  capture.add(output_stream::out, "kept", now, nullptr);
  capture.feed(output_stream::out, "line\n", now, sink);
  REQUIRE(texts(passed) == lines{"one\n\ntwo", "0123456789\na", "begun line"});
  CHECK(passed[0].sequence == 3);
  CHECK(passed[1].cut_bytes == 5);
  CHECK(texts(capture.ring().after(0, 9)) ==
        lines{"one", "", "two", "0123456789", "abcdef", "kept", "begun line"});
  CHECK_FALSE(capture.has_dropped());
  capture.feed(output_stream::out, "more of it\n", now, sink);
  capture.add(output_stream::out, "too\nmuch", now, sink);
  CHECK(capture.take_dropped() == 2);
}

TEST_CASE("few lines can be a flood, too") {
  capture_limits limits;
  limits.bytes_per_second_max = 10;
  line_capture capture{limits};
  lines passed;
  const auto sink = [&](const captured_line& line) { passed.push_back(line.text); };
  CHECK_FALSE(capture.has_dropped());
  capture.feed(output_stream::out, "123456\n789012\n3\n", now, sink);
  CHECK(passed == lines{"123456", "789012"});
  CHECK(capture.has_dropped());
  CHECK(capture.take_dropped() == 1);
  CHECK_FALSE(capture.has_dropped());
  capture.feed(output_stream::out, "4\n", now + std::chrono::seconds{1}, sink);
  CHECK(passed.back() == "4");
}

TEST_CASE("a flood is kept to its rate in the log, its end stays in the ring") {
  capture_limits limits;
  limits.lines_per_second_max = 3;
  line_capture capture{limits};
  lines passed;
  const auto sink = [&](const captured_line& line) { passed.push_back(line.text); };
  capture.feed(output_stream::out, "1\n2\n3\n4\n5\n", now, sink);
  capture.feed(output_stream::err, "6\n", now + std::chrono::milliseconds{999}, sink);
  CHECK(passed == lines{"1", "2", "3"});
  CHECK(capture.take_dropped() == 3);
  CHECK(capture.take_dropped() == 0);
  CHECK(capture.ring().tail(100) == "1\n2\n3\n4\n5\n6\n");
  capture.feed(output_stream::out, "7\n", now + std::chrono::seconds{1}, sink);
  CHECK(passed.back() == "7");
  CHECK(capture.counts().lines == 7);
  CHECK(capture.counts().lines_dropped == 3);
}

} // namespace kraken::process
