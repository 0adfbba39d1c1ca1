// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Lines as PHP 8.2 writes them with log_errors on.
#include "containers/php/stderr_level.hpp"

#include <catch2/catch.hpp>

namespace kraken::containers {

TEST_CASE("what PHP itself says of an error has its level") {
  CHECK(level_of_stderr("PHP Fatal error:  Uncaught Exception: no in /a.php:3") ==
        log::level::error);
  CHECK(level_of_stderr("PHP Parse error:  syntax error") == log::level::error);
  CHECK(level_of_stderr("PHP Recoverable fatal error:  x") == log::level::error);
  CHECK(level_of_stderr("PHP Warning:  Undefined variable $x") == log::level::warn);
  CHECK(level_of_stderr("PHP Deprecated:  x") == log::level::info);
  CHECK(level_of_stderr("#0 {main}") == log::level::info);
  CHECK(level_of_stderr("the PHP Fatal error: is a text") == log::level::info);
  CHECK(level_of_stderr("") == log::level::info);
}

} // namespace kraken::containers
