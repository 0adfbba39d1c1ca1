# SPDX-License-Identifier: BSD-3-Clause
"""Everything an application can do wrong, under stock PHP and under kraken-php: each fault costs
its own request only."""
import json
import os
import pwd
import signal
import threading
import unittest

from support import processes, public_copy
from support.case import DaemonCase, fresh_daemon
from support.daemon import PROGRAMS
from support.topology import http, pool, topology
from support.waiting import wait_until

SIZE = 2
CARRIERS = ["program"] + (
    ["native"] if os.path.exists(os.path.join(PROGRAMS, "kraken-php")) else [])
# A user that nobody else of this machine's tests runs as.
OTHER = next((each.pw_name for each in pwd.getpwall() if each.pw_name == "games"), None)


def faulty_pool(carrier, **options):
    return pool(script="faults.php", size=SIZE, carrier=carrier, memory_limit="48M",
                request={"timeout": "2s"}, shutdown="1s", **options)


class Faults:
    """The faults, for one carrier; mixed in below."""

    def setUp(self):
        self.daemon.wait_settled(SIZE)

    def one_fault(self, target, statuses, number=None, replaced=1):
        """Asks for it while others are served. @return the answer"""
        before = {each["path"]: each["generation"] for each in self.daemon.workers()}
        others, over = [], threading.Event()

        def ask():
            with self.daemon.connect() as client:
                while not over.is_set():
                    others.append(client.get("/hello").status)
        neighbour = threading.Thread(target=ask)
        neighbour.start()
        try:
            answer = self.connect().get(target)
        finally:
            over.set()
            neighbour.join()
        self.assertIn(answer.status, statuses, answer)
        self.assertLessEqual(set(others), {200})

        def replacements():
            changed = [each for each in self.daemon.wait_settled(SIZE)
                       if each["generation"] != before.get(each["path"])]
            return (changed,) if len(changed) >= replaced else None
        changed, = wait_until(replacements, "its worker is replaced")
        self.assertLessEqual(len(changed), 1, changed)
        if number is not None:
            self.assertEqual([each["cause"]["code"] for each in changed], [number], changed)
        self.assert_serves()
        return answer

    def test_a_segmentation_fault(self):
        self.one_fault("/segfault", [502], signal.SIGSEGV)

    def test_an_abort(self):
        self.one_fault("/abort", [502], signal.SIGABRT)

    def test_an_exit(self):
        self.one_fault("/exit", [200, 502])

    def test_an_endless_loop(self):
        self.one_fault("/loop", [504])

    def test_more_memory_than_php_may_have(self):
        self.one_fault("/memory", [500, 502])

    def test_more_memory_than_the_process_may_have(self):
        self.one_fault("/memory-unlimited", [500, 502])

    def test_closed_output(self):
        for _ in range(2 * SIZE):
            self.assertEqual(self.one_fault("/close-output", [200], replaced=0).body, b"closed")


LIMITS = {"limits": {"as": "1G"}}


class StockPhp(Faults, DaemonCase):
    config = topology(faulty_pool("program", **LIMITS), http())


@unittest.skipUnless("native" in CARRIERS, "kraken-php is not built")
class KrakenPhp(Faults, DaemonCase):
    config = topology(faulty_pool("native", **LIMITS), http())


@unittest.skipUnless(os.geteuid() == 0 and OTHER, "another user is needed")
class Separated(unittest.TestCase):
    """Workers with a user of their own."""

    @classmethod
    def setUpClass(cls):
        public_copy.use(cls)

    def daemons(self, **options):
        for carrier in CARRIERS:
            with self.subTest(carrier=carrier):
                # The limit counts all processes of the user, also the dead whom nobody has reaped.
                wait_until(lambda: OTHER not in map(self.owner, processes.all_pids()),
                           "nothing of an earlier daemon is left")
                settings = {**faulty_pool(carrier, user=OTHER, cwd="/", **options)}
                settings.pop("allow_root", None)
                daemon = fresh_daemon(self, topology(settings, http()))
                yield daemon
                daemon.close()

    def test_the_daemon_is_out_of_reach(self):
        for daemon in self.daemons():
            seen = json.loads(daemon.get("/kill-parent").body)
            self.assertEqual(seen["user"], pwd.getpwnam(OTHER).pw_uid)
            self.assertEqual((seen["killed"], seen["error"]), (False, 1))
            daemon.wait_settled(SIZE)
            self.assertEqual(daemon.get("/hello").status, 200)

    def test_processes_have_a_limit(self):
        for daemon in self.daemons(limits={"nproc": 20}):
            self.assertEqual(daemon.get("/processes").status, 200)
            mine = [pid for pid in processes.all_pids()
                    if processes.command_of(pid) == "sleep 600" and self.owner(pid) == OTHER]
            self.assertTrue(5 < len(mine) <= 20, mine)
            # What it left goes with its worker, and others are served before and after.
            self.assertEqual(daemon.get("/hello").status, 200)
            self.assertEqual(daemon.console("restart", "web").code, 0)
            wait_until(lambda: not any(processes.is_alive(pid) for pid in mine), "they are gone")
            daemon.wait_settled(SIZE)

    @staticmethod
    def owner(pid):
        try:
            return pwd.getpwuid(os.stat(f"/proc/{pid}").st_uid).pw_name
        except FileNotFoundError:
            return None
