# SPDX-License-Identifier: BSD-3-Clause
"""Too much output, and no room for the log: the daemon's memory and its log stay bounded, requests
are answered meanwhile, and what is not logged is counted."""
import os
import select
import signal
import time
import unittest

from support import processes
from support.case import fresh_daemon
from support.daemon import Daemon
from support.http_client import request_bytes
from support.topology import http, pool, process, topology
from support.waiting import wait_until

FLOOD_MB = 100
LOGGED_PER_SECOND = 4 << 20  # limits::log_bytes_per_second_max


class Flood(unittest.TestCase):
    def flooded(self, daemon, seen):
        """Both counters of all containers, once they have seen `seen` lines."""
        def numbers():
            lines, dropped = (daemon.metric(f"kraken_output_{name}_total")
                              for name in ("lines", "lines_dropped"))
            return lines >= seen and (lines, dropped)
        return wait_until(numbers, "all lines have been read")

    def test_100_mb_from_a_worker(self):
        daemon = fresh_daemon(self, topology(pool(size=2), http()))
        self.assertEqual(daemon.get("/hello").status, 200)
        memory = processes.resident_bytes(daemon.pid)
        written = os.path.getsize(daemon.log_file)
        began = time.monotonic()
        slowest = 0
        with daemon.connect() as flooding, daemon.connect() as other:
            flooding.send(request_bytes("GET", f"/flood?mb={FLOOD_MB}"))
            while True:
                asked = time.monotonic()
                self.assertEqual(other.get("/hello").status, 200)
                slowest = max(slowest, time.monotonic() - asked)
                self.assertLess(processes.resident_bytes(daemon.pid) - memory, 16 << 20)
                if select.select([flooding.socket], [], [], 0)[0]:  # at the first look, or later
                    break
            self.assertEqual(flooding.response().status, 200)
        took = time.monotonic() - began
        self.assertLess(slowest, 1)
        lines, dropped = self.flooded(daemon, FLOOD_MB * 73)  # lines of 14 KiB
        self.assertGreater(dropped, 0)
        logged = lines - dropped
        self.assertGreater(logged, 10)
        # Control characters grow when they are escaped, at most fourfold.
        self.assertLess(os.path.getsize(daemon.log_file) - written,
                        4 * LOGGED_PER_SECOND * (took + 2))

        def told():
            return sum(int(line.rsplit("lines=", 1)[1]) for line in daemon.log().splitlines()
                       if " output_dropped " in line) == dropped
        wait_until(told, "the log says how many lines it does not have")

    def test_a_program_without_line_ends(self):
        daemon = fresh_daemon(self, topology(
            process("p", "sh", "-c", f"head -c {FLOOD_MB << 20} /dev/zero; echo; exec sleep 600"),
            pool(size=1), http()))
        self.assertEqual(self.flooded(daemon, 1), (1, 0))
        self.assertGreater(daemon.metric("kraken_output_bytes_cut_total"), (FLOOD_MB - 1) << 20)
        self.assertLess(processes.resident_bytes(daemon.pid), 64 << 20)


class FullDisk(unittest.TestCase):
    def check_serves(self, daemon):
        self.assertEqual(daemon.get("/hello").status, 200)
        self.assertEqual(daemon.get("/kill").status, 502)  # the log would have something to say
        daemon.wait_settled(2)
        self.assertEqual(daemon.get("/hello").status, 200)

    def test_the_log_file_is_full_and_has_room_again(self):
        daemon = Daemon(topology(pool(size=2), http(), log={"file": "k.log"}))
        self.addCleanup(daemon.close)
        file = os.path.join(daemon.directory, "k.log")
        os.symlink("/dev/full", file)
        daemon.start()
        self.check_serves(daemon)
        lost = daemon.metric("kraken_log_lines_lost_total")
        self.assertGreater(lost, 3)
        os.unlink(file)
        daemon.signal(signal.SIGUSR1)
        wait_until(lambda: os.path.exists(file), "the log is opened anew")
        self.check_serves(daemon)

        def log():
            with open(file, encoding="utf-8") as lines:
                return lines.read()
        wait_until(lambda: "container_failed" in log(), "it is written again")
        self.assertEqual(log().count(" log_lines_lost "), 1)
        told = int(log().split(" log_lines_lost lines=", 1)[1].split()[0])
        self.assertGreaterEqual(told, lost)
        self.assertEqual(daemon.metric("kraken_log_lines_lost_total"), told)

    def test_standard_error_is_full(self):
        daemon = fresh_daemon(self, topology(pool(size=2), http()),
                              wrapper=["sh", "-c", 'exec "$@" 2>/dev/full', "sh"])
        self.check_serves(daemon)
        self.assertGreater(daemon.metric("kraken_log_lines_lost_total"), 3)


if __name__ == "__main__":
    unittest.main()
