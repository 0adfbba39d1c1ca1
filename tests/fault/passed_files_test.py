# SPDX-License-Identifier: BSD-3-Clause
"""Descriptors that workers pass with their answers: what is no file of theirs costs the worker its
life and its request only, and none is left open in the daemon."""
import os
import signal
import socket
import tempfile

from support.case import DaemonCase
from support.http_client import Truncated
from support.topology import AS_ROOT, EAGER, ENDLESS, SOURCE, http, topology
from support.waiting import wait_until

PASSER = os.path.join(SOURCE, "tests", "support", "programs", "passer.py")


class PassedFiles(DaemonCase):
    config = topology({"id": "web", "type": "pool", "start": ["python3", PASSER], "size": 1,
                       "supervise": ENDLESS, "backoff": EAGER, **AS_ROOT}, http(), shards=1)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.file = tempfile.NamedTemporaryFile(prefix="kt-passed-")
        cls.file.write(b"0123456789")
        cls.file.flush()

    @classmethod
    def tearDownClass(cls):
        cls.file.close()
        super().tearDownClass()

    def setUp(self):
        self.pid = self.serves()

    def serves(self):
        answer = wait_until(lambda: (got := self.daemon.get("/pid")).status == 200 and got,
                            "a worker serves")
        return int(answer.body)

    def ask(self, way, first=0, count=10):
        return self.daemon.get(f"/{way}?{self.file.name}:{first}:{count}")

    def open_files(self):
        folder = f"/proc/{self.daemon.pid}/fd"
        seen = []
        for name in os.listdir(folder):
            try:
                seen.append(os.readlink(os.path.join(folder, name)))
            except FileNotFoundError:
                pass
        return [each for each in seen if each == self.file.name]

    def test_a_part_of_a_file_is_sent(self):
        for way in ("ok", "bytes"):
            for first, count, body in ((0, 10, b"0123456789"), (3, 4, b"3456"), (9, 1, b"9")):
                answer = self.ask(way, first, count)
                self.assertEqual((answer.status, answer.body), (200, body))
                self.assertEqual(answer.all("content-length"), [str(count)])
        self.assertEqual(self.serves(), self.pid)
        wait_until(lambda: not self.open_files(), "the file is closed")

    def test_a_breach_is_answered_502_and_replaces_the_worker(self):
        for way in ("none", "two", "pipe", "folder", "socket", "unreadable", "more", "short",
                    "field", "log"):
            with self.subTest(way):
                self.assertEqual(self.ask(way).status, 502)
                after = self.serves()
                self.assertNotEqual(after, self.pid)
                self.pid = after
                self.assertEqual(self.open_files(), [])

    def test_a_worker_that_dies_before_the_end_of_its_answer_leaves_nothing_open(self):
        self.assertEqual(self.ask("dies").status, 502)
        self.assertNotEqual(self.serves(), self.pid)
        self.assertEqual(self.open_files(), [])

    def test_a_file_that_is_shorter_than_said_is_500_and_no_breach(self):
        for first, count in ((0, 11), (11, 1), (10, 1), (2**64 - 1, 2)):
            self.assertEqual(self.ask("ok", first, count).status, 500)
        self.assertEqual(self.serves(), self.pid)
        self.assertEqual(self.open_files(), [])

    def test_a_worker_that_dies_after_its_answer_costs_the_reader_nothing(self):
        large = 16_000_000
        with tempfile.NamedTemporaryFile(prefix="kt-passed-large-") as file:
            file.truncate(large)
            client = self.connect(receive_buffer=4096)
            client.send(f"GET /ok?{file.name}:0:{large} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            answer = client.response_head()
            os.kill(self.serves(), signal.SIGKILL)
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            client.read_body(answer)
            self.assertEqual(len(answer.body), large)

    def test_a_file_that_shrinks_while_it_is_sent_ends_in_a_visible_break(self):
        with tempfile.NamedTemporaryFile(prefix="kt-passed-shrinks-") as file:
            file.truncate(16_000_000)
            client = self.connect(receive_buffer=4096)
            client.send(f"GET /ok?{file.name}:0:16000000 HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            answer = client.response_head()
            file.truncate(10)
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            with self.assertRaises(Truncated):
                client.read_body(answer)
        self.assertEqual(self.serves(), self.pid)
