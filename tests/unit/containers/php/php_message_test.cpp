// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Lines as PHP 8.2 writes them with log_errors on, and what it says of functions it does not have.
#include "containers/php/php_message.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace kraken::containers {

TEST_CASE("what PHP itself says of an error has its level") {
  const auto alone = [](std::string_view line) { return php_levels{}.next(line).level; };
  CHECK(alone("PHP Fatal error:  Uncaught Exception: no in /a.php:3") == log::level::error);
  CHECK(alone("PHP Parse error:  syntax error") == log::level::error);
  CHECK(alone("PHP Recoverable fatal error:  x") == log::level::error);
  CHECK(alone("PHP Warning:  Undefined variable $x") == log::level::warn);
  CHECK(alone("PHP Deprecated:  x") == log::level::info);
  CHECK(alone("#0 {main}") == log::level::info);
  CHECK(alone("the PHP Fatal error: is a text") == log::level::info);
  CHECK(alone("17") == log::level::info);
  CHECK(alone("") == log::level::info);
}

TEST_CASE("what PHP shows of an error has its level, if it names its place") {
  const auto alone = [](std::string_view line) { return php_levels{}.next(line).level; };
  CHECK(alone("Fatal error: Allowed memory size exhausted in /a.php on line 3") ==
        log::level::error);
  CHECK(alone("Fatal error: Uncaught Exception: no in /a.php:3") == log::level::error);
  CHECK(alone("Parse error: syntax error in /a.php on line 3") == log::level::error);
  CHECK(alone("Warning: Undefined variable $x in /a.php on line 30") == log::level::warn);
  CHECK(alone("Notice: x in /a.php on line 3") == log::level::info);
  CHECK(alone("Deprecated: x in /a.php on line 3") == log::level::info);
  CHECK(alone("Warning: the disk is full") == log::level::info);
  CHECK(alone("Warning: the disk is full on line 3") == log::level::info);
  CHECK(alone("Warning: x in /a.php on line ") == log::level::info);
  CHECK(alone("a Warning: x in /a.php on line 3") == log::level::info);
}

TEST_CASE("what follows of an error of PHP has its level, what comes after it has not") {
  php_levels levels;
  for (const auto* const line : {"PHP Fatal error:  Uncaught RuntimeException: one",
                                 "two, as on line 7 in /a.php on line 7",
                                 "Stack trace:",
                                 "#0 /a.php(9): f()",
                                 "#1 {main}",
                                 "  thrown in /a.php on line 3"}) {
    CHECK(levels.next(line).level == log::level::error);
  }
  CHECK(levels.next("an own line").level == log::level::info);
  CHECK(levels.next("#1 of the list").level == log::level::info);
  CHECK(levels.next("Warning: x in /a.php on line 3").level == log::level::warn);
  CHECK(levels.next("").level == log::level::info);
  CHECK(levels.next("PHP Fatal error:  x").level == log::level::error);
  CHECK(levels.next("PHP Notice:  x in /a.php on line 3").level == log::level::info);
}

TEST_CASE("a message that never names its place does not colour all that follows") {
  php_levels levels;
  CHECK(levels.next("PHP Warning: my own words").level == log::level::warn);
  int coloured = 0;
  while (levels.next("a line").level == log::level::warn) {
    ++coloured;
  }
  CHECK(coloured == 20);
}

TEST_CASE("what PHP says behind a line without an end is told apart from that") {
  const auto alone = [](std::string_view line) { return php_levels{}.next(line); };
  const auto behind = alone("abcPHP Warning:  no in /a.php: PHP Fatal error:  quoted");
  CHECK(behind.level == log::level::warn);
  CHECK(behind.from == 3);
  CHECK(alone("... PHP Fatal error:  x").from == 4);
  CHECK(alone("PHP Warning:  a PHP Fatal error:  x").from == 0);
  CHECK(alone("PHP Notice:  x").from == 0);
}

TEST_CASE("the streams of a worker do not mix") {
  worker_levels levels;
  using process::output_stream;
  CHECK(levels(output_stream::err, "PHP Fatal error:  Uncaught E").level == log::level::error);
  CHECK(levels(output_stream::out, "an own line").level == log::level::info);
  CHECK(levels(output_stream::err, "#0 {main}").level == log::level::error);
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
  const auto level_of_template = [](std::string_view line) {
    return template_levels{}(process::output_stream::err, line).level;
  };
  CHECK(level_of_template("[error] DomainException: no") == log::level::error);
  CHECK(level_of_template("[warning] take care") == log::level::warn);
  CHECK(level_of_template("[off] no level") == log::level::info);
  CHECK(level_of_template("[22-Nov-2026 07:00:00] text") == log::level::info);
  CHECK(level_of_template("[error]") == log::level::info);
  CHECK(level_of_template("PHP Fatal error:  Uncaught Exception") == log::level::error);
  CHECK(level_of_template("error] text") == log::level::info);
}

} // namespace kraken::containers
