# SPDX-License-Identifier: BSD-3-Clause
"""`warm`: what a template serves to itself before its workers are forked from it."""
import json
import socket
import unittest

from support.case import fresh_daemon
from support.topology import http, pool, topology
from support.waiting import wait_until

LOOPS = ("handle", "frankenphp", "package")
ROUNDS = 3


def config(*warm, loop="handle", template="app", **options):
    env = {"LOOP": loop, **options.pop("env", {})}
    return topology(pool(script="warm.php", size=2, carrier="native", template=template,
                         warm=list(warm), env=env, **options), http())


def template_of(daemon):
    return daemon.container("Main/web/template")


class Warm(unittest.TestCase):
    def daemon_of(self, *arguments, **options):
        daemon = fresh_daemon(self, config(*arguments, **options))
        daemon.wait_settled(2)
        return daemon

    def told(self, daemon, event):
        return [line for line in daemon.log().splitlines() if event in line]

    def test_the_template_is_asked_and_the_workers_have_what_it_kept(self):
        for loop in LOOPS:
            with self.subTest(loop):
                daemon = self.daemon_of("/a", "https://shop.example/b", loop=loop)
                seen = json.loads(daemon.get("/mine").body)
                template = template_of(daemon)["pid"]
                self.assertIn(seen["pid"], daemon.pids())
                asked = [each for each in seen["asked"] if each[1] != "between"]
                self.assertEqual(asked[:-1], [
                    [template, "/a", "localhost", "Kraken-Warm"],
                    [template, "/b", "shop.example", "Kraken-Warm"]] * ROUNDS)
                self.assertEqual(asked[-1][:2], [seen["pid"], "/mine"])
                self.assertIn(seen["alias"], ("Main/web/w1", "Main/web/w2"))
                self.assertEqual(self.told(daemon, "template_warns"), [])
                if loop != "package":
                    self.assertEqual(seen["hooks"], [seen["pid"]])

    def test_a_large_answer_goes_nowhere(self):
        for loop in LOOPS:
            with self.subTest(loop):
                daemon = self.daemon_of("/large", loop=loop)
                self.assertEqual(daemon.get("/").status, 200)
                self.assertEqual(self.told(daemon, "template_warns"), [])

    def test_a_page_that_fails_is_a_warning_and_the_template_forks(self):
        for loop in LOOPS:
            with self.subTest(loop):
                daemon = self.daemon_of("/throw", "/fine", loop=loop)
                line, = self.told(daemon, "template_warns")
                self.assertIn("warm /throw was answered 500", line)
                said, *_ = self.told(daemon, "a page fails on purpose")
                self.assertIn(" ERROR ", said)
                seen = json.loads(daemon.get("/").body)
                self.assertEqual(seen["asked"][0][0], template_of(daemon)["pid"])

    def test_a_page_that_does_not_end_is_named_and_left_out(self):
        for loop in LOOPS:
            with self.subTest(loop):
                daemon = self.daemon_of("/a", "/slow", "/b", loop=loop, request={"timeout": "1s"})
                line, = self.told(daemon, "template_warns")
                self.assertIn("warm /slow was not answered within 1s", line)
                self.assertEqual(self.told(daemon, "container_failed"), [])
                template = template_of(daemon)
                self.assertEqual((template["phase"], template["restarts"]), ("ready", 0))
                seen = json.loads(daemon.get("/").body)["asked"]
                asked = [each[:2] for each in seen if each[1] != "between"]
                self.assertEqual(asked[:-1], [
                    [template["pid"], "/a"], [template["pid"], "/b"]] * ROUNDS)

    def test_pages_that_together_take_too_long_are_left_out_and_one_is_named(self):
        daemon = self.daemon_of("/second", "/second", ready={"within": "6s"})
        line, = self.told(daemon, "template_warns")
        self.assertIn("warm /second and what was asked before it took too long for ready.within "
                      "(6s)", line)
        self.assertEqual(self.told(daemon, "container_failed"), [])
        self.assertEqual(template_of(daemon)["restarts"], 0)
        seen = json.loads(daemon.get("/").body)
        self.assertEqual([each[1] for each in seen["asked"]], ["/"])

    def test_a_page_that_does_not_end_costs_no_stop_its_time(self):
        daemon = fresh_daemon(self, config("/slow", request={"timeout": "50s"}), ready=False)
        wait_until(lambda: template_of(daemon)["pid"] != 0, "it serves the page")
        self.assertEqual(daemon.stop(within=10), 0)

    def test_a_page_that_is_not_there_is_a_warning(self):
        daemon = self.daemon_of("/missing")
        line, = self.told(daemon, "template_warns")
        self.assertIn("warm /missing was answered 404", line)

    def test_nobody_is_forked_from_what_an_exit_has_left(self):
        for loop, path in (("handle", "/exit"), ("frankenphp", "/exit"), ("package", "/recycle")):
            with self.subTest(loop):
                daemon = self.daemon_of(path, loop=loop)
                line, = self.told(daemon, "template_refused")
                self.assertIn(f"warm {path}: the handler has called exit", line)
                self.assertEqual(len(json.loads(daemon.get("/").body)["asked"]), 1)

    def test_a_page_that_ends_the_template_is_told_once_and_the_workers_are_executed(self):
        for loop, path, why in (("handle", "/memory", "Allowed memory size"),
                                ("package", "/memory", "Allowed memory size"),
                                ("package", "/exit", "exit during GET /exit")):
            with self.subTest((loop, path)):
                daemon = self.daemon_of(path, loop=loop)
                line, = self.told(daemon, "template_refused")
                self.assertIn(f"warm {path}: ", line)
                self.assertIn(why, line)
                self.assertEqual(len(json.loads(daemon.get("/").body)["asked"]), 1)
                wait_until(lambda: template_of(daemon)["phase"] == "ended", "it has ended")

    def test_a_database_of_a_page_is_a_warning_with_its_line(self):
        daemon = self.daemon_of("/database")
        lines = self.told(daemon, "template_warns")
        self.assertEqual(len(lines), ROUNDS)
        self.assertRegex(lines[0], r"PDO before the fork, in \S+warm\.php:\d+")

    def test_a_connection_of_a_page_is_refused_with_its_line(self):
        with socket.create_server(("127.0.0.1", 0)) as peer:
            where = f"tcp://127.0.0.1:{peer.getsockname()[1]}"
            daemon = self.daemon_of("/socket", env={"PEER": where})
            line, = self.told(daemon, "template_refused")
            self.assertRegex(line, r"warm\.php:\d+")

    def test_a_changed_list_makes_a_new_template_and_new_workers(self):
        daemon = self.daemon_of("/a")
        before = template_of(daemon)["pid"]
        daemon.write_config(config("/b"))
        self.assertEqual(daemon.command("reload")[0], 200)
        wait_until(lambda: template_of(daemon)["pid"] not in (0, before), "there is a new template")
        daemon.wait_settled(2)
        wait_until(lambda: json.loads(daemon.get("/").body)["asked"][0][1] == "/b",
                   "the workers are its own")


if __name__ == "__main__":
    unittest.main()
