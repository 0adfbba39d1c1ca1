// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Includes, templates and placeholders: what they make, and where mistakes are said to be.
#include "config/explain.hpp"
#include "unit/config/written_files.hpp"

#include <catch2/catch.hpp>

using kraken::config::process_spec_options;
using texts = std::vector<std::string>;

namespace {

texts ids_of(const kraken::config::configuration& loaded) {
  texts out;
  for (const auto& child : loaded.root.children) {
    out.push_back(child.id);
  }
  return out;
}

/// Start words of the only container; `text` is all of the file.
texts start_in(const std::string& text) {
  written_files files;
  files.request.environment = {{"APP_ENV", "test"}, {"EMPTY", ""}};
  files.write("kraken.yaml", text);
  return files.load().root.children.at(0).start;
}

std::string mistake_in(const std::string& text) {
  written_files files;
  files.write("kraken.yaml", text);
  return files.mistakes();
}

constexpr const char* one_job = "{id: a, type: process, start: [sleep, \"1\"]}";

} // namespace

TEST_CASE("include: the file has the last word over what it includes") {
  written_files files;
  files.write("kraken.yaml",
              "include: [parts/base.yaml, parts/over.yaml]\nnode: top\nroot:\n  children:\n    - "
              "{id: a, type: process, start: [own]}\n");
  files.write("parts/base.yaml",
              "node: base\nlog: {level: debug, format: json}\nroot:\n  children:\n    - {id: b, "
              "type: process, start: [b]}\n    - {id: a, type: process, start: [a], restart: "
              "transient}\n");
  files.write("parts/over.yaml", "log: {level: warn}\n");
  const auto loaded = files.load();
  CHECK(loaded.daemon.node == "top");
  CHECK(loaded.daemon.log.level == kraken::log::level::warn);
  CHECK(loaded.daemon.log.format == kraken::log::format::json);
  CHECK(ids_of(loaded) == texts{"b", "a"});
  CHECK(loaded.root.children[1].start == texts{"own"});
  CHECK(loaded.root.children[1].restart == kraken::model::restart_type::transient);
  REQUIRE(loaded.files.size() == 3);
  // Names in an included file are relative to that file.
  CHECK(values_of<process_spec_options>(loaded.root.children[0]).process.cwd ==
        files.directory() + "/parts");
}

TEST_CASE("include: containers that other files bring take nobody's place") {
  written_files files;
  const auto children_of = [&files](const std::string& own) {
    files.write("kraken.yaml", "include: parts/base.yaml\nroot:\n  children:" + own + "\n");
    return ids_of(files.load());
  };
  files.write("parts/base.yaml",
              "root:\n  children:\n    - {id: a, type: process, start: [a]}\n"
              "    - include: b.yaml\n");
  files.write("parts/b.yaml", "{id: b, type: process, start: [b]}");
  files.write("more/c.yaml", "{id: c, type: process, start: [c]}");
  CHECK(children_of(" [{include: more/*.yaml}]") == texts{"a", "b", "c"});
  CHECK(children_of(" [{id: d, type: process, start: [d]}, {include: more/*.yaml}]") ==
        texts{"a", "b", "d", "c"});
  CHECK(children_of(" [{include: none/*.yaml}]") == texts{"a", "b"});
  CHECK(children_of(" []") == texts{"a", "b"});
  files.write("more/c.yaml", "{id: a, restart: transient}");
  CHECK(children_of(" [{include: more/*.yaml}]") == texts{"a", "b"});
  CHECK(files.load().root.children[0].restart == kraken::model::restart_type::transient);
}

TEST_CASE("include: globs, in the order of their names; none is no mistake") {
  written_files files;
  files.write("kraken.yaml",
              "root:\n  children:\n    - include: [apps/*.yaml, none/*.yaml]\n    - {id: z, type: "
              "process, start: [z]}\n");
  files.write("apps/b.yaml", "{id: b, type: process, start: [b]}");
  files.write("apps/a.yaml", "- {id: a, type: process, start: [a]}\n- include: deeper/c.yaml\n");
  files.write("apps/deeper/c.yaml", "{id: c, type: process, start: [c]}");
  CHECK(ids_of(files.load()) == texts{"a", "c", "b", "z"});
}

TEST_CASE("include: mistakes are where they were written") {
  written_files files;
  files.write("kraken.yaml", "include: conf/part.yaml\n");
  files.write("conf/part.yaml",
              std::string{"root:\n  children:\n    - "} +
                  "{id: a, type: process, start: [a], shutdown: 10}\n");
  CHECK(files.mistakes() == "conf/part.yaml:3:52: a.shutdown: expected duration, got '10' (did "
                            "you mean '10s'?)");
  files.write("conf/part.yaml", "root: [\n");
  CHECK(files.mistakes().starts_with("conf/part.yaml:2:1: "));
}

TEST_CASE("include: a cycle is shown with its chain, a missing file by its name") {
  written_files files;
  files.write("kraken.yaml", "include: a.yaml\n");
  files.write("a.yaml", "include:\n  - conf/b.yaml\n");
  files.write("conf/b.yaml", "node: x\ninclude: ../a.yaml\n");
  CHECK(files.mistakes() ==
        "conf/b.yaml:2:10: include: includes itself: kraken.yaml -> a.yaml -> conf/b.yaml -> "
        "a.yaml");
  files.write("conf/b.yaml", "include: [nothing.yaml, {}]\n");
  CHECK(files.mistakes() ==
        "conf/b.yaml:1:11: include: there is no file 'conf/nothing.yaml'\n"
        "conf/b.yaml:1:25: include: expected the name of a file, a glob, or a list of them");
}

TEST_CASE("templates: options come from them unless the container has its own") {
  written_files files;
  files.write("kraken.yaml", R"(templates:
  job: {type: process, restart: transient, backoff: {min: 1s, max: 9s}, ready: {alive_for: 1s}}
  named: {extends: job, backoff: {min: 2s}, env: {A: "1"}}
  wide: {env: {B: "2"}, restart: temporary}
root:
  children:
    - {id: a, extends: job, start: [a], ready: {tcp: "127.0.0.1:1"}}
    - {id: b, extends: [named, wide], start: [b], env: {A: own}}
)");
  const auto loaded = files.load();
  const auto& a = loaded.root.children[0];
  const auto& b = loaded.root.children[1];
  CHECK(a.restart == kraken::model::restart_type::transient);
  CHECK(a.ready.how == kraken::model::ready_spec::mode::tcp);
  CHECK(b.restart == kraken::model::restart_type::temporary);
  CHECK(b.backoff.min == kraken::seconds{2});
  CHECK(b.backoff.max == kraken::seconds{9});
  CHECK(values_of<process_spec_options>(b).process.env ==
        std::map<std::string, std::string>{{"A", "own"}, {"B", "2"}});
}

TEST_CASE("templates: whole branches, and templates from another file") {
  written_files files;
  files.write("t.yaml",
              "templates:\n  pair:\n    type: supervisor\n    children:\n      - "
              "{id: x, type: process, start: [echo, '%path%']}\n");
  files.write("kraken.yaml",
              "include: t.yaml\nroot:\n  children:\n    - {id: one, extends: "
              "pair}\n    - {id: two, extends: pair}\n");
  const auto loaded = files.load();
  REQUIRE(loaded.root.children.size() == 2);
  CHECK(loaded.root.children[0].children[0].start == texts{"echo", "Main/one/x"});
  CHECK(loaded.root.children[1].children[0].start == texts{"echo", "Main/two/x"});
}

TEST_CASE("templates: mistakes") {
  const auto [text, said] = GENERATE(table<std::string, std::string>({
      {"templates: {job: {type: process}}\nroot: {children: [{id: a, extends: jbo}]}",
       "kraken.yaml:2:36: extends: there is no template 'jbo' (did you mean 'job'?)"},
      {"templates: {a: {extends: b}, b: {extends: a}}\nroot: {children: [{id: a, extends: a}]}",
       "kraken.yaml:1:43: extends: extends itself: a -> b -> a"},
      {"templates: {a: {id: x}}", "kraken.yaml:1:21: templates.a: a template has no id"},
      {"templates: {a: 1}", "kraken.yaml:1:16: templates.a: expected a map of options"},
      {"root: {children: [{id: a, extends: [[]]}]}",
       "kraken.yaml:1:37: extends: expected the name of a template, or a list of them"},
  }));
  CHECK(mistake_in(text) == said);
}

TEST_CASE("templates: one that is not known hides no other mistake and brings up none") {
  written_files files;
  files.write("kraken.yaml", R"(templates: {job: {type: process, start: [x]}}
root:
  context: {a: 1}
  children:
    - {id: a, extends: jbo, env: {A: '%inherited.b%'}, ready: message}
    - id: b
      extends: [job, gone]
      shutdown: soon
    - id: c
      extends: gone
      children:
        - {id: d, type: process, start: [x], significant: true, restart: transient}
        - {id: e, type: process, start: [x], umask: 9}
    - {id: f, type: process, start: [x], restrat: permanent}
    - {id: http, type: http, listen: ':1', routes: [{path: /x, to: web}, {to: a}]}
    - {id: web, type: pool, extends: gone}
)");
  CHECK(files.mistakes() ==
        "kraken.yaml:5:24: extends: there is no template 'jbo' (did you mean 'job'?)\n"
        "kraken.yaml:7:22: extends: there is no template 'gone'\n"
        "kraken.yaml:8:17: b.shutdown: expected duration, infinity or brutal_kill, got 'soon'\n"
        "kraken.yaml:10:16: extends: there is no template 'gone'\n"
        "kraken.yaml:13:53: c/e.umask: expected octal permission bits such as 027, got '9'\n"
        "kraken.yaml:14:42: f.restrat: unknown option (did you mean 'restart'?)\n"
        "kraken.yaml:16:38: extends: there is no template 'gone'");
}

TEST_CASE("placeholders: what they stand for") {
  const auto [word, meaning] = GENERATE(table<std::string, std::string>({
      {"%env.APP_ENV%", "test"},
      {"%env.EMPTY%", ""},
      {"%env.NONE|other text%", "other text"},
      {"%vars.mail%", "ops@test"},
      {"%inherited.port%", "8080"},
      {"%inherited.both%", "near"},
      {"%alias%-%parent%", "a-Main/group"},
      {"%path%", "Main/group/a"},
      {"%name%", "Job"},
      {"%runtime%", "process"},
      {"%node%", "shop"},
      {"%localhost%", "127.0.0.1"},
      {"100%% of %Y-%m-%d", "100% of %Y-%m-%d"},
      {"%s%", "%s%"},
      {"50%", "50%"},
      {"%not a word%", "%not a word%"},
  }));
  CAPTURE(word);
  written_files files;
  files.request.environment = {{"APP_ENV", "test"}, {"EMPTY", ""}};
  files.write("kraken.yaml",
              "node: shop\nvars: {env: '%env.APP_ENV%', mail: 'ops@%env.APP_ENV%'}\nroot:\n  "
              "context: {port: 8080, both: far}\n"
              "  children:\n    - id: group\n      type: supervisor\n      context: {both: "
              "near}\n      children:\n        - {id: a, type: process, name: Job, start: [x, \"" +
                  word + "\"]}\n");
  const auto loaded = files.load();
  CHECK(loaded.root.children[0].children[0].start == texts{"x", meaning});
}

TEST_CASE("placeholders: numbers, and the directory of the file") {
  written_files files;
  files.request.environment = {{"N", "3"}};
  files.write("kraken.yaml",
              "root: {children: [{id: web, type: pool, start: [php, '%basepath%/w.php'], size: "
              "'%env.N%'}]}");
  const auto loaded = files.load();
  CHECK(loaded.root.children[0].start == texts{"php", files.directory() + "/w.php"});
  CHECK(values_of<kraken::config::pool_spec_options>(loaded.root.children[0]).size.max == 3);
}

TEST_CASE("placeholders: what stands for nothing is a mistake, where it was written") {
  const auto [word, said] = GENERATE(table<std::string, std::string>({
      {"%env.NONE%",
       "kraken.yaml:1:53: a.start: %env.NONE% stands for nothing: the environment has no NONE "
       "(otherwise: %env.NONE|text%)"},
      {"%vars.x%", "kraken.yaml:1:53: a.start: %vars.x% stands for nothing: vars has no x"},
      {"%inherited.x%",
       "kraken.yaml:1:53: a.start: %inherited.x% stands for nothing: no container above has x in "
       "its context"},
      {"%alais%",
       "kraken.yaml:1:53: a.start: %alais% stands for nothing (did you mean '%alias%'? %% is a "
       "per cent sign)"},
      {"%evn.HOME|x%",
       "kraken.yaml:1:53: a.start: %evn.HOME|x% stands for nothing (did you mean '%env.'? there "
       "are %env.%, %vars.% and %inherited.%; %% is a per cent sign)"},
      {"%context.a%",
       "kraken.yaml:1:53: a.start: %context.a% stands for nothing (there are %env.%, %vars.% and "
       "%inherited.%; %% is a per cent sign)"},
  }));
  CHECK(mistake_in("root: {children: [{id: a, type: process, start: [x, '" + word + "']}]}") ==
        said);
  CHECK(mistake_in("log: {file: '%alias%.log'}") ==
        "kraken.yaml:1:13: log.file: %alias% has a meaning in containers only");
}

TEST_CASE("placeholders: one that stands for nothing hides no other mistake, and makes none") {
  CHECK(mistake_in("root:\n  children:\n    - {id: a, type: process, start: [x], shutdown: "
                   "'%env.NONE%', bogus: 1}\n    - {id: b, type: nope}\n") ==
        "kraken.yaml:3:52: a.shutdown: %env.NONE% stands for nothing: the environment has no NONE "
        "(otherwise: %env.NONE|text%)\n"
        "kraken.yaml:3:66: a.bogus: unknown option\n"
        "kraken.yaml:4:21: b.type: no kind 'nope' (kinds: supervisor, process, php, pool, http, "
        "native)");
  CHECK(mistake_in("vars: {t: '%env.NONE%'}\nroot:\n  children:\n    - {id: a, type: process, "
                   "start: [x], shutdown: '%vars.t%'}\n") ==
        "kraken.yaml:1:11: vars: %env.NONE% stands for nothing: the environment has no NONE "
        "(otherwise: %env.NONE|text%)");
}

TEST_CASE("placeholders: a mistake in vars or a context hides no other one, and makes none") {
  CHECK(mistake_in("vars:\n  t: '%env.NONE%'\n  u: '%evn.HOME%'\nroot:\n  children:\n"
                   "    - {id: a, type: process, start: [x], shutdown: '%vars.t%', bogus: 1}\n"
                   "    - {id: b, type: process, start: ['%vars.u%'], context: {k: '%env.NO%'},\n"
                   "       shutdown: '%vars.none%'}\n") ==
        "kraken.yaml:2:6: vars: %env.NONE% stands for nothing: the environment has no NONE "
        "(otherwise: %env.NONE|text%)\n"
        "kraken.yaml:3:6: vars: %evn.HOME% stands for nothing (did you mean '%env.'? there are "
        "%env.%, %vars.% and %inherited.%; %% is a per cent sign)\n"
        "kraken.yaml:6:64: a.bogus: unknown option\n"
        "kraken.yaml:7:64: b.context: %env.NO% stands for nothing: the environment has no NO "
        "(otherwise: %env.NO|text%)\n"
        "kraken.yaml:8:18: b.shutdown: %vars.none% stands for nothing: vars has no none");
}

TEST_CASE("placeholders: vars are not made of each other, be it in a circle or not") {
  const std::string rest = "root: {children: [{id: a, type: process, start: [x, '%vars.a%']}]}";
  CHECK(mistake_in("vars:\n  a: '%vars.b%'\n  b: '-%vars.a%'\n" + rest) ==
        "kraken.yaml:2:6: vars: %vars.b% stands for nothing: an element of vars cannot be made of "
        "another one, vars.b\n"
        "kraken.yaml:3:6: vars: %vars.a% stands for nothing: an element of vars cannot be made of "
        "another one, vars.a");
  CHECK(mistake_in("vars:\n  a: '%vars.c%'\n" + rest) ==
        "kraken.yaml:2:6: vars: %vars.c% stands for nothing: vars has no c");
}

TEST_CASE("a value that holds itself has that mistake only, at its place") {
  CHECK(mistake_in("vars: &v\n  a: *v\nroot:\n  children:\n    - id: p\n      type: process\n"
                   "      start: &s [sleep, *s]\n    - &c {id: q, type: supervisor, children: [*c]}"
                   "\n") ==
        "kraken.yaml:2:6: an alias inside of what it stands for: a value cannot hold itself\n"
        "kraken.yaml:7:25: an alias inside of what it stands for: a value cannot hold itself\n"
        "kraken.yaml:8:47: an alias inside of what it stands for: a value cannot hold itself");
}

TEST_CASE("composition: anchors and merge keys go with all of it") {
  CHECK(start_in("templates:\n  t: &t {type: process}\nroot:\n  children:\n    - {<<: *t, id: a, "
                 "start: [a]}\n") == texts{"a"});
  CHECK(start_in(std::string{"root: {children: ["} + one_job + "]}") == texts{"sleep", "1"});
}
