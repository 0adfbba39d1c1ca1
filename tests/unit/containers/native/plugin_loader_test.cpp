// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Real libraries: the one that fits, and every way in which one does not.
#include "containers/native/class_catalogue.hpp"
#include "containers/native/plugin_loader.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

namespace kraken::containers {

namespace {

std::string plugin_file(std::string_view name) {
  return std::string(KRAKEN_TEST_PLUGINS "/plugin_").append(name).append(".so");
}

error refused_plugin(const std::string& path) {
  const auto loaded = load_plugin(path);
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().context.starts_with(path + ": "));
  return error{loaded.error().code, loaded.error().context.substr(path.size() + 2)};
}

} // namespace

TEST_CASE("a plugin's classes are found by name, once") {
  class_catalogue all;
  auto loaded = load_plugin(plugin_file("good"));
  REQUIRE(loaded);
  CHECK(all.add(std::move(*loaded), "good.so"));
  const auto found = all.find("Idle");
  REQUIRE(found);
  CHECK((*found)->summary == "does nothing");
  auto again = load_plugin(plugin_file("good"));
  REQUIRE(again);
  const auto twice = all.add(std::move(*again), "again.so");
  REQUIRE_FALSE(twice);
  CHECK(twice.error().context == "the native class 'Idle' is in good.so and again in again.so");
}

TEST_CASE("a library that is missing or no plugin is refused with its name and the reason") {
  const auto missing = refused_plugin("/nowhere/at-all.so");
  CHECK(missing.code == errc::not_found);
  CHECK(missing.context == "there is no such file");
  const auto text = refused_plugin(KRAKEN_TEST_PLUGINS "/CTestTestfile.cmake");
  CHECK(text.code == errc::invalid_argument);
  CHECK(text.context.starts_with("cannot be loaded: "));
  CHECK(text.context.find(KRAKEN_TEST_PLUGINS) == std::string::npos); // named once
  const auto other = refused_plugin(plugin_file("no_symbol"));
  CHECK(other.code == errc::invalid_argument);
  CHECK(other.context.starts_with("has no symbol `kraken_plugin`: it is no plugin"));
}

TEST_CASE("a plugin of another build is refused before any of its code runs") {
  const auto foreign = refused_plugin(plugin_file("foreign"));
  CHECK(foreign.code == errc::unsupported);
  CHECK(foreign.context == std::string("was built for Kraken 0.0.7, and this daemon is ") +
                               version + ": build it again");
  const auto unbound = refused_plugin(plugin_file("unbound"));
  CHECK(unbound.code == errc::invalid_argument);
  CHECK(unbound.context.find("undefined symbol: ") != std::string::npos);
  CHECK(unbound.context.find("build the plugin for it") != std::string::npos);
}

TEST_CASE("every part of the stamp counts") {
  CHECK(check_stamp({}, "a.so"));
  native::build_stamp other;
  std::string_view part;
  SECTION("headers") {
    ++other.headers;
    part = "other headers of Kraken";
  }
  SECTION("library") {
    --other.library;
    part = "with other settings";
  }
  SECTION("string abi") {
    other.string_abi ^= 1U;
    part = "with other settings";
  }
  SECTION("checked containers") {
    other.list_bytes += 8;
    part = "with other settings";
  }
  const auto fits = check_stamp(other, "a.so");
  REQUIRE_FALSE(fits);
  CHECK(fits.error().code == errc::unsupported);
  CHECK(fits.error().context.find(part) != std::string::npos);
}

TEST_CASE("what the list of a plugin throws is told") {
  CHECK(refused_plugin(plugin_file("throwing")).context == "its list of classes threw: no licence");
}

} // namespace kraken::containers
