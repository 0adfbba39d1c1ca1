// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Lines as PHP 8.2 writes them with log_errors on, and what it says of functions it does not have.
#include "containers/php/php_message.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace kraken::containers {

TEST_CASE("what PHP itself says of an error has its level") {
  CHECK(level_of_stderr("PHP Fatal error:  Uncaught Exception: no in /a.php:3").level ==
        log::level::error);
  CHECK(level_of_stderr("PHP Parse error:  syntax error").level == log::level::error);
  CHECK(level_of_stderr("PHP Recoverable fatal error:  x").level == log::level::error);
  CHECK(level_of_stderr("PHP Warning:  Undefined variable $x").level == log::level::warn);
  CHECK(level_of_stderr("PHP Deprecated:  x").level == log::level::info);
  CHECK(level_of_stderr("#0 {main}").level == log::level::info);
  CHECK(level_of_stderr("the PHP Fatal error: is a text").level == log::level::info);
  CHECK(level_of_stderr("").level == log::level::info);
}

TEST_CASE("what PHP says behind a line without an end is told apart from that") {
  const auto behind = level_of_stderr("abcPHP Warning:  no in /a.php: PHP Fatal error:  quoted");
  CHECK(behind.level == log::level::warn);
  CHECK(behind.from == 3);
  CHECK(level_of_stderr("... PHP Fatal error:  x").from == 4);
  CHECK(level_of_stderr("PHP Warning:  a PHP Fatal error:  x").from == 0);
  CHECK(level_of_stderr("PHP Notice:  x").from == 0);
}

TEST_CASE("a script that misses a function of kraken-php is told of the carrier") {
  const std::string name = GENERATE("Kraken\\handle()",
                                    "Kraken\\onFork()",
                                    "frankenphp_handle_request()",
                                    "App\\Kraken\\handle()",
                                    "App\\frankenphp_handle_request()");
  const auto advice =
      needed_carrier("PHP Fatal error:  Uncaught Error: Call to undefined function " + name +
                     " in /srv/worker.php:3\nStack trace:\n#0 {main}\n");
  CHECK(advice.find("carrier: native") != std::string_view::npos);
  CHECK(needed_carrier("Call to undefined function " + name) == advice);
}

TEST_CASE("whatever else a script misses is its own affair") {
  CHECK(needed_carrier("").empty());
  CHECK(needed_carrier("Call to undefined function ").empty());
  CHECK(needed_carrier("Call to undefined function strlem() near Kraken\\handle").empty());
  CHECK(needed_carrier("the text Kraken\\handle()").empty());
  CHECK(needed_carrier("Call to undefined function Kraken\\handle_it()").empty());
  // An earlier start of a script that has been repaired since.
  CHECK(needed_carrier("Call to undefined function Kraken\\handle() in a\n"
                       "Call to undefined function strlem() in b")
            .empty());
}

TEST_CASE("what a page of a template has said has the level that it was said with") {
  CHECK(level_of_template("[error] DomainException: no").level == log::level::error);
  CHECK(level_of_template("[warning] take care").level == log::level::warn);
  CHECK(level_of_template("[off] no level").level == log::level::info);
  CHECK(level_of_template("[22-Nov-2026 07:00:00] text").level == log::level::info);
  CHECK(level_of_template("[error]").level == log::level::info);
  CHECK(level_of_template("PHP Fatal error:  Uncaught Exception").level == log::level::error);
  CHECK(level_of_template("error] text").level == log::level::info);
}

} // namespace kraken::containers
