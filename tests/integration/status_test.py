# SPDX-License-Identifier: BSD-3-Clause
"""Status answers at once, whatever the workers do."""
import threading
import time

from support.case import DaemonCase
from support.http_client import request_bytes
from support.topology import http, pool, topology
from support.waiting import STRETCH, wait_until

BEST_OF = 5
LIMIT = 0.050
SIZE = 3


def best(action):
    """Seconds of the fastest of some runs: what the daemon can do, not what the machine does."""
    times = []
    for _ in range(BEST_OF):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return min(times)


class Busy(DaemonCase):
    config = topology(pool(size=SIZE, queue={"max": 50}), http())

    def setUp(self):
        self.clients = [self.connect() for _ in range(2 * SIZE)]
        for each in self.clients:
            each.send(request_bytes("GET", "/spin?ms=2000"))
        wait_until(lambda: sum(each["live"]["busy"] for each in self.daemon.workers()) == SIZE,
                   "all workers are busy")

    def tearDown(self):
        for each in self.clients:
            each.close()
        wait_until(lambda: not any(each["live"]["busy"] for each in self.daemon.workers()),
                   "the workers are free")

    def test_every_way_to_ask(self):
        def check(answer):
            self.assertEqual(answer.status, 200)
        asked = {
            "/api/v1/containers": lambda: check(self.daemon.admin("GET", "/api/v1/containers")),
            "/api/v1/node": lambda: check(self.daemon.admin("GET", "/api/v1/node")),
            "/api/v1/events": lambda: check(self.daemon.admin("GET", "/api/v1/events")),
            "/api/v1/logs": lambda: check(self.daemon.admin("GET", "/api/v1/logs")),
            "/metrics": lambda: check(self.daemon.admin("GET", "/metrics")),
            "/readyz": lambda: check(self.daemon.admin("GET", "/readyz")),
            "/livez": lambda: check(self.daemon.admin("GET", "/livez")),
        }
        slow = {name: seconds for name, action in asked.items()
                if (seconds := best(action)) > LIMIT}
        self.assertEqual(slow, {})

    def test_the_console(self):
        for words in (["ps"], ["tree"], ["inspect", "web"], ["metrics"], ["health"],
                      ["server:ping"], ["process:exists", "Main", "web"]):
            with self.subTest(words=words):
                def ask(words=words):
                    done = self.daemon.console(*words)
                    self.assertEqual(done.code, 0, done)
                self.assertLess(best(ask), LIMIT)

    def test_status_says_who_is_busy_and_for_how_long(self):
        busy = [each["live"] for each in self.daemon.workers()]
        self.assertEqual([each["busy"] for each in busy], [1] * SIZE)
        first = [each["busy_ms"] for each in busy]
        wait_until(lambda: all(
            each["live"]["busy_ms"] > before
            for each, before in zip(self.daemon.workers(), first)), "the age of a request grows")
        self.assertEqual(self.daemon.container("web")["live"]["waiting"], SIZE)


class Metrics(DaemonCase):
    config = topology(pool(size=1), http(), shards=2)

    def test_each_shard_has_its_own_line(self):
        self.assertEqual(self.daemon.get("/hello").status, 200)
        text = self.daemon.admin("GET", "/metrics").body.decode()
        for name, container in (("kraken_pool_requests_total", "Main/web"),
                                ("kraken_http_requests_total", "Main/http")):
            lines = [line.split(" ")[0] for line in text.splitlines() if line.startswith(name)]
            self.assertEqual(lines, [
                f'{name}{{container="{container}",shard="{shard}"}}' for shard in (0, 1)])
        self.assertEqual(self.daemon.metric("kraken_pool_requests_total"), 1)


class Booting(DaemonCase):
    """A shard that starts many processes answers between two of them."""

    config = topology(pool(size=1), http())
    many = 150
    within = 0.5

    def test_the_status_while_a_pool_grows(self):
        done = []
        scaling = threading.Thread(
            target=lambda: done.append(self.daemon.console("scale", "web", str(self.many))))
        scaling.start()
        times = []
        while len(self.daemon.pids()) < self.many:
            began = time.perf_counter()
            self.assertEqual(self.daemon.console("ps").code, 0)
            times.append(time.perf_counter() - began)
        # Before, all were started in one turn and the first to ask waited for the last.
        self.assertLess(max(times), self.within * STRETCH)
        scaling.join()
        self.assertEqual(done[0].code, 0, done)
        self.assertTrue(done[0].out.startswith("Pool has been scaled. "), done)
        self.daemon.wait_settled(self.many)
