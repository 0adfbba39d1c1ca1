# SPDX-License-Identifier: BSD-3-Clause
"""The native carrier in worker mode: ends that php-fpm knows, and what a fork leaves behind."""
import os
import socket
import struct
import unittest

from support.case import DaemonCase, fresh_daemon
from support.topology import http, pool, topology
from support.waiting import wait_until


def native(**options):
    return topology(pool(script="ends.php", size=1, carrier="native", **options), http())


class Ends(DaemonCase):
    config = native(ini={"memory_limit": "32M", "display_errors": "0"})

    def noted(self, pid, what):
        return os.path.exists(os.path.join(self.daemon.directory, f"{pid}-{what}"))

    def pid(self):
        return int(self.daemon.get("/pid").body)

    def generation(self):
        return self.daemon.container("w1")["generation"]

    def test_a_handler_of_exceptions_that_throws_is_500_and_is_logged(self):
        before = self.pid()
        answer = self.daemon.get("/handler-throws")
        self.assertEqual((answer.status, answer.body), (500, b""))
        wait_until(lambda: "Uncaught Exception: thrown by the handler" in self.daemon.log(),
                   "it is logged")
        self.assertEqual(self.pid(), before)

    def test_a_handler_of_exceptions_that_exits_has_answered(self):
        answer = self.daemon.get("/handler-exits")
        self.assertEqual((answer.status, answer.body), (200, b"handled"))

    def test_out_of_memory_runs_shutdown_functions(self):
        before = self.generation()
        answer = self.daemon.get("/oom")
        self.assertEqual((answer.status, answer.body), (500, b"SHUT"))
        wait_until(lambda: self.generation() > before, "a new worker")
        self.daemon.wait_settled(1)
        self.assertEqual(self.daemon.container("w1")["cause"]["type"], "OutOfMemory")

    def leave(self, target):
        """@return the worker's process"""
        pid = self.pid()
        with self.connect() as client:
            client.send(f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            client.receive()
        return pid

    def test_a_client_that_leaves_ends_the_script(self):
        before = self.daemon.container("w1")
        pid = self.leave("/events?as=a")
        wait_until(lambda: self.noted(pid, "a-aborted1"), "the shutdown function has run")
        self.assertFalse(self.noted(pid, "a-went-on"))
        self.assertEqual(self.daemon.get("/pid").status, 200)
        self.assertEqual(self.daemon.container("w1")["restarts"], before["restarts"])

    def test_a_client_that_leaves_ends_no_script_that_goes_on(self):
        pid = self.leave("/events?as=b&ignore=1")
        wait_until(lambda: self.noted(pid, "b-aborted1"), "the shutdown function has run")
        self.assertTrue(self.noted(pid, "b-went-on"))
        self.assertEqual(self.pid(), pid)

    def test_a_line_without_an_end_takes_no_error_with_it(self):
        self.assertEqual(self.daemon.get("/unfinished").status, 200)
        self.assertEqual(self.daemon.get("/warns").status, 200)
        wait_until(lambda: 'line="PHP Warning:  of its own' in self.daemon.log(), "it is logged")
        warning = next(line for line in self.daemon.log().splitlines() if "of its own" in line)
        self.assertIn(" WARN ", warning)
        self.assertIn('line="no line end"', self.daemon.log())

    def test_who_dies_after_its_client_has_left_keeps_its_session(self):
        before, pid = self.generation(), self.pid()
        with self.connect() as client:
            client.send(b"GET /dies-alone HTTP/1.1\r\nHost: a\r\n\r\n")
            wait_until(lambda: self.noted(pid, "begun"), "the handler runs")
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                     struct.pack("ii", 1, 0))  # a reset
        wait_until(lambda: self.daemon.metric("kraken_http_connections_open") == 0,
                   "the daemon knows that the client has left")
        with open(os.path.join(self.daemon.directory, "alone"), "w", encoding="utf-8"):
            pass
        wait_until(lambda: self.generation() > before, "a new worker")
        self.daemon.wait_settled(1)
        cause = self.daemon.container("w1")["cause"]
        self.assertIn("nothing goes on from here", cause["message"], cause)
        session = os.path.join(self.daemon.directory, "sess_kept")
        with open(session, encoding="utf-8") as kept:
            self.assertEqual(kept.read(), 'seen|s:3:"yes";')

    def test_a_status_that_is_none_is_500_and_is_logged(self):
        for code in (1000, 9999):
            answer = self.daemon.get(f"/status?code={code}")
            self.assertEqual((answer.status, answer.body), (500, b"text"))
            wait_until(lambda code=code: f"status {code}" in self.daemon.log(), "it is logged")


class Forks(DaemonCase):
    config = native()

    def test_a_forked_child_never_answers(self):
        with self.connect() as client:
            before = int(client.get("/pid").body)
            for by in ("finish", "flush", "large", "exit", "return"):
                with self.subTest(by):
                    answer = client.get(f"/fork?by={by}")
                    self.assertEqual((answer.status, answer.body), (200, b"parent"))
                    self.assertEqual(int(client.get("/pid").body), before)
        self.assertNotIn("two answers", self.daemon.log())


class TimeLimit(unittest.TestCase):
    """Of each request, as under php-fpm: PHP counts the processor's time."""

    def test_it_holds_for_each_request(self):
        for template in ("php", "app", "off"):
            with self.subTest(template):
                daemon = fresh_daemon(self, native(ini={"max_execution_time": "1"},
                                                   template=template))
                before = daemon.container("w1")
                for _ in range(3):  # together longer
                    self.assertEqual(daemon.get("/burn?s=0.5").status, 200)
                self.assertEqual(daemon.container("w1")["generation"], before["generation"])
                self.assertEqual(daemon.get("/burn?s=8").status, 500)
                wait_until(lambda was=before, of=daemon: of.container("w1")["generation"]
                           > was["generation"], "a new worker")
                daemon.wait_settled(1)
                self.assertIn("Maximum execution time of 1 second",
                              daemon.container("w1")["cause"]["message"])
