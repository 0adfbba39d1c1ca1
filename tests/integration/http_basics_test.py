# SPDX-License-Identifier: BSD-3-Clause
"""What an HTTP/1.1 client may rely on: connections, bodies, streams, order."""
import hashlib
import json
import os
import socket

from support.case import DaemonCase
from support.http_client import request_bytes
from support.processes import resident_bytes
from support.topology import http, pool, topology

ROUTES = [
    {"exact": "/fixed", "respond": {"body": "fixed\n", "headers": {"content-type": "text/plain"}}},
    {"exact": "/café", "respond": {"body": "other bytes\n"}},
    {"exact": "/only-get", "methods": ["GET"], "to": "web"},
    {"path": "/", "to": "web"},
]
CONFIG = topology(pool(size=2), http(routes=ROUTES, limits={"body": "2M"}))


class Connections(DaemonCase):
    config = CONFIG

    def test_keep_alive_answers_many_requests_on_one_connection(self):
        with self.connect() as connection:
            for number in range(50):
                answer = connection.post("/echo", f"request {number}".encode())
                self.assertEqual((answer.status, answer.body),
                                 (200, f"request {number}".encode()))
                self.assertNotEqual(answer.header("connection"), "close")

    def test_answers_have_a_date_and_a_length(self):
        answer = self.daemon.get("/hello")
        self.assertRegex(answer.header("date"), r"^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$")
        self.assertEqual(answer.header("content-length"), "6")
        self.assertEqual(answer.body, b"hello\n")

    def test_a_thousand_requests_in_one_write_are_answered_in_order(self):
        with self.connect() as connection:
            connection.send(b"".join(
                request_bytes("POST", "/echo", body=b"number %d" % number)
                for number in range(1000)))
            for number in range(1000):
                answer = connection.response()
                self.assertEqual((answer.status, answer.body), (200, b"number %d" % number))

    def test_pipelined_requests_of_different_kinds_keep_their_order(self):
        with self.connect() as connection:
            connection.send(request_bytes("GET", "/slow?ms=150") + request_bytes("GET", "/fixed")
                            + request_bytes("HEAD", "/hello") + request_bytes("GET", "/stream")
                            + request_bytes("GET", "/status?code=204")
                            + request_bytes("GET", "/hello"))
            self.assertEqual(connection.response().status, 200)
            self.assertEqual(connection.response().body, b"fixed\n")
            self.assertEqual(connection.response(head=True).header("content-length"), "6")
            self.assertEqual(connection.response().body.count(b"part"), 5)
            self.assertEqual(connection.response().status, 204)
            self.assertEqual(connection.response().body, b"hello\n")

    def test_connection_close_is_honoured(self):
        with self.connect() as connection:
            answer = connection.get("/hello", [("Connection", "close")])
            self.assertEqual((answer.status, answer.header("connection")), (200, "close"))
            self.assertTrue(connection.is_closed())

    def test_a_client_of_version_1_0_gets_its_answer_and_the_end(self):
        with self.connect() as connection:
            connection.send(b"GET /hello HTTP/1.0\r\n\r\n")
            answer = connection.response()
            self.assertEqual((answer.status, answer.body), (200, b"hello\n"))
            self.assertTrue(connection.is_closed())

    def test_a_client_of_version_1_0_may_keep_the_connection(self):
        with self.connect() as connection:
            for _ in range(3):
                connection.send(b"GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                answer = connection.response()
                self.assertEqual(answer.header("connection").lower(), "keep-alive")
                self.assertEqual(answer.body, b"hello\n")

    def test_a_client_of_version_1_0_gets_a_stream_without_chunks(self):
        with self.connect() as connection:
            connection.send(b"GET /stream?parts=3 HTTP/1.0\r\n\r\n")
            answer = connection.response()
            self.assertIsNone(answer.header("transfer-encoding"))
            self.assertEqual(answer.body, b"part 1\npart 2\npart 3\n")

    def test_a_client_that_closed_its_sending_side_is_gone_for_a_worker(self):
        with self.connect() as connection:
            connection.send(request_bytes("GET", "/fixed") + request_bytes("GET", "/slow?ms=200")
                            + request_bytes("GET", "/fixed"))
            self.assertEqual(connection.response().body, b"fixed\n")
            connection.socket.shutdown(socket.SHUT_WR)
            self.assertTrue(connection.is_closed())

    def test_a_client_that_vanishes_in_the_answer_leaves_the_worker_free(self):
        for _ in range(5):
            with self.connect() as connection:
                connection.send(request_bytes("GET", "/slow?ms=100"))
        self.assert_serves()
        self.daemon.wait_settled(2)

    def test_a_client_that_resets_in_the_upload_disturbs_nobody(self):
        for _ in range(5):
            connection = self.connect()
            connection.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc")
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                         b"\1\0\0\0\0\0\0\0")
            connection.close()
        self.assert_serves()

    def test_bytes_may_come_one_by_one(self):
        with self.connect() as connection:
            for byte in request_bytes("POST", "/echo", body=b"slow"):
                connection.send(bytes([byte]))
            self.assertEqual(connection.response().body, b"slow")


class Bodies(DaemonCase):
    config = CONFIG

    def test_bodies_of_every_size_come_back_unchanged(self):
        for size in (0, 1, 100, 65_535, 65_536, 65_537, 1 << 20, 2 << 20):
            with self.subTest(size=size), self.connect() as connection:
                body = os.urandom(size)
                answer = connection.post("/echo", body, [] if size else [("Content-Length", "0")])
                self.assertEqual(answer.status, 200)
                self.assertEqual(len(answer.body), size)
                self.assertEqual(hashlib.sha256(answer.body).digest(),
                                 hashlib.sha256(body).digest())

    def test_every_byte_value_survives(self):
        body = bytes(range(256)) * 4
        with self.connect() as connection:
            self.assertEqual(connection.post("/echo", body).body, body)

    def test_a_chunked_request_reaches_the_worker_whole(self):
        parts = [b"a", b"bc" * 1000, os.urandom(70_000), b"\r\n0\r\n\r\n"]
        with self.connect() as connection:
            connection.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            for part in parts:
                connection.send(b"%x;name=value\r\n%s\r\n" % (len(part), part))
            connection.send(b"0\r\nX-Trailer: ignored\r\n\r\n")
            self.assertEqual(connection.response().body, b"".join(parts))
            self.assertEqual(connection.get("/hello").body, b"hello\n")

    def test_a_body_that_promises_too_much_is_413_before_it_comes(self):
        fields = b"POST /echo HTTP/1.1\r\nHost: test\r\n"
        for rest in (b"Content-Length: 2097153\r\n\r\n",
                     b"Content-Length: 9223372036854775808\r\n\r\nx",
                     b"Content-Length: 18446744073709551615\r\n\r\nx",
                     b"Transfer-Encoding: chunked\r\n\r\n200001\r\n",
                     b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n200000\r\n",
                     b"Transfer-Encoding: chunked\r\n\r\n8000000000000000\r\nx",
                     b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx"):
            with self.subTest(rest), self.connect() as connection:
                connection.send(fields + rest)
                self.assertEqual(connection.response().status, 413)
                self.assertTrue(connection.is_closed())

    def test_a_body_over_the_limit_is_413_before_a_worker_is_bothered(self):
        before = sum(each["live"]["requests"] for each in self.daemon.workers())
        with self.connect() as connection:
            connection.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2097153\r\n\r\n")
            self.assertEqual(connection.response().status, 413)
            self.assertTrue(connection.is_closed())
        with self.connect() as connection:
            connection.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.send_until_refused(b"100000\r\n%s\r\n" % (b"x" * (1 << 20)) * 3)
            self.assertEqual(connection.response().status, 413)
        self.assertEqual(sum(each["live"]["requests"] for each in self.daemon.workers()), before)

    def test_a_streamed_answer_is_chunked_and_comes_as_it_is_made(self):
        with self.connect() as connection:
            connection.send(request_bytes("GET", "/stream?parts=3&ms=300"))
            answer = connection.response_head()
            self.assertEqual(answer.header("transfer-encoding"), "chunked")
            self.assertIsNone(answer.header("content-length"))
            self.assertEqual(connection.read_chunk(answer), b"part 1\n")
            # The worker sleeps before it makes the next one: nothing more may be there.
            self.assertNotIn(b"part 3", connection.buffer)
            connection.read_body(answer)
            self.assertEqual(b"".join(answer.parts), b"part 1\npart 2\npart 3\n")
            self.assertEqual(connection.get("/hello").body, b"hello\n")

    def test_early_hints_come_ahead_of_the_answer(self):
        wanted = [(103, ["</a.css>; rel=preload; as=style"]),
                  (103, ["</b.js>; rel=preload; as=script"]), (200, [])]
        connection = self.connect()
        for _ in range(20):  # with two shards some are lent
            connection.send(request_bytes("GET", "/hints"))
            answers = [connection.response_head(), connection.response_head(),
                       connection.response()]
            self.assertEqual([(each.status, each.all("link")) for each in answers], wanted)
            self.assertEqual(answers[1].all("connection"), [])
            self.assertEqual(answers[2].body, b"<p>the page</p>")

    def test_a_client_of_version_1_0_gets_no_hints(self):
        connection = self.connect()
        connection.send(b"GET /hints HTTP/1.0\r\n\r\n")
        self.assertEqual(connection.response_head().status, 200)

    def test_expect_100_is_answered_before_the_body(self):
        with self.connect() as connection:
            connection.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                            b"Content-Length: 5\r\n\r\n")
            self.assertEqual(connection.response_head().status, 100)
            connection.send(b"hello")
            self.assertEqual(connection.response().body, b"hello")

    def test_expect_100_of_a_body_too_large_is_refused_at_once(self):
        with self.connect() as connection:
            connection.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                            b"Content-Length: 99999999\r\n\r\n")
            self.assertEqual(connection.response_head().status, 413)

    def test_head_is_answered_without_a_body(self):
        with self.connect() as connection:
            for target in ("/hello", "/fixed", "/bytes?n=100000", "/nothing"):
                connection.send(request_bytes("HEAD", target))
                head = connection.response(head=True)
                connection.send(request_bytes("GET", target))
                get = connection.response()
                self.assertEqual(head.status, get.status)
                self.assertEqual(head.header("content-length"), str(len(get.body)))

    def test_a_slow_reader_gets_a_big_answer_whole_and_delays_nobody(self):
        size = 8 << 20
        with self.connect(receive_buffer=65536) as slow:
            slow.send(request_bytes("GET", f"/bytes?n={size}"))
            for _ in range(5):
                self.assert_serves()
            answer = slow.response()
            self.assertEqual(answer.body, b"0123456789abcde\n" * (size // 16))

    def test_a_slow_reader_of_a_stream_holds_the_producer_back(self):
        before = resident_bytes(self.daemon.pid)
        with self.connect(receive_buffer=65536) as slow:
            slow.send(request_bytes("GET", "/stream?parts=500&fill=65536"))
            answer = slow.response_head()
            for _ in range(5):
                self.assert_serves()
            self.assertLess(resident_bytes(self.daemon.pid) - before, 16 << 20)
            slow.read_body(answer)
            self.assertEqual(len(answer.parts), 500)
            self.assertEqual(len(answer.body), sum(
                len(f"part {number}\n") + 65536 for number in range(1, 501)))


class Heads(DaemonCase):
    config = CONFIG

    def test_the_worker_sees_the_request_as_it_was(self):
        with self.connect() as connection:
            answer = connection.get("/seen?a=1&b=%20x", [("X-Two", "1"), ("x-two", "2"),
                                                         ("Cookie", "c=1")])
            seen = json.loads(answer.body)
        self.assertEqual(seen["method"], "GET")
        self.assertEqual(seen["target"], "/seen?a=1&b=%20x")
        self.assertEqual(seen["path"], "/seen")
        self.assertEqual(seen["query"], "a=1&b=%20x")
        self.assertEqual(seen["host"], "test")
        self.assertEqual(seen["protocol"], "1.1")
        self.assertRegex(seen["remote"], r"^127\.0\.0\.1:\d+$")
        self.assertEqual(seen["headers"]["x-two"], ["1", "2"])

    def test_an_encoded_path_is_decoded_for_route_and_worker(self):
        self.assertEqual(self.daemon.get("/%66ixed").body, b"fixed\n")
        seen = json.loads(self.daemon.get("/se%65n").body)
        self.assertEqual((seen["target"], seen["path"]), ("/se%65n", "/seen"))

    def test_bytes_of_utf8_stand_for_themselves_and_route_as_their_escapes_do(self):
        raw = "é".encode().decode("latin-1")
        for path in ("/caf%C3%A9", f"/caf{raw}", f"/x/..//caf{raw}"):
            self.assertEqual(self.daemon.get(path).body, b"other bytes\n", path)
        seen = json.loads(self.daemon.get(f"/seen?a={raw}").body)
        self.assertEqual((seen["target"], seen["query"]), ("/seen?a=é", "a=é"))
        self.assertEqual(self.daemon.get("/fixed?\xff").body, b"fixed\n", "UTF-8 or not")

    def test_cookies_are_sent_one_line_each(self):
        answer = self.daemon.get("/cookies")
        self.assertEqual(answer.all("set-cookie"), ["first=1; Path=/", "second=2; Path=/"])

    def test_a_header_that_would_split_the_answer_is_502(self):
        answer = self.daemon.get("/split")
        self.assertIsNone(answer.header("x-injected"))
        self.assertIn(answer.status, (500, 502))
        self.assert_serves()

    def test_status_codes_of_the_application_pass_through(self):
        with self.connect() as connection:
            for code in (200, 201, 204, 301, 304, 400, 404, 418, 500, 503, 599):
                answer = connection.get(f"/status?code={code}")
                self.assertEqual(answer.status, code)
                if code in (204, 304):
                    self.assertIsNone(answer.header("content-length"))

    def test_a_method_no_route_has_is_405(self):
        # Only the exact route knows the path; the last route takes the rest.
        with self.connect() as connection:
            self.assertEqual(connection.get("/only-get").status, 200)

    def test_header_fields_beyond_the_limit_are_431(self):
        for fields in ([("X", "y" * 9000)], [(f"X{n}", "y") for n in range(101)]):
            with self.connect() as connection:
                self.assertEqual(connection.get("/hello", fields).status, 431)
                self.assertTrue(connection.is_closed())

    def test_a_request_line_beyond_the_limit_is_414(self):
        with self.connect() as connection:
            self.assertEqual(connection.get("/" + "x" * 9000).status, 414)
            self.assertTrue(connection.is_closed())
