# SPDX-License-Identifier: BSD-3-Clause
"""Programs that speak the worker protocol: messages, requests and commands both ways, readiness,
heartbeats, failures; and workers of a pool with the same letters."""
import os
import sys

from support.case import DaemonCase, fresh_daemon
from support.driver import Driver
from support.topology import AS_ROOT, EAGER, ENDLESS, SOURCE, http, pool, process, topology
from support.waiting import stays_true, wait_until

PROGRAM = os.path.join(SOURCE, "tests", "support", "programs", "speaker.py")
APP = os.path.join(SOURCE, "tests", "support", "app", "autoload.php")
PHP = {"autoload": APP, **AS_ROOT}


def speaker(id, *words, **options):
    return process(id, sys.executable, PROGRAM, *words, speaks="kraken",
                   **{"ready": "message", "backoff": EAGER, **options})


def driven(*children):
    return topology({"id": "D", "type": "php", "start": "Driver"}, *children,
                    supervise={"strategy": "one_for_one", **ENDLESS}, php=PHP)


class Speech(DaemonCase):
    config = driven(speaker("S", args={"color": "red"}), speaker("T"),
                    speaker("L", local={"*": "continue"}))

    def setUp(self):
        self.driver = Driver(self.daemon, "D")
        self.addCleanup(self.driver.close)

    def ask(self, target, value):
        return self.driver("sendRequest", target, value)

    def again(self, before, alias="S"):
        """The next incarnation, serving."""
        def seen():
            now = self.daemon.container(alias)
            assert now["phase"] == "ready" and now["generation"] > before["generation"], now
            return now
        return wait_until(seen, "it serves again")

    def test_a_request_with_its_sender_and_the_arguments_of_the_container(self):
        value = [1, -5, 1.5, None, True, "text", {"a": ["b"]}]
        self.assertEqual(self.ask("S", value), [value, "Main/D", {"color": "red"}])
        self.assertEqual(self.ask("S", "x" * 300_000)[0], "x" * 300_000)

    def test_a_program_asks_another_container(self):
        status, value = self.ask("S", {"ask": "Main/T", "value": "via S"})
        self.assertEqual((status, value[:2]), (0, ["via S", "Main/S"]))
        status, value = self.ask("S", {"ask": "nobody", "value": 1})
        self.assertEqual(status, 1)
        self.assertIn("nobody", value[1])

    def test_a_target_that_is_not_named_is_refused_at_once(self):
        status, value = self.ask("S", {"ask": "", "value": 1})
        self.assertEqual((status, value[2]), (1, "invalid_argument"))
        self.assertIn("name a target", value[1])
        status, value = self.ask("S", {"order": "", "value": "container:stop"})
        self.assertEqual((status, value[2]), (1, "unsupported"))
        self.assertIn("name a target", value[1])

    def test_messages_and_its_log(self):
        self.assertEqual(self.driver("sendMessage", "T", {"n": 1}), 1)
        wait_until(lambda: ["Main/D", {"n": 1}] in self.ask("T", "heard"), "it has come")
        wait_until(lambda: '[info] heard sender=Main/D' in self.daemon.log(), "it is logged")

    def test_a_command_and_what_it_throws(self):
        self.assertEqual(self.driver("sendCommand", "S", "paint", {"with": "care"}),
                         {"name": "paint", "params": {"with": "care"}})
        error = self.driver.ask("sendRequest", "S", "throw")["error"]
        self.assertIn("thrown here", error[1])

    def test_a_watch(self):
        self.driver("sendMessage", "T", "watch W")
        self.driver("createProcess", "W", "Probe")
        self.driver("sendMessage", "T", "watch Main/D/W")
        self.ask("T", "heard")  # it has read that
        self.driver("destroyProcess", "W")
        wait_until(lambda: any(each[:2] == ["notice", "Main/D/W"]
                               for each in self.ask("T", "heard")), "it is told")

    def test_last_words_are_the_cause(self):
        before = self.daemon.container("S")
        self.driver.ask("sendRequest", "S", "die")
        cause = self.again(before)["cause"]
        self.assertEqual((cause["kind"], cause["type"], cause["code"]),
                         ("exception", "SpeechError", 3))
        self.assertIn("no more words (speaker.py:4)", cause["message"])

    def test_a_failure_that_its_rules_let_pass(self):
        before = self.daemon.container("L")
        self.driver.ask("sendRequest", "L", "fail")
        wait_until(lambda: "resume" in self.ask("L", "heard"), "it goes on")
        self.assertEqual(self.daemon.container("L")["pid"], before["pid"])

    def test_garbage_is_a_breach_of_the_protocol(self):
        before = self.daemon.container("S")
        self.driver.ask("sendRequest", "S", "garbage")
        self.assertEqual(self.again(before)["cause"]["kind"], "protocol")

    def test_it_is_asked_for_its_end(self):
        self.assertEqual(self.daemon.console("container:stop", "T").code, 0)
        cause = self.daemon.container("T")["cause"]
        self.assertIn(cause and cause["kind"], (None, "exit_normal"))
        self.assertIn('[info] drained then=stop', self.daemon.log())
        self.assertEqual(self.daemon.console("container:start", "T").code, 0)


class Readiness(DaemonCase):
    config = topology(process("other", "sleep", "600"))

    def test_ready_when_it_says_so(self):
        daemon = fresh_daemon(self, topology(speaker("S", "late")), ready=False)
        wait_until(lambda: os.path.exists(daemon.socket) and daemon.container("S")["pid"],
                   "it runs")
        stays_true(lambda: daemon.container("S")["phase"] == "starting", "it starts", during=0.3)
        with open(os.path.join(daemon.directory, "ready-now"), "wb"):
            pass
        wait_until(lambda: daemon.container("S")["phase"] == "ready", "it is ready")

    def test_a_heartbeat_by_ping(self):
        daemon = fresh_daemon(self, topology(
            speaker("S", alive={"every": "50ms", "timeout": "2s", "failures": 1}),
            speaker("deaf", "deaf", alive={"every": "50ms", "timeout": "300ms", "failures": 1}),
            supervise={"strategy": "one_for_one", **ENDLESS}))
        wait_until(lambda: daemon.container("deaf")["restarts"] > 1, "the deaf one is replaced")
        self.assertEqual(daemon.container("deaf")["cause"]["kind"], "probe")
        self.assertEqual(daemon.container("S")["restarts"], 0)

    def test_a_message_needs_a_channel(self):
        self.daemon.write_config(topology(process("p", "sleep", "600", ready="message")))
        done = self.daemon.console("reload")
        self.assertNotEqual(done.code, 0)
        self.assertIn("p.ready: a message needs `speaks: kraken`", done.err)


class Workers(DaemonCase):
    """The same letters for the workers of a pool, while they have requests."""

    config = driven(
        speaker("T"),
        pool(size=1, start=[sys.executable, PROGRAM]),
        pool("plain", size=1),
        http(routes=[{"path": "/", "to": "web"}]))

    def setUp(self):
        self.driver = Driver(self.daemon, "D")
        self.addCleanup(self.driver.close)

    def test_a_worker_asks_while_it_answers(self):
        answer = self.daemon.get("/colour?Main/T")
        self.assertEqual(answer.body, b"(0, ['/colour', 'Main/web/w1', {}])")
        answer = self.daemon.get("/colour?nobody")
        self.assertTrue(answer.body.startswith(b"(1, "), answer.body)

    def test_a_worker_is_asked(self):
        self.assertEqual(self.driver("sendRequest", "Main/web/w1", "hello"),
                         ["hello", "Main/D", []])  # PHP has one empty array
        self.driver("sendMessage", "Main/web/w1", "news")
        self.assertEqual(self.driver("sendRequest", "Main/web/w1", "heard"), [["Main/D", "news"]])
        self.assertEqual(self.driver("sendCommand", "Main/web/w1", "paint", {"with": "care"}),
                         {"name": "paint", "params": {"with": "care"}})

    def test_a_worker_without_letters_says_so_at_once(self):
        error = self.driver.ask("sendRequest", "Main/plain/w1", "hello")["error"]
        self.assertNotIn("No response", error[1])

    def test_a_message_to_who_takes_none_is_refused(self):
        for target in ("Main/plain/w1", "Main/http", "Main"):
            with self.subTest(target=target):
                done = self.daemon.console("container:send", target, '"news"')
                self.assertNotEqual(done.code, 0, done)
                self.assertIn(f"{target} takes no messages", done.err)
        self.assertEqual(self.daemon.console("container:send", "Main/T", '"x"').code, 0)

    def test_a_worker_that_names_no_target(self):
        answer = self.daemon.get("/?")
        self.assertIn(b"name a target", answer.body)

    def test_a_worker_that_dies_owing_an_answer(self):
        before = self.daemon.container("Main/web/w1")
        error = self.driver.ask("sendRequest", "Main/web/w1", "die")["error"]
        self.assertTrue(error[1])
        wait_until(lambda: self.daemon.container("Main/web/w1")["generation"]
                   > before["generation"], "it is replaced")
        self.daemon.wait_settled(1)
        self.assertEqual(self.driver("sendRequest", "Main/web/w1", "hello")[0], "hello")


if __name__ == "__main__":
    import unittest
    unittest.main()
