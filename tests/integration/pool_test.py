# SPDX-License-Identifier: BSD-3-Clause
"""A pool under pressure: what waits, what is refused, how it grows, shrinks and boots."""
import os
import shutil
import signal
import tempfile
import unittest

from support.case import fresh_daemon
from support.http_client import request_bytes
from support.topology import http, pool, topology, worker_script
from support.waiting import wait_until


class Pressure(unittest.TestCase):
    def start(self, *others, **options):
        self.daemon = fresh_daemon(self, topology(pool(**options), *others, http()))

    def send(self, target):
        connection = self.daemon.connect()
        self.addCleanup(connection.close)
        connection.send(request_bytes("GET", target))
        return connection

    def occupy(self, workers, ms=1_500):
        clients = [self.send(f"/slow?ms={ms}") for _ in range(workers)]
        wait_until(lambda: self.daemon.metric("kraken_pool_busy") == workers, "all are busy")
        return clients

    def test_a_full_queue_is_503_at_once_with_a_time_to_come_back(self):
        self.start(size=1, queue={"max": 0})
        busy, = self.occupy(1)
        answer = self.daemon.get("/hello")
        self.assertEqual((answer.status, answer.header("retry-after")), (503, "1"))
        self.assertEqual(busy.response().status, 200)
        self.assertEqual(self.daemon.metric("kraken_pool_queue_full_total"), 1)

    def test_a_queue_is_one_for_the_whole_pool(self):
        self.start(size=2, queue={"max": 3})
        clients = self.occupy(2)
        clients += [self.send("/slow?ms=1") for _ in range(14)]
        statuses = sorted(each.response().status for each in clients)
        self.assertEqual(statuses, [200] * 5 + [503] * 11)

    def test_who_waits_too_long_is_503(self):
        self.start(size=1, queue={"timeout": "200ms"})
        busy, = self.occupy(1)
        answer = self.daemon.get("/hello")
        self.assertEqual((answer.status, answer.header("retry-after")), (503, "1"))
        self.assertEqual(busy.response().status, 200)
        self.assertEqual(self.daemon.metric("kraken_pool_queue_expired_total"), 1)

    def test_who_waits_is_answered_in_order(self):
        self.start(size=1)
        clients = [self.send("/slow?ms=50") for _ in range(6)]
        self.assertEqual([each.response().status for each in clients], [200] * 6)

    def test_idle_workers_of_another_shard_take_what_waits(self):
        self.start(size=2)
        clients = self.occupy(2, ms=800)  # wherever they were accepted, both work at once
        self.assertEqual(len({each.response().body for each in clients}), 2)

    def test_a_request_over_its_time_is_504_and_its_worker_replaced(self):
        self.start(size=1, request={"timeout": "300ms"})
        before = self.daemon.container("w1")["pid"]
        self.assertEqual(self.daemon.get("/slow?ms=5000").status, 504)
        wait_until(lambda: self.daemon.container("w1")["generation"] == 2, "a new worker boots")
        worker = self.daemon.container("w1")
        self.assertNotEqual(worker["pid"], before)
        self.assertEqual(worker["cause"]["kind"], "timeout")
        self.assertEqual(self.daemon.get("/hello").status, 200)

    def test_it_grows_while_requests_wait_and_shrinks_one_by_one(self):
        self.start(size={"min": 1, "count": 1, "max": 3}, scale={"gradual_idle": "1s"})
        for each in [self.send("/slow?ms=700") for _ in range(6)]:
            self.assertEqual(each.response().status, 200)
        self.assertEqual(len(self.daemon.workers()), 3)
        sizes = set()

        def small():
            sizes.add(len(self.daemon.workers()))
            return min(sizes) == 1
        wait_until(small, "one worker is left")
        self.assertIn(2, sizes)

    def test_a_new_size_waits_for_nobody_who_was_stopped_by_hand(self):
        self.start(size=2)
        self.assertEqual(self.daemon.console("container:stop", "w1").code, 0)
        done = self.daemon.console("scale", "web", "3", within=20)
        self.assertEqual(done.code, 0, done)
        self.assertIn("1 of them is stopped and stays so: kraken container:start Main/web/w1",
                      done.out + done.err)
        self.assertEqual({each["phase"] for each in self.daemon.workers()}, {"ready", "ended"})

    def test_it_shrinks_at_once_where_it_is_told_to(self):
        self.start(size={"min": 1, "count": 4, "max": 4}, scale={"aggressive_idle": "1s"})
        wait_until(lambda: len(self.daemon.workers()) == 1, "one worker is left")
        self.assertEqual(self.daemon.log().count("pool_shrinks"), 1)


class Boot(unittest.TestCase):
    def test_all_boot_at_once_and_requests_wait_meanwhile(self):
        daemon = fresh_daemon(self, topology(
            pool(size=4), pool("slow", "slow_boot.php", size=4),
            http(routes=[{"path": "/slow", "to": "slow"}, {"path": "/", "to": "web"}])))
        before = daemon.pids("slow")
        self.assertEqual(daemon.console("restart", "slow").code, 0)
        workers = daemon.workers("slow")
        self.assertFalse(set(before) & {each["pid"] for each in workers})
        ages = [each["since_seconds"] for each in workers]
        self.assertLess(max(ages) - min(ages), 1.0, "one after the other takes 1.5 s each")
        self.assertEqual(daemon.get("/slow").status, 200)


class Hopeless(unittest.TestCase):
    """Nobody waits for a worker of a pool that is known not to boot."""

    def start(self, *start):
        self.daemon = fresh_daemon(self, topology(
            pool(size=2, start=["php", *start], queue={"timeout": "5m"}), http()), ready=False)

    def test_clients_are_told_at_once_and_wait_again_when_it_may_boot(self):
        path = os.path.join(self.directory(), "worker.php")
        with open(path, "w", encoding="ascii") as file:
            file.write("<?php exit(3);")
        self.start(path)
        wait_until(lambda: "pool_does_not_boot" in self.daemon.log(), "it is known")
        answer = wait_until(lambda: self.daemon.get("/"), "an answer")
        self.assertEqual((answer.status, answer.header("retry-after")), (503, "1"))
        self.assertGreaterEqual(self.daemon.metric("kraken_pool_refused_total"), 1)
        with open(path, "w", encoding="ascii") as file:
            file.write(f"<?php require '{worker_script('app.php')}';")
        wait_until(lambda: self.daemon.get("/hello").status == 200, "it serves")

    def test_a_pool_that_served_once_is_no_exception(self):
        path = os.path.join(self.directory(), "worker.php")
        with open(path, "w", encoding="ascii") as file:
            file.write(f"<?php require '{worker_script('app.php')}';")
        self.start(path)
        self.daemon.wait_ready()
        self.assertEqual(self.daemon.get("/hello").status, 200)
        with open(path, "w", encoding="ascii") as file:
            file.write("<?php exit(3);")
        with self.daemon.connect() as waiting:
            for pid in self.daemon.pids():
                os.kill(pid, signal.SIGKILL)
            wait_until(lambda: waiting.get("/hello").status == 503, "it is told", every=0)

    def directory(self):
        made = tempfile.mkdtemp(prefix="kt-pool-", dir="/tmp")
        self.addCleanup(shutil.rmtree, made)
        os.chmod(made, 0o755)
        return made


class Destroyed(unittest.TestCase):
    def test_a_pool_keeps_its_size_when_somebody_destroys_a_worker(self):
        daemon = fresh_daemon(self, topology(pool(size=2), http()))
        self.assertEqual(daemon.command("container:destroy", alias="Main/web/w1")[0], 200)
        workers = daemon.wait_settled(2)
        self.assertEqual(sorted(each["alias"] for each in workers), ["w2", "w3"])
        self.assertEqual(daemon.container("web")["restarts"], 0)
        self.assertNotIn("container_failed", daemon.log())
