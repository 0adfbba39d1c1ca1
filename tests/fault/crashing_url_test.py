# SPDX-License-Identifier: BSD-3-Clause
"""One address of an application kills its worker, and somebody asks for it again and again: every
such request is 502, everybody else is served, and the pool never gives up."""
import os
import unittest

from support.case import fresh_daemon
from support.daemon import Daemon
from support.http_client import Connection
from support.topology import http, pool, topology
from support.waiting import wait_until

SIZE = 2
AS_DELIVERED = {"supervise": {}, "backoff": {}}  # budget and delays as users have them


class CrashingUrl(unittest.TestCase):
    def test_a_hundred_crashes_and_requests_of_others_between(self):
        daemon = fresh_daemon(self, topology(pool(size=SIZE, **AS_DELIVERED), http()))
        with daemon.connect() as attacker, daemon.connect() as other:
            for _ in range(100):
                self.assertEqual(attacker.get("/kill").status, 502)
                self.assertEqual(other.get("/hello").status, 200)
        workers = daemon.wait_settled(SIZE)
        self.assertEqual(sum(each["restarts"] for each in workers), 100)
        self.assertEqual(daemon.get("/hello").status, 200)
        self.assertEqual(daemon.log().count(" restart_budget_spent "), 1)

    def test_who_cannot_boot_is_tried_again_until_he_can(self):
        config = topology(
            pool(script="boot_when_told.php", size=SIZE, supervise={},
                 backoff={"min": "50ms", "max": "200ms"}),
            http(), supervise={"strategy": "one_for_one"})
        daemon = Daemon(config).launch()
        self.addCleanup(daemon.close)
        wait_until(lambda: os.path.exists(daemon.socket) and
                   (there := daemon.workers()) and all(each["restarts"] > 10 for each in there),
                   "more restarts than the budget has")
        with Connection(daemon.socket) as door:
            answer = door.get("/readyz")
        self.assertEqual(answer.status, 503)
        self.assertIn(b"Main/web is starting: w1 ", answer.body)
        self.assertIn(b"not before I am told", answer.body)
        with open(os.path.join(daemon.directory, "boot-now"), "wb"):
            pass
        daemon.wait_settled(SIZE)
        self.assertEqual(daemon.get("/hello").status, 200)
        self.assertIsNone(daemon.container("web")["cause"], "it serves")


if __name__ == "__main__":
    unittest.main()
