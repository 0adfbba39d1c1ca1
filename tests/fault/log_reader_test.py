# SPDX-License-Identifier: BSD-3-Clause
"""Somebody reads the log and stands still: neither requests nor commands nor the end wait."""
import os
import shutil
import socket
import subprocess
import tempfile
import unittest

from support.case import fresh_daemon
from support.daemon import Daemon
from support.topology import http, pool, process, topology
from support.waiting import wait_until

CHATTY = "while :; do head -c 200000 /dev/zero | tr '\\0' x | fold -w 8000; done"


class LogReader(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="kt-reader-", dir="/tmp")
        self.addCleanup(shutil.rmtree, self.directory)
        self.fifo = os.path.join(self.directory, "fifo")
        os.mkfifo(self.fifo)

    def reader(self):
        """The end of a pipe that nobody reads from until the test does."""
        end = os.open(self.fifo, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, end)
        return end

    @staticmethod
    def tree(**top):
        return topology(process("p", "sh", "-c", CHATTY), pool(), http(),
                        shutdown={"deadline": "3s"}, **top)

    def check(self, daemon, reader):
        wait_until(lambda: daemon.metric("kraken_log_lines_lost_total") > 0, "lines are lost")
        self.assertEqual(daemon.get("/hello").status, 200)
        self.assertEqual(daemon.console("health").code, 0)
        self.assertEqual(daemon.console("restart", "web").code, 0)
        self.assertEqual(daemon.get("/hello").status, 200)
        taken = bytearray()

        def told():
            try:
                while part := os.read(reader, 1 << 16):
                    taken.extend(part)
            except BlockingIOError:
                pass
            return b" log_lines_lost lines=" in taken
        wait_until(told, "it is told when the reader goes on")
        lost = daemon.metric("kraken_log_lines_lost_total")
        wait_until(lambda: daemon.metric("kraken_log_lines_lost_total") > lost, "lost again")
        self.assertEqual(daemon.stop(10), 0)

    def test_on_standard_error(self):
        reader = self.reader()
        daemon = fresh_daemon(self, self.tree(),
                              wrapper=["sh", "-c", f'exec "$@" >{self.fifo} 2>&1', "sh"])
        self.check(daemon, reader)

    def test_that_others_write_to_as_well_and_that_does_not_change_for_them(self):
        self.reader()
        daemon = fresh_daemon(self, self.tree(),
                              wrapper=["sh", "-c", f'exec "$@" >{self.fifo} 2>&1', "sh"])
        self.assertEqual(daemon.get("/hello").status, 200)
        with open(f"/proc/{daemon.pid}/fdinfo/2", encoding="ascii") as file:
            flags = next(line for line in file if line.startswith("flags:"))
        self.assertFalse(int(flags.split()[1], 8) & os.O_NONBLOCK)

    def test_on_a_socket(self):
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        ours.setblocking(False)
        daemon = Daemon(self.tree())
        self.addCleanup(daemon.close)
        daemon.process = subprocess.Popen(
            daemon.command_line(), cwd=daemon.directory, env=daemon.environment,
            stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, start_new_session=True)
        theirs.close()
        daemon.log_file = os.devnull
        daemon.wait_ready()
        self.check(daemon, ours.fileno())

    def test_in_the_log_file(self):
        reader = self.reader()
        daemon = fresh_daemon(self, self.tree(log={"file": self.fifo}))
        self.check(daemon, reader)

    def test_a_pipe_without_a_reader_is_refused(self):
        daemon = Daemon(self.tree(log={"file": self.fifo}))
        self.addCleanup(shutil.rmtree, daemon.directory)
        daemon.launch()
        self.addCleanup(daemon.abort)
        self.assertNotEqual(daemon.wait_end(10), 0)
        self.assertIn("a pipe that nobody reads", daemon.log())


if __name__ == "__main__":
    unittest.main()
