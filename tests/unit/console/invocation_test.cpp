// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Command lines as people type them.
#include "console/invocation.hpp"

#include <catch2/catch.hpp>

namespace console = kraken::console;
using kraken::errc;

namespace {

kraken::result<console::invocation> parsed(const std::vector<std::string>& words) {
  return console::parse_arguments(words);
}

} // namespace

TEST_CASE("the framework's own command line") {
  const auto asked = parsed({"process:create", "Main", "T1", "Test", "--flags=CREATE_FORCE"});
  REQUIRE(asked);
  CHECK(asked->command->name == "process:create");
  CHECK(asked->request.command == "process:create");
  CHECK(asked->request.args.at("parent") == "Main");
  CHECK(asked->request.args.at("alias") == "T1");
  CHECK(asked->request.args.at("name") == "Test");
  CHECK(asked->request.flags.at("flags") == "CREATE_FORCE");
}

TEST_CASE("flags may stand anywhere and in every usual form") {
  const auto words = GENERATE(values<std::vector<std::string>>({
      {"logs", "w1", "-f", "--lines", "5", "-o", "json", "--socket=/tmp/s"},
      {"-o", "json", "--socket", "/tmp/s", "logs", "-f", "-n5", "w1"},
      {"--output=json", "--socket=/tmp/s", "logs", "--follow", "-n=5", "--", "w1"},
  }));
  const auto asked = parsed(words);
  REQUIRE(asked);
  CHECK(asked->command->name == "logs");
  CHECK(asked->request.args.at("alias") == "w1");
  CHECK(asked->request.flags.at("follow") == "true");
  CHECK(asked->request.flags.at("lines") == "5");
  CHECK(asked->output == console::form::json);
  CHECK(asked->socket == "/tmp/s");
}

TEST_CASE("several containers are restarted by one command") {
  const auto asked = parsed({"restart", "web", "--rolling", "Main/api", "mailer"});
  REQUIRE(asked);
  CHECK(asked->request.args.at("alias") == "web,Main/api,mailer");
  CHECK(console::words_between_commas("web,,Main/api,") ==
        std::vector<std::string>{"web", "Main/api"});
  CHECK(console::words_between_commas("").empty());
}

TEST_CASE("each form of output has its word") {
  CHECK(parsed({"ps"})->output == console::form::table);
  CHECK(parsed({"ps", "-o", "wide"})->output == console::form::wide);
  CHECK(parsed({"ps", "-o", "yaml"})->output == console::form::yaml);
  CHECK(parsed({"ps", "-oname"})->output == console::form::name);
}

TEST_CASE("words after a program's command are its own") {
  const auto asked = parsed({"serve", "-config=.rr.yaml", "-port", "1", "--set", "a=b"});
  REQUIRE(asked);
  CHECK(asked->words == std::vector<std::string>{"-config=.rr.yaml", "-port", "1", "--set", "a=b"});
  CHECK(parsed({"serve", "--help"})->wants == console::wish::help);
}

TEST_CASE("help and version need nothing else to be right") {
  CHECK(parsed({})->command == nullptr);
  CHECK(parsed({"--version"})->wants == console::wish::version);
  CHECK(parsed({"-h"})->wants == console::wish::help);
  CHECK(parsed({"process:create", "--help"})->wants == console::wish::help);
}

TEST_CASE("bad command lines say what is wrong") {
  struct row {
    std::vector<std::string> words;
    std::string context;
  };

  const auto given = GENERATE(values<row>({
      {{"tre"}, "there is no command 'tre' (did you mean 'tree'?)"},
      {{"ps", "--ouput", "json"}, "ps: there is no flag '--ouput' (did you mean '--output'?)"},
      {{"ps", "-x"}, "ps: there is no flag '-x'"},
      {{"--sockt=x"}, "there is no flag '--sockt' (did you mean '--socket'?)"},
      {{"ps", "-o", "xml"}, "--output: expected one of table, wide, json, yaml, name, got 'xml'"},
      {{"ps", "-o"}, "flag '-o' needs a value"},
      {{"metrics", "-o", "json"}, "metrics has no output 'json', only: table"},
      {{"-o", "yaml", "help"}, "help has no output 'yaml', only: table"},
      {{"health", "-o", "wide"}, "health has no output 'wide', only: table, json, yaml"},
      {{"ps", "--timeout", "10"}, ""},
      {{"inspect"}, "inspect: argument 'alias' is missing (usage: kraken inspect ALIAS)"},
      {{"restart", "a", ""}, "restart: alias: must not be empty"},
      {{"inspect", "a", "b"},
       "inspect: 'b' is one argument too many (usage: kraken inspect ALIAS)"},
  }));
  const auto asked = parsed(given.words);
  REQUIRE_FALSE(asked);
  CHECK(asked.error().code == errc::invalid_argument);
  if (!given.context.empty()) {
    CHECK(asked.error().context == given.context);
  }
}
