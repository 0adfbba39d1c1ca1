// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Golden texts of tables, tree, lines and numbers.
#include "console/api_json.hpp"
#include "console/render.hpp"
#include "kraken/base/limits.hpp"

#include <catch2/catch.hpp>

namespace console = kraken::console;
namespace model = kraken::model;
using kraken::milliseconds;
using kraken::seconds;

namespace {

model::container_status
shown(const std::string& path, const std::string& kind, model::phase at, kraken::time_point now) {
  model::container_status c;
  c.path = path;
  const std::size_t slash = path.rfind('/');
  c.alias = path.substr(slash + 1);
  c.parent = slash == std::string::npos ? "" : path.substr(0, slash);
  c.kind = kind;
  c.at = at;
  c.in = model::state_of(at);
  c.generation = 1;
  c.since = now - seconds{3};
  c.up_since = now - seconds{192};
  return c;
}

std::vector<model::container_status> small_tree(kraken::time_point now) {
  std::vector<model::container_status> all{
      shown("Main", "root", model::phase::ready, now),
      shown("Main/web", "pool", model::phase::ready, now),
      shown("Main/web/w1", "php", model::phase::ready, now),
      shown("Main/web/w2", "php", model::phase::backing_off, now),
      shown("Main/cron", "native", model::phase::parked, now)};
  all[2].pid = 4711;
  all[2].name = "worker.php";
  all[2].restarts = 1;
  auto live = std::make_shared<model::gauges>();
  live->requests.set(1024);
  live->busy.set(1);
  live->busy_since_ms.set(std::chrono::duration_cast<milliseconds>(now.time_since_epoch()).count() -
                          1250);
  live->memory_bytes.set(25'270'682);
  all[2].live = live;
  model::cause why;
  why.kind = model::cause_kind::exception;
  why.type = "DomainError";
  why.message = "started badly";
  all[3].last_cause = why;
  all[3].next_action = "restart";
  all[3].next_at = now + milliseconds{400};
  all[3].restarts_in_window = 2;
  all[3].intensity = 5;
  all[4].next_action = "operator";
  all[4].restarts_in_window = 5;
  all[4].intensity = 5;
  return all;
}

} // namespace

TEST_CASE("ps, as a pipe gets it") {
  const kraken::virtual_clock clock;
  const auto text =
      console::render_ps(small_tree(clock.now()), clock.now(), console::columns::usual, {});
  CHECK(text ==
        "CONTAINER    KIND    STATE    PHASE         PID  GEN  RESTARTS  UPTIME  REQUESTS      "
        "BUSY    MEM  CAUSE\n"
        "Main         root    started  ready           -    1         0   3m12s         -         "
        "-      -\n"
        "Main/web     pool    started  ready           -    1         0   3m12s         -         "
        "-      -\n"
        "Main/web/w1  php     started  ready        4711    1         1   3m12s      1024  1 "
        "(1.2s)  24.1M\n"
        "Main/web/w2  php     failed   backing_off     -    1         0    3.0s         -         "
        "-      -  DomainError: started badly; restart in 400ms (2 of 5 spent)\n"
        "Main/cron    native  failed   parked          -    1         0    3.0s         -         "
        "-      -  given up (5 of 5 spent), an operator must start it\n");
}

TEST_CASE("what was given up once its failures are forgotten has spent nothing by now") {
  const kraken::virtual_clock clock;
  auto parked = small_tree(clock.now())[4];
  CHECK(console::cause_text(parked, clock.now()) ==
        "given up (5 of 5 spent), an operator must start it");
  parked.restarts_in_window = 0;
  CHECK(console::cause_text(parked, clock.now()) ==
        "given up, an operator must start it (0 of 5 spent by now)");
}

TEST_CASE("ps wide has the other columns too") {
  const kraken::virtual_clock clock;
  const auto text =
      console::render_ps(small_tree(clock.now()), clock.now(), console::columns::all, {});
  for (const char* name : {"NAME", "SHARD", "MAILBOX", "WAITING", "FAILURES", "RECYCLES"}) {
    CHECK(text.find(name) != std::string::npos);
  }
  CHECK(text.find("worker.php") != std::string::npos);
}

TEST_CASE("the tree in ASCII and with box characters") {
  const kraken::virtual_clock clock;
  const auto all = small_tree(clock.now());
  CHECK(console::render_tree(all, clock.now(), {}) ==
        "Main      root    started\n"
        "|- web    pool    started\n"
        "|  |- w1  php     started               worker.php  pid 4711  1 restart\n"
        "|  `- w2  php     failed (backing_off)  DomainError: started badly; restart in "
        "400ms (2 of 5 spent)\n"
        "`- cron   native  failed (parked)       given up (5 of 5 spent), an operator must start "
        "it\n");
  console::style look;
  look.chars = console::charset::utf8;
  const std::string boxes = console::render_tree(all, clock.now(), look);
  CHECK(boxes.find("│  └─ w2  php") != std::string::npos);
}

TEST_CASE("in a narrow terminal the state stays in sight") {
  const kraken::virtual_clock clock;
  auto all = small_tree(clock.now());
  all.push_back(
      shown("Main/a-very-long-alias-indeed", "process", model::phase::ready, clock.now()));
  all.back().parent = "Main";
  console::style look;
  for (look.width = 20; look.width <= 48; ++look.width) {
    const std::string text = console::render_tree(all, clock.now(), look);
    INFO(look.width);
    CHECK(text.find("started\n", text.find("`- a-")) != std::string::npos);
    CHECK(text.find(look.width < 32 ? "failed" : "failed (backing_off)") != std::string::npos);
    std::string_view rest = text;
    while (!rest.empty()) {
      CHECK(rest.find('\n') <= look.width);
      rest.remove_prefix(rest.find('\n') + 1);
    }
  }
  look.width = 40;
  look.chars = console::charset::utf8;
  look.colours = console::paint::ansi;
  const std::string text = console::render_tree(all, clock.now(), look);
  CHECK(text.find("…") != std::string::npos);
  CHECK(text.find("\x1b[31mfailed\x1b[0m (backing_off)") != std::string::npos);
}

TEST_CASE("a part of the tree shows where it hangs") {
  const kraken::virtual_clock clock;
  const auto all = small_tree(clock.now());
  const std::string part = console::render_tree(std::span{all}.subspan(1, 3), clock.now(), {});
  CHECK(part.starts_with("Main/web  pool"));
  CHECK(part.find("\n|- w1") != std::string::npos);
}

TEST_CASE("an answer that is no tree ends") {
  const kraken::virtual_clock clock;
  auto one = shown("a", "x", model::phase::ready, clock.now());
  one.parent = "a";
  auto two = shown("b", "x", model::phase::ready, clock.now());
  two.parent = "c";
  auto three = shown("c", "x", model::phase::ready, clock.now());
  three.parent = "b";
  const std::vector<model::container_status> all{one, two, three};
  CHECK(console::render_tree(all, clock.now(), {}).starts_with("a  x  started\n"));
}

TEST_CASE("colours are there only when asked for, and mark the state alone") {
  const kraken::virtual_clock clock;
  const auto all = small_tree(clock.now());
  CHECK(console::render_tree(all, clock.now(), {}).find('\x1b') == std::string::npos);
  CHECK(console::render_ps(all, clock.now(), console::columns::usual, {}).find('\x1b') ==
        std::string::npos);
  console::style look;
  look.colours = console::paint::ansi;
  const std::string text = console::render_tree(all, clock.now(), look);
  CHECK(text.find("\x1b[31mfailed\x1b[0m (backing_off)  DomainError: started badly") !=
        std::string::npos);
  CHECK(text.find("\x1b[32mstarted\x1b[0m") != std::string::npos);
  const std::string table = console::render_ps(all, clock.now(), console::columns::usual, look);
  CHECK(table.starts_with("CONTAINER "));
  CHECK(table.find("native  \x1b[31mfailed\x1b[0m   parked") != std::string::npos);
}

TEST_CASE("lines are cut at the edge of a terminal, never in a pipe") {
  const kraken::virtual_clock clock;
  console::style look;
  look.width = 20;
  using console::status_table;
  const auto all = small_tree(clock.now());
  const std::string text = console::render_status(all, status_table::project, clock.now(), look);
  CHECK(text.substr(0, text.find('\n')).size() <= 20);
}

TEST_CASE("the framework's status tables, failures below") {
  const kraken::virtual_clock clock;
  using console::status_table;
  const auto all = small_tree(clock.now());
  const std::string failures =
      "Main/web/w2: DomainError: started badly; restart in 400ms (2 of 5 spent)\n"
      "Main/cron: given up (5 of 5 spent), an operator must start it\n";
  CHECK(console::render_status(all, status_table::project, clock.now(), {}) ==
        "| alias  | name       | state   |\n"
        "| Main   | root       | STARTED |\n"
        "| |-web  | pool       | STARTED |\n"
        "| | |-w1 | worker.php | STARTED |\n"
        "| | `-w2 | php        | FAILED  |\n"
        "| `-cron | native     | FAILED  |\n" +
            failures);
  CHECK(console::render_status(all, status_table::part, clock.now(), {}) ==
        "| alias  | name       | state   |\n"
        "| Main   | root       | STARTED |\n"
        "| __web  | pool       | STARTED |\n"
        "| ____w1 | worker.php | STARTED |\n"
        "| ____w2 | php        | FAILED  |\n"
        "| __cron | native     | FAILED  |\n" +
            failures);
  CHECK(console::render_status(
            std::span{all}.subspan(2, 1), status_table::container, clock.now(), {}) ==
        "| parent | alias | name       | state |\n"
        "| web    | w1    | worker.php | 4     |\n");
  console::style look;
  look.chars = console::charset::utf8;
  look.colours = console::paint::ansi;
  const std::string boxes = console::render_status(all, status_table::project, clock.now(), look);
  CHECK(boxes.find("| | └-w2 | php        | \x1b[31mFAILED\x1b[0m  |") != std::string::npos);
}

TEST_CASE("one container in full, its last words included") {
  const kraken::virtual_clock clock;
  auto c = small_tree(clock.now())[3];
  auto why = *c.last_cause;
  why.detail = "PHP Fatal error\nat \x1b[31mline 3";
  c.last_cause = why;
  const std::string text = console::render_container(c, clock.now(), {});
  CHECK(text.find("state       failed (backing_off)\n") != std::string::npos);
  CHECK(text.find("cause       DomainError: started badly; restart in 400ms (2 of 5 spent)\n") !=
        std::string::npos);
  CHECK(text.find("history") == std::string::npos);
  CHECK(text.ends_with("\n\n  PHP Fatal error\n  at ?[31mline 3\n"));
}

TEST_CASE("the tail of a container's output") {
  const kraken::virtual_clock clock;
  console::container_page page{small_tree(clock.now())[3], {}};
  const auto rendered = [&] { return console::render_page(page, clock.now(), seconds{0}, {}); };
  const auto alone = console::render_container(page.status, clock.now(), {});
  CHECK(rendered() == alone);
  page.output.push_back({7, 1'000, page.status.path, "stderr", "at \x1b[31mline 3"});
  CHECK(rendered() == alone + "\noutput      the last line\n"
                              "  00:00:01.000 w2 | at ?[31mline 3\n");
  // What a failure left on stderr is not told twice.
  auto why = *page.status.last_cause;
  why.detail = "at \x1b[31mline 3\n";
  page.status.last_cause = why;
  CHECK(rendered().find("line 3") == rendered().rfind("line 3"));
  why.detail += "#0 main.php";
  page.status.last_cause = why;
  CHECK(rendered().find("line 3") != rendered().rfind("line 3"));
  page.output.resize(kraken::limits::inspect_lines, page.output.front());
  CHECK(rendered().find("\noutput      the last 20 lines; more: kraken logs Main/web/w2\n") !=
        std::string::npos);
}

TEST_CASE("the failures a container remembers, newest first") {
  const kraken::virtual_clock clock;
  auto c = small_tree(clock.now())[3];
  CHECK(console::render_failures(c, clock.now()).empty());
  const auto kind = model::cause_kind::exit_code;
  c.failures = model::with_failure({}, {clock.now() - seconds{90}, 3, kind, "exit code 255", 1});
  c.failures = model::with_failure(c.failures, {clock.now(), 4, kind, "exit\x1b code 1", 2});
  const std::string lines = "history     0ms ago, generation 4: exit? code 1\n"
                            "            1m30s ago, generation 3: exit code 255\n";
  CHECK(console::render_failures(c, clock.now()) == lines);
  CHECK(console::render_container(c, clock.now(), {}).find(lines) != std::string::npos);
}

TEST_CASE("the cause of a failure that is over says when it was") {
  const kraken::virtual_clock clock;
  auto c = small_tree(clock.now())[3];
  c.next_action.clear();
  CHECK(console::cause_text(c, clock.now()) == "DomainError: started badly");
  c.in = model::state::started;
  c.at = model::phase::ready;
  CHECK(console::cause_text(c, clock.now()) == "last failure: DomainError: started badly");
  c.failures = model::with_failure(
      {}, {clock.now() - seconds{90}, 1, c.last_cause->kind, c.last_cause->text(), 0});
  CHECK(console::cause_text(c, clock.now()) ==
        "last failure 1m30s ago: DomainError: started badly");
  const auto again = console::read_containers("[" + console::to_json(c, clock.now()) + "]",
                                              clock.now() + seconds{30});
  REQUIRE(again);
  CHECK(console::cause_text(again->front(), clock.now() + seconds{30}) ==
        "last failure 1m30s ago: DomainError: started badly"); // as of the answer
}

TEST_CASE("events and log lines") {
  const console::event_record event{
      1, 1760019787123, "container_failed", "Main/w", {{"reason", "signal 9"}, {"n", "1"}}};
  CHECK(console::render_event(event, seconds{0}, {}) ==
        "14:23:07.123 container_failed Main/w reason=\"signal 9\" n=1\n");
  CHECK(console::render_event(event, seconds{-15 * 3600}, {}).starts_with("23:23:07.123 "));
  const console::log_record line{1, 1760019787123, "Main/web/w1", "stderr", "a\x1b[2J"};
  CHECK(console::render_log(line, seconds{7200}, {}) == "16:23:07.123 w1 | a\x1b[2J\n");
  console::style terminal;
  terminal.width = 80;
  CHECK(console::render_log(line, seconds{0}, terminal) == "14:23:07.123 w1 | a?[2J\n");
}

TEST_CASE("changes of a reload") {
  const std::vector<console::change_record> changes{
      {"create", "Main/a", ""}, {"destroy", "Main/b", ""}, {"replace", "Main/c", "kind"}};
  CHECK(console::render_changes(changes) ==
        "+ create Main/a\n- destroy Main/b\n~ replace Main/c  kind\n");
}

TEST_CASE("durations and sizes for people") {
  const auto [ms, text] = GENERATE(table<int, const char*>({{0, "0ms"},
                                                            {999, "999ms"},
                                                            {1000, "1.0s"},
                                                            {9990, "9.9s"},
                                                            {42'000, "42s"},
                                                            {192'000, "3m12s"},
                                                            {18'420'000, "5h07m"},
                                                            {1'051'200'000, "12d4h"}}));
  CHECK(console::short_duration(milliseconds{ms}) == text);
  const auto [count, size] = GENERATE(table<std::uint64_t, const char*>({{0, "0B"},
                                                                         {512, "512B"},
                                                                         {1023, "1023B"},
                                                                         {1024, "1.0K"},
                                                                         {25'270'682, "24.1M"},
                                                                         {157'286'400, "150M"},
                                                                         {1'610'612'736, "1.5G"}}));
  CHECK(console::short_size(count) == size);
}
