# SPDX-License-Identifier: BSD-3-Clause
"""A front is replaced beside itself: nobody is refused, cut off or answered with an error."""
import os
import socket
import time
import unittest

from support.case import fresh_daemon
from support.crowd import Crowd
from support.http_client import Closed, Connection, request_bytes
from support.narya import free_port
from support.topology import http, pool, topology
from support.waiting import wait_until

ROUTES = [{"exact": "/fixed", "respond": {"status": 200, "body": "fixed"}},
          {"path": "/", "to": "web"}]


def config(**front):
    return topology(pool(size=2), http(routes=ROUTES, **front))


class Handover(unittest.TestCase):
    def start(self, **front):
        self.daemon = fresh_daemon(self, config(**front))
        self.address = self.daemon.address()
        return self.daemon

    def connect(self, address=None):
        return Connection(address or self.address)

    def front(self):
        return self.daemon.container("http")

    def replace(self):
        before = self.front()["generation"]
        done = self.daemon.console("restart", "http", "--rolling")
        self.assertEqual((done.code, done.out), (0, "Container has been restarted.\n"), done)
        self.assertEqual(self.front()["generation"], before + 1)

    def none_surprised(self, clients):
        self.assertEqual(clients.faults, [])
        self.assertEqual(clients.statuses, {200})

    def test_twenty_replacements_under_load(self):
        self.start()
        with Crowd(48, self.connect, "/fixed") as fixed, \
                Crowd(16, self.connect, "/hello") as answered:
            wait_until(lambda: self.daemon.metric("kraken_http_requests_total") > 500, "load")
            for _ in range(20):
                self.replace()
        self.none_surprised(fixed)
        self.none_surprised(answered)
        # Each replacement but those that met others still leaving let go of each connection.
        self.assertGreaterEqual(fixed.let_go, 48)
        self.assertEqual(self.daemon.address(), self.address, "port 0 is the same port")
        self.assertEqual(self.daemon.metric("kraken_http_requests_total"),
                         fixed.answers + answered.answers, "nothing is counted anew")
        wait_until(lambda: self.daemon.metric("kraken_http_connections_open") == 0, "all have gone")
        wait_until(lambda: self.front()["beside"] == "none", "there is one front")

    def test_new_connections_only(self):
        """Without keep-alive, so that a connection is being made at each moment."""
        self.start()
        with Crowd(8, self.connect, "/fixed", keep_alive=False) as clients:
            for _ in range(20):
                self.replace()
        self.none_surprised(clients)

    def test_a_slow_stream_goes_through_it_and_what_comes_after_it_too(self):
        self.start()
        for parts, kept in ((12, True), (30, False)):
            with self.subTest(parts=parts), self.connect() as connection:
                connection.send(request_bytes("GET", f"/stream?parts={parts}&ms=100"))
                answer = connection.response_head()
                self.replace()
                self.assertEqual(self.front()["beside"], "predecessor")
                self.assertEqual(self.daemon.get("/hello").status, 200)
                connection.read_body(answer)
                self.assertEqual(answer.body.count(b"part"), parts)
                if kept:  # it was promised before the replacement
                    after = connection.get("/hello")
                    self.assertEqual((after.status, after.header("connection")), (200, "close"))
                self.assertTrue(connection.is_closed())
            wait_until(lambda: self.front()["beside"] == "none", "the old one has ended")

    def test_a_long_request_goes_through_it(self):
        """Longer than the handover and the 5 s that an end may take by default."""
        self.start()

        def listens_elsewhere():
            self.daemon.write_config(config(listen=["127.0.0.1:0", f"127.0.0.1:{free_port()}"]))
            self.assertEqual(self.daemon.console("reload").code, 0)
        for replaced_by in (self.replace, listens_elsewhere):
            with self.subTest(by=replaced_by.__name__), self.connect() as connection:
                connection.send(request_bytes("GET", "/slow?ms=8000"))
                wait_until(self.one_busy, "the request is in work")
                replaced_by()
                self.assertEqual(self.front()["beside"], "predecessor")
                answer = connection.response()
                self.assertEqual((answer.status, answer.header("connection")), (200, "close"))
            wait_until(lambda: self.front()["beside"] == "none", "the old one has ended")

    def one_busy(self):
        return any(each["live"] and each["live"]["busy"] for each in self.daemon.workers())

    def test_an_idle_connection_is_answered_once_more_or_closed(self):
        self.start()
        with self.connect() as used, self.connect() as idle:
            for each in (used, idle):
                self.assertEqual(each.get("/hello").header("connection"), None)
            self.replace()
            answer = used.get("/hello")
            self.assertEqual((answer.status, answer.header("connection")), (200, "close"))
            with self.assertRaises(Closed):
                used.response()
            began = time.monotonic()
            with self.assertRaises(Closed):
                idle.response()
            self.assertLess(time.monotonic() - began, 10)
        wait_until(lambda: self.front()["beside"] == "none", "the old one has ended")

    def test_a_unix_socket_is_handed_over_as_well(self):
        self.daemon = fresh_daemon(self, topology(pool(), http(routes=ROUTES)))
        path = os.path.join(self.daemon.directory, "front.sock")
        self.daemon.write_config(config(listen=["127.0.0.1:0", "unix:" + path]))
        self.assertEqual(self.daemon.console("reload").code, 0)
        with Crowd(8, lambda: self.connect(path), "/fixed") as clients:
            for _ in range(5):
                self.replace()
        self.none_surprised(clients)

    def test_a_unix_socket_whose_file_is_gone_comes_back(self):
        path = os.path.join(self.start_with_socket(), "front.sock")
        for words in (["reload"], ["restart", "http", "--rolling"], ["reload"]):
            with self.subTest(words):
                os.unlink(path)
                self.assertEqual(self.daemon.console(*words).code, 0)
                with wait_until(lambda: self.connect(path), "it is made anew") as connection:
                    self.assertEqual(connection.get("/fixed").status, 200)
        before = os.stat(path).st_ino
        self.assertEqual(self.daemon.console("reload").code, 0)
        self.assertEqual(os.stat(path).st_ino, before)
        self.assertEqual(self.daemon.log().count(" front_socket_made_anew "), 2)
        self.assertEqual(self.daemon.console("container:stop", "http").code, 0)
        os.unlink(path)
        self.assertEqual(self.daemon.console("reload").code, 0)
        self.assertFalse(os.path.exists(path))

    def start_with_socket(self):
        self.daemon = fresh_daemon(self, topology(pool(), http(
            routes=ROUTES, listen=["127.0.0.1:0", "unix:front.sock"])))
        return self.daemon.directory

    def test_a_reload_that_changes_what_cannot_change_live(self):
        self.start()
        log = os.path.join(self.daemon.directory, "access.log")
        other = free_port()
        with Crowd(16, self.connect, "/fixed") as clients:
            for front in ({"access_log": {"file": log}}, {},
                          {"listen": ["127.0.0.1:0", f"127.0.0.1:{other}"]}):
                self.daemon.write_config(config(**front))
                done = self.daemon.console("reload")
                self.assertEqual(done.code, 0, done)
        self.none_surprised(clients)
        self.assertGreater(os.path.getsize(log), 0)
        with self.connect(("127.0.0.1", other)) as connection:
            self.assertEqual(connection.get("/fixed").status, 200)
        # One address takes the place of another with the same port.
        self.daemon.write_config(config(listen=[f"0.0.0.0:{other}"]))
        self.assertEqual(self.daemon.console("reload").code, 0)
        with self.connect(("127.0.0.1", other)) as connection:
            self.assertEqual(connection.get("/fixed").status, 200)

        def refused():
            try:
                self.connect().close()
            except ConnectionRefusedError:
                return True
            return False
        wait_until(refused, "the address that is gone is closed")

    def test_a_front_that_cannot_listen_changes_nothing(self):
        self.start()
        stranger = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(stranger.close)
        here = stranger.getsockname()[1]
        before = self.front()
        with Crowd(8, self.connect, "/fixed") as clients:
            self.daemon.write_config(config(listen=["127.0.0.1:0", f"127.0.0.1:{here}"]))
            done = self.daemon.console("reload")
        self.says_what_is_taken(done, here)
        self.assertIn("Main/http serves on", done.err)
        self.none_surprised(clients)
        self.assertEqual(clients.let_go, 0, "it is not even replaced by itself")
        self.assertEqual(self.front()["generation"], before["generation"])
        self.assertEqual(self.front()["phase"], before["phase"])
        self.assertEqual(self.daemon.address(), self.address)
        self.assertEqual(self.daemon.get("/hello").status, 200)

        # The way back has left nothing behind: what is live changes, what is free is taken.
        self.daemon.write_config(config(limits={"body": "1K"}))
        self.assertEqual(self.daemon.console("reload").code, 0)
        self.assertEqual(self.front()["generation"], before["generation"])
        with self.connect() as connection:
            self.assertEqual(connection.post("/hello", b"x" * 2_000).status, 413)
        stranger.close()
        self.daemon.write_config(config(listen=["127.0.0.1:0", f"127.0.0.1:{here}"]))
        self.assertEqual(self.daemon.console("reload").code, 0)
        with self.connect(("127.0.0.1", here)) as connection:
            self.assertEqual(connection.get("/fixed").status, 200)

    def says_what_is_taken(self, done, port):
        self.assertEqual(done.code, 1, done)
        for text in (f"listen on 127.0.0.1:{port}: Address already in use",
                     "everything is as it was before"):
            self.assertIn(text, done.err)
        self.assertNotIn("restart is under way", done.err)

    def test_a_new_front_that_cannot_listen_is_not_there(self):
        self.start()
        stranger = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(stranger.close)
        here = stranger.getsockname()[1]
        before = self.front()["generation"]
        self.daemon.write_config(topology(
            pool(size=2), http(routes=ROUTES),
            http(id="second", routes=ROUTES, listen=[f"127.0.0.1:{here}"])))
        done = self.daemon.console("reload")
        self.says_what_is_taken(done, here)
        self.assertIn("Main/second: ", done.err)
        self.assertEqual(self.front()["generation"], before)
        self.assertEqual(self.daemon.get("/fixed").status, 200)

    def test_after_it_a_stop_closes_the_port_and_a_start_opens_it(self):
        self.start()
        self.replace()
        self.assertEqual(self.daemon.console("container:stop", "http").code, 0)
        with self.assertRaises(ConnectionRefusedError):
            self.connect()
        self.assertEqual(self.daemon.api("node")["listen"], [])
        self.assertEqual(self.daemon.console("container:start", "http").code, 0)
        self.assertEqual(self.daemon.get("/hello").status, 200)

    def test_a_stop_while_a_predecessor_leaves(self):
        self.start()
        with self.connect() as idle:
            idle.get("/hello")
            self.replace()
            self.assertEqual(self.daemon.console("container:stop", "http").code, 0)
            with self.assertRaises(ConnectionRefusedError):
                self.connect()


if __name__ == "__main__":
    unittest.main()
