// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The quick way to take a field line, held against the one that judges any line: what it takes,
/// the other takes as well and the same.
#include "kraken/wire/detail/http1_usual_field.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <string>

namespace detail = kraken::wire::detail;
using kraken::wire::header_field;

namespace {

detail::line_cursor cursor_at(std::string_view input, std::size_t line, std::size_t most) {
  const char* const begin = input.data();
  const char* const end = begin + input.size();
  return {begin + line, begin + line, end, begin, end, most};
}

/// Why both ways do not agree about the line at `line`; empty when they do.
std::string disagreement(std::string_view input, const detail::line_cursor& at) {
  header_field quick;
  const char* const next = detail::usual_fields{at}.take(at.line, quick);
  if (next == nullptr) {
    return {};
  }
  auto judged_at = at;
  std::string_view line;
  header_field judged;
  if (detail::next_line(judged_at, line) != detail::line_state::complete || line.empty() ||
      detail::split_field_line(line, judged) != detail::line_form::field) {
    return "taken, but it is no field: " + std::string{input};
  }
  const bool same = judged_at.line == next && judged_at.scanned == next &&
                    judged.name.data() == quick.name.data() && judged.name == quick.name &&
                    judged.value.data() == quick.value.data() && judged.value == quick.value;
  return same ? "" : "taken as another field: " + std::string{input};
}

bool is_taken(std::string_view input, std::size_t most = 8'192) {
  header_field out;
  const auto at = cursor_at(input, 0, most);
  return detail::usual_fields{at}.take(at.line, out) != nullptr;
}

} // namespace

TEST_CASE("what the quick way takes is what the judging way takes, whatever the bytes") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random{seed};
  const auto below = [&random](std::size_t most) { return random() % most; };
  // Mostly what fields are made of, so that many are taken; each byte comes.
  const std::string_view usual = "abcXYZ019-- ::  ..__\t\r\n\r\n\x7f\xe4@/";
  std::size_t taken = 0;
  for (int round = 0; round < 40'000; ++round) {
    std::string input(below(24), 'n');
    input += below(4) == 0 ? ":" : ": ";
    input += std::string(below(40), 'v') + "\r\n" + std::string(below(20), 'x');
    for (auto changes = below(3); changes != 0; --changes) {
      input[below(input.size())] =
          below(2) == 0 ? usual[below(usual.size())] : static_cast<char>(below(256));
    }
    // Exactly as long as it is, so that a sanitizer sees who reads behind it.
    const std::vector<char> exact{input.begin(), input.end()};
    const std::string_view view{exact.data(), exact.size()};
    const auto at = cursor_at(view, below(view.size() / 2 + 1), below(8) == 0 ? below(60) : 8'192);
    const auto wrong = disagreement(view, at);
    if (!wrong.empty()) {
      FAIL(wrong);
    }
    header_field out;
    taken += detail::usual_fields{at}.take(at.line, out) != nullptr ? 1U : 0U;
  }
#if defined(__SSE2__)
  CHECK(taken > 10'000);
#endif
}

#if defined(__SSE2__)
TEST_CASE("usual fields are taken, of any length and however little follows") {
  for (std::size_t name = 1; name < 40; ++name) {
    for (std::size_t value = 1; value < 40; ++value) {
      const auto line = std::string(name, 'n') + ": " + std::string(value, 'v') + "\r\n";
      for (std::size_t more : {0U, 1U, 2U, 15U, 16U, 40U}) {
        const auto input = line + std::string(more, 'm');
        if (is_taken(input) != (input.size() >= 16)) {
          FAIL("name " << name << " value " << value << " and " << more);
        }
      }
    }
  }
}

TEST_CASE("the quick way leaves to the judging one what it may not take") {
  const std::string padding(40, 'p');
  const std::string_view line = GENERATE(": no name\r\n",
                                         "no colon\r\n",
                                         "no-colon\r\n",
                                         "a-long-name-without-colon\r\n",
                                         "empty:\r\n",
                                         "empty: \r\n",
                                         "two:  blanks\r\n",
                                         "tab:\tbefore\r\n",
                                         "blank: behind \r\n",
                                         "tab: with\tin\r\n",
                                         "under_score: a\r\n",
                                         "blank : a\r\n",
                                         "bare: cr\rx\r\n",
                                         "bare: lf\n",
                                         "del: \x7f\r\n",
                                         "eight: bit \xe4\r\n",
                                         "\r\n");
  INFO(line);
  CHECK_FALSE(is_taken(std::string{line} + padding));
}

TEST_CASE("the quick way takes nothing behind a limit, nor the rest of a line") {
  const std::string input = "name: value\r\nnext: value\r\n\r\n";
  CHECK(is_taken(input, 11));
  CHECK_FALSE(is_taken(input, 10));
  header_field out;
  auto at = cursor_at(input, 0, 100);
  at.lines_end = at.line + 10;
  CHECK(detail::usual_fields{at}.take(at.line, out) == nullptr);
  at = cursor_at(input, 0, 100);
  at.scanned = at.line + 3;
  CHECK(detail::usual_fields{at}.take(at.line, out) == nullptr);
}
#endif
