# SPDX-License-Identifier: BSD-3-Clause
"""What clients see while the workers of a pool boot: a server that listens at once."""
import fcntl
import os
import re
import shutil
import tempfile
import unittest

from support import public_copy
from support.case import fresh_daemon
from support.daemon import Daemon
from support.http_client import request_bytes
from support.topology import http, pool, process, topology, worker_script
from support.waiting import wait_until

LISTENING = re.compile(r" listening container=Main/http address=127\.0\.0\.1:(\d+)")


BOOTS_PER_CORE = 2


class Turns(unittest.TestCase):
    def test_processes_take_turns_to_boot(self):
        """Many processes that boot at once would keep the daemon and the first workers waiting."""
        places = BOOTS_PER_CORE * len(os.sched_getaffinity(0))
        size = 6 * places
        daemon = fresh_daemon(self, topology(pool(size=size, script="busy_boot.php")), ready=False)
        wait_until(lambda: os.path.exists(daemon.socket), "it listens", every=0.001)
        booting = []

        def all_ready():
            workers = [each for each in daemon.containers() if each["kind"] == "worker"]
            booting.append(sum(1 for each in workers
                               if each["phase"] == "starting" and each["pid"] != 0))
            return sum(1 for each in workers if each["phase"] == "ready") == size
        wait_until(all_ready, "all are ready", every=0.01, within=60)
        seen = sorted(each for each in booting if each > 0)
        # Not the most: who computes for too long no longer counts, on a machine that is busy.
        self.assertLessEqual(seen[len(seen) // 2], places + 2, booting)


class Boot(unittest.TestCase):
    def setUp(self):
        directory = tempfile.mkdtemp(prefix="kt-gate-", dir="/tmp")
        self.addCleanup(shutil.rmtree, directory)
        path = os.path.join(directory, "gate")
        self.gate = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        os.chmod(directory, 0o755)
        self.addCleanup(os.close, self.gate)
        fcntl.flock(self.gate, fcntl.LOCK_EX)
        self.start = ["php", worker_script("gated_boot.php"), path]

    def open_gate(self):
        fcntl.flock(self.gate, fcntl.LOCK_UN)

    def launch(self, *after, **options):
        """A daemon whose workers do not boot yet, as soon as it says that it listens."""
        self.daemon = fresh_daemon(
            self, topology(pool(start=self.start, **options), http(), *after), ready=False)
        found = wait_until(lambda: LISTENING.search(self.daemon.log()), "it listens", every=0.001)
        self.address = ("127.0.0.1", int(found[1]))

    def connect(self):
        connection = self.daemon.connect(self.address)
        self.addCleanup(connection.close)
        return connection

    def unready(self):
        answer = self.daemon.admin("GET", "/readyz")
        return answer.body.decode() if answer.status == 503 else ""

    def test_who_comes_early_waits_and_is_answered(self):
        self.launch(size=2)
        clients = [self.connect() for _ in range(20)]
        for each in clients:
            each.send(request_bytes("GET", "/"))
        wait_until(lambda: self.daemon.metric("kraken_pool_waiting") == 20, "all wait")
        self.assertIn("Main/web is starting\n", self.unready())
        self.assertEqual(self.daemon.health("/livez"), 200)
        self.assertNotIn(" tree_ready", self.daemon.log())
        self.open_gate()
        for each in clients:
            answer = each.response()
            self.assertEqual((answer.status, answer.body), (200, b"booted at last"))
        self.daemon.wait_settled(2)
        wait_until(lambda: " tree_ready" in self.daemon.log(), "the tree is ready")

    def test_it_is_ready_with_as_many_workers_as_it_must_have(self):
        self.launch(size={"min": 2, "count": 2, "max": 4})
        wait_until(lambda: "Main/web is starting" in self.unready(), "the pool starts")
        self.assertIn("Main is starting\n", self.unready())
        self.open_gate()
        self.daemon.wait_ready()
        self.assertGreaterEqual(
            sum(1 for each in self.daemon.workers() if each["phase"] == "ready"), 2)

    def test_no_worker_in_time_is_503_with_a_time_to_come_back(self):
        self.launch(size=1, queue={"timeout": "200ms"})
        connection = self.connect()
        for _ in range(2):
            answer = connection.get("/")
            self.assertEqual((answer.status, answer.header("retry-after")), (503, "1"))
        self.open_gate()
        self.daemon.wait_ready()
        self.assertEqual(connection.get("/").status, 200)

    def test_the_queue_is_bounded_while_nobody_serves(self):
        self.launch(size=1, queue={"max": 3})
        waiting = [self.connect() for _ in range(3)]
        for each in waiting:
            each.send(request_bytes("GET", "/"))
        wait_until(lambda: self.daemon.metric("kraken_pool_waiting") >= 3, "the queue is full")
        # Each shard has a queue: one of them is full, and the other takes no more than its own.
        codes = []
        for _ in range(8):
            connection = self.connect()
            connection.send(request_bytes("GET", "/"))
            codes.append(connection)
        wait_until(lambda: self.daemon.metric("kraken_pool_queue_full_total") >= 5, "some refused")
        self.open_gate()
        answers = [each.response().status for each in waiting + codes]
        self.assertEqual(set(answers), {200, 503})
        self.assertLessEqual(answers.count(200), 6)

    def test_siblings_that_come_later_need_not_wait_either(self):
        second = pool("second", size=1)
        self.launch(second, size=1)
        wait_until(lambda: self.daemon.container("second")["phase"] == "ready", "it serves")
        self.assertEqual(self.daemon.container("http")["phase"], "ready")
        self.assertEqual(self.daemon.container("web")["phase"], "starting")
        self.open_gate()
        self.daemon.wait_ready()


@unittest.skipUnless(os.geteuid() == 0, "root alone has a user without processes at hand")
class Threads(unittest.TestCase):
    """Who has few threads is told so; root itself is not bound by the limit."""
    WHO = 64_917

    @classmethod
    def setUpClass(cls):
        public_copy.use(cls)

    def limited(self, most):
        directory = tempfile.mkdtemp(prefix="kt-threads-", dir="/tmp")
        self.addCleanup(shutil.rmtree, directory, ignore_errors=True)
        os.chown(directory, self.WHO, self.WHO)
        daemon = Daemon(
            topology(process("a", "sleep", "600"), shards=8), directory=directory, wrapper=[
                "setpriv", f"--reuid={self.WHO}", f"--regid={self.WHO}", "--clear-groups",
                "prlimit", f"--nproc={most}"])
        self.addCleanup(daemon.abort)
        return daemon.launch()

    def test_too_few_of_them_are_named(self):
        # With the guardian, the main thread and that of the log.
        for most, missing in ((2, "the log"), (3, "shard 1 of 8"), (5, "shard 3 of 8"),
                              (10, "shard 8 of 8")):
            with self.subTest(most=most):
                daemon = self.limited(most)
                self.assertEqual(daemon.wait_end(), 1, daemon.log())
                self.assertIn(f"no thread for {missing}", daemon.log())
                self.assertIn("ulimit -u", daemon.log())
                self.assertNotIn("terminate", daemon.log())
                self.assertEqual(daemon.family(), [])
                left = set(os.listdir(daemon.directory)) - {"kraken.yaml", "daemon.log"}
                self.assertLessEqual(left, {"kraken.sock.lock"})

    def test_enough_of_them(self):
        daemon = self.limited(64)
        daemon.wait_ready()
        daemon.close()


if __name__ == "__main__":
    unittest.main()
