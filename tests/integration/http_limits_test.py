# SPDX-License-Identifier: BSD-3-Clause
"""Clients that take too long, too much or too many: what each limit of a front answers."""
import json
import os
import resource
import select
import shutil
import tempfile
import time

from support.case import DaemonCase
from support.http_client import Closed, Connection, request_bytes
from support.topology import http, pool, topology
from support.waiting import wait_until


class Routes(DaemonCase):
    config = topology(pool(size=1), http(routes=[
        {"exact": "/get", "methods": ["GET"], "to": "web"},
        {"path": "/api", "host": "api.test", "to": "web"},
        {"exact": "/teapot", "respond": {"status": 418, "body": "short and stout"}},
    ]))

    def test_no_route_is_404_and_the_connection_is_kept(self):
        with self.connect() as connection:
            self.assertEqual(connection.get("/nothing").status, 404)
            self.assertEqual(connection.get("/apis").status, 404)
            self.assertEqual(connection.get("/get").status, 200)

    def test_a_route_of_another_method_is_405(self):
        with self.connect() as connection:
            answer = connection.request("DELETE", "/get")
            self.assertEqual(answer.status, 405)
            self.assertEqual(connection.get("/get").status, 200)

    def test_a_refused_request_with_a_body_does_not_leak_it_into_the_next(self):
        hidden = request_bytes("GET", "/get")
        with self.connect() as connection:
            answer = connection.post("/nothing", hidden)
            self.assertEqual(answer.status, 404)
            try:
                # Either the body was read and dropped, or the connection ends.
                self.assertEqual(connection.get("/teapot").status, 418)
            except (Closed, ConnectionResetError, BrokenPipeError):
                pass

    def test_routes_by_host(self):
        with self.connect() as connection:
            self.assertEqual(connection.request("GET", "/api/x", host="api.test").status, 200)
            self.assertEqual(connection.request("GET", "/api", host="API.TEST:81").status, 200)
            self.assertEqual(connection.request("GET", "/api/x", host="other").status, 404)

    def test_a_fixed_answer(self):
        answer = self.daemon.get("/teapot")
        self.assertEqual((answer.status, answer.body), (418, b"short and stout"))


class Timeouts(DaemonCase):
    config = topology(pool(size=1), http(timeouts={
        "header": "400ms", "body": "400ms", "idle": "700ms", "write": "1500ms"}))

    def test_an_unfinished_head_is_408(self):
        with self.connect() as connection:
            connection.send(b"GET /hello HTTP/1.1\r\nHost:")
            began = time.monotonic()
            self.assertEqual(connection.response().status, 408)
            self.assertGreater(time.monotonic() - began, 0.3)
            self.assertTrue(connection.is_closed())

    def test_a_head_that_drips_does_not_gain_time(self):
        with self.connect() as connection:
            began = time.monotonic()
            connection.send(b"GET /hello HTTP/1.1\r\n")

            def dripped():
                try:
                    connection.send(b"X: y\r\n")
                except (BrokenPipeError, ConnectionResetError):
                    return True
                connection.socket.settimeout(0.01)
                try:
                    return connection.receive() >= 0
                except (TimeoutError, BlockingIOError):
                    return False
            wait_until(dripped, "the dripping client is cut off", every=0.05)
            self.assertLess(time.monotonic() - began, 10)

    def test_a_silent_connection_is_closed_without_an_answer(self):
        with self.connect() as connection:
            self.assertTrue(connection.is_closed())

    def test_an_idle_connection_is_closed_without_an_answer(self):
        with self.connect() as connection:
            self.assertEqual(connection.get("/hello").status, 200)
            began = time.monotonic()
            self.assertTrue(connection.is_closed())
            self.assertGreater(time.monotonic() - began, 0.5)

    def test_an_unfinished_body_is_408_and_holds_no_worker(self):
        with self.connect() as connection:
            connection.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
            self.assert_serves()  # there is one worker only
            self.assertEqual(connection.response().status, 408)
            self.assertTrue(connection.is_closed())

    def test_a_worker_may_take_longer_than_the_client_may(self):
        with self.connect() as connection:
            self.assertEqual(connection.get("/slow?ms=1500").status, 200)

    def test_a_client_that_reads_nothing_is_cut_off(self):
        with self.connect(receive_buffer=4096) as connection:
            connection.send(request_bytes("GET", "/stream?parts=1000&fill=65536"))
            wait_until(lambda: self.daemon.metric("kraken_http_connections_open") == 0,
                       "the front gives the connection up")
        self.daemon.wait_settled(1)
        self.assert_serves()

    def test_a_slow_but_steady_reader_gets_everything(self):
        # Longer than each limit in all, but never standing still.
        for fields in ([], [("Connection", "close")]):
            with self.subTest(fields=fields), self.connect(receive_buffer=65536) as connection:
                connection.send(request_bytes("GET", "/bytes?n=12000000", fields))
                answer = connection.response_head()
                began = time.monotonic()

                self.assertEqual(answer.header("content-length"), "12000000")
                count = len(connection.buffer)

                def all_read():
                    # Counted, not kept: a client busy with copying would be the one that stands.
                    nonlocal count
                    wanted = min(count + 300_000, 12_000_000)
                    while count < wanted:
                        data = connection.socket.recv(1 << 16)
                        if not data:
                            raise RuntimeError(f"cut off after {count} bytes")
                        count += len(data)
                    return count >= 12_000_000
                wait_until(all_read, "the body is read", within=60, every=0.1)
                self.assertGreater(time.monotonic() - began, 3)
                self.assertEqual(count, 12_000_000)

    def test_a_client_that_reads_nothing_of_a_whole_answer_is_cut_off(self):
        with self.connect(receive_buffer=4096) as connection:
            connection.send(request_bytes("GET", "/bytes?n=12000000"))
            wait_until(lambda: self.daemon.metric("kraken_http_connections_open") == 0,
                       "the front gives the connection up")


class ConnectionCap(DaemonCase):
    config = topology(pool(size=1), http(limits={"connections": 12}), shards=2)

    def test_one_connection_too_many_is_refused_and_the_others_live(self):
        held = [self.connect() for _ in range(12)]
        for each in held:
            self.assertEqual(each.get("/hello").status, 200)
        with self.connect() as extra:
            try:
                extra.send(request_bytes("GET", "/hello"))
                self.assertEqual(extra.response().status, 503)
            except (Closed, ConnectionResetError, BrokenPipeError):
                pass
            self.assertTrue(extra.is_closed())
        self.assertEqual(self.daemon.metric("kraken_http_connections_refused_total"), 1)
        for each in held:
            self.assertEqual(each.get("/hello").status, 200)
        held[0].close()

        def served():
            with self.connect() as connection:
                try:
                    return connection.get("/hello").status == 200
                except Closed:
                    return False
        wait_until(served, "a freed place is given to the next client")


class OutOfDescriptors(DaemonCase):
    config = topology(pool(size=1), http(), shards=1)

    def test_it_is_told_and_over_when_there_are_descriptors_again(self):
        self.assert_serves()
        address = self.daemon.address()  # while the admin door takes who asks
        admin = Connection(self.daemon.socket)
        self.addCleanup(admin.close)
        self.assertEqual(admin.get("/readyz").status, 200)
        before = resource.prlimit(self.daemon.pid, resource.RLIMIT_NOFILE)
        highest = max(int(fd) for fd in os.listdir(f"/proc/{self.daemon.pid}/fd"))
        resource.prlimit(self.daemon.pid, resource.RLIMIT_NOFILE, (highest + 1, before[1]))
        try:
            clients = [self.connect(address=address) for _ in range(highest)]
            wait_until(lambda: "accept_failed" in self.daemon.log(), "it is told")
            sockets = [each.socket for each in clients]
            wait_until(lambda: select.select(sockets, [], [], 0)[0], "one is turned away")
            answer = admin.get("/readyz")
            self.assertEqual((answer.status, answer.body), (
                503, b"Main/http turns clients away: no descriptor or memory for them\n"))
            self.assertEqual(admin.get("/livez").status, 200)
        finally:
            resource.prlimit(self.daemon.pid, resource.RLIMIT_NOFILE, before)
        self.assert_serves()
        self.assertGreater(self.daemon.metric("kraken_http_accepts_failed_total"), 0)
        for each in clients:
            each.close()
        wait_until(lambda: self.daemon.health("/readyz") == 200, "it is over")


class SmallLimits(DaemonCase):
    config = topology(pool(size=1), http(limits={
        "request_line": "256B", "header_bytes": "1K", "header_fields": 5, "body": "10B"}))

    def test_limits_of_the_configuration_hold(self):
        cases = [
            (request_bytes("GET", "/" + "x" * 300), 414),
            (request_bytes("GET", "/hello", [("X", "y" * 1100)]), 431),
            (request_bytes("GET", "/hello", [(f"X{n}", "y") for n in range(5)]), 431),
            (request_bytes("POST", "/echo", body=b"01234567890"), 413),
            (request_bytes("POST", "/echo", body=b"0123456789"), 200),
            (request_bytes("GET", "/hello", [(f"X{n}", "y") for n in range(4)]), 200),
        ]
        for data, status in cases:
            with self.subTest(status=status, data=data[:40]), self.connect() as connection:
                connection.send(data)
                self.assertEqual(connection.response().status, status)


class LargeHeads(DaemonCase):
    """A head as large as may be allowed, through every way to a worker."""
    ways = {"program": {"carrier": "program", "env": {"SPEAKS": "psr7"}},
            "slab": {"carrier": "native", "env": {"SPEAKS": "superglobals"}, "transport": "slab"},
            "socket": {"carrier": "native", "env": {"SPEAKS": "superglobals"},
                       "transport": "socket"},
            "classic": {"carrier": "classic"}}

    @classmethod
    def setUpClass(cls):
        root = tempfile.mkdtemp(prefix="kl-", dir="/tmp")
        cls.addClassCleanup(shutil.rmtree, root)
        with open(os.path.join(root, "index.php"), "w", encoding="utf-8") as file:
            file.write("<?php echo json_encode($_SERVER);")
        cls.config = topology(
            *(pool(way, script="server_matrix.php", size=1,
                   **{**options, **({"start": [root]} if way == "classic" else {})})
              for way, options in cls.ways.items()),
            http(routes=[{"path": "/", "host": way, "to": way} for way in cls.ways],
                 limits={"request_line": "64K", "header_line": "256K", "header_bytes": "256K"}))
        super().setUpClass()

    def test_every_way_takes_them(self):
        for way in self.ways:
            for size, query in ((12 << 10, 1 << 10), (16 << 10, 1 << 10), (200 << 10, 60 << 10)):
                fields = [("Cookie", "a=" + "c" * size), ("X-More", "d" * 16_000), ("X-End", "e")]
                target = "/%61?" + "q" * query
                head = request_bytes("GET", target, fields, host=way)
                for pieces in ([head], [head[:size], head[size:]]):
                    with self.subTest(way, size=size, pieces=len(pieces)), \
                            self.connect() as connection:
                        for piece in pieces:
                            connection.send(piece)
                        got = json.loads(connection.response().body)
                        self.assertEqual(got["HTTP_COOKIE"], fields[0][1])
                        self.assertEqual(got["HTTP_X_MORE"], fields[1][1])
                        self.assertEqual(got["HTTP_X_END"], "e")
                        self.assertEqual(got["REQUEST_URI"], target)
                        connection.send(request_bytes("GET", "/", host=way))
                        self.assertNotIn("HTTP_COOKIE", json.loads(connection.response().body))

    def test_what_is_larger_is_refused(self):
        for target, value, status in (("/", "y" * (257 << 10), 431), ("/" + "x" * 65_536, "", 414)):
            with self.connect() as connection:
                connection.send_until_refused(
                    request_bytes("GET", target, [("X", value)], host="slab"))
                self.assertEqual(connection.response().status, status)


class OneLargeField(DaemonCase):
    """More than 8 KiB for one field, as for cookies with tokens; all of them remain limited."""
    config = topology(pool(size=1), http(limits={"header_line": "16K"}))

    def test_the_limit_of_one_is_its_own(self):
        for fields, status in (([("Cookie", "c" * 16_000)], 200), ([("X", "y" * 17_000)], 431),
                               ([(f"X{n}", "y" * 12_000) for n in range(3)], 431)):
            with self.connect() as connection:
                connection.send_until_refused(request_bytes("GET", "/hello", fields))
                self.assertEqual(connection.response().status, status)
