# SPDX-License-Identifier: BSD-3-Clause
"""`kraken inspect` shows what a container has said last, whether it lives or not."""
import json
import os
import signal
import unittest

from support.case import DaemonCase
from support.topology import http, pool, process, topology
from support.waiting import wait_until

COUNTING = "for i in $(seq 1 30); do echo line $i; done; echo and an error >&2; exec sleep 600"
UNTIL_TOLD = """trap "echo it cannot go on >&2; exit 3" TERM
echo it begins
sleep 600 & wait"""
LATER = {"min": "10m", "max": "10m"}


class Inspect(DaemonCase):
    config = topology(
        pool(size=1), pool(id="forked", script="template.php", size=1, carrier="native",
                           template="app", env={"MODE": "say"}),
        process("talker", "sh", "-c", COUNTING), process("quiet", "sleep", "600"),
        process("dying", "sh", "-c", UNTIL_TOLD, backoff=LATER), http(),
        supervise={"strategy": "one_for_one", "intensity": 1000})

    def inspected(self, alias):
        """The text below `output`, one line each, and the same lines by the other form."""
        def there():
            done = self.daemon.console("inspect", alias)
            self.assertEqual(done.code, 0, done)
            lines = json.loads(self.daemon.console("inspect", alias, "-o", "json").out)["output"]
            return done.out, [each["text"] for each in lines]
        text, lines = there()
        shown = text.partition("\noutput ")[2].splitlines()[1:]
        self.assertEqual([each.partition(" | ")[2] for each in shown], lines, text)
        return text, lines

    def says(self, alias, *lines):
        def said():
            text, seen = self.inspected(alias)
            self.assertEqual(seen[-len(lines):], list(lines))
            return text
        return wait_until(said, f"{alias} has said {lines}")

    def test_a_living_program_the_last_lines_only(self):
        text = self.says("talker", "line 29", "line 30", "and an error")
        self.assertIn("started (ready)", text)
        self.assertIn("the last 20 lines; more: kraken logs Main/talker", text)
        self.assertEqual(len(self.inspected("talker")[1]), 20)
        self.assertNotIn("line 11\n", text)

    def test_who_has_said_nothing_has_no_such_part(self):
        text, lines = self.inspected("quiet")
        self.assertEqual(lines, [])
        self.assertNotIn("output", text)

    def test_a_dead_program_its_words_once(self):
        self.addCleanup(self.daemon.console, "restart", "dying")
        words = ["it begins"]
        for _ in "12":  # the first time it is back at once
            self.says("dying", *words)
            os.kill(self.daemon.container("dying")["pid"], signal.SIGTERM)
            words += ["it cannot go on", "it begins"]
        text = self.says("dying", *words[:-1])
        self.assertIn("failed (backing_off)", text)
        self.assertIn("exit code 3", text)
        self.assertEqual(text.count("cannot go on"), 2, text)

    def test_a_stopped_one(self):
        self.daemon.console("container:stop", "talker")
        self.addCleanup(self.daemon.console, "container:start", "talker")
        text = self.says("talker", "and an error")
        self.assertIn("stopped", text)

    def test_a_living_worker_and_what_its_predecessor_said(self):
        with self.connect() as connection:
            connection.request("POST", "/shell", body=b"echo said by a worker >&2")
        text = self.says("Main/web/w1", "said by a worker")
        self.assertIn("started (ready)", text)
        os.kill(self.daemon.container("Main/web/w1")["pid"], signal.SIGKILL)
        self.daemon.wait_settled(1)
        self.says("Main/web/w1", "said by a worker")

    def test_the_pool_and_its_front_have_no_output_of_their_own(self):
        for alias in ("web", "http", "Main"):
            self.assertEqual(self.inspected(alias)[1], [])

    def test_a_template(self):
        text = self.says("Main/forked/template", "said while it boots")
        self.assertIn("started (ready)", text)


if __name__ == "__main__":
    unittest.main()
