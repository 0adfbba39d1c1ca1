// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Whole command lines against a daemon that is a script.
#include "console/run.hpp"

#include <sstream>

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

namespace console = kraken::console;
using kraken::errc;

namespace {

/// Answers with what it was told and remembers what it was asked.
struct scripted_daemon {
  kraken::result<console::api_answer> answer = console::api_answer{200, "{}"};
  std::vector<console::stream_event> events;
  std::vector<console::api_question> asked;
  pid_t process = 0; ///< 0: cannot be seen
  std::string socket;
};

class scripted_transport final : public console::api_transport {
public:
  explicit scripted_transport(scripted_daemon& script) : script_(script) {}

  kraken::result<console::api_answer> ask(const console::api_question& question) override {
    script_.asked.push_back(question);
    return script_.answer;
  }

  kraken::result<console::api_answer> follow(const console::api_question& question,
                                             const console::stream_callback& on_event) override {
    script_.asked.push_back(question);
    for (const auto& event : script_.events) {
      if (on_event(event) == console::verdict::enough) {
        break;
      }
    }
    return script_.answer;
  }

  kraken::result<kraken::pidfd> process() override {
    return script_.process != 0 ? kraken::pidfd::open(script_.process)
                                : console::api_transport::process();
  }
  [[nodiscard]] std::string_view socket() const noexcept override { return script_.socket; }

private:
  scripted_daemon& script_;
};

struct outcome {
  int exit_code;
  std::string out;
  std::string err;
  std::vector<std::string> became;
};

outcome typed(const std::vector<std::string>& words, scripted_daemon& daemon) {
  std::ostringstream out;
  std::ostringstream err;
  const kraken::virtual_clock clock;
  outcome result;
  console::surroundings around{
      out,
      err,
      {},
      kraken::seconds{0},
      "0.1.0",
      clock,
      [&](const console::invocation&) { return std::make_unique<scripted_transport>(daemon); },
      [&](const std::vector<std::string>& arguments) {
        result.became = arguments;
        return kraken::error{errc::system_error, "run 'kraken-runtime': No such file"};
      }};
  result.exit_code = console::run(words, around);
  result.out = out.str();
  result.err = err.str();
  return result;
}

constexpr const char* two_containers =
    R"([{"path":"Main","alias":"Main","phase":"ready","kind":"root"},)"
    R"({"path":"Main/w1","alias":"w1","parent":"Main","phase":"ready","kind":"php"}])";

} // namespace

TEST_CASE("a verb is posted and its text printed") {
  scripted_daemon daemon;
  daemon.answer = console::api_answer{
      200, R"({"ok":true,"text":"Process has been created.","changed":true,"data":null})"};
  const outcome got = typed({"process:create", "Main", "T1", "Test"}, daemon);
  CHECK(got.exit_code == 0);
  CHECK(got.out == "Process has been created.\n");
  CHECK(got.err.empty());
  REQUIRE(daemon.asked.size() == 1);
  CHECK(daemon.asked[0].method == "POST");
  CHECK(daemon.asked[0].target == "/api/v1/commands");
  CHECK(daemon.asked[0].body ==
        R"({"command":"process:create","args":{"alias":"T1","name":"Test","parent":"Main"},)"
        R"("flags":{"flags":"CREATE_DEFAULT","restart":"permanent"}})");
}

TEST_CASE("a verb that failed: reason, exit code, next command") {
  scripted_daemon daemon;
  daemon.answer =
      console::api_answer{404,
                          R"({"ok":false,"error":{"code":"not_found","text":"no container 'X'",)"
                          R"("hint":"kraken tree"}})"};
  const outcome got = typed({"process:create", "X", "T1", "Test"}, daemon);
  CHECK(got.exit_code == 3);
  CHECK(got.out.empty());
  CHECK(got.err == "Process could not be created.\nReason: no container 'X' (not_found)\n"
                   "Try: kraken tree\n");
  CHECK(typed({"process:create", "X", "T1", "Test", "-o", "json"}, daemon).err ==
        R"({"ok":false,"error":{"code":"not_found","text":"no container 'X'",)"
        R"("hint":"kraken tree"}})"
        "\n");
}

TEST_CASE("no daemon: exit code 4 and how to get one") {
  scripted_daemon daemon;
  daemon.answer = kraken::fail(errc::unreachable, "no daemon: there is no socket '/x'");
  const outcome got = typed({"ps"}, daemon);
  CHECK(got.exit_code == 4);
  CHECK(got.err == "Reason: no daemon: there is no socket '/x' (unreachable)\nTry: kraken serve\n");
}

TEST_CASE("a daemon that says nothing: the hint is no other question to it") {
  scripted_daemon daemon;
  daemon.answer = kraken::fail(errc::timeout, "the daemon of '/x' did not answer in time");
  for (const char* const command : {"ps", "server:ping"}) {
    const outcome got = typed({command}, daemon);
    CHECK(got.exit_code == 1);
    CHECK(got.err.find("Try: kraken doctor\n") != std::string::npos);
  }
}

TEST_CASE("no project: what to do is told beside the empty view") {
  scripted_daemon daemon;
  daemon.answer = console::api_answer{200, "[]"};
  for (const char* const view : {"tree", "ps", "project:status"}) {
    const outcome got = typed({view}, daemon);
    CHECK(got.exit_code == 0);
    CHECK(got.err == "There is no project.\nTry: kraken project:create\n");
  }
  const outcome got = typed({"tree", "-o", "json"}, daemon);
  CHECK(got.out == "[]\n");
  CHECK(got.err.empty());
}

TEST_CASE("views in each form") {
  scripted_daemon daemon;
  daemon.answer = console::api_answer{200, two_containers};
  CHECK(typed({"ps", "-o", "name"}, daemon).out == "Main\nMain/w1\n");
  CHECK(daemon.asked.back().target == "/api/v1/containers");
  CHECK(typed({"tree", "w1"}, daemon).out == "Main   root  started\n`- w1  php   started\n");
  CHECK(daemon.asked.back().target == "/api/v1/containers?under=w1");
  CHECK(typed({"ps", "-o", "yaml"}, daemon).out.starts_with("- path: Main\n"));
  CHECK(typed({"ps", "-o", "json"}, daemon).out.starts_with("[\n  {\n    \"path\": \"Main\""));
  CHECK(typed({"arch:status", "Main"}, daemon).out.starts_with("| alias "));
  daemon.answer = console::api_answer{200, R"({"path":"Main/w1","phase":"ready"})"};
  CHECK(typed({"inspect", "Main/w1"}, daemon).out.starts_with("path        Main/w1\n"));
  CHECK(daemon.asked.back().target == "/api/v1/containers/Main%2Fw1");
}

TEST_CASE("an answer of another kind is an error, not a crash") {
  scripted_daemon daemon;
  daemon.answer = console::api_answer{200, "<html>"};
  CHECK(typed({"ps"}, daemon).exit_code == 2);
  daemon.answer = console::api_answer{500, "oops"};
  CHECK(typed({"ps"}, daemon).exit_code != 0);
}

TEST_CASE("logs and events, as they are and as they come") {
  scripted_daemon daemon;
  daemon.answer = console::api_answer{
      200,
      R"([{"id":1,"unix_ms":1760019787123,"container":"Main/w1","stream":"stdout","text":"hi"}])"};
  CHECK(typed({"logs", "w1", "-n", "5"}, daemon).out == "14:23:07.123 w1 | hi\n");
  CHECK(daemon.asked.back().target == "/api/v1/logs?lines=5&of=w1");
  CHECK(typed({"logs", "w1", "mail/*"}, daemon).exit_code == 0);
  CHECK(daemon.asked.back().target == "/api/v1/logs?lines=100&of=w1%2Cmail%2F%2A");
  CHECK(typed({"logs"}, daemon).exit_code == 0);
  CHECK(daemon.asked.back().target == "/api/v1/logs?lines=100");
  daemon.answer = console::api_answer{200, "[]"};
  CHECK(typed({"events", "web", "T1", "-t", "command", "--type=container_*"}, daemon).exit_code ==
        0);
  CHECK(daemon.asked.back().target ==
        "/api/v1/events?lines=100&of=web%2CT1&type=command%2Ccontainer_%2A");

  daemon.answer = console::api_answer{200, ""};
  daemon.events = {{1, "node_started", R"({"id":1,"unix_ms":0,"name":"node_started"})"},
                   {0, "gap", R"({"lost":3})"},
                   {5, "reloaded", R"({"id":5,"unix_ms":0,"name":"reloaded"})"}};
  const outcome followed = typed({"events", "-f"}, daemon);
  CHECK(followed.out == "00:00:00.000 node_started\n00:00:00.000 reloaded\n");
  CHECK(followed.err == "kraken: some lines were lost: {\"lost\":3}\n");
  CHECK(typed({"events", "-f", "-o", "name"}, daemon).out == "node_started\nreloaded\n");
}

TEST_CASE("health is yes or no by exit code") {
  scripted_daemon daemon;
  daemon.answer = console::api_answer{200, "ok"};
  CHECK(typed({"health"}, daemon).out == "ok\n");
  CHECK(typed({"health"}, daemon).exit_code == 0);
  daemon.answer = console::api_answer{503, "Main/web: 0 of 4 ready\n"};
  CHECK(typed({"health"}, daemon).out == "Main/web: 0 of 4 ready\n");
  CHECK(typed({"health"}, daemon).exit_code == 1);
}

TEST_CASE("health obeys -o") {
  scripted_daemon daemon;
  daemon.answer = console::api_answer{200, "ok"};
  CHECK(typed({"health", "-o", "json"}, daemon).out ==
        "{\n  \"ready\": true,\n  \"reasons\": [],\n  \"notes\": []\n}\n");
  CHECK(typed({"health", "-o", "json"}, daemon).exit_code == 0);
  daemon.answer = console::api_answer{503, "Main/a is parked\nMain/\"b\" is failed\n"};
  CHECK(typed({"health", "-o", "yaml"}, daemon).out ==
        "ready: false\nreasons:\n  - \"Main/a is parked\"\n"
        "  - \"Main/\\\"b\\\" is failed\"\nnotes: []\n");
  daemon.answer = console::api_answer{200, "ok\nMain/b is parked\n"};
  CHECK(typed({"health", "-o", "json"}, daemon).out.find("\"notes\": [\n    \"Main/b is") !=
        std::string::npos);
  daemon.answer = console::api_answer{503, "Main/a is parked\n"};
  CHECK(typed({"health", "-o", "json"}, daemon).exit_code == 1);
}

TEST_CASE("list obeys -o") {
  scripted_daemon daemon;
  CHECK(typed({"list", "-o", "json"}, daemon)
            .out.starts_with("[\n  {\n    \"name\": \"serve\",\n    \"summary\": \"run "));
  CHECK(typed({"list", "-o", "yaml"}, daemon).out.starts_with("- name: serve\n"));
  CHECK(typed({"list", "-o", "name"}, daemon).out == typed({"list"}, daemon).out);
  CHECK(typed({"list", "-o", "wide"}, daemon).exit_code == 2);
}

TEST_CASE("a form before the name of a command of the program goes with it") {
  scripted_daemon daemon;
  CHECK(typed({"-o", "json", "config:explain", "web"}, daemon).became ==
        std::vector<std::string>{"--config-explain", "--output=json", "web"});
}

TEST_CASE("what a reload changed is listed") {
  scripted_daemon daemon;
  daemon.events = {{0,
                    "reply",
                    R"({"ok":true,"text":"Configuration has been reloaded.","changed":true,)"
                    R"("data":[{"what":"create","container":"Main/w5","detail":""}]})"}};
  CHECK(typed({"reload"}, daemon).out == "Configuration has been reloaded.\n+ create Main/w5\n");
}

TEST_CASE("a command that lasts is followed until its answer") {
  scripted_daemon daemon;
  daemon.events = {{0, "progress", R"({"text":"Main/web: 1 of 8 ready"})"},
                   {0, "reply", R"({"ok":true,"text":"Pool has been scaled.","changed":true})"},
                   {0, "reply", "not read any more"}};
  const outcome done = typed({"scale", "web", "8"}, daemon);
  CHECK(done.exit_code == 0);
  CHECK(done.out == "Pool has been scaled.\n");
  CHECK(done.err.empty()); // no terminal
  CHECK(daemon.asked.at(0).method == "POST");
  CHECK(daemon.asked.at(0).within == kraken::milliseconds{0});
  CHECK(typed({"scale", "web", "8", "--timeout", "5s"}, daemon).exit_code == 0);
  CHECK(daemon.asked.at(1).within == kraken::seconds{5});
}

TEST_CASE("a command that lasts and has no answer") {
  scripted_daemon daemon;
  daemon.events = {
      {0, "error", R"({"ok":false,"error":{"code":"not_found","text":"no container 'x'"}})"}};
  const outcome refused = typed({"scale", "x", "8"}, daemon);
  CHECK(refused.exit_code == 3);
  CHECK(refused.err == "Pool could not be scaled.\nReason: no container 'x' (not_found)\n"
                       "Try: kraken tree\n");
  daemon.events.clear();
  CHECK(typed({"scale", "x", "8"}, daemon).exit_code == 4); // it ended before it answered
  daemon.answer = console::api_answer{404, R"({"error":{"code":"not_found","text":"no"}})"};
  CHECK(typed({"scale", "x", "8"}, daemon).exit_code == 3);
  daemon.answer = kraken::fail(errc::timeout, "late");
  CHECK(typed({"scale", "x", "8"}, daemon).exit_code == 1);
}

TEST_CASE("a command that was not answered in time goes on") {
  scripted_daemon daemon;
  daemon.answer = kraken::fail(errc::timeout, "the daemon did not answer in time");
  const auto exit_code = kraken::row_of(errc::timeout).exit_code;
  const auto reload = typed({"reload", "--timeout", "2s"}, daemon);
  CHECK(reload.exit_code == exit_code);
  CHECK(reload.err == "Reason: no answer came within 2s; the daemon goes on with it (timeout)\n"
                      "Try: kraken events -f\n");
  CHECK(typed({"restart", "a", "b"}, daemon).err ==
        "Reason: no answer came; the daemon goes on with it (timeout)\n"
        "Try: kraken events -f a b\n");
  const auto start = typed({"process:start", "Main", "T1"}, daemon);
  CHECK(start.exit_code == exit_code);
  CHECK(start.err == "Reason: no answer came within 30s; the daemon goes on with it (timeout)\n"
                     "Try: kraken events -f Main/T1\n");
  CHECK(typed({"config:diff"}, daemon).err.starts_with("Configuration could not be compared.\n"));
  CHECK_THAT(typed({"container:request", "w1", "1", "--total", "5s"}, daemon).err,
             Catch::Contains("no answer came within 5s; the request is taken back (timeout)"));
  CHECK_THAT(typed({"container:send", "w1", "1"}, daemon).err, !Catch::Contains("no answer came"));
}

TEST_CASE("a time-out that the daemon tells of is a failure") {
  scripted_daemon daemon;
  daemon.events = {{0,
                    "error",
                    R"({"ok":false,"error":{"code":"timeout","text":"Main/w: start.timeout",)"
                    R"("hint":"kraken ps"}})"}};
  CHECK(typed({"restart", "w"}, daemon)
            .err.starts_with("Container could not be restarted.\nReason: Main/w: start.timeout"));
}

TEST_CASE("faulty words are told in the form they ask for") {
  scripted_daemon daemon;
  const std::string text =
      R"({"ok":false,"error":{"code":"invalid_argument","text":"ps: there is no flag '--bogus'",)"
      R"("hint":"kraken help ps"}})"
      "\n";
  for (const auto& words :
       std::vector<std::vector<std::string>>{{"ps", "--bogus", "-o", "json"},
                                             {"-ojson", "ps", "--bogus"},
                                             {"ps", "--output=json", "--bogus"},
                                             {"--output", "json", "ps", "--bogus"}}) {
    const auto got = typed(words, daemon);
    CHECK(got.exit_code == 2);
    CHECK(got.out.empty());
    CHECK(got.err == text);
  }
  CHECK(typed({"ps", "--bogus", "-o", "jsn"}, daemon).err.starts_with("Reason: "));
  CHECK(typed({"ps", "--bogus", "-o"}, daemon).err.starts_with("Reason: "));
  CHECK(typed({"ps", "--bogus", "--", "-o", "json"}, daemon).err.starts_with("Reason: "));
}

TEST_CASE("a hint stands beside the answer") {
  scripted_daemon daemon;
  daemon.events = {{0, "reply", R"({"ok":true,"text":"As it was.","changed":false,"hint":"x y"})"}};
  const auto got = typed({"reload"}, daemon);
  CHECK(got.exit_code == 0);
  CHECK(got.out == "As it was.\n");
  CHECK(got.err == "hint: x y\n");
}

TEST_CASE("the answer of a container is its value alone") {
  scripted_daemon daemon;
  daemon.events = {{0, "progress", R"({"text":"w1: Task unfinished."})"},
                   {0, "reply", R"({"ok":true,"text":"","data":{"a":[1]}})"}};
  const outcome done = typed({"container:request", "w1", "[1,2]", "--progress"}, daemon);
  CHECK(done.exit_code == 0);
  CHECK(done.out == "{\n  \"a\": [\n    1\n  ]\n}\n");
  CHECK(done.err == "w1: Task unfinished.\n");
  CHECK(daemon.asked.at(0).body.find(R"("values":[[1,2]])") != std::string::npos);
  daemon.events = {{0, "reply", R"({"ok":true,"text":"","data":null})"}};
  CHECK(typed({"container:request", "w1", "1"}, daemon).out == "null\n");
  daemon.events = {{0, "reply", R"({"ok":false,"text":"","data":{},"failed":2})"}};
  CHECK(typed({"container:request", "w*", "1"}, daemon).exit_code == 1);
  CHECK(typed({"container:request", "w*", "1", "-o", "name"}, daemon).out == "w*\n");
}

TEST_CASE("messages are JSON, or texts as they stand") {
  scripted_daemon daemon;
  daemon.answer = console::api_answer{200, R"({"ok":true,"text":"Message has been sent."})"};
  CHECK(typed({"container:send", "w1", "{\"a\":1}", "2"}, daemon).out ==
        "Message has been sent.\n");
  CHECK(daemon.asked.at(0).body.find(R"("values":[{"a":1},2])") != std::string::npos);
  CHECK(typed({"container:send", "w1", "--text", "hello", "2"}, daemon).exit_code == 0);
  CHECK(daemon.asked.at(1).body.find(R"("values":["hello","2"])") != std::string::npos);
  CHECK(typed({"container:send", "w1", "hello"}, daemon).exit_code == 2);
  CHECK(typed({"container:send", "w1"}, daemon).exit_code == 2);
  CHECK(typed({"container:request", "w1", "1", "2"}, daemon).exit_code == 2);
  CHECK(daemon.asked.size() == 2);
}

TEST_CASE("serve and the config family become the daemon's program") {
  scripted_daemon daemon;
  const outcome serve = typed({"serve", "worker.php", "-workers", "2"}, daemon);
  CHECK(serve.became == std::vector<std::string>{"worker.php", "-workers", "2"});
  CHECK(serve.exit_code == 1);
  CHECK(serve.err.ends_with("Try: kraken help serve\n"));
  CHECK(typed({"config:validate", "-c", "k.yaml"}, daemon).became ==
        std::vector<std::string>{"--config-validate", "-c", "k.yaml"});
  CHECK(typed({"--socket", "/s", "serve", "public/"}, daemon).became ==
        std::vector<std::string>{"--socket=/s", "public/"});
  CHECK(daemon.asked.empty());
}

TEST_CASE("local commands need no daemon") {
  scripted_daemon daemon;
  CHECK(typed({}, daemon).out.starts_with("Kraken: "));
  CHECK(typed({"--version"}, daemon).out == "kraken 0.1.0\n");
  CHECK(typed({"help", "scale"}, daemon).out.starts_with("scale: "));
  CHECK(typed({"help", "arch"}, daemon).out.starts_with("  arch:"));
  CHECK(typed({"help", "scal"}, daemon).exit_code == 2);
  CHECK(typed({"list"}, daemon).out.starts_with("serve\ntree\n"));
  CHECK(typed({"completion", "bash"}, daemon).out.starts_with("# Completion"));
  const outcome wrong = typed({"inspect"}, daemon);
  CHECK(wrong.exit_code == 2);
  CHECK(wrong.err.ends_with("Try: kraken help inspect\n"));
  CHECK(daemon.asked.empty());
}

TEST_CASE("dead letters: asked for by target and reason, shown as a table") {
  scripted_daemon daemon;
  daemon.answer = console::api_answer{
      200,
      R"([{"id":7,"unix_ms":3600123,"from":"","to":"nobody","reason":"no_such"},)"
      R"({"id":8,"unix_ms":3600456,"from":"Main/a","to":"Main/b","reason":"full"}])"};
  const auto shown = typed({"dead:list", "web/*", "--reason", "full", "-n", "5"}, daemon);
  CHECK(shown.exit_code == 0);
  CHECK(daemon.asked.at(0).target == "/api/v1/dead-letters?lines=5&reason=full&to=web%2F%2A");
  CHECK(shown.out == "TIME          FROM    TO      REASON\n"
                     "01:00:00.123  -       nobody  no_such\n"
                     "01:00:00.456  Main/a  Main/b  full\n");
  CHECK(typed({"dead:list", "-o", "name"}, daemon).out == "nobody\nMain/b\n");
  CHECK(typed({"dead:list", "-o", "json"}, daemon).out.find("\"id\": 7") != std::string::npos);
  CHECK(typed({"dead:list", "--reason", "bored"}, daemon).exit_code == 2);
  daemon.answer = console::api_answer{200, R"([7])"};
  CHECK(typed({"dead:list"}, daemon).exit_code == 2);
}

TEST_CASE("stop --wait waits for the daemon's process, not for its answer alone") {
  scripted_daemon daemon;
  CHECK(typed({"stop", "--wait"}, daemon).exit_code == 2); // nothing to wait for: not even asked
  CHECK(daemon.asked.empty());
  daemon.process = ::getpid(); // still runs
  const auto late = typed({"stop", "--wait=20ms"}, daemon);
  CHECK(late.exit_code == 1);
  CHECK(late.err.find("the daemon still runs after 20ms") != std::string::npos);
  CHECK(late.err.find("Try: kraken stop --now") != std::string::npos);
  CHECK(daemon.asked.size() == 1);
  daemon.process = ::fork();
  if (daemon.process == 0) {
    ::_exit(0);
  }
  const auto gone = typed({"stop", "--wait"}, daemon);
  CHECK(gone.exit_code == 0);
  CHECK(gone.out == "Daemon has stopped.\n");
  CHECK(::waitpid(daemon.process, nullptr, 0) == daemon.process);
}

TEST_CASE("a door that this user may not open is named in the hint") {
  scripted_daemon daemon;
  daemon.socket = "/run/x.sock";
  daemon.answer = kraken::fail(errc::permission_denied, "no");
  CHECK(typed({"ps"}, daemon).err.find("Try: sudo kraken --socket=/run/x.sock ps\n") !=
        std::string::npos);
  CHECK(typed({"stop"}, daemon).err.find("Try: sudo kraken --socket=/run/x.sock stop\n") !=
        std::string::npos);
}
