# SPDX-License-Identifier: BSD-3-Clause
"""The end of a forked worker is told before the kernel has taken its memory apart, and stays what
it was: one end with its own cause, nothing left behind, threads and descriptors as before."""
import os
import signal
import threading
import unittest

from support import processes
from support.case import DaemonCase, fresh_daemon
from support.topology import http, pool, topology
from support.waiting import wait_until

SIZE = 2
THREAD_OF_THE_WATCH = "kraken/ends"


def threads_of(pid):
    names = []
    for each in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{each}/comm", encoding="ascii") as file:
            names.append(file.read().strip())
    return names


class EarlyEnds(DaemonCase):
    config = topology(
        pool(script="native.php", size=SIZE, carrier="native", template="php",
             backoff={"min": "1ms", "max": "1ms"}), http())

    def setUp(self):
        self.daemon.wait_settled(SIZE)

    def tearDown(self):
        self.daemon.wait_settled(SIZE)  # no zombie, no process that is not known
        self.assert_serves()

    def end_of(self, pid, act):
        """Has a worker end. @return its container afterwards, and whether its number was still
        taken when another one was seen in its place"""
        path = self.daemon.worker_of(pid)["path"]
        act()

        def successor():
            now = self.daemon.container(path)
            return now if now["pid"] not in (0, pid) else None
        now = wait_until(successor, "another one is there", every=0.0005)
        return now, os.path.exists(f"/proc/{pid}")

    def kill(self, number):
        pid = self.daemon.pids()[0]
        return self.end_of(pid, lambda: os.kill(pid, number))

    def test_the_successor_does_not_wait_for_the_kernel(self):
        if THREAD_OF_THE_WATCH not in threads_of(self.daemon.pid):
            self.skipTest("this kernel cannot wait for many words")
        # Reaped by the sweep, which comes some 20 ms later: so its number is still taken.
        early = [self.kill(signal.SIGKILL)[1] for _ in range(10)]
        self.assertIn(True, early)

    def test_the_cause_is_its_own(self):
        for number, name in ((signal.SIGKILL, "SIGKILL"), (signal.SIGSEGV, "SIGSEGV")):
            now, _ = self.kill(number)
            self.assertIn(name, now["cause"]["text"])
            self.daemon.wait_settled(SIZE)

    def test_an_end_is_counted_once(self):
        before = sum(each["restarts"] for each in self.daemon.workers())
        for _ in range(20):
            self.kill(signal.SIGKILL)
            self.daemon.wait_settled(SIZE)
        self.assertEqual(sum(each["restarts"] for each in self.daemon.workers()), before + 20)

    def test_a_worker_that_stands_still_is_no_end(self):
        still, other = self.daemon.pids()
        os.kill(still, signal.SIGSTOP)
        self.end_of(other, lambda: os.kill(other, signal.SIGKILL))
        self.assertIn(still, self.daemon.pids())
        self.end_of(still, lambda: os.kill(still, signal.SIGKILL))

    def test_what_it_started_ends_with_it(self):
        parent, child = map(int, self.daemon.get("/start-sleep").body.split())
        self.end_of(parent, lambda: os.kill(parent, signal.SIGKILL))
        wait_until(lambda: not os.path.exists(f"/proc/{child}"), "its child is gone")

    def test_requests_in_hand_fail_at_once_and_no_other(self):
        answers = []
        client = threading.Thread(
            target=lambda: answers.append(self.daemon.get("/sleep?ms=60000").status))
        client.start()
        busy = wait_until(
            lambda: [each for each in self.daemon.workers()
                     if each["live"] and each["live"]["busy"]], "one is busy")
        os.kill(busy[0]["pid"], signal.SIGKILL)
        client.join(10)
        self.assertEqual(answers, [502])

    def test_nothing_is_left_of_many_ends(self):
        for _ in range(10):
            self.kill(signal.SIGKILL)
            self.daemon.wait_settled(SIZE)
        descriptors = processes.descriptor_count(self.daemon.pid)
        threads = threads_of(self.daemon.pid)
        for _ in range(100):
            self.kill(signal.SIGKILL)
        self.daemon.wait_settled(SIZE)
        wait_until(lambda: processes.descriptor_count(self.daemon.pid) <= descriptors,
                   "every descriptor is closed")
        self.assertEqual(sorted(threads_of(self.daemon.pid)), sorted(threads))

    def test_a_daemon_that_stops_meanwhile_leaves_nothing(self):
        for _ in range(5):
            daemon = fresh_daemon(self, self.config)
            for pid in daemon.pids():
                os.kill(pid, signal.SIGKILL)
            daemon.close()  # looks for its exit code and whatever is left

    def test_a_template_that_is_killed_takes_no_worker_along(self):
        pids = set(self.daemon.pids())
        template = self.daemon.container("Main/web/template")["pid"]
        os.kill(template, signal.SIGKILL)
        wait_until(lambda: self.daemon.container("Main/web/template")["pid"] not in (0, template),
                   "there is a template again")
        self.assertEqual(set(self.daemon.pids()), pids)
        self.kill(signal.SIGKILL)


if __name__ == "__main__":
    unittest.main()
