# SPDX-License-Identifier: BSD-3-Clause
"""Workers that share memory with the daemon, killed, stopped and hung in the middle of a request:
it costs that request only, and nobody sleeps through work."""
import concurrent.futures
import os
import signal
import time

from support.case import DaemonCase, fresh_daemon
from support.topology import http, pool, topology
from support.waiting import wait_until

SIZE = 2


def slab_pool(size=SIZE, **options):
    return pool(script="native.php", size=size, carrier="native", transport="slab", **options)


class SlabWorkers(DaemonCase):
    config = topology(
        slab_pool(request={"timeout": "1s"}, shutdown="1s"),
        http())

    def tearDown(self):
        wait_until(lambda: len(self.daemon.pids()) == SIZE, "all workers are back")
        self.assert_serves()

    def test_a_worker_that_kills_itself_costs_its_request(self):
        for _ in range(20):
            self.assertEqual(self.daemon.get("/kill").status, 502)
            self.assert_serves()

    def test_a_request_beyond_its_time_is_504_and_its_worker_replaced(self):
        before = set(self.daemon.pids())
        began = time.monotonic()
        self.assertEqual(self.daemon.get("/sleep?ms=60000").status, 504)
        self.assertLess(time.monotonic() - began, 3)
        wait_until(lambda: before - set(self.daemon.pids()), "the worker is replaced")

    def test_a_client_that_leaves_costs_nobody(self):
        client = self.connect()
        client.request("GET", "/sleep?ms=300")
        client.close()
        self.assert_serves()

    def test_a_worker_that_stands_still_does_not_hold_the_others(self):
        victim = self.daemon.pids()[0]
        os.kill(victim, signal.SIGSTOP)
        began = time.monotonic()
        answers = []
        for _ in range(8):  # over all shards: one of them has no other worker
            with self.connect() as client:
                answers += [client.get("/hello").status for _ in range(5)]
        # One at most was taken by it, and is given up when its time is over.
        self.assertGreaterEqual(answers.count(200), 39, answers)
        self.assertLess(time.monotonic() - began, 8)
        try:
            os.kill(victim, signal.SIGCONT)
        except ProcessLookupError:
            pass # it had a request, whose time is over

    def test_every_request_of_many_clients_is_answered_while_workers_are_killed(self):
        def client(_):
            seen = []
            with self.daemon.connect() as connection:
                for _ in range(200):
                    seen.append(connection.get("/hello").status)
            return seen

        with concurrent.futures.ThreadPoolExecutor(16) as clients:
            results = [clients.submit(client, number) for number in range(16)]
            for _ in range(15):
                for pid in self.daemon.pids()[:1]:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                concurrent.futures.wait(results, timeout=0.1)
            statuses = [status for each in results for status in each.result(timeout=60)]
        self.assertEqual(len(statuses), 16 * 200)
        self.assertLessEqual(set(statuses), {200, 502})
        self.assertGreater(statuses.count(200), 16 * 200 - 60)


class OneWorker(DaemonCase):
    config = topology(slab_pool(size=1, queue={"max": 1, "timeout": "500ms"}), http(), shards=1)

    def pool_number(self, name):
        return self.daemon.metric(f"kraken_pool_{name}", container="Main/web")

    def test_a_full_queue_is_503_and_so_is_a_wait_that_is_too_long(self):
        with concurrent.futures.ThreadPoolExecutor(4) as clients:
            slow = clients.submit(self.daemon.get, "/sleep?ms=1500")
            wait_until(lambda: self.pool_number("busy") == 1, "the worker is busy")
            waits = clients.submit(self.daemon.get, "/hello")
            wait_until(lambda: self.pool_number("waiting") == 1, "one waits")
            self.assertEqual(self.daemon.get("/hello").status, 503)
            self.assertEqual(waits.result(10).status, 503)
            self.assertEqual(slow.result(10).status, 200)
        wait_until(lambda: self.pool_number("busy") == 0, "nobody is busy")
        self.assert_serves()

    def test_a_daemon_that_stops_lets_it_finish(self):
        daemon = fresh_daemon(self, self.config)
        with concurrent.futures.ThreadPoolExecutor(1) as clients:
            slow = clients.submit(daemon.get, "/sleep?ms=500")
            wait_until(lambda: daemon.metric("kraken_pool_busy", container="Main/web") == 1, "busy")
            daemon.stop()
            self.assertEqual(slow.result(10).status, 200)


class Retry(DaemonCase):
    config = topology(
        slab_pool(), http(routes=[{"path": "/", "to": "web", "retry": "idempotent"}]))

    def test_a_request_is_tried_once_more(self):
        self.assertEqual(self.daemon.get("/kill").status, 502)
        self.assertEqual(self.daemon.metric("kraken_pool_retried_total", container="Main/web"), 1)
        self.assert_serves()


class Recycling(DaemonCase):
    config = topology(slab_pool(size=1, recycle={"requests": 5}), http())

    def test_a_worker_is_replaced_after_its_requests_without_a_failure(self):
        seen = [self.daemon.get("/pid") for _ in range(40)]
        self.assertEqual({each.status for each in seen}, {200})
        self.assertGreater(len({each.body for each in seen}), 3)


class Scaling(DaemonCase):
    config = topology(slab_pool(size=3), http())

    def test_fewer_workers_serve_on(self):
        self.daemon.console("scale", "web", "1")
        for _ in range(30):
            self.assert_serves()
        wait_until(lambda: len(self.daemon.pids()) == 1, "one is left")
        self.daemon.console("scale", "web", "3")
        wait_until(lambda: len(self.daemon.pids()) == 3, "three are back")
        self.assert_serves()
