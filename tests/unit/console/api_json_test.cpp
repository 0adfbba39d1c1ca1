// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the daemon writes the console reads back; bad texts are errors, never crashes.
#include "console/api_json.hpp"

#include "kraken/base/units.hpp"

#include <catch2/catch.hpp>

namespace console = kraken::console;
namespace model = kraken::model;
using kraken::errc;
using kraken::milliseconds;

namespace {

model::container_status failed_worker(kraken::time_point now) {
  model::container_status c;
  c.path = "Main/web/w3";
  c.alias = "w3";
  c.parent = "Main/web";
  c.kind = "php";
  c.name = "worker.php";
  c.at = model::phase::backing_off;
  c.in = model::state_of(c.at);
  c.generation = 4;
  c.pid = 0;
  c.shard = 1;
  c.restarts = 3;
  c.recycles = 2;
  c.beside = model::companion::predecessor;
  c.beside_pid = 4712;
  c.restarts_in_window = 3;
  c.intensity = 5;
  c.since = now - milliseconds{1500};
  model::cause why;
  why.kind = model::cause_kind::signal;
  why.code = 9;
  why.detail = "line \xff\n\x1b[31m";
  why.correlation = 12345678901234567890ULL;
  c.last_cause = why;
  c.failures = model::with_failure(
      nullptr, {now - milliseconds{2500}, 3, model::cause_kind::exit_code, "exit code 255", 7});
  c.next_action = "restart";
  c.next_at = now + milliseconds{400};
  const auto lane = std::make_shared<kraken::model::mailbox_gauges>();
  lane->depth = 7;
  lane->admitted.set(1'000);
  lane->rejected = 3;
  c.lane = lane;
  auto live = std::make_shared<model::gauges>();
  live->requests.set(10);
  live->busy.set(1);
  live->busy_since_ms.set(std::chrono::duration_cast<milliseconds>(now.time_since_epoch()).count() -
                          250);
  c.live = live;
  return c;
}

} // namespace

TEST_CASE("a container survives the way through JSON") {
  const kraken::virtual_clock clock;
  const auto now = clock.now();
  const auto before = failed_worker(now);
  const std::string json = console::to_json(before, now);
  const auto later = now + std::chrono::hours{5}; // another machine, another clock
  const auto page = console::read_container_page(json, later);
  REQUIRE(page);
  const auto* const after = &page->status;
  CHECK(after->path == before.path);
  CHECK(after->parent == before.parent);
  CHECK(after->in == model::state::failed);
  CHECK(after->at == model::phase::backing_off);
  CHECK(after->generation == 4);
  CHECK(after->restarts == 3);
  CHECK(after->restarts_in_window == 3);
  CHECK(later - after->since == milliseconds{1500});
  CHECK(after->next_at - later == milliseconds{400});
  CHECK(after->last_cause->kind == model::cause_kind::signal);
  CHECK(after->last_cause->correlation == 12345678901234567890ULL);
  CHECK(after->last_cause->detail == "line \xef\xbf\xbd\n\x1b[31m");
  REQUIRE(after->failures);
  REQUIRE(after->failures->size() == 1);
  CHECK(later - after->failures->front().at == milliseconds{2500});
  CHECK(after->failures->front().text == "exit code 255");
  REQUIRE(after->live);
  CHECK(after->live->requests.get() == 10);
  CHECK(console::to_json(*after, later).find("\"busy_ms\":250") != std::string::npos);
  // What is read is written as it was.
  CHECK(console::to_json(*after, later) == json);
}

TEST_CASE("a container and its output survive the way through JSON") {
  const kraken::virtual_clock clock;
  const auto now = clock.now();
  const console::container_page before{failed_worker(now),
                                       {{7, 8, "Main/web/w3", "stderr", "oops"}}};
  const auto json = console::to_json(before, now);
  const auto after = console::read_container_page(json, now);
  REQUIRE(after);
  CHECK(after->status.path == before.status.path);
  REQUIRE(after->output.size() == 1);
  CHECK(after->output.front().text == "oops");
  CHECK(console::to_json(*after, now) == json);
  CHECK(console::read_container_page(console::to_json(before.status, now), now)->output.empty());
  CHECK_FALSE(console::read_container_page("[", now));
  CHECK_FALSE(console::read_container_page("[]", now));
  CHECK_FALSE(console::read_container_page(R"({"phase":"ready","output":[1]})", now));
}

TEST_CASE("the published members of a container") {
  const kraken::virtual_clock clock;
  model::container_status c;
  c.path = c.alias = "Main";
  c.at = model::phase::ready;
  c.in = model::state::started;
  c.since = c.up_since = clock.now();
  CHECK(console::to_json(c, clock.now()) ==
        R"({"path":"Main","alias":"Main","parent":"","kind":"","name":"","state":"started",)"
        R"("state_number":4,"phase":"ready","generation":0,"pid":0,"beside":"none","beside_pid":0,)"
        R"("shard":0,"restarts":0,)"
        R"("recycles":0,"restarts_in_window":0,"intensity":0,"since_seconds":0.0,"up_seconds":0.0,)"
        R"("cause":null,"last_failures":[],"waits_for":"","next_action":"",)"
        R"("next_in_ms":0,"mailbox":0,)"
        R"("admitted":0,"rejected":0,"live":null})");
}

TEST_CASE("requests, replies and records survive the way through JSON") {
  const console::command_request request{"scale", {{"alias", "web"}, {"count", "8"}}, {{"a", "b"}}};
  const auto again = console::read_command_request(console::to_json(request));
  REQUIRE(again);
  CHECK(again->command == "scale");
  CHECK(again->args == request.args);
  CHECK(again->flags == request.flags);

  const auto reply = console::read_command_reply(
      console::to_json(console::command_reply{"done", false, R"([{"what":"create"}])"}));
  REQUIRE(reply);
  CHECK(reply->text == "done");
  CHECK_FALSE(reply->changed);
  REQUIRE(console::read_changes(reply->data));
  CHECK(console::read_changes(reply->data)->front().what == "create");

  const std::vector<console::event_record> events{{17,
                                                   1760000000000,
                                                   "container_failed",
                                                   "Main/w",
                                                   {{"reason", "signal 9"}, {"n", "1"}},
                                                   1760000000000123}};
  const auto events_again = console::read_events(console::to_json(std::span{events}));
  REQUIRE(events_again);
  CHECK(events_again->front().id == 17);
  CHECK(events_again->front().unix_ms == 1760000000000);
  CHECK(events_again->front().unix_us == 1760000000000123);
  CHECK(events_again->front().fields == events.front().fields);

  const std::vector<console::log_record> logs{{5, 1, "Main/w", "stderr", "oops"}};
  CHECK(console::read_logs(console::to_json(std::span{logs})).value().front().text == "oops");

  const console::node_record node{"n1", "0.1.0", 7, 60, 2, {"a.yaml"}, {"http://x"}};
  const auto node_again = console::read_node(console::to_json(node));
  REQUIRE(node_again);
  CHECK(node_again->pid == 7);
  CHECK(node_again->config_files == node.config_files);
  CHECK(node_again->listen == node.listen);
}

TEST_CASE("numbers and truth values of a request are taken by their text") {
  const auto request =
      console::read_command_request(R"({"command":"scale","args":{"alias":"web","count":8},)"
                                    R"("flags":{"x":true,"y":null},"new":1})");
  REQUIRE(request);
  CHECK(request->args.at("count") == "8");
  CHECK(request->flags.at("x") == "true");
  CHECK_FALSE(request->flags.contains("y"));
}

TEST_CASE("texts that are no request") {
  const auto text = GENERATE(as<std::string>{},
                             "",
                             "{",
                             "[]",
                             "null",
                             "{}",
                             R"({"command":1})",
                             R"({"command":"ps","args":[]})",
                             R"({"command":"ps","args":{"a":{}}})",
                             "\xff\xfe",
                             R"({"command":"ps"} x)");
  CAPTURE(text);
  const auto request = console::read_command_request(text);
  REQUIRE_FALSE(request);
  CHECK(request.error().code == errc::parse_error);
}

TEST_CASE("lists with something else in them are errors") {
  const kraken::virtual_clock clock;
  CHECK_FALSE(console::read_containers("{}", clock.now()));
  CHECK_FALSE(console::read_containers("[1]", clock.now()));
  CHECK_FALSE(console::read_containers(R"([{"path":"a","phase":"odd"}])", clock.now()));
  CHECK_FALSE(console::read_events("[null]"));
  CHECK_FALSE(console::read_logs("[[]]"));
  CHECK_FALSE(console::read_changes("[\"x\"]"));
  CHECK_FALSE(console::read_node("[]"));
}

TEST_CASE("errors keep code, text and hint") {
  const console::api_error failed{kraken::error{errc::not_found, "no 'T9'"}, "kraken tree"};
  const std::string json = console::to_json(failed);
  CHECK(json ==
        R"({"ok":false,"error":{"code":"not_found","text":"no 'T9'","hint":"kraken tree"}})");
  const auto back = console::read_error(404, json);
  CHECK(back.why.code == errc::not_found);
  CHECK(back.why.context == "no 'T9'");
  CHECK(back.hint == "kraken tree");
}

TEST_CASE("an error body that is not ours still gives an error") {
  CHECK(console::read_error(404, "gone\nfishing").why.code == errc::not_found);
  CHECK(console::read_error(404, "gone\nfishing").why.context == "HTTP status 404: gone");
  CHECK(console::read_error(418, "").why.code == errc::protocol_error);
  CHECK(console::read_error(404, R"({"error":{"code":"of the future"}})").why.code ==
        errc::internal);
}

TEST_CASE("JSON as YAML") {
  CHECK(
      console::json_as_yaml(
          R"([{"path":"Main/web","pid":0,"cause":null,"note":"a: b","tags":["x","1"],"e":[]}])") ==
      "- path: Main/web\n  pid: 0\n  cause: null\n  note: \"a: b\"\n  tags:\n    - x\n"
      "    - \"1\"\n  e: []\n");
  CHECK(console::json_as_yaml("[]") == "[]\n");
  CHECK(console::json_as_yaml("[[1,2],[]]") == "-\n  - 1\n  - 2\n- []\n");
  CHECK(console::json_as_yaml("no json") == "no json");
  CHECK(console::json_as_yaml(R"(["Yes","NULL","y","yesterday"])") ==
        "- \"Yes\"\n- \"NULL\"\n- \"y\"\n- yesterday\n");
  // What YAML cannot print, or takes for the end of a line.
  CHECK(console::json_as_yaml("[\"a\x7f\u0085\u00e4\u2028\u2030\xEF\xBF\xBF\U0001F600\"]") ==
        "- \"a\\u007f\\u0085\u00e4\\u2028\u2030\\uffff\U0001F600\"\n");
  CHECK(console::pretty_json(R"({"a":[1]})") == "{\n  \"a\": [\n    1\n  ]\n}\n");
  CHECK(console::quote_json("a\"\n") == R"("a\"\n")");
}
