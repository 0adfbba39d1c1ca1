// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The words of kraken-php.
#include "php/native/command_line.hpp"

#include <catch2/catch.hpp>

#include <array>

using kraken::php::read_command_line;
using kraken::php::run_mode;

TEST_CASE("settings come before the script, whose arguments are its own") {
  const std::array words{"-d", "a=1", "-db=2", "-d", "c", "app.php", "-d", "--classic"};
  const auto read = read_command_line(words);
  REQUIRE(read);
  CHECK(read->mode == run_mode::worker);
  CHECK(read->settings == std::vector<std::string>{"a=1", "b=2", "c=1"});
  CHECK(read->target == "app.php");
  CHECK(read->first_argument == 5);
}

TEST_CASE("a fixed setting is a setting, and its name is remembered") {
  const std::array words{"-d", "a=1", "--fixed=memory_limit=1G", "--fixed=b", "app.php"};
  const auto read = read_command_line(words);
  REQUIRE(read);
  CHECK(read->settings == std::vector<std::string>{"a=1", "memory_limit=1G", "b=1"});
  CHECK(read->fixed == std::vector<std::string>{"memory_limit", "b"});
}

TEST_CASE("a document root is named with --classic") {
  const std::array words{"--classic", "public"};
  CHECK(read_command_line(words)->mode == run_mode::classic);
}

TEST_CASE("a template is told when to fork") {
  const std::array php{"--template=php", "--classic", "public"};
  const std::array app{"--template=app", "a.php"};
  CHECK(read_command_line(php)->forks == kraken::php::fork_time::php);
  CHECK(read_command_line(app)->forks == kraken::php::fork_time::app);
  const std::array none{"a.php", "--template=app"};
  CHECK_FALSE(read_command_line(none)->forks);
  const std::array wrong{"--template=soon", "a.php"};
  CHECK_THAT(read_command_line(wrong).error().context, Catch::Contains("php or app"));
}

TEST_CASE("a template is told what to serve to itself") {
  const std::array words{"--template=app", "--warm=/a?b=c", "--warm=https://x.example", "a.php"};
  CHECK(read_command_line(words)->warm == std::vector<std::string>{"/a?b=c", "https://x.example"});
  const auto* const wrong = GENERATE("--warm=a", "--warm=/%zz", "--warm=*", "--warm=");
  const std::array refused{"--template=app", wrong, "a.php"};
  CHECK_THAT(read_command_line(refused).error().context, Catch::Contains("a path or a URL"));
}

TEST_CASE("what makes no sense is refused with its reason") {
  const std::array setting{"-d"};
  const std::array unknown{"--fast", "x.php"};
  const std::array bare{"--classic"};
  CHECK_THAT(read_command_line(setting).error().context, Catch::Contains("needs a setting"));
  CHECK_THAT(read_command_line(unknown).error().context, Catch::Contains("'--fast'"));
  CHECK_THAT(read_command_line(bare).error().context, Catch::Contains("document root"));
  CHECK_THAT(read_command_line({}).error().context, Catch::Contains("no script"));
}
