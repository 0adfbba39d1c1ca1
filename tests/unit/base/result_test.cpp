// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The error table and the text of errors.
#include "kraken/base/result.hpp"

#include <cerrno>
#include <set>

#include <catch2/catch.hpp>

namespace kraken {

TEST_CASE("every code has a row of its own with sane columns") {
  std::set<std::string_view> names;
  for (const auto& row : errc_table) {
    INFO(row.name);
    CHECK(names.insert(row.name).second);
    CHECK_FALSE(row.text.empty());
    CHECK(&row_of(row.code) == &row);
    CHECK(to_string(row.code) == row.name);
    if (row.code != errc::none) {
      CHECK(row.exit_code >= 1);
      CHECK(row.exit_code <= 125); // 126 and above mean something to shells
      CHECK(row.http_status >= 400);
      CHECK(row.http_status <= 599);
    }
  }
  CHECK(row_of(static_cast<errc>(255)).code == errc::internal);
}

TEST_CASE("an error's text is the chain, outermost first") {
  CHECK(error{}.text() == "none");
  CHECK(error{errc::busy}.text() == "busy");
  CHECK(error{errc::not_found, "no container 'T9'"}.text() == "not_found: no container 'T9'");
  const error chain{errc::start_failed,
                    "Main/T1",
                    error{errc::system_error, "launch", error{errc::not_found, "php"}}};
  CHECK(chain.text() == "start_failed: Main/T1 (system_error: launch (not_found: php))");
}

TEST_CASE("errno becomes an error with its place") {
  const auto denied = errno_error("open '/x'", EACCES);
  CHECK(denied.code == errc::permission_denied);
  CHECK(denied.context == "open '/x': Permission denied");
  CHECK(errno_error("kill", EPERM).code == errc::permission_denied);
  errno = ENOSPC;
  const auto now = errno_error("write");
  CHECK(now.code == errc::system_error);
  CHECK(now.context == "write: No space left on device");
}

TEST_CASE("a result carries the value or the reason") {
  const result<int> good = 7;
  const result<int> bad = fail(errc::timeout, "after 5s");
  CHECK(good.value() == 7);
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == errc::timeout);
  const auto mapped = bad.map([](int n) { return n + 1; });
  CHECK(mapped.error().context == "after 5s");
}

} // namespace kraken
