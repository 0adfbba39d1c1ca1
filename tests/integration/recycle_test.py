# SPDX-License-Identifier: BSD-3-Clause
"""Planned replacement of workers: the next one is ready before the old one goes, no request is
lost, nothing counts as a failure, and never more than one process is above the size."""
import os
import shutil
import tempfile
import threading
import unittest

from support import processes
from support.case import fresh_daemon
from support.topology import AS_ROOT, SOURCE, WORKERS, http, pool, topology
from support.waiting import wait_until

SIZE = 3


class Watch(threading.Thread):
    """Looks at the pool again and again: how many serve at least, how many processes at most."""

    def __init__(self, daemon, stop):
        super().__init__()
        self.daemon_under_test = daemon
        self.stop = stop
        self.fewest = SIZE
        self.most = 0
        self.fault = None

    def run(self):
        try:
            while not self.stop.wait(0.002):
                ready = [each for each in self.daemon_under_test.workers()
                         if each["phase"] == "ready"]
                self.fewest = min(self.fewest, len(ready))
                self.most = max(self.most, len(
                    processes.children_of(self.daemon_under_test.pid)))
        except Exception as problem:  # shown by the test
            self.fault = problem


class Client(threading.Thread):
    def __init__(self, daemon, stop, target):
        super().__init__()
        self.daemon_under_test = daemon
        self.stop = stop
        self.target = target
        self.answers = []
        self.fault = None

    def run(self):
        try:
            with self.daemon_under_test.connect() as connection:
                while not self.stop.is_set():
                    answer = connection.get(self.target)
                    self.answers.append((answer.status, answer.body))
        except Exception as problem:  # shown by the test
            self.fault = problem


class Load:
    """Clients and a watch while the body of a `with` runs."""

    def __init__(self, daemon, clients=8, target="/pid"):
        self.stop = threading.Event()
        self.watch = Watch(daemon, self.stop)
        self.clients = [Client(daemon, self.stop, target) for _ in range(clients)]

    def __enter__(self):
        for each in (self.watch, *self.clients):
            each.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for each in (self.watch, *self.clients):
            each.join()

    def check(self, case):
        case.assertEqual([each.fault for each in (self.watch, *self.clients) if each.fault], [])
        case.assertEqual({status for each in self.clients for status, _ in each.answers}, {200})

    def answers(self):
        return [body for each in self.clients for _, body in each.answers]


class Recycling(unittest.TestCase):
    def start(self, size=SIZE, script="app.php", **options):
        return fresh_daemon(self, topology(pool(size=size, script=script, **options), http()))

    def sum_of(self, daemon, member):
        return sum(each[member] for each in daemon.workers())

    def test_few_requests_per_worker_under_load(self):
        daemon = self.start(recycle={"requests": 10})
        with Load(daemon) as load:
            wait_until(lambda: self.sum_of(daemon, "recycles") >= 30, "thirty replacements")
        load.check(self)
        daemon.wait_settled(SIZE)
        self.assertEqual(self.sum_of(daemon, "restarts"), 0)
        self.assertLessEqual(load.watch.most, SIZE + 1)
        per_process = {}
        for body in load.answers():
            per_process[body] = per_process.get(body, 0) + 1
        self.assertLess(max(per_process.values()), 20)

    def test_capacity_does_not_dip_where_there_is_time_to_boot(self):
        daemon = self.start(recycle={"requests": 50})
        with Load(daemon, target="/slow?ms=15") as load:
            wait_until(lambda: self.sum_of(daemon, "recycles") >= 12, "twelve replacements")
        load.check(self)
        self.assertEqual(load.watch.fewest, SIZE)
        self.assertEqual(load.watch.most, SIZE + 1)
        self.assertEqual(self.sum_of(daemon, "restarts"), 0)
        daemon.wait_settled(SIZE)

    def test_one_request_per_process(self):
        daemon = self.start(size=2, recycle={"requests": 1})
        with daemon.connect() as connection:
            pids = [connection.get("/pid").body for _ in range(20)]
        self.assertEqual(len(set(pids)), 20)
        daemon.wait_settled(2)
        self.assertEqual(self.sum_of(daemon, "restarts"), 0)

    def test_a_worker_that_asks_for_it_gets_no_further_request(self):
        daemon = self.start(size=1)
        with daemon.connect() as connection:
            pids = [connection.get("/recycle").body for _ in range(5)]
        self.assertEqual(len(set(pids)), 5)
        # The answer is there before the last replacement has begun.
        wait_until(lambda: self.sum_of(daemon, "recycles") == 5, "the fifth replacement")
        worker, = daemon.wait_settled(1)
        self.assertEqual((worker["restarts"], worker["recycles"]), (0, 5))

    def test_age(self):
        daemon = self.start(recycle={"ttl": "300ms"})
        with Load(daemon) as load:
            wait_until(lambda: all(each["recycles"] >= 2 for each in daemon.workers()),
                       "every worker has been replaced twice")
        load.check(self)
        self.assertEqual(load.watch.fewest, SIZE)
        self.assertLessEqual(load.watch.most, SIZE + 1)
        self.assertEqual(self.sum_of(daemon, "restarts"), 0)

    def test_memory_above_the_soft_limit(self):
        daemon = self.start(size=1, recycle={"memory": "30M"})
        with daemon.connect() as connection:
            first = connection.get("/leak?mb=20").body
            self.assertEqual(connection.get("/leak?mb=20").body, first)
            wait_until(lambda: connection.get("/pid").body != first, "another worker serves")
        worker, = daemon.wait_settled(1)
        self.assertEqual((worker["restarts"], worker["recycles"]), (0, 1))
        self.assertIn("memory above 30M", worker["cause"]["message"])

    def test_memory_above_the_hard_limit(self):
        daemon = self.start(size=1, recycle={"memory_hard": "30M"})
        with daemon.connect() as connection:
            first = connection.get("/leak?mb=40").body
            wait_until(lambda: daemon.container("w1")["restarts"] == 1, "it has been restarted")
            self.assertNotEqual(connection.get("/pid").body, first)
        worker, = daemon.wait_settled(1)
        self.assertEqual(worker["cause"]["kind"], "out_of_memory")

    def test_idle_workers(self):
        daemon = self.start(size=2, recycle={"idle": "1s"})
        before = daemon.pids()
        wait_until(lambda: not set(before) & set(daemon.pids()), "both have been replaced")
        self.assertEqual(self.sum_of(daemon, "restarts"), 0)

    def test_rolling_restart(self):
        daemon = self.start()
        before = {each["path"]: each for each in daemon.workers()}
        with Load(daemon) as load:
            done = daemon.console("restart", "web", "--rolling")
            self.assertEqual(done.code, 0, done)
            after = {each["path"]: each for each in daemon.workers()}
        load.check(self)
        self.assertEqual(load.watch.fewest, SIZE)
        self.assertLessEqual(load.watch.most, SIZE + 1)
        self.assertEqual(sorted(after), sorted(before))
        for path, worker in after.items():
            self.assertEqual(worker["generation"], before[path]["generation"] + 1)
            self.assertNotEqual(worker["pid"], before[path]["pid"])
        daemon.wait_settled(SIZE)

    def test_a_request_in_work_is_finished_by_the_old_one(self):
        daemon = self.start(size=1, shutdown="200ms")
        with daemon.connect() as slow, daemon.connect() as quick:
            slow.send(b"GET /slow?ms=1500 HTTP/1.1\r\nHost: test\r\n\r\n")
            wait_until(lambda: daemon.container("w1")["live"]["busy"] == 1, "it works")
            old = daemon.container("w1")["pid"]
            self.assertEqual(daemon.console("restart", "w1", "--rolling").code, 0)
            self.assertEqual(daemon.container("w1")["beside"], "predecessor")
            self.assertEqual(daemon.container("w1")["beside_pid"], old)
            new = int(quick.get("/pid").body)
            self.assertEqual(new, daemon.container("w1")["pid"])
            answer = slow.response()
            self.assertEqual((answer.status, int(answer.body)), (200, old))
        daemon.wait_settled(1)

    def test_a_version_that_does_not_boot_replaces_nobody(self):
        directory = self.deploy("app.php")
        daemon = fresh_daemon(self, topology(
            {"id": "web", "type": "pool", "start": ["php", f"{directory}/worker.php"],
             "size": SIZE, **AS_ROOT}, http()))
        before = daemon.pids()
        self.deploy("boot_fails.php", directory)
        with Load(daemon) as load:
            done = daemon.console("restart", "web", "--rolling")
        load.check(self)
        self.assertEqual(done.code, 1, done)
        self.assertIn("255", done.err)
        self.assertEqual(load.watch.fewest, SIZE)
        self.assertEqual(daemon.pids(), before)
        self.deploy("app.php", directory)
        self.assertEqual(daemon.console("restart", "web", "--rolling").code, 0)
        self.assertFalse(set(before) & set(daemon.pids()))
        self.assertEqual(self.sum_of(daemon, "restarts"), 0)
        daemon.wait_settled(SIZE)

    def deploy(self, script, directory=None):
        """A directory with `script` as worker.php."""
        if directory is None:
            directory = os.path.join(self.scratch(), "release")
            os.mkdir(directory)
        with open(os.path.join(WORKERS, script), encoding="utf-8") as file:
            text = file.read()
        path = os.path.join(directory, "worker.php")
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text.replace("__DIR__ . '/../../../", f"'{SOURCE}/"))
        os.replace(path + ".new", path)
        return directory

    def scratch(self):
        directory = tempfile.mkdtemp(prefix="kt-", dir="/tmp")
        self.addCleanup(shutil.rmtree, directory, ignore_errors=True)
        return directory
