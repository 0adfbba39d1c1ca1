# SPDX-License-Identifier: BSD-3-Clause
"""A daemon that may open few descriptors only: what does not fit is told, what runs goes on."""
import subprocess
import time
import unittest

from support import processes
from support.case import fresh_daemon
from support.daemon import CONSOLE
from support.http_client import Closed
from support.topology import http, pool, topology
from support.waiting import wait_until

FEW = 120
# Those that cannot start are given up soon.
PATIENCE = {"supervise": {"intensity": 2, "period": "10s"}}


def limited(soft, hard=None):
    return {"wrapper": ["prlimit", f"--nofile={soft}:{hard or soft}"]}


def limits_of(pid):
    """(soft, hard) limit of open files."""
    with open(f"/proc/{pid}/limits", encoding="ascii") as file:
        line = next(each for each in file if each.startswith("Max open files"))
    return tuple(int(each) for each in line.split()[3:5])


def all_that_may(daemon):
    """Connections of more clients than there are descriptors."""
    address = daemon.address()
    held = []
    for _ in range(2 * FEW):
        try:
            held.append(daemon.connect(address=address))
        except (ConnectionResetError, TimeoutError):
            pass
    return held


class Limit(unittest.TestCase):
    def test_the_daemon_takes_what_it_may_and_workers_begin_with_what_was_given(self):
        daemon = fresh_daemon(self, topology(pool(size=1), http()), **limited(64, 4096))
        self.assertEqual(limits_of(daemon.pid), (4096, 4096))
        self.assertEqual(limits_of(daemon.pids()[0]), (64, 4096))

    def test_scaling_beyond_it_is_refused_and_changes_nothing(self):
        daemon = fresh_daemon(self, topology(pool(size=2), http()), **limited(FEW))
        before = daemon.pids()
        refused = daemon.console("scale", "web", "200")
        self.assertEqual(refused.code, 1, refused)
        for word in ("200 workers", "file descriptors", f"of {FEW}", "ulimit -Hn"):
            self.assertIn(word, refused.err)
        self.assertEqual(daemon.pids(), before)
        self.assertEqual(daemon.get("/hello").status, 200)
        self.assertEqual(daemon.console("scale", "web", "8").code, 0)
        daemon.wait_settled(8)
        self.assertEqual(daemon.get("/hello").status, 200)

    def test_a_pool_configured_too_large_serves_with_what_fits_and_heals(self):
        daemon = fresh_daemon(
            self, topology(pool(size={"min": 1, "count": 60, "max": 60}, **PATIENCE), http(),
                           supervise={"strategy": "one_for_one", "start": "parallel"}),
            **limited(FEW), ready=False)
        wait_until(lambda: daemon.get("/hello").status == 200, "the front serves")
        workers = wait_until(
            lambda: (seen := daemon.workers()) and len(seen) == 60
            and all(each["phase"] in ("ready", "backing_off") for each in seen) and seen,
            "every worker serves or waits for room")
        waiting = [each for each in workers if each["phase"] == "backing_off"]
        self.assertGreater(len(waiting), 30)
        self.assertGreater(len(workers) - len(waiting), 4)
        for each in waiting:
            self.assertIn("kept for clients", each["cause"]["text"])
        self.assertIn("pool_has_no_room", daemon.log())
        self.assertEqual(daemon.console("ps").code, 0)
        with daemon.connect() as one, daemon.connect() as two:
            self.assertEqual((one.get("/hello").status, two.get("/hello").status), (200, 200))
        fewer = daemon.console("scale", "web", "4")
        self.assertEqual(fewer.code, 0, fewer)
        daemon.wait_settled(4)
        self.assertEqual(daemon.get("/hello").status, 200)

    def test_clients_that_take_all_descriptors_neither_stop_it_nor_make_it_spin(self):
        daemon = fresh_daemon(self, topology(pool(size=2), http()), **limited(FEW))
        held = all_that_may(daemon)
        before = processes.processor_seconds(daemon.pid)
        began = time.monotonic()
        wait_until(lambda: time.monotonic() - began > 1, "a second passes")
        self.assertLess(processes.processor_seconds(daemon.pid) - before, 0.3)
        self.assertTrue(daemon.running())
        self.assertEqual(held[0].get("/hello").status, 200)
        for each in held:
            each.close()

        def serves():
            try:
                return daemon.get("/hello").status == 200
            except Closed:
                return False
        wait_until(serves, "the next client is served")
        daemon.wait_settled(2)

    def test_the_console_is_answered_while_clients_hold_all_they_may(self):
        daemon = fresh_daemon(self, topology(pool(size=2), http()), **limited(FEW))
        held = all_that_may(daemon)
        wait_until(lambda: " accept_failed " in daemon.log(), "clients are turned away")
        for _ in range(3):
            asked = daemon.console("health")
            self.assertIn("turns clients away", asked.out + asked.err)
            self.assertEqual(daemon.console("ps").code, 0)
        self.assertEqual(held[0].get("/hello").status, 200)
        self.assertEqual(daemon.console("stop").code, 0)
        self.assertEqual(daemon.wait_end(), 0)
        for each in held:
            each.close()

    def test_connections_that_cannot_be_had_are_told(self):
        daemon = fresh_daemon(self, topology(pool(size=1), http(limits={"connections": 5000})),
                              **limited(FEW))
        self.assertIn("http.limits.connections: 5000 ", daemon.log())
        words = [CONSOLE, "config:validate", "-c", daemon.config_file]

        def validated(*flags, limit=FEW):
            return subprocess.run(["prlimit", f"--nofile={limit}", *words, *flags], text=True,
                                  capture_output=True, timeout=60, check=True).stderr
        self.assertIn("http.limits.connections: 5000 ", validated())
        self.assertNotIn("limits.connections", validated("--portable"))
        self.assertNotIn("limits.connections", validated(limit=5001))
