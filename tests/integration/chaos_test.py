# SPDX-License-Identifier: BSD-3-Clause
"""Failures made on purpose, and who gave which command: what the event log has of it."""
import os

from integration.php_container_test import PhpCase, php, php_topology
from support import processes
from support.topology import http, pool, process
from support.waiting import wait_until


class ChaosCase(PhpCase):
    def events(self, name=None, container=None):
        return [each for each in self.daemon.api("events?lines=4000")
                if name in (None, each["name"]) and container in (None, each["container"])]

    def commands(self, verb, name="command"):
        """(container, origin) of each command of this kind."""
        return [(each["container"], each["fields"]["origin"]) for each in self.events(name)
                if each["fields"]["verb"] == verb]

    def assert_console(self, origin):
        kind, uid, pid = origin.split()
        self.assertEqual((kind, uid), ("console", f"uid={os.getuid()}"))
        self.assertGreater(int(pid.removeprefix("pid=")), 0)


class Chaos(ChaosCase):
    config = php_topology(pool(size=1), http(), php("P", "Probe"), process("s", "sleep", "600"),
                          process("late", "sleep", "600", autostart=False))

    def test_a_killed_process_is_back_and_everybody_knows_why(self):
        worker = self.daemon.workers()[0]["path"]
        for path in ("Main/s", "Main/P", worker):
            with self.subTest(path=path):
                before = self.daemon.container(path)
                done = self.daemon.console("chaos:kill", path)
                self.assertEqual((done.code, done.out), (0, "Signal has been sent.\n"))
                after = self.ready(path, before["generation"] + 1)
                self.assertEqual(after["cause"]["text"], "signal 9 (SIGKILL)")
                told = self.events(container=path)
                asked = next(number for number, each in enumerate(told)
                             if each["name"] == "command" and each["fields"]["verb"] == "signal")
                self.assertEqual(told[asked]["fields"]["signal"], "SIGKILL")
                self.assert_console(told[asked]["fields"]["origin"])
                after = [each["name"] for each in told[asked + 1:]]
                self.assertEqual((after[0], after[-2:]),
                                 ("container_held", ["container_starting", "container_ready"]),
                                 "the supervisor's answer follows")

    def test_any_signal_of_the_list(self):
        before = self.daemon.container("s")
        self.assertEqual(self.daemon.console("chaos:kill", "s", "--signal", "SIGSTOP").code, 0)
        wait_until(lambda: processes.state_of(before["pid"]) == "T", "it is stopped")
        self.assertEqual(self.daemon.console("chaos:kill", "s", "--signal=SIGCONT").code, 0)
        self.assertEqual(self.daemon.console("chaos:kill", "s", "--signal=SIGTERM").code, 0)
        after = self.ready("Main/s", before["generation"] + 1)
        self.assertEqual(after["cause"]["text"], "signal 15 (SIGTERM)")

    def test_who_has_no_process_is_left_alone(self):
        for words, code, reason in (
                (("web",), 2, "a container of this kind has no process of its own"),
                (("Main",), 2, "a container of this kind has no process of its own"),
                (("http",), 2, "a container of this kind has no process of its own"),
                (("late",), 5, "(not_started)"),
                (("nobody",), 3, "no container 'nobody'"),
                (("s", "--signal", "9"), 2, "expected one of SIGKILL"),
                ((), 2, "argument 'alias' is missing")):
            with self.subTest(words=words):
                done = self.daemon.console("chaos:kill", *words)
                self.assertEqual((done.code, done.out), (code, ""), done)
                self.assertIn(reason, done.err)
                self.assertIn("Try: kraken ", done.err)
        self.assertIn("Main/web", [path for path, _ in self.commands("signal", "command_refused")])


class Origins(ChaosCase):
    config = php_topology(php("D", "Driver"), process("s", "sleep", "600"))

    def test_commands_of_the_console(self):
        self.daemon.console("container:stop", "s")
        self.daemon.console("container:start", "s")
        self.daemon.console("container:stop", "nobody")
        (stopped, origin), (nobody, _) = self.commands("stop")
        self.assertEqual((stopped, nobody), ("Main/s", "nobody"))
        self.assert_console(origin)
        refused = self.events("command_refused", "nobody")
        self.assertIn("no container 'nobody'", refused[0]["fields"]["reason"])
        phases = [each["name"] for each in self.events(container="Main/s")]
        self.assertLess(phases.index("command"), phases.index("container_ended"))

    def test_commands_of_a_container(self):
        driver = self.driver()
        driver("createProcess", "kid", "Probe")
        self.assertIn(("Main/D/kid", "Main/D"), self.commands("create"))

    def test_commands_of_the_configuration(self):
        self.daemon.write_config(php_topology(php("D", "Driver"), process("s", "sleep", "600"),
                                              process("new", "sleep", "600")))
        self.assertEqual(self.daemon.console("reload").code, 0)
        self.assertEqual(self.commands("create")[-1], ("Main/new", "config"))
        (where, origin), = self.commands("reload")
        self.assertEqual(where, "")
        self.assert_console(origin)
