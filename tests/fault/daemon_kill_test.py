# SPDX-License-Identifier: BSD-3-Clause
"""The daemon itself dies at once: nothing it started survives, and the next start just works."""
import os
import re
import select
import signal
import time
import unittest

from support import processes
from support.case import fresh_daemon
from support.daemon import PROGRAMS, Daemon
from support.http_client import request_bytes
from support.topology import SOURCE, http, pool, process, topology
from support.waiting import wait_until

PUBLIC = os.path.join(SOURCE, "tests", "support", "public")
CONFIG = topology(
    pool(size=3), http(),
    process("sleeper", "sleep", "600"),
    process("stubborn", "sh", "-c", "trap '' TERM HUP INT; while :; do sleep 1; done"),
    supervise={"strategy": "one_for_one"})
# What the daemon may start, each with what it started itself.
GROUP = "trap '' TERM HUP INT; sleep 600 & (sleep 600 & sleep 600) & wait"
NATIVE = [pool(id="worker", script="native.php", size=2, carrier="native"),
          {**pool(id="classic", size=2, carrier="classic"), "start": [PUBLIC]}]
EVERYTHING = topology(
    pool(size=3), http(), process("group", "sh", "-c", GROUP),
    *(NATIVE if os.path.exists(os.path.join(PROGRAMS, "kraken-php")) else ()),
    supervise={"strategy": "one_for_one"})
SURVIVAL = 1.0


# Leaves its parent, its process group, its session and its environment, and is deaf to SIGTERM.
RUNAWAY = ("setsid sh -c 'env -i sh -c \"trap \\\"\\\" TERM HUP; echo \\$\\$; "
           "while :; do sleep 600; done\" & wait' >{file} 2>&1 </dev/null &")


def below(pid):
    """All descendants of a process, whatever their session or environment."""
    direct = list(processes.children_of(pid))
    return direct + [each for child in direct for each in below(child)]


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


class Deaths:
    """When processes end, told by the kernel: each by a descriptor of its own, no pid is used."""

    def __init__(self, pids):
        self.waiting = select.poll()
        self.left = {}
        for pid in pids:
            try:
                opened = os.pidfd_open(pid)
            except ProcessLookupError:
                continue  # it only helped to start another one
            self.left[opened] = f"{pid}: {processes.command_of(pid)}"
            self.waiting.register(opened, select.POLLIN)

    def until(self, deadline):
        """Waits until all have ended. @return those that have not by then"""
        while self.left and (rest := deadline - time.monotonic()) > 0:
            for ended, _ in self.waiting.poll(rest * 1000):
                self.waiting.unregister(ended)
                os.close(ended)
                del self.left[ended]
        return list(self.left.values())

    def close(self):
        for each in self.left:
            os.close(each)


class Kill9(unittest.TestCase):
    def test_nothing_the_daemon_can_start_survives_a_second(self):
        for number in (signal.SIGKILL, signal.SIGSEGV):
            with self.subTest(number=number):
                daemon = fresh_daemon(self, EVERYTHING)
                made = daemon.console("process:create", "Main", "made", "php")
                self.assertEqual(made.code, 0, made)
                self.assertEqual(daemon.console("container:start", "Main/made").code, 0)
                runaways(daemon, 2)
                for pid in daemon.pids()[:1]:
                    os.kill(pid, signal.SIGSTOP)
                family = [pid for pid in below(daemon.process.pid) if pid != daemon.pid]
                self.assertGreaterEqual(len(family), 10)
                daemon_end, others = Deaths([daemon.pid]), Deaths(family)
                self.addCleanup(others.close)
                os.kill(daemon.pid, number)
                self.assertEqual(daemon_end.until(time.monotonic() + 30), [])
                self.assertEqual(others.until(time.monotonic() + SURVIVAL), [])
                daemon.expected_code = daemon.wait_end()

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
                    # Its guardian ends as the last.
                    daemon.expected_code = daemon.wait_end()
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

    def test_who_died_with_it_is_counted(self):
        """Its children end by the kernel's word, most of them before their guardian can look."""
        daemon = fresh_daemon(self, topology(
            *(process(f"p{number}", "sleep", "600") for number in range(12)),
            supervise={"strategy": "one_for_one"}))
        family = len(daemon.family())
        self.assertGreaterEqual(family, 12)
        daemon.kill9()
        told = re.search(r"processes_left=(\d+) killed=(\d+)", daemon.log())
        self.assertEqual(int(told[1]), family)
        self.assertLessEqual(int(told[2]), family)

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
