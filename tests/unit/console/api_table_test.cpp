// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Request targets routed and built by the endpoint table.
#include "console/api_table.hpp"

#include <catch2/catch.hpp>

namespace console = kraken::console;
using console::endpoint;
using kraken::errc;

TEST_CASE("requests find their endpoint") {
  struct row {
    const char* method;
    const char* target;
    endpoint what;
    const char* path;
  };

  const auto [method, target, what, path] =
      GENERATE(row{"POST", "/api/v1/commands", endpoint::commands, ""},
               row{"GET", "/api/v1/containers", endpoint::containers, ""},
               row{"GET", "/api/v1/containers?under=web", endpoint::containers, ""},
               row{"GET", "/api/v1/containers/w3", endpoint::container, "w3"},
               row{"GET", "/api/v1/containers/Main%2Fweb%2fw3", endpoint::container, "Main/web/w3"},
               row{"GET", "/api/v1/containers/logs", endpoint::container, "logs"},
               row{"GET",
                   "/api/v1/containers/Main%2Fweb/logs?after=3",
                   endpoint::container_logs,
                   "Main/web"},
               row{"GET", "/api/v1/events?lines=5&after=7", endpoint::events, ""},
               row{"GET", "/metrics", endpoint::metrics, ""},
               row{"GET", "/livez", endpoint::live, ""});
  CAPTURE(method, target);
  const auto call = console::route(method, target);
  REQUIRE(call);
  CHECK(call->what == what);
  CHECK(call->path == path);
}

TEST_CASE("requests nobody answers") {
  struct row {
    const char* method;
    const char* target;
    errc code;
  };

  const auto [method, target, code] =
      GENERATE(row{"GET", "/", errc::not_found},
               row{"GET", "/api/v2/node", errc::not_found},
               row{"GET", "/api/v1/containers/", errc::not_found},
               row{"GET", "/api/v1/containers/Main/web", errc::not_found},
               row{"GET", "/api/v1/commands", errc::unsupported},
               row{"DELETE", "/api/v1/containers/w1", errc::unsupported},
               row{"GET", "/api/v1/containers/%2", errc::parse_error},
               row{"GET", "/api/v1/containers/%zz", errc::parse_error},
               row{"GET", "/api/v1/containers/%00", errc::parse_error},
               row{"GET", "/api/v1/events?follow=1", errc::invalid_argument});
  CAPTURE(method, target);
  const auto call = console::route(method, target);
  REQUIRE_FALSE(call);
  CHECK(call.error().code == code);
}

TEST_CASE("the methods of a path are named, whatever it is asked") {
  CHECK(console::allowed_methods("/api/v1/commands") == "POST");
  CHECK(console::allowed_methods("/api/v1/containers/w1?x=1") == "GET");
  CHECK(console::allowed_methods("/api/v1/nothing").empty());
}

TEST_CASE("a target reads back as the call it was built from") {
  for (const auto& row : console::endpoints()) {
    console::api_call call{row.value, {}, {}};
    if (row.pattern.find("{path}") != std::string_view::npos) {
      call.path = "Main/a b%?&=\xc3\xa4";
    }
    for (const auto& parameter : row.query) {
      call.query.emplace(parameter.name, "1&x=/ ");
    }
    const std::string target = console::target_of(call);
    CAPTURE(target);
    const auto back = console::route(row.method, target);
    REQUIRE(back);
    CHECK(back->what == call.what);
    CHECK(back->path == call.path);
    CHECK(back->query == call.query);
  }
}

TEST_CASE("numbers of a query are checked") {
  const auto call = console::route("GET", "/api/v1/events?after=17&lines=x");
  REQUIRE(call);
  CHECK(console::query_number(*call, "after", 0).value() == 17);
  CHECK(console::query_number(*call, "lines", 5).error().context ==
        "lines: expected a whole number from 0 to 18446744073709551615, got 'x'");
  CHECK(console::query_number(*console::route("GET", "/api/v1/events"), "lines", 5).value() == 5);
}
