# SPDX-License-Identifier: BSD-3-Clause
"""A changed configuration: applied by difference, or refused whole with its place."""
import json
import os
import signal
import subprocess
import time
import unittest

from support.case import fresh_daemon
from support.crowd import Crowd
from support.daemon import CONSOLE
from support.http_client import request_bytes
from support.topology import http, pool, process, topology, worker_script
from support.waiting import wait_until


def config(size=2, *more, **options):
    return topology(pool(size=size, **options), http(), *more)


class Reload(unittest.TestCase):
    def setUp(self):
        self.daemon = fresh_daemon(self, config())

    def reload(self, text):
        self.daemon.write_config(text)
        return self.daemon.console("reload")

    def test_nothing_changed(self):
        before = self.daemon.pids()
        done = self.daemon.console("reload")
        self.assertEqual((done.code, done.out), (0, "Configuration has not changed.\n"))
        self.assertRegex(done.err, r"\Ahint: .*link.*kraken restart --rolling Main/web\n\Z")
        self.assertEqual(self.daemon.pids(), before)

    def test_what_is_updated_and_put_in_another_order_is_told_as_both(self):
        extra = process("extra", "sleep", "600")
        self.daemon.write_config(topology(extra, pool(size=2), http(),
                                          supervise={"intensity": 7}))
        done = self.daemon.console("config:diff")
        self.assertEqual(done.out.count("~ update Main\n"), 1, done)
        self.assertEqual(done.out.count("~ reorder Main  its children"), 1, done)

    def test_a_new_container_is_created_and_an_old_one_goes(self):
        before = self.daemon.pids()
        done = self.reload(config(2, process("extra", "sleep", "600")))
        self.assertEqual(done.code, 0, done)
        self.assertIn("Configuration has been reloaded.", done.out)
        self.assertIn("extra", done.out)
        pid = self.daemon.container("extra")["pid"]
        self.assertGreater(pid, 0)
        self.assertEqual(self.daemon.pids(), before, "the workers went on")
        self.assertEqual(self.reload(config()).code, 0)
        self.assertEqual(self.daemon.admin("GET", "/api/v1/containers/extra").status, 404)
        wait_until(lambda: pid not in self.daemon.family(), "its process has ended")
        self.assertEqual(self.daemon.pids(), before)

    def test_a_pool_that_does_not_boot_is_taken_back_within_seconds(self):
        self.daemon.write_config(topology(
            pool(), http(), pool(id="bad", script="boot_fails.php", size=2)))
        began = time.monotonic()
        done = self.daemon.console("reload")
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(done.code, 1, done)
        for text in ("Main/bad: ", "no worker boots", "exit code 255", "no configuration here",
                     "everything is as it was before"):
            self.assertIn(text, done.err)
        self.assertNotIn("a restart is under way", done.err)
        self.assertEqual(self.daemon.admin("GET", "/api/v1/containers/bad").status, 404)
        self.daemon.wait_settled(2)

    def test_a_pool_that_boots_at_last_is_welcome(self):
        marker = os.path.join(self.daemon.directory, "booted-once")
        first_fails = f'[ -e {marker} ] || {{ touch {marker}; exit 3; }}; exec php "$0"'
        done = self.reload(topology(
            pool(), http(), {**pool(id="late", size=1), "start": [
                "sh", "-c", first_fails, worker_script("app.php")]}))
        self.assertEqual(done.code, 0, done)
        self.assertEqual(self.daemon.container("late")["phase"], "ready")

    def test_a_size_changes_without_a_restart(self):
        before = self.daemon.pids()
        self.assertEqual(self.reload(config(4)).code, 0)
        self.daemon.wait_settled(4)
        self.assertLessEqual(set(before), set(self.daemon.pids()))
        self.assertEqual(self.reload(config(1)).code, 0)
        self.daemon.wait_settled(1)

    def test_a_live_option_is_in_force_without_a_restart(self):
        before = self.daemon.pids()
        self.assertEqual(self.reload(config(2, request={"timeout": "300ms"})).code, 0)
        self.assertEqual(self.daemon.pids(), before)
        self.assertEqual(self.daemon.get("/slow?ms=10000").status, 504)

    def test_limits_and_times_of_a_front_change_under_its_connections(self):
        def text(**options):
            return topology(pool(), http(**options))
        listening = self.daemon.address()
        before = self.daemon.container("http")["generation"]
        with self.daemon.connect() as connection:
            self.assertEqual(connection.post("/echo", b"x" * 2_000).status, 200)
            done = self.reload(text(limits={"body": "1K"}, timeouts={"idle": "700ms"}))
            self.assertEqual(done.code, 0, done)
            self.assertEqual(connection.post("/echo", b"x" * 1_000).status, 200)
            self.assertTrue(connection.is_closed(), "the new idle time")
        with self.daemon.connect() as connection:
            self.assertEqual(connection.post("/echo", b"x" * 2_000).status, 413)
        self.assertEqual(self.daemon.container("http")["generation"], before)
        self.assertEqual(self.daemon.address(), listening)

    def test_routes_change_under_their_connections(self):
        def text(*routes):
            return topology(pool(), http(routes=list(routes)))
        through_files = {"path": "/", "to": "web", "files": [self.daemon.directory]}
        self.assertEqual(self.reload(text(through_files)).code, 0)
        before = self.daemon.container("http")["generation"]
        with self.daemon.connect() as connection, self.daemon.connect() as waiting:
            self.assertEqual(connection.get("/hello").status, 200)
            waiting.send(request_bytes("GET", "/slow?ms=700"))
            wait_until(lambda: self.daemon.metric("kraken_pool_busy") == 1, "it is in work")
            done = self.reload(text({"path": "/teapot", "respond": {"status": 418}},
                                    {"path": "/echo", "to": "web"}))
            self.assertEqual(done.code, 0, done)
            self.assertIn("routes.0.", done.out)
            self.assertLess(max(len(line) for line in done.out.splitlines()), 200, done.out)
            self.assertEqual(connection.get("/teapot").status, 418)
            self.assertEqual(connection.get("/hello").status, 404)
            self.assertEqual(connection.post("/echo", b"x").status, 200)
            self.assertEqual(waiting.response().status, 200, "it keeps the route it has taken")
            self.assertEqual(waiting.get("/hello").status, 404)
            self.assertEqual(self.reload(text(through_files)).code, 0)
            self.assertEqual(connection.get("/hello").status, 200)
        self.assertEqual(self.daemon.container("http")["generation"], before)

    def test_a_memory_limit_comes_with_new_workers_one_by_one(self):
        standard = self.daemon.get("/ini?name=memory_limit").body
        for text, seen in (("64M", b"67108864"), ("96M", b"100663296"), ("0", standard)):
            before = set(self.daemon.pids())
            self.assertEqual(self.reload(config(2, memory_limit=text)).code, 0)

            def renewed(before=before):
                self.assertEqual(self.daemon.get("/ini?name=memory_limit").status, 200)
                return not before & set(self.daemon.pids())
            wait_until(renewed, "both workers are new, and one always serves")
            self.daemon.wait_settled(2)
            self.assertEqual(self.daemon.get("/ini?name=memory_limit").body, seen)
        self.assertEqual([each["restarts"] for each in self.daemon.workers()], [0, 0])
        self.assertEqual([each["recycles"] for each in self.daemon.workers()], [3, 3])

    def test_running_workers_have_the_new_time_for_their_end(self):
        self.assertEqual(self.reload(config(2, shutdown="20s")).code, 0)
        self.assertEqual(self.reload(config(2, shutdown="300ms")).code, 0)
        with self.daemon.connect() as client:
            client.send(request_bytes("GET", "/slow?ms=60000"))
            wait_until(lambda: self.daemon.metric("kraken_pool_busy") == 1, "one works")
            began = time.monotonic()
            self.assertEqual(self.daemon.console("container:stop", "web").code, 0)
            self.assertLess(time.monotonic() - began, 8)
        self.assertEqual(self.daemon.console("container:start", "web").code, 0)

    def test_an_option_that_needs_new_workers_gets_them(self):
        before = set(self.daemon.pids())
        self.assertEqual(self.reload(config(2, env={"ADDED": "yes"})).code, 0)
        wait_until(lambda: not before & set(self.daemon.pids()), "one after the other is replaced")
        self.daemon.wait_settled(2)
        self.assertEqual(self.daemon.get("/hello").status, 200)

    def test_sighup(self):
        self.daemon.write_config(config(3))
        self.daemon.signal(signal.SIGHUP)
        self.daemon.wait_settled(3)

    def test_a_bad_file_changes_nothing_and_says_where(self):
        before = self.daemon.containers()
        bad = json.loads(config(3))
        bad["root"]["children"][0]["sise"] = 5
        bad["root"]["children"][1]["timeouts"] = {"idle": "10"}
        text = json.dumps(bad, indent=1)
        line = next(number for number, each in enumerate(text.splitlines(), 1) if "sise" in each)
        done = self.reload(text)
        self.assertEqual(done.code, 2, done)
        self.assertEqual(done.out, "")
        self.assertIn(f"{self.daemon.config_file}:{line}:", done.err)
        self.assertIn("sise", done.err)
        self.assertIn("size", done.err, "the nearest option is named")
        self.assertIn("did you mean '10s'?", done.err, "all mistakes at once")
        self.same_as(before)
        began = len(self.daemon.log())
        self.daemon.signal(signal.SIGHUP)
        wait_until(lambda: "reload_refused" in self.daemon.log()[began:], "the log says so")
        self.assertIn(f":{line}:", self.daemon.log()[began:])
        self.same_as(before)

    def same_as(self, before):
        names = ("path", "generation", "pid", "state")
        self.assertEqual([[each[name] for name in names] for each in self.daemon.containers()],
                         [[each[name] for name in names] for each in before])
        self.assertEqual(self.daemon.get("/hello").status, 200)

    def test_a_file_without_containers_ends_nothing(self):
        """What a full disk or half a deployment leaves of it."""
        before = self.daemon.containers()
        for text in ("", "# all that is left\n", "root:\n", "node: test\n"):
            with self.subTest(text=text):
                done = self.reload(text)
                self.assertEqual(done.code, 2, done)
                self.assertIn(f"{self.daemon.config_file} declares no containers: that would "
                              "destroy the 2 below the root.", done.err)
                self.same_as(before)

    def test_broken_yaml_and_a_missing_file(self):
        before = self.daemon.containers()
        for text in ("root: [", "root: {children: [{id: web}, {id: web}]}\nroot: 1\n",
                     "\t: x", "[]"):
            with self.subTest(text=text):
                self.assertEqual(self.reload(text).code, 2)
                self.same_as(before)
        os.remove(self.daemon.config_file)
        done = self.daemon.console("reload")
        self.assertIn(done.code, (2, 3), done)
        self.same_as(before)

    def test_config_diff_changes_nothing(self):
        self.daemon.write_config(config(2, process("extra", "sleep", "600")))
        done = self.daemon.console("config:diff")
        self.assertEqual(done.code, 0)
        self.assertIn("extra", done.out)
        self.assertEqual(self.daemon.admin("GET", "/api/v1/containers/extra").status, 404)

    def test_config_diff_of_another_file_named_from_where_one_stands(self):
        elsewhere = os.path.join(self.daemon.directory, "else where")
        os.makedirs(os.path.join(elsewhere, "etc"))
        with open(os.path.join(elsewhere, "etc", "next.yaml"), "w", encoding="utf-8") as file:
            file.write(config(2, process("extra", "sleep", "600", cwd="..")))

        def diff(*words):
            return subprocess.run(
                [CONSOLE, "config:diff", *words], cwd=elsewhere, text=True, capture_output=True,
                env=self.daemon.console_environment(), timeout=30, check=False)
        for words in (["-c", "etc/next.yaml"], ["--config=etc/next.yaml"],
                      ["-c", self.daemon.config_file, "-c", "etc/next.yaml"]):
            with self.subTest(words=words):
                done = diff(*words)
                self.assertEqual(done.returncode, 0, done)
                self.assertIn("+ create Main/extra", done.stdout)
        self.assertEqual(diff("-c", self.daemon.config_file).stdout,
                         "Configuration has not changed.\n")
        done = diff("-c", "etc/absent.yaml")
        self.assertEqual(done.returncode, 2, done)
        self.assertIn(os.path.join(elsewhere, "etc", "absent.yaml"), done.stderr)
        # The daemon's own file is still the one a reload reads.
        self.assertEqual(self.daemon.console("reload").out, "Configuration has not changed.\n")
        self.assertEqual(diff().stdout, "Configuration has not changed.\n")

    def test_reloads_under_load_cost_no_request(self):
        with Crowd(8, self.daemon.connect, "/hello") as clients:
            for round_number in range(6):
                text = config(2 + round_number % 3, queue={"max": 500 + round_number})
                self.assertEqual(self.reload(text).code, 0)
                self.assertEqual(self.reload("root: [").code, 2)
        self.assertEqual(clients.faults, [])
        self.assertEqual(clients.statuses, {200})
