// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which names are classes of PHP.
#include "containers/php/class_spec.hpp"

#include <catch2/catch.hpp>

using namespace kraken;
using containers::class_spec;
using containers::is_class_name;

TEST_CASE("a class is told from a program by how it is written") {
  const auto [name, expected] = GENERATE(table<std::string, bool>({
      {"Test", true},
      {"T1_x", true},
      {R"(App\Test)", true},
      {R"(\App\Test)", true},
      {R"(app\test)", true},
      {"", false},
      {"test", false},
      {"_test", false},
      {"/bin/Test", false},
      {"./Test", false},
      {"Test.php", false},
      {"Test --flag", false},
      {"1Test", false},
      {R"(App\)", false},
      {R"(App\\Test)", false},
      {R"(\)", false},
      {R"(App\1)", false},
  }));
  CAPTURE(name);
  CHECK(is_class_name(name) == expected);
}

TEST_CASE("the definition of a class has its name, its options and nothing else") {
  config::php_options options;
  options.autoload = "/app/autoload.php";
  const auto spec = class_spec("T1", "Test", options);
  REQUIRE(spec);
  CHECK(spec->id == "T1");
  CHECK(spec->kind == "php");
  CHECK(spec->name == "Test");
  CHECK(spec->start == std::vector<std::string>{"Test"});
  const auto* const kept = dynamic_cast<const config::php_spec_options*>(spec->options.get());
  REQUIRE(kept != nullptr);
  CHECK(kept->values.autoload == "/app/autoload.php");
  CHECK_FALSE(class_spec("bad/alias", "Test", options));
}
