# SPDX-License-Identifier: BSD-3-Clause
"""A thousand workers killed under load: only what they had in hand fails, no orphan stays, memory
and descriptors stay what they were."""
import collections
import os
import random
import signal
import threading
import unittest

from support import processes
from support.case import fresh_daemon
from support.http_client import Connection
from support.topology import http, pool, topology
from support.waiting import wait_until

KILLS = 1000
SIZE = 4
CLIENTS = 4
GROWTH_BYTES = 2 << 20  # 2 KiB for each that was killed would be a leak


class Client(threading.Thread):
    """Asks again and again; counts answers by status."""

    def __init__(self, address, over):
        super().__init__()
        self.address = address
        self.over = over
        self.seen = collections.Counter()

    def run(self):
        connection = Connection(self.address)
        while not self.over.is_set():
            self.seen[connection.get("/").status] += 1
        connection.close()


class TemplateStorm(unittest.TestCase):
    def setUp(self):
        self.daemon = fresh_daemon(self, topology(
            pool(script="template.php", size=SIZE, carrier="native", template="app"), http()))
        self.daemon.wait_settled(SIZE)
        self.choose = random.Random(4)

    def test_only_requests_in_hand_fail_and_nothing_is_left(self):
        daemon = self.daemon
        template = daemon.container("Main/web/template")["pid"]
        self.storm(KILLS // 4)  # every buffer has its size by then
        daemon.wait_settled(SIZE)
        descriptors = processes.descriptor_count(daemon.pid)
        memory = processes.resident_bytes(daemon.pid)
        answers = self.storm(KILLS)
        daemon.wait_settled(SIZE)
        self.assertLessEqual(set(answers), {200, 502}, answers)
        self.assertGreater(answers[200], KILLS // 10)  # how many depends on the machine
        self.assertLessEqual(answers.get(502, 0), KILLS)
        self.assertEqual(len(daemon.family()), SIZE + 2)  # the template and its child made ahead
        told = [line for line in daemon.log().splitlines() if "template" in line]
        self.assertIn(template, daemon.family(), told)
        wait_until(lambda: processes.descriptor_count(daemon.pid) <= descriptors,
                   "every descriptor is closed")
        self.assertLess(processes.resident_bytes(daemon.pid), memory + GROWTH_BYTES)
        for pid in daemon.pids():  # forked to the end, by one that none of this has hurt
            self.assertIn("--template=app", processes.command_of(pid))

    def storm(self, kills):
        """Kills that many while clients ask. @return their answers, counted by status"""
        over = threading.Event()
        clients = [Client(self.daemon.address(), over) for _ in range(CLIENTS)]
        for each in clients:
            each.start()
        try:
            self.kill(kills)
        finally:
            over.set()
            for each in clients:
                each.join()
        return sum((each.seen for each in clients), collections.Counter())

    def kill(self, count):
        killed = set()
        while len(killed) < count:
            alive = [pid for pid in self.daemon.pids() if pid not in killed]
            if alive:
                victim = self.choose.choice(alive)
                try:
                    os.kill(victim, signal.SIGKILL)
                except ProcessLookupError:
                    continue  # it has ended since it was listed
                killed.add(victim)
