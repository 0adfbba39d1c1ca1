# SPDX-License-Identifier: BSD-3-Clause
"""kraken-php whose daemon is this test, and says what no daemon says: it ends and tells why."""
import os
import socket
import struct
import subprocess
import tempfile
import unittest

from support.daemon import PROGRAMS
from support.worker_frames import REQUEST, frame

PROGRAM = os.path.join(PROGRAMS, "kraken-php")
PATIENCE = 20
HELLO, WELCOME, READY = 0x01, 0x02, 0x03
EMPTY_MAP = b"\x80"


class Alone(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="kt-alone-", dir="/tmp")
        self.addCleanup(folder.cleanup)
        script = os.path.join(folder.name, "worker.php")
        with open(script, "w", encoding="utf-8") as file:
            file.write("<?php Kraken\\handle(function () { echo 'answer'; });")
        self.socket, theirs = socket.socketpair()
        self.addCleanup(self.socket.close)
        self.socket.settimeout(PATIENCE)
        with theirs:
            self.worker = subprocess.Popen(
                [PROGRAM, script], env={**os.environ, "KRAKEN_FD": str(theirs.fileno())},
                pass_fds=[theirs.fileno()], stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.worker.stderr.close)
        self.addCleanup(self.worker.wait)
        self.addCleanup(self.worker.kill)
        self.assertEqual(self.next_kind(), HELLO)
        self.socket.sendall(frame(WELCOME, 0, EMPTY_MAP))
        self.assertEqual(self.next_kind(), READY)

    def exactly(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            self.assertTrue(part, "it has hung up")
            data += part
        return data

    def next_kind(self):
        length, kind = struct.unpack(">IB3xI", self.exactly(12))[:2]
        self.exactly(length - 8)
        return kind

    def assert_ends(self, code, words):
        _, said = self.worker.communicate(timeout=PATIENCE)
        self.assertEqual((self.worker.returncode, said), (code, words))

    def test_a_daemon_that_hangs_up_is_no_fault(self):
        self.socket.close()
        self.assert_ends(0, "")

    def test_a_length_that_can_not_be(self):
        self.socket.sendall(struct.pack(">I", 1) + b"12345678")
        self.assert_ends(70, "kraken-php: a frame came whose length can not be.\n")

    def test_a_request_that_is_none(self):
        self.socket.sendall(frame(REQUEST, 1, b"\xc0"))
        self.assert_ends(
            70, "kraken-php: a request came that can not be read, or without its body.\n")


if __name__ == "__main__":
    unittest.main()
