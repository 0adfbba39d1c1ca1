// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// How causes read, and the keys rules match.
#include "kraken/model/cause.hpp"

#include "kraken/base/limits.hpp"

#include <catch2/catch.hpp>

namespace model = kraken::model;
using model::cause;
using model::cause_kind;

TEST_CASE("cause: text and key of every kind") {
  cause why;
  std::string text;
  std::string key;
  std::string name;
  std::tie(why.kind, why.code, text, key, name) =
      GENERATE(table<cause_kind, int, std::string, std::string, std::string>({
          {cause_kind::none, 0, "no cause", "none", "none"},
          {cause_kind::exit_normal, 0, "ended normally", "exit:0", "exit_normal"},
          {cause_kind::exit_code, 255, "exit code 255", "exit:255", "exit_code"},
          {cause_kind::signal, 9, "signal 9 (SIGKILL)", "signal:9", "signal"},
          {cause_kind::signal, 40, "signal 40", "signal:40", "signal"},
          {cause_kind::exception, 0, "exception", "exception", "exception"},
          {cause_kind::start_error, 0, "could not be started", "start", "start_error"},
          {cause_kind::start_timeout, 0, "not ready in time", "start", "start_timeout"},
          {cause_kind::timeout, 0, "exceeded its time", "timeout", "timeout"},
          {cause_kind::probe, 0, "alive probe failed", "probe", "probe"},
          {cause_kind::out_of_memory, 0, "out of memory", "oom", "out_of_memory"},
          {cause_kind::protocol, 0, "broke the worker protocol", "protocol", "protocol"},
          {cause_kind::child, 0, "a child failed for good", "child", "child"},
          {cause_kind::shared_fate, 0, "its host process ended", "shared_fate", "shared_fate"},
          {cause_kind::node_down, 0, "its node is not reachable", "node_down", "node_down"},
          {cause_kind::recycle, 0, "planned replacement", "recycle", "recycle"},
          {static_cast<cause_kind>(200), 0, "no cause", "none", "none"},
      }));
  CHECK(why.text() == text);
  CHECK(why.key() == key);
  CHECK(model::to_string(why.kind) == name);
  CHECK(why.normal() == (why.kind == cause_kind::exit_normal || why.kind == cause_kind::recycle));
}

TEST_CASE("cause: an exception names its class and message") {
  cause why;
  why.kind = cause_kind::exception;
  why.type = "DomainError";
  CHECK(why.text() == "DomainError");
  why.message = "no such user";
  CHECK(why.text() == "DomainError: no such user");
  why.type = "exit";
  why.message = "exit during GET /x"; // says so itself
  CHECK(why.text() == "exit during GET /x");
  why.message = "exits are not";
  CHECK(why.text() == "exit: exits are not");
}

TEST_CASE("cause: a summary has the last line of what a program said") {
  cause why;
  why.kind = cause_kind::exit_code;
  why.code = 255;
  CHECK(why.summary() == "exit code 255");
  why.detail = "starting\nPHP Parse error:  no in /a.php on line 3\n\r\n";
  CHECK(why.summary() == "exit code 255 (PHP Parse error:  no in /a.php on line 3)");
  why.message = "no worker boots: exit code 255 (PHP Parse error:  no in /a.php on line 3)";
  why.kind = cause_kind::start_error;
  CHECK(why.summary() == why.text()); // it says that itself
  why.message.clear();
  why.kind = cause_kind::exit_code;
  why.detail = "\n";
  CHECK(why.summary() == "exit code 255");
  why.detail = "#0 {main}";
  why.type = "DomainError"; // has a trace
  CHECK(why.summary() == "DomainError");
}

TEST_CASE("cause: of a trace the summary has what happened, not where") {
  const auto [detail, expected] = GENERATE(table<std::string, std::string>({
      {"boots\nPHP Fatal error:  Uncaught Exception: db down in /w.php:1\nStack trace:\n#0 {main}\n"
       "  thrown in /w.php on line 1\n",
       "PHP Fatal error:  Uncaught Exception: db down in /w.php:1"},
      {"java.lang.Error: no\n\tat Main.main(Main.java:3)", "java.lang.Error: no"},
      {"  in the middle\n  of it", "  of it"},
      {"\n  of it", "  of it"},
      {"  of it", "  of it"},
  }));
  cause why;
  why.kind = cause_kind::exit_code;
  why.code = 1;
  why.detail = detail;
  CHECK(why.summary() == "exit code 1 (" + expected + ")");
}

TEST_CASE("cause: signals have their Linux names") {
  CHECK(model::signal_name(11) == "SIGSEGV");
  CHECK(model::signal_name(31) == "SIGSYS");
  CHECK(model::signal_name(0).empty());
}

TEST_CASE("cause: every text is cut to its limit, at a whole character") {
  namespace limits = kraken::limits;
  cause why;
  why.type = std::string(limits::cause_name_bytes_max, 'T');
  why.message = std::string(limits::cause_message_bytes_max + 1, 'm');
  why.detail = std::string(limits::cause_detail_bytes_max * 2, 'd');
  why.origin = "Main/a";
  why.parents.assign(limits::cause_names_max + 1, std::string(1'000, 'P'));
  const auto cut = model::bounded(why);
  CHECK(cut.type == why.type); // exactly at the limit
  CHECK(cut.message == std::string(limits::cause_message_bytes_max - 3, 'm') + "...");
  CHECK(cut.detail.size() == limits::cause_detail_bytes_max);
  CHECK(cut.origin == "Main/a");
  CHECK(cut.parents.size() == limits::cause_names_max);
  CHECK(cut.parents.back().size() == limits::cause_name_bytes_max);

  why.message =
      std::string(limits::cause_message_bytes_max - 4, 'm') + "\u20ac\u20ac"; // 3 bytes each
  CHECK(model::bounded(why).message ==
        std::string(limits::cause_message_bytes_max - 4, 'm') + "...");
  why.message = std::string(limits::cause_message_bytes_max + 1, '\x80'); // no UTF-8 at all
  CHECK(model::bounded(why).message == "...");
  why.parents = {"RuntimeException"};
  CHECK(model::bounded(why).parents == why.parents);
}

TEST_CASE("a shared cause reads as what it holds, and is replaced as a whole") {
  model::shared_cause kept;
  CHECK(kept->kind == cause_kind::none);
  CHECK((*kept).message.empty());
  cause why;
  why.kind = cause_kind::probe;
  why.message = "no answer";
  kept = why;
  const auto before = kept;
  CHECK(&*before == &*kept); // not copied
  why.message = "no answer again";
  kept = why;
  CHECK(kept->message == "no answer again");
  CHECK(before->message == "no answer");
  kept = model::shared_cause{};
  CHECK(kept->kind == cause_kind::none);
}
