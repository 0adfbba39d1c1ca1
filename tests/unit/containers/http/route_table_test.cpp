// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which route a request takes: hosts, prefixes, exact paths, methods, order.
#include "config/http_options.hpp"
#include "containers/http/route_table.hpp"
#include "kraken/wire/http1_response.hpp"

#include <catch2/catch.hpp>

using namespace kraken::containers;

namespace {

route to(std::string sink, std::string path, std::string host = {}) {
  route out;
  out.to = std::move(sink);
  out.path = std::move(path);
  out.host = std::move(host);
  return out;
}

std::string taken(const route_table& table,
                  std::string_view host,
                  std::string_view path,
                  std::string_view method = "GET") {
  const auto found = table.find(host, path, method);
  if (found.taken == nullptr) {
    return found.method_refused ? "method" : "none";
  }
  CHECK(&table.routes()[found.index] == found.taken);
  return found.taken->to;
}

} // namespace

TEST_CASE("a host is matched without port and case, an empty one matches any") {
  const route_table table{{to("a", "/", "a.example"), to("six", "/", "[::1]"), to("any", "/")}};
  CHECK(taken(table, "a.example", "/") == "a");
  CHECK(taken(table, "A.Example:8080", "/") == "a");
  CHECK(taken(table, "b.a.example", "/") == "any");
  CHECK(taken(table, "[::1]", "/") == "six");
  CHECK(taken(table, "[::1]:80", "/") == "six");
  CHECK(taken(table, "", "/") == "any");
}

TEST_CASE("a name with the root's dot is the same name") {
  const std::string written = GENERATE("a.example", "a.example.", "A.Example");
  const route_table table{{to("a", "/", written), to("any", "/")}};
  CHECK(taken(table, "a.example.", "/") == "a");
  CHECK(taken(table, "A.example.:8080", "/") == "a");
  CHECK(taken(table, "a.example..", "/") == "any");
  CHECK(taken(table, ".", "/") == "any");
}

TEST_CASE("a host with a star matches every name below it, in the order of the routes") {
  const route_table table{{to("one", "/", "one.a.example"),
                           to("below", "/", "*.a.example"),
                           to("late", "/", "two.a.example"),
                           to("any", "/")}};
  CHECK(taken(table, "one.a.example", "/") == "one");
  CHECK(taken(table, "two.a.example", "/") == "below");
  CHECK(taken(table, "X.Y.A.Example.:80", "/") == "below");
  CHECK(taken(table, "a.example", "/") == "any");
  CHECK(taken(table, ".a.example", "/") == "any");
  CHECK(taken(table, "xa.example", "/") == "any");
}

TEST_CASE("a prefix ends at a segment") {
  const route_table table{{to("api", "/api"), to("files", "/files/")}};
  CHECK(taken(table, "h", "/api") == "api");
  CHECK(taken(table, "h", "/api/") == "api");
  CHECK(taken(table, "h", "/api/x") == "api");
  CHECK(taken(table, "h", "/apix") == "none");
  CHECK(taken(table, "h", "/ap") == "none");
  CHECK(taken(table, "h", "/files/x") == "files");
  CHECK(taken(table, "h", "/files") == "none");
}

TEST_CASE("an exact path takes nothing else") {
  auto exact = to("exact", "/one");
  exact.exact = true;
  const route_table table{{exact, to("rest", "/")}};
  CHECK(taken(table, "h", "/one") == "exact");
  CHECK(taken(table, "h", "/one/") == "rest");
  CHECK(taken(table, "h", "/") == "rest");
}

TEST_CASE("a method that no route of the path takes is told from an unknown path") {
  auto reads = to("reads", "/a");
  reads.methods = {"GET", "HEAD"};
  auto writes = to("writes", "/a");
  writes.methods = {"POST"};
  const route_table table{{reads, writes}};
  CHECK(taken(table, "h", "/a", "HEAD") == "reads");
  CHECK(taken(table, "h", "/a", "POST") == "writes");
  CHECK(taken(table, "h", "/a", "get") == "method");
  CHECK(taken(table, "h", "/a", "PUT") == "method");
  CHECK(taken(table, "h", "/b", "PUT") == "none");
}

TEST_CASE("the first route that matches is taken") {
  const route_table table{{to("first", "/a"), to("second", "/a/b"), to("third", "/")}};
  CHECK(taken(table, "h", "/a/b") == "first");
  CHECK(taken(table, "h", "/c") == "third");
}

TEST_CASE("a fixed answer may have just the header fields that an answer is written with") {
  using kraken::wire::response_writer;
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"X-Ok", "yes"},
                                                        {"x!#$%&'*+-.^_`|~9", "a"},
                                                        {"Date", "today"},
                                                        {"Server", "none"},
                                                        {"Status", "200"},
                                                        {"Upgrade", "h2"},
                                                        {"Connection", "close"},
                                                        {"Keep-Alive", "5"},
                                                        {"Content-Length", "5"},
                                                        {"TE", "trailers"},
                                                        {"Transfer-Encoding", "x"},
                                                        {"X bad", "a"},
                                                        {"", "a"},
                                                        {"X:", "a"},
                                                        {"X-\xC3\xA4", "a"},
                                                        {"X-Lines", "a\r\nB: c"},
                                                        {"X-Lines", "a\nb"},
                                                        {"X-Nul", std::string(1, '\0')}}) {
    kraken::wire::byte_buffer out;
    response_writer writer{out, kraken::wire::response_context{}};
    writer.begin(200);
    kraken::config::route_options route;
    route.path = "/";
    route.respond.emplace();
    route.respond->headers.emplace(name, value);
    INFO(name << ": " << value);
    CHECK(kraken::config::faults_of(route).empty() ==
          (writer.field(name, value) == response_writer::verdict::written));
  }
}
