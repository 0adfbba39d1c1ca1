# SPDX-License-Identifier: BSD-3-Clause
"""Every rule of tidy must be able to fail: each is given bad and good snippets here."""
import unittest

import rules_includes
import rules_text
import rules_tree
import tree

HEAD = "// SPDX-License-Identifier: BSD-3-Clause\n/// @file\n/// An idea.\n"


def of_file(rule, path, text):
    return [line for line, _ in rule(tree.File(path, text))]



def of_files(rule, files):
    return [(path, line) for path, line, _ in rule([tree.File(p, t) for p, t in files.items()])]


class TextRules(unittest.TestCase):
    def assert_ban(self, path, bad, good=()):
        self.assertTrue(of_file(rules_text.check_code_bans, path, bad), bad)
        for text in good:
            self.assertEqual(of_file(rules_text.check_code_bans, path, text), [], text)

    def test_sleep(self):
        self.assert_ban("tests/unit/x/y_test.cpp", "std::this_thread::sleep_for(1s);",
                        ["// sleep_for is banned", 'f("sleep(1)");', "timer.sleep(3);"])
        self.assert_ban("libruntime/kraken/net/x.cpp", "usleep(5);")
        self.assert_ban("libruntime/kraken/net/x.cpp", "  sleep(5);")

    def test_using_namespace(self):
        self.assert_ban("console/x.cpp", "using namespace std;",
                        ["using namespace std::string_view_literals;",
                         "using namespace kraken::literals;", "using std::string;"])

    def test_console_output(self):
        self.assert_ban("libruntime/kraken/net/x.cpp", "std::cout << 1;", ["std::snprintf(b, 1);"])
        self.assert_ban("containers/php/x.cpp", "printf(1);")
        rule = rules_text.check_code_bans
        self.assertEqual(of_file(rule, "apps/kraken/main.cpp", "std::cout;"), [])

    def test_processes(self):
        self.assert_ban("containers/php/x.cpp", "auto p = fork();", ["worker.fork();"])
        self.assert_ban("containers/php/x.cpp", "::kill(pid, 9);", ["void pool::kill() {"])

    def test_clocks_memory_threads_random(self):
        self.assert_ban("libruntime/kraken/net/x.cpp", "std::chrono::system_clock::now();",
                        ["std::chrono::steady_clock::now();"])
        self.assert_ban("config/x.cpp", "auto* p = new thing;",
                        ["x(const x&) = delete;", "http_method::delete_;",
                         "auto p = std::make_unique<x>();",
                         "unique_ptr<x> p{new x}; // NOLINT: private constructor"])
        self.assert_ban("config/x.cpp", "delete p;")
        self.assert_ban("config/x.cpp", "delete[] p;")
        self.assert_ban("config/x.cpp", "thread.detach();")
        self.assert_ban("config/x.cpp", "int i = rand();", ["int i = operand();"])

    def test_macros(self):
        rule = rules_text.check_macros
        self.assertEqual(of_file(rule, "config/x.cpp", "#define MAX 1\n"), [1])
        self.assertEqual(of_file(rule, "config/x.cpp", "#define KRAKEN_ASSERT(x) x\n"), [])

    def test_todo(self):
        rule = rules_text.check_todo
        word = "TO" + "DO"
        self.assertEqual(of_file(rule, "docs/a.md", f"x\n{word}: later\n"), [2])
        self.assertEqual(of_file(rule, "docs/a.md", f"{word} (#12): later\n{word} #3\n"), [])

    def test_catch_all(self):
        rule = rules_text.check_catch_all
        self.assertEqual(of_file(rule, "x.cpp", "try {\n  f();\n} catch (...) {\n}\n"), [3])
        self.assertEqual(of_file(rule, "x.cpp", "} catch (...) { // foreign code\n}\n"), [])

    def test_head(self):
        rule = rules_text.check_head
        self.assertEqual(of_file(rule, "x.cpp", HEAD), [])
        self.assertEqual(of_file(rule, "x.cpp", "int x;\n"), [1])
        self.assertEqual(of_file(rule, "x.cpp", HEAD.replace("/// An idea.\n", "")), [1])
        self.assertEqual(of_file(rule, "x.hpp", HEAD), [1])
        self.assertEqual(of_file(rule, "x.hpp", HEAD + "#pragma once\n"), [])

    def test_size(self):
        rule = rules_text.check_size
        self.assertEqual(of_file(rule, "config/x.hpp", "\n" * 251), [251])
        self.assertEqual(of_file(rule, "config/x.hpp", "\n" * 250), [])
        self.assertEqual(of_file(rule, "config/x.cpp", "\n" * 401), [401])
        self.assertEqual(of_file(rule, "tests/unit/x.cpp", "\n" * 601), [601])
        self.assertEqual(of_file(rule, "tests/unit/x.cpp", "\n" * 600), [])
        self.assertEqual(of_file(rule, "php/src/X.php", "\n" * 401), [401])
        self.assertEqual(of_file(rule, "README.md", "\n" * 151), [151])
        self.assertEqual(of_file(rule, "config/x.cpp", "x" * 101), [1])
        self.assertEqual(of_file(rule, "config/CMakeLists.txt", "x" * 101), [1])

    def test_blanks(self):
        rule = rules_text.check_blanks
        self.assertEqual(of_file(rule, "x.cpp", "a\n\tb\n"), [2])
        self.assertEqual(of_file(rule, "x.cpp", "a\r\n"), [1])
        self.assertEqual(of_file(rule, "x.cpp", "a"), [1])

    def test_names(self):
        rule = rules_text.check_names
        for name in ["util.hpp", "string_utils.cpp", "helper.py", "common.md", "misc-notes.md"]:
            self.assertEqual(of_file(rule, "config/" + name, ""), [1], name)
        for name in ["commonmark.md", "utility_probe.cpp"]:
            self.assertEqual(of_file(rule, "config/" + name, ""), [], name)

    def test_machine_paths(self):
        rule = rules_text.check_machine_paths
        self.assertEqual(of_file(rule, "docs/a.md", "cd /" + "work/main\n"), [1])
        self.assertEqual(of_file(rule, "docs/a.md", "cd /" + "home/me\n"), [1])
        self.assertEqual(of_file(rule, "docs/a.md", "build/work/x network/home/y\n"), [])

    def test_functions(self):
        rule = rules_text.check_functions
        body = "  f();\n" * 69
        self.assertEqual(of_file(rule, "config/x.cpp", "int g(int a) {\n" + body + "}\n"), [1])
        self.assertEqual(of_file(rule, "config/x.cpp", "int g() {\n" + body[7:] + "}\n"), [])
        inside = "namespace a {\nclass b {\n  int c() const {\n" + body + "  }\n};\n}\n"
        self.assertEqual(of_file(rule, "config/x.cpp", inside), [3])
        many = "namespace a {\n" + "int g() { return 1; }\n" * 90 + "}\n"
        self.assertEqual(of_file(rule, "config/x.cpp", many), [])
        table = "constexpr std::array rows{\n" + "  row{f(1)},\n" * 90 + "};\n"
        self.assertEqual(of_file(rule, "config/x.cpp", table), [])
        lines = "a::a(int b)\n    : b_{b} {\n" + body + "}\n"
        self.assertEqual(of_file(rule, "config/x.cpp", lines), [1])


class IncludeRules(unittest.TestCase):
    def first(self, path, include):
        return of_file(rules_includes.check_first_party, path, f"#include {include}\n")

    def third(self, path, include):
        return of_file(rules_includes.check_third_party, path, f"#include {include}\n")

    def test_rooms(self):
        bad = [
            ("libruntime/kraken/base/x.cpp", '"kraken/model/cause.hpp"'),
            ("libruntime/kraken/model/x.cpp", '"kraken/wire/http1_field.hpp"'),
            ("libruntime/kraken/wire/x.cpp", '"kraken/net/stream.hpp"'),
            ("libruntime/kraken/net/x.cpp", '"kraken/actor/tree.hpp"'),
            ("libruntime/kraken/actor/x.cpp", '"kraken/net/stream.hpp"'),
            ("libruntime/kraken/actor/x.cpp", '"containers/php/x.hpp"'),
            ("config/x.cpp", '"kraken/process/launch/launcher.hpp"'),
            ("console/x.cpp", '"config/loader.hpp"'),
            ("containers/http/x.cpp", '"containers/php/pool.hpp"'),
            ("containers/http/x.cpp", '"console/api_json.hpp"'),
            ("containers/php/pool/x.cpp", '"containers/php/channel/x.hpp"'),
            ("containers/php/pool/x.cpp", '"containers/php/worker.hpp"'),
            ("containers/php/channel/x.cpp", '"containers/php/worker.hpp"'),
            ("containers/admin/x.cpp", '"console/run.hpp"'),
            ("apps/kraken/main.cpp", '"kraken/actor/tree.hpp"'),
        ]
        good = [
            ("libruntime/kraken/net/x.cpp", '"kraken/wire/http1_field.hpp"'),
            ("containers/admin/x.cpp", '"console/api_json.hpp"'),
            ("containers/http/x.cpp", '"kraken/actor/incarnation.hpp"'),
            ("containers/php/x.cpp", '"containers/php/channel/x.hpp"'),
            ("containers/php/channel/x.cpp", '"containers/php/pool/x.hpp"'),
            ("containers/php/pool/x.cpp", '"config/pool_options.hpp"'),
            ("console/x.cpp", '"console/detail/json.hpp"'),
            ("apps/kraken-runtime/main.cpp", '"containers/php/pool.hpp"'),
            ("tests/unit/wire/x.cpp", '"kraken/actor/tree.hpp"'),
            ("cmake/generate/main.cpp", '"pages.hpp"'),
        ]
        for path, include in bad:
            self.assertEqual(self.first(path, include), [1], (path, include))
        for path, include in good:
            self.assertEqual(self.first(path, include), [], (path, include))

    def test_libraries(self):
        bad = [
            ("libruntime/kraken/model/x.cpp", "<caf/actor.hpp>"),
            ("libruntime/kraken/wire/x.cpp", '"caf/actor.hpp"'),
            ("libruntime/kraken/net/stream.cpp", "<boost/asio.hpp>"),
            ("libruntime/kraken/base/units.cpp", "<spdlog/spdlog.h>"),
            ("libruntime/kraken/wire/http1.cpp", "<msgpack.hpp>"),
            ("console/run.cpp", "<nlohmann/json.hpp>"),
            ("config/loader.cpp", "<yaml-cpp/yaml.h>"),
            ("libruntime/kraken/net/stream.cpp", "<openssl/ssl.h>"),
            ("config/x.cpp", "<curl/curl.h>"),
            ("libruntime/kraken/base/x.cpp", "<catch2/catch.hpp>"),
        ]
        good = [
            ("libruntime/kraken/actor/x.hpp", '"caf/actor.hpp"'),
            ("libruntime/kraken/net/event_loop.cpp", "<boost/asio.hpp>"),
            ("console/detail/json.hpp", "<nlohmann/json.hpp>"),
            ("config/x.cpp", "<array>"),
            ("config/x.cpp", "<sys/socket.h>"),
            ("config/x.cpp", "<unistd.h>"),
            ("config/x.cpp", "<experimental_thing>"),
        ]
        for path, include in bad:
            self.assertEqual(self.third(path, include), [1], (path, include))
        for path, include in good:
            self.assertEqual(self.third(path, include), [], (path, include))

    def test_circles(self):
        files = {
            "libruntime/kraken/base/a.hpp": '#include "kraken/base/b.hpp"\n',
            "libruntime/kraken/base/b.hpp": '#include "kraken/base/c.hpp"\n',
            "libruntime/kraken/base/c.hpp": "",
        }
        self.assertEqual(of_files(rules_includes.check_cycles, files), [])
        files["libruntime/kraken/base/c.hpp"] = '#include "kraken/base/a.hpp"\n'
        self.assertEqual(len(of_files(rules_includes.check_cycles, files)), 1)


class TreeRules(unittest.TestCase):
    def test_root(self):
        rule = rules_tree.check_root
        self.assertEqual(of_files(rule, {"README.md": "", "dev": ""}), [])
        self.assertEqual(of_files(rule, {"scripts/x.sh": ""}), [("scripts", 1)])

    def test_dead_files(self):
        rule = rules_tree.check_dead_files
        files = {"config/CMakeLists.txt": "kraken_room(config SOURCES a.cpp part/b.cpp)",
                 "config/a.cpp": '#include "config/c.hpp"\n', "config/part/b.cpp": "",
                 "config/c.hpp": ""}
        self.assertEqual(of_files(rule, files), [])
        files["config/ba.cpp"] = ""
        files["config/part/a.cpp"] = ""
        files["config/d.hpp"] = ""
        self.assertEqual([path for path, _ in of_files(rule, files)],
                         ["config/ba.cpp", "config/part/a.cpp", "config/d.hpp"])

    def test_crowded(self):
        rule = rules_tree.check_crowded
        files = {f"console/p{n}{end}": "" for n in range(12) for end in (".cpp", ".hpp")}
        files["console/detail/p12.hpp"] = files["console/CMakeLists.txt"] = ""
        files.update({f"tests/x/p{n}.cpp": "" for n in range(20)})
        with_more = dict(rules_tree.CROWDED)
        rules_tree.CROWDED.clear()
        self.addCleanup(rules_tree.CROWDED.update, with_more)
        self.assertEqual(of_files(rule, files), [])
        files["console/p12.hpp"] = ""
        self.assertEqual(of_files(rule, files), [("console", 1)])
        # An exemption has a bound of its own, and ends when it is no longer needed.
        rules_tree.CROWDED["console"] = (13, "a table each")
        self.assertEqual(of_files(rule, files), [])
        files["console/p13.cpp"] = ""
        self.assertEqual(of_files(rule, files), [("console", 1)])
        del files["console/p13.cpp"], files["console/p12.hpp"]
        self.assertEqual(of_files(rule, files), [("console", 1)])

    def test_named_tests(self):
        rule = rules_tree.check_named_tests
        page = "docs/reference/supervision-tests.md"
        files = {page: "`no list`\n- a thing \u2192 `one: two three`, `test_four`\n- `x` alone\n",
                 "tests/actor/x_test.cpp": 'TEST_CASE_METHOD(fixture,\n  "one: two "\n'
                                           '  "three") {',
                 "tests/fault/x_test.py": "    def test_four(self):"}
        self.assertEqual(of_files(rule, files), [])
        files["tests/fault/x_test.py"] = "    def test_five(self):"
        self.assertEqual(of_files(rule, files), [(page, 2)])

    def test_decisions(self):
        rule = rules_tree.check_decisions
        good = {"docs/decisions/0001-a-title.md": "# 0001: A title\n"}
        self.assertEqual(of_files(rule, good), [])
        for path, text in [("docs/decisions/1-a.md", "# 1: A\n"),
                           ("docs/decisions/0002_a.md", "# 0002: A\n"),
                           ("docs/decisions/0002-a.md", "# A\n"),
                           ("docs/decisions/0001-b.md", "# 0001: B\n"),
                           ("docs/decisions/0002-a.md", "# 0002: A\n" + "\n" * 80)]:
            self.assertEqual(len(of_files(rule, {**good, path: text})), 1, path)

    def test_links(self):
        rule = rules_tree.check_links
        files = {"docs/a.md": "[b](reference/b.md#x) [c](https://x.y) [d](#z) [e](reference)\n"
                              "```\n[no](link)\n```\n",
                 "docs/reference/b.md": ""}
        self.assertEqual(of_files(rule, files), [])
        files["docs/a.md"] += "[gone](b.md)\n"
        self.assertEqual(of_files(rule, files), [("docs/a.md", 5)])

    def test_event_names(self):
        rule = rules_tree.check_event_names
        table = "libruntime/kraken/base/event_table.hpp"
        rows = 'event_row{"a_b", level::info, "x"},\nevent_row{"c_d", level::warn, "x"},\n'
        files = {table: rows,
                 "apps/x.cpp": 'log::info("a_b", {});\nlog::write(level::warn, "c_d", {});\n'}
        self.assertEqual(of_files(rule, files), [])
        self.assertEqual(of_files(rule, {**files, "config/y.cpp": 'log::warn(\n  "e_f");\n'}),
                         [("config/y.cpp", 1)])
        self.assertEqual(of_files(rule, {table: files[table]}), [(table, 1), (table, 1)])


class Literals(unittest.TestCase):
    def test_strip(self):
        text = 'a("x // y"); // z\nb(R"(\n"{)"); /* c\n*/ d(1\'000, \'"\');\n'
        code = tree.strip(text)
        self.assertEqual(code.count("\n"), text.count("\n"))
        for piece in ["y", "z", "{", "c"]:
            self.assertNotIn(piece, code)
        for piece in ["a(", "b(", "d(1'000"]:
            self.assertIn(piece, code)


if __name__ == "__main__":
    unittest.main()
