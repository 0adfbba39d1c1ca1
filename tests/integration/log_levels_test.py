# SPDX-License-Identifier: BSD-3-Clause
"""What workers say has its level in the daemon's log: all of a message, whatever its lines."""
import os
import shutil
import tempfile
import unittest

from support.case import DaemonCase, fresh_daemon
from support.topology import AS_ROOT, http, pool, topology
from support.waiting import wait_until


def lines_with(daemon, text):
    return wait_until(lambda: [each for each in daemon.log().splitlines() if text in each],
                      f"'{text}' is told")


class Messages(DaemonCase):
    """By stock PHP, with the settings of an installation that has no php.ini."""

    config = topology(pool(script="messages.php", size=1, php=["-n", "-d", "display_errors=1"]),
                      http(), log={"level": "warn"})

    def only(self, text):
        """The one line with that text, of those that the level lets through."""
        found = lines_with(self.daemon, text)
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_an_exception_is_one_record(self):
        self.assertEqual(self.daemon.get("/throw").status, 500)
        line = self.only("RuntimeException")
        self.assertIn("ERROR", line)
        self.assertIn(r"first\x0asecond", line)
        self.assertIn("messages.php", line)

    def test_a_message_keeps_its_context(self):
        self.assertEqual(self.daemon.get("/log").status, 200)
        self.assertRegex(self.only("key="), r"ERROR.*first\\x0asecond.*key=.*value")

    def test_a_warning_that_is_shown_is_a_warning(self):
        self.assertEqual(self.daemon.get("/warning").status, 200)
        self.assertTrue(all("WARN" in each for each in lines_with(self.daemon, "careful")))


class NativeMessages(Messages):
    """By kraken-php."""

    config = topology(pool(script="messages.php", size=1, carrier="native"), http(),
                      log={"level": "warn"})


class StandardError(DaemonCase):
    config = topology(pool(script="messages.php", size=1), http(), log={"level": "warn"})

    def test_the_trace_of_an_error_has_its_level_and_what_follows_has_not(self):
        self.assertEqual(self.daemon.get("/stderr").status, 200)
        lines_with(self.daemon, "thrown in")
        for part in ("Uncaught E: one", "two in /a.php", "Stack trace:", "#0 {main}"):
            self.assertIn("ERROR", lines_with(self.daemon, part)[0])
        self.assertEqual(self.daemon.get("/log").status, 200)
        lines_with(self.daemon, "key=")
        self.assertNotIn("an own line", self.daemon.log())


class Classic(unittest.TestCase):
    def test_a_fatal_error_of_a_page_has_its_level_to_the_end(self):
        pages = tempfile.mkdtemp(prefix="kt-pages-", dir="/tmp")
        self.addCleanup(shutil.rmtree, pages)
        with open(os.path.join(pages, "index.php"), "w", encoding="utf-8") as file:
            file.write('<?php throw new RuntimeException("first\nsecond");')
        daemon = fresh_daemon(self, topology(
            {"id": "web", "type": "pool", "carrier": "classic", "start": [pages], "size": 1,
             **AS_ROOT}, http(), log={"level": "warn"}))
        self.assertEqual(daemon.get("/").status, 500)
        lines_with(daemon, "thrown in")
        for part in ("RuntimeException: first", "second in ", "Stack trace:", "#0 {main}"):
            self.assertIn("ERROR", lines_with(daemon, part)[0])
