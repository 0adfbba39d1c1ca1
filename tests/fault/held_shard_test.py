# SPDX-License-Identifier: BSD-3-Clause
"""A thread of the daemon is held up, as by a native handler that never returns: the node says so
while the other thread serves, and is well again when it goes on."""
import subprocess
import time
import unittest

from support.case import fresh_daemon
from support.held_thread import HeldThread
from support.topology import http, pool, topology
from support.waiting import wait_until

SHARD = 1


class HeldShard(unittest.TestCase):
    def silence(self, daemon):
        return daemon.metric("kraken_shard_silent_seconds", shard=str(SHARD))

    def test_a_held_shard_is_told_and_everything_else_goes_on(self):
        daemon = fresh_daemon(self, topology(pool(size=2), http()))
        self.assertEqual(self.silence(daemon), 0)
        with HeldThread(daemon.pid, f"kraken/{SHARD}"):
            wait_until(lambda: daemon.health("/readyz") == 503, "it is noticed", within=20)
            self.assertIn(f"shard {SHARD} has not turned for ",
                          daemon.admin("GET", "/readyz").body.decode())
            self.assertGreaterEqual(self.silence(daemon), 4)
            self.assertEqual(daemon.metric("kraken_shard_silent_seconds", shard="0"), 0)
            # Long for a turn, no reason yet to have the node ended.
            self.assertEqual(daemon.health("/livez"), 200)
            began = time.monotonic()
            shown = daemon.console("ps")
            self.assertEqual(shown.code, 0, shown)
            self.assertLess(time.monotonic() - began, 5)
            wait_until(lambda: f"shard_silent shard={SHARD}" in daemon.log(), "it is logged")
        wait_until(lambda: daemon.health("/readyz") == 200, "it is well again", within=20)
        wait_until(lambda: f"shard_turns_again shard={SHARD}" in daemon.log(), "it is told")
        self.assertEqual(self.silence(daemon), 0)
        self.assertEqual(daemon.get("/hello").status, 200)

    def test_a_reload_is_done_when_every_shard_goes_by_it(self):
        daemon = fresh_daemon(self, topology(pool(), http()))
        idle = [daemon.connect() for _ in range(8)]  # the kernel spreads them over the shards
        for each in idle:
            self.addCleanup(each.close)
            self.assertEqual(each.get("/hello").status, 200)
        daemon.write_config(topology(pool(), http(timeouts={"idle": "300ms"})))
        with HeldThread(daemon.pid, f"kraken/{SHARD}"):
            reload = subprocess.Popen(daemon.console_words("reload"), stdout=subprocess.DEVNULL,
                                      env=daemon.console_environment())
            self.addCleanup(reload.kill)
            with self.assertRaises(subprocess.TimeoutExpired, msg="one shard has not heard of it"):
                reload.wait(1.5)
        self.assertEqual(reload.wait(20), 0)
        for each in idle:
            self.assertTrue(each.is_closed(), "also what was idle has the new time")


if __name__ == "__main__":
    unittest.main()
