// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What $_SERVER is made of.
#include "php/native/server_variables.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <span>

namespace {

namespace wire = kraken::wire;

std::map<std::string, std::string> variables_of(std::span<const wire::header_field> headers,
                                                kraken::php::open_request request,
                                                const kraken::php::script_place& script = {}) {
  request.headers = headers;
  kraken::php::variable_list list;
  kraken::php::put_server_variables(request, script, list);
  std::map<std::string, std::string> out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto each = list.at(i);
    CHECK(out.emplace(each.name, std::string{each.value, each.value_bytes}).second);
    CHECK(each.value[each.value_bytes] == '\0');
  }
  return out;
}

} // namespace

TEST_CASE("header fields become HTTP_ variables, joined where they repeat") {
  const wire::header_field headers[] = {{"x-my-id", "1"},
                                        {"x.dot", "."},
                                        {"x.my.id", "forged"},
                                        {"x!my", "forged"},
                                        {"accept", "a"},
                                        {"cookie", "a=1"},
                                        {"accept", "b"},
                                        {"cookie", "b=2"},
                                        {"x_my_id", "forged"},
                                        {"proxy", "http://attacker"},
                                        {"content-type", "text/plain"},
                                        {"content-length", "3"}};
  kraken::php::open_request request;
  request.body = "abc";
  auto out = variables_of(headers, request);
  CHECK(out["HTTP_X_MY_ID"] == "1");
  CHECK(out.count("HTTP_X_DOT") == 0);
  CHECK(out.count("HTTP_X!MY") == 0);
  CHECK(out["HTTP_ACCEPT"] == "a, b");
  CHECK(out["HTTP_COOKIE"] == "a=1; b=2");
  CHECK(out["CONTENT_TYPE"] == "text/plain");
  CHECK(out["CONTENT_LENGTH"] == "3");
  CHECK(out.count("HTTP_PROXY") == 0);
  CHECK(out.count("HTTP_CONTENT_TYPE") == 0);
}

TEST_CASE("host and client are taken apart") {
  struct row {
    std::string_view scheme, host, remote, name, port, address, remote_port;
  };
  const auto one = GENERATE(values<row>({
      {"http", "shop.example", "1.2.3.4:55", "shop.example", "80", "1.2.3.4", "55"},
      {"https", "shop.example", "[::1]:55", "shop.example", "443", "::1", "55"},
      {"http", "[::1]:8080", "", "::1", "8080", "unix:", ""},
      {"http", "[::1", "x", "[::1", "80", "x", ""},
      {"http", "a:81", "[::1]", "a", "81", "::1", ""},
  }));
  kraken::php::open_request request;
  request.scheme = one.scheme;
  request.host = one.host;
  request.ends = one.remote;
  auto out = variables_of({}, request);
  CHECK(out["SERVER_NAME"] == one.name);
  CHECK(out["SERVER_PORT"] == one.port);
  CHECK(out["REMOTE_ADDR"] == one.address);
  CHECK(out["REMOTE_PORT"] == one.remote_port);
  CHECK(out.count("HTTPS") == (one.scheme == "https" ? 1U : 0U));
  CHECK(out["SERVER_ADDR"].empty());
  const std::string both = std::string{one.remote} + " [::2]:8443";
  const bool together = GENERATE(true, false);
  request.ends = together ? std::string_view{both} : one.remote;
  request.local = together ? "" : "[::2]:8443";
  out = variables_of({}, request);
  CHECK(out["REMOTE_ADDR"] == one.address);
  CHECK(out["SERVER_ADDR"] == "::2");
  CHECK(out["SERVER_PORT"] == "8443"); // the real one, whatever the client calls it
}

TEST_CASE("a target that is a whole URL is shown as path and query") {
  const auto [target, shown] = GENERATE(table<std::string, std::string>({
      {"/a?b=http://c/d", "/a?b=http://c/d"},
      {"http://y.test/hh.php?a", "/hh.php?a"},
      {"https://y.test:81", "/"},
      {"http://y.test?a=/b", "/?a=/b"},
      {"*", "*"},
  }));
  kraken::php::open_request request;
  request.target = target;
  CHECK(variables_of({}, request)["REQUEST_URI"] == shown);
}

TEST_CASE("what may be a variable of a request is known by its name") {
  for (const auto* name : {"HTTP_X_A", "HTTPS", "PATH_INFO", "REMOTE_ADDR", "QUERY_STRING"}) {
    CHECK(kraken::php::may_be_variable(name));
  }
  for (const auto* name : {"PATH", "APP_ENV", "remote_addr", ""}) {
    CHECK_FALSE(kraken::php::may_be_variable(name));
  }
}

TEST_CASE("script and path follow CGI") {
  kraken::php::open_request request;
  request.method = "GET";
  request.target = "/app.php/more?q=1";
  request.query = "q=1";
  request.version = "1.1";
  auto out = variables_of({}, request, {"/srv", "/srv/app.php", "/app.php", "/more"});
  CHECK(out["SCRIPT_FILENAME"] == "/srv/app.php");
  CHECK(out["SCRIPT_NAME"] == "/app.php");
  CHECK(out["PATH_INFO"] == "/more");
  CHECK(out["PATH_TRANSLATED"] == "/srv/more");
  CHECK(out["PHP_SELF"] == "/app.php/more");
  CHECK(out["REQUEST_URI"] == "/app.php/more?q=1");
  CHECK(out["SERVER_PROTOCOL"] == "HTTP/1.1");
  CHECK(out["CONTENT_LENGTH"].empty());
  CHECK(variables_of({}, request, {"/srv", "/srv/app.php", "/app.php", ""}).count("PATH_INFO") ==
        0);
}

TEST_CASE("where a request came to is read anew when it is another place") {
  using kraken::php::variable;
  kraken::php::server_values values;
  const auto read = [&](std::string host, std::string scheme, std::string ends) {
    kraken::php::open_request request;
    request.host = host;
    request.scheme = scheme;
    request.ends = ends;
    values.read(request, {}, {});
    return values.same_site();
  };
  const auto is = [&](variable which, std::string_view text) {
    return values.at(static_cast<std::size_t>(which)) == text;
  };
  CHECK_FALSE(read("", "", "")); // the first one, whatever it says
  CHECK(is(variable::server_port, "80"));
  CHECK_FALSE(read("a.test:81", "http", "1.1.1.1:5 2.2.2.2:8080"));
  CHECK(read("a.test:81", "http", "3.3.3.3:6 2.2.2.2:8080"));
  // Of the texts that were read first nothing is left.
  CHECK(is(variable::server_name, "a.test"));
  CHECK(is(variable::server_addr, "2.2.2.2"));
  CHECK(is(variable::server_port, "8080"));
  CHECK(is(variable::request_scheme, "http"));
  const auto [host, scheme, ends] = GENERATE(table<std::string, std::string, std::string>({
      {"b.test:81", "http", "3.3.3.3:6 2.2.2.2:8080"},
      {"a.test:81", "https", "3.3.3.3:6 2.2.2.2:8080"},
      {"a.test:81", "http", "3.3.3.3:6 2.2.2.2:9090"},
  }));
  CHECK_FALSE(read(host, scheme, ends));
  CHECK(is(variable::server_name, host.substr(0, 6)));
  CHECK(is(variable::request_scheme, scheme));
  CHECK(is(variable::server_port, ends.substr(ends.size() - 4)));
  CHECK(values.secure() == (scheme == "https"));
}
