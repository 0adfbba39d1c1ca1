# SPDX-License-Identifier: BSD-3-Clause
"""`events` and `logs` of some containers only, as they are and as they come."""
import json
import subprocess

from support.case import DaemonCase
from support.topology import process, topology
from support.waiting import STRETCH, wait_until


def talker(id):
    return process(id, "sh", "-c", f"echo hello of {id}; exec sleep 600")


class Filters(DaemonCase):
    config = topology(talker("a1"), talker("a2"), talker("b"),
                      supervise={"strategy": "one_for_one"})

    def follow(self, *words):
        """The lines `kraken WORDS -f` prints, as it prints them."""
        process = subprocess.Popen(
            self.daemon.console_words(*words, "-f"), env=self.daemon.console_environment(),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True)

        def end():
            process.kill()
            process.stdout.close()
            process.wait(timeout=10 * STRETCH)
        self.addCleanup(end)
        return process.stdout

    def logs(self, *words):
        return sorted(line.split("|")[1].strip()
                      for line in self.daemon.console("logs", *words).out.splitlines())

    def names(self, *words):
        done = self.daemon.console("events", *words, "-o", "json")
        self.assertEqual(done.code, 0, done)
        return {(each["container"], each["name"]) for each in json.loads(done.out)}

    def test_lines_of_some(self):
        wait_until(lambda: len(self.logs()) == 3, "all have spoken")
        self.assertEqual(self.logs("a1"), ["hello of a1"])
        self.assertEqual(self.logs("a1", "b"), ["hello of a1", "hello of b"])
        self.assertEqual(self.logs("a*"), ["hello of a1", "hello of a2"])
        self.assertEqual(self.logs("x*"), [])
        done = self.daemon.console("logs", "a1", "nobody")
        self.assertEqual(done.code, 3, done)

    def test_a_number_of_lines_that_is_none(self):
        for command in ("logs", "events"):
            done = self.daemon.console(command, "--lines", "-1")
            self.assertEqual(done.code, 2, done)
            self.assertIn("--lines: expected a whole number from 0 to 4294967295, got", done.err)
            self.assertIn(f"Try: kraken help {command}\n", done.err)
            answer = self.daemon.admin("GET", f"/api/v1/{command}?lines=-1")
            why = json.loads(answer.body)["error"]
            self.assertEqual((answer.status, why["hint"]), (400, f"kraken help {command}"))
            self.assertIn("expected a whole number from 0 to ", why["text"])

    def test_lines_are_counted_over_all(self):
        wait_until(lambda: len(self.logs()) == 3, "all have spoken")
        self.assertEqual(len(self.logs("-n", "1")), 1)
        self.assertEqual(len(self.logs("-n", "2")), 2)
        self.assertEqual(self.logs("a1", "-n", "1"), ["hello of a1"])
        whole = self.daemon.console("logs").out.splitlines(True)
        lines = self.follow("logs", "-n", "1")
        self.assertEqual(lines.readline(), whole[-1])
        self.daemon.console("process:create", "Main", "next", "sh -c 'echo hi; exec sleep 600'")
        self.assertTrue(lines.readline().endswith(" next | hi\n"))
        self.daemon.console("process:destroy", "Main", "next")

    def test_a_type_that_no_event_has(self):
        for follow in ([], ["-f"]):
            done = self.daemon.console("events", "--type", "container_failed", *follow)
            self.assertEqual(done.code, 2, done)
            self.assertIn("(did you mean 'container_held'?)", done.err)

    def test_events_of_some(self):
        self.assertEqual(self.names("a1", "--type", "container_ready"),
                         {("Main/a1", "container_ready")})
        self.assertEqual(self.names("a*", "b", "-t", "container_r*", "-t", "container_st*"),
                         {(f"Main/{id}", f"container_{name}") for id in ("a1", "a2", "b")
                          for name in ("ready", "starting")})
        self.assertEqual(self.names("nobody*"), set())
        for words in (["nobody"], ["b", "nobody"], ["nobody", "-f"]):
            done = self.daemon.console("events", *words)
            self.assertEqual((done.code, done.out), (3, ""), done)
            self.assertIn("no container 'nobody'", done.err)
        newest = json.loads(self.daemon.console("events", "b", "-n", "1", "-o", "json").out)
        self.assertEqual([each["container"] for each in newest], ["Main/b"])

    def test_events_of_some_as_they_come(self):
        lines = self.follow("events", "b", "--type", "command", "-n", "1", "-o", "name")
        self.daemon.console("chaos:kill", "a2", "--signal", "SIGCONT")
        self.daemon.console("chaos:kill", "b", "--signal", "SIGCONT")
        self.assertEqual(lines.readline(), "command\n")

    def test_lines_of_who_comes_later(self):
        lines = self.follow("logs", "new*")
        self.daemon.console("process:create", "Main", "old", "sh -c 'echo old; exec sleep 600'")
        self.daemon.console("process:create", "Main", "new1", "sh -c 'echo one; exec sleep 600'")
        self.assertTrue(lines.readline().endswith(" new1 | one\n"))
        self.daemon.console("process:create", "Main", "new2", "sh -c 'echo two; exec sleep 600'")
        self.assertTrue(lines.readline().endswith(" new2 | two\n"))
