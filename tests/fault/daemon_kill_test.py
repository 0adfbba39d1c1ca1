# SPDX-License-Identifier: BSD-3-Clause
"""The daemon itself dies at once: nothing it started survives, and the next start just works."""
import os
import signal
import time
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


# Leaves its parent, its process group, its session and its environment, and is deaf to SIGTERM.
RUNAWAY = ("setsid sh -c 'env -i sh -c \"trap \\\"\\\" TERM HUP; echo \\$\\$; "
           "while :; do sleep 600; done\" & wait' >{file} 2>&1 </dev/null &")


def runaways(daemon, count):
    """Starts processes that nothing but their place in the tree tells apart from strangers."""
    files = [os.path.join(daemon.directory, f"runaway-{number}") for number in range(count)]
    for file in files:
        with daemon.connect() as connection:
            answer = connection.post("/shell", RUNAWAY.format(file=file).encode())
        assert answer.status == 200, answer

    def pid_in(file):
        with open(file, encoding="ascii") as text:
            return int(text.read() or 0)
    return [wait_until(lambda file=file: pid_in(file), "it runs", within=10) for file in files]


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
                    os.kill(daemon.pid, number)
                    began = time.monotonic()
                    # Its guardian ends as the last: 1 s, and more where the machine is busy.
                    daemon.expected_code = daemon.wait_end()
                    self.assertLess(time.monotonic() - began, 5)
                    self.assertEqual(daemon.expected_code, -number)
                    self.assertEqual([pid for pid in family if processes.is_alive(pid)], [])

    def test_runaways_do_not_survive_either(self):
        daemon = fresh_daemon(self, CONFIG)
        family = runaways(daemon, 3)
        family.append(int(daemon.get("/grandchild").body.split()[0]))
        daemon.kill9()
        # Its guardian waits until the last of them is gone.
        self.assertEqual([pid for pid in family if processes.is_alive(pid)], [])
        self.assertIn("daemon_died by=SIGKILL code=9", daemon.log())

    def test_nothing_survives_its_guardian(self):
        for number in (signal.SIGKILL, signal.SIGSEGV):
            with self.subTest(number=number):
                daemon = fresh_daemon(self, CONFIG)
                family = [daemon.pid, *daemon.family(), *runaways(daemon, 2)]
                os.kill(daemon.process.pid, number)
                daemon.expected_code = daemon.wait_end()
                wait_until(lambda: not any(processes.is_alive(pid) for pid in family),
                           "every process has ended", within=5)
                self.assertIn("guardian_died", daemon.log())

    def test_a_signal_to_the_whole_job_is_one_signal(self):
        daemon = fresh_daemon(self, CONFIG)
        with daemon.connect() as connection:
            connection.send(request_bytes("GET", "/slow?ms=1000"))
            wait_until(lambda: any(each["live"]["busy"] for each in daemon.workers()),
                       "a worker is busy")
            os.killpg(os.getpgid(daemon.process.pid), signal.SIGTERM)
            # A second one would hurry the stop.
            self.assertEqual(connection.response().status, 200)
        self.assertEqual(daemon.wait_end(), 0)

    def test_a_stopped_worker_does_not_survive_either(self):
        daemon = fresh_daemon(self, CONFIG)
        for pid in daemon.pids():
            os.kill(pid, signal.SIGSTOP)
        family = daemon.family()
        daemon.kill9()
        wait_until(lambda: not any(processes.is_alive(pid) for pid in family),
                   "every process has ended", within=5)

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

    def test_killed_while_it_boots(self):
        daemon = Daemon(topology(pool(script="slow_boot.php", size=3), http()))
        self.addCleanup(daemon.close)
        daemon.launch()
        wait_until(lambda: len(daemon.family()) == 3, "workers boot")
        daemon.kill9()
        wait_until(lambda: not daemon.family(), "every process has ended", within=5)
