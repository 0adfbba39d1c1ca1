# SPDX-License-Identifier: BSD-3-Clause
"""64 clients, and every 200 ms a random worker is killed: only their requests suffer."""
import collections
import os
import random
import signal
import threading
import time

from support import processes
from support.case import DaemonCase
from support.topology import http, pool, topology
from support.waiting import wait_until

SECONDS = float(os.environ.get("KRAKEN_STORM_SECONDS", "10"))
SEED = int(os.environ.get("KRAKEN_STORM_SEED", str(random.SystemRandom().randrange(1 << 32))))
CLIENTS = 64
EVERY = 0.2
SIZE = 4


class Client(threading.Thread):
    """Asks on one connection as long as it may. Every answer must belong to its question."""

    def __init__(self, daemon, number, stop):
        super().__init__(name=f"client {number}")
        self.daemon_under_test = daemon
        self.number = number
        self.stop = stop
        self.statuses = collections.Counter()
        self.fault = None

    def run(self):
        try:
            with self.daemon_under_test.connect() as connection:
                for count in range(1 << 62):
                    if self.stop.is_set():
                        return
                    body = b"client %d request %d" % (self.number, count)
                    if count % 10 == 0:
                        body += b"." * (64 << 10)
                    answer = connection.post("/echo", body)
                    self.statuses[answer.status] += 1
                    if answer.status == 200 and answer.body != body:
                        raise AssertionError(f"{body!r} was answered {answer.body!r}")
        except Exception as problem:  # shown by the test, with the client's number
            self.fault = problem


class KillStorm(DaemonCase):
    config = topology(pool(size=SIZE), http())

    def counts(self):
        return {name: self.daemon.metric("kraken_http_responses_total", **{"class": name})
                for name in ("2xx", "4xx", "5xx")}

    def kill_until(self, end, dice):
        kills = 0
        pause = threading.Event()
        while time.monotonic() < end:
            pids = self.daemon.pids()
            if pids:
                try:
                    os.kill(dice.choice(pids), signal.SIGKILL)
                    kills += 1
                except ProcessLookupError:
                    pass
            pause.wait(EVERY)
        return kills

    def test_only_requests_in_killed_workers_suffer(self):
        print(f"storm: {SECONDS} s, seed {SEED}", flush=True)
        self.daemon.wait_settled(SIZE)
        self.assert_serves()
        wait_until(lambda: self.daemon.metric("kraken_http_connections_open") == 0, "no client")
        descriptors = processes.descriptor_count(self.daemon.pid)
        threads = processes.thread_count(self.daemon.pid)
        counted = self.counts()
        stop = threading.Event()
        clients = [Client(self.daemon, number, stop) for number in range(CLIENTS)]
        for each in clients:
            each.start()
        try:
            kills = self.kill_until(time.monotonic() + SECONDS, random.Random(SEED))
        finally:
            stop.set()
            for each in clients:
                each.join()
        statuses = sum((each.statuses for each in clients), collections.Counter())
        print(f"storm: {kills} kills, statuses {dict(statuses)}", flush=True)

        self.assertEqual([(each.number, each.fault) for each in clients if each.fault], [])
        self.assertLessEqual(set(statuses), {200, 502})
        self.assertLessEqual(statuses[502], kills)
        self.assertGreater(statuses[200], 10 * SECONDS)
        self.assertGreater(kills, SECONDS)

        self.daemon.wait_settled(SIZE)
        wait_until(lambda: self.daemon.metric("kraken_http_connections_open") == 0, "no client")
        now = self.counts()
        self.assertEqual({name: now[name] - counted[name] for name in now},
                         {"2xx": statuses[200], "4xx": 0, "5xx": statuses[502]})
        # No more than before, when a connection of ours may still have been closing.
        wait_until(lambda: processes.descriptor_count(self.daemon.pid) <= descriptors,
                   f"at most {descriptors} descriptors are open, as before")
        self.assertEqual(processes.thread_count(self.daemon.pid), threads)
