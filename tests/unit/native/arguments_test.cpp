// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Arguments of native classes: what each reading yields, and what it says of a mistake.
#include "kraken/native/arguments.hpp"

#include <functional>
#include <map>
#include <string>

#include <catch2/catch.hpp>

using namespace kraken;
using native::argument_error;
using native::arguments;

TEST_CASE("arguments are read by name, with a default where they were not given") {
  const std::map<std::string, std::string> given{
      {"name", "anna"}, {"count", "-3"}, {"wait", "10s"}, {"room", "64M"}, {"loud", "true"}};
  arguments all(given);
  CHECK(all.has("name"));
  CHECK_FALSE(all.has("nick"));
  CHECK(all.required("name") == "anna");
  CHECK(all.text("nick", "an") == "an");
  CHECK(all.number("count", 0, -5, 5) == -3);
  CHECK(all.number("other", 9) == 9);
  CHECK(all.duration("wait", seconds{1}) == seconds{10});
  CHECK(all.duration("other", seconds{1}) == seconds{1});
  CHECK(all.size("room", bytes{1}).value == 64U << 20U);
  CHECK(all.size("other", bytes{1}).value == 1);
  CHECK(all.truth("loud", false));
  CHECK(all.truth("quiet", true));
  CHECK_NOTHROW(all.expect_all_read());
}

TEST_CASE("a mistake names the argument and its value") {
  const std::map<std::string, std::string> given{
      {"count", "12x"}, {"large", "12"}, {"wait", "10"}, {"room", "64 M"}, {"loud", "yes"}};
  arguments all(given);
  using mistake = std::pair<std::function<void()>, std::string>;
  const auto& [read, text] = GENERATE_REF(values<mistake>({
      {[&] { static_cast<void>(all.number("count", 0)); },
       "argument 'count': expected a whole number from 0 to 9223372036854775807, got '12x'"},
      {[&] { static_cast<void>(all.number("large", 0, 1, 9)); },
       "argument 'large': expected a whole number from 1 to 9, got '12'"},
      {[&] { static_cast<void>(all.required("who")); }, "argument 'who': is missing"},
      {[&] { static_cast<void>(all.duration("wait", seconds{1})); },
       "argument 'wait': expected duration, got '10'"},
      {[&] { static_cast<void>(all.size("room", bytes{1})); },
       "argument 'room': expected size, got '64 M'"},
      {[&] { static_cast<void>(all.truth("loud", false)); },
       "argument 'loud': expected true or false, got 'yes'"},
  }));
  try {
    read();
    FAIL("it was accepted");
  } catch (const argument_error& e) {
    CHECK(std::string(e.what()).substr(0, text.size()) == text);
  }
}

TEST_CASE("an argument nobody read is told, with the nearest name that was") {
  const std::map<std::string, std::string> given{{"capcity", "1"}};
  arguments all(given);
  static_cast<void>(all.number("capacity", 1));
  CHECK_THROWS_WITH(all.expect_all_read(),
                    "argument 'capcity': is unknown (did you mean 'capacity'?)");
}
