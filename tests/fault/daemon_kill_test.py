# SPDX-License-Identifier: BSD-3-Clause
"""The daemon itself dies at once: nothing it started survives, and the next start just works."""
import os
import signal
import unittest

from support import processes
from support.case import fresh_daemon
from support.daemon import Daemon
from support.http_client import request_bytes
from support.topology import http, pool, process, topology
from support.waiting import wait_until

CONFIG = topology(
    pool(size=3), http(),
    process("sleeper", "sleep", "600"),
    process("stubborn", "sh", "-c", "trap '' TERM HUP INT; while :; do sleep 1; done"),
    supervise={"strategy": "one_for_one"})


class Kill9(unittest.TestCase):
    def test_nothing_survives_a_second(self):
        for number in (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT):
            with self.subTest(number=number):
                daemon = fresh_daemon(self, CONFIG)
                with daemon.connect() as busy:
                    busy.send(request_bytes("GET", "/hang"))
                    wait_until(lambda: any(each["live"]["busy"] for each in daemon.workers()),
                               "a worker is busy")
                    family = daemon.family()
                    self.assertGreaterEqual(len(family), 5)
                    daemon.signal(number)
                    daemon.expected_code = daemon.wait_end()
                    self.assertEqual(daemon.expected_code, -number)
                    wait_until(lambda: not any(processes.is_alive(pid) for pid in family),
                               "every process has ended", within=1)

    def test_a_stopped_worker_does_not_survive_either(self):
        daemon = fresh_daemon(self, CONFIG)
        for pid in daemon.pids():
            os.kill(pid, signal.SIGSTOP)
        family = daemon.family()
        daemon.kill9()
        wait_until(lambda: not any(processes.is_alive(pid) for pid in family),
                   "every process has ended", within=1)

    def test_the_next_start_on_the_same_socket_works(self):
        first = fresh_daemon(self, CONFIG)
        for _ in range(3):
            first.kill9()
            first.owns_directory = False
            self.assertTrue(os.path.exists(first.socket))
            second = Daemon(CONFIG, directory=first.directory)
            self.addCleanup(second.close)
            second.start()
            self.assertEqual(second.get("/hello").status, 200)
            second.wait_settled(3)
            first = second

    @unittest.expectedFailure
    def test_grandchildren_do_not_survive_either(self):
        """The kernel ends direct children only; the rest needs a cgroup or a watcher."""
        daemon = Daemon(CONFIG).start()
        self.addCleanup(daemon.abort)
        pid = int(daemon.get("/grandchild").body.split()[0])
        daemon.kill9()
        wait_until(lambda: not processes.is_alive(pid), "the grandchild has ended", within=1)

    def test_killed_while_it_boots(self):
        daemon = Daemon(topology(pool(script="slow_boot.php", size=3), http()))
        self.addCleanup(daemon.close)
        daemon.launch()
        wait_until(lambda: len(daemon.family()) == 3, "workers boot")
        daemon.kill9()
        wait_until(lambda: not daemon.family(), "every process has ended", within=1)
