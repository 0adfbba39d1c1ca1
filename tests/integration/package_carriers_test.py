# SPDX-License-Identifier: BSD-3-Clause
"""A worker of the PHP package sees and answers the same whatever carries it: stock PHP, kraken-php
by shared memory and by the socket, executed and forked."""
import hashlib
import json
import os
import unittest

from support.case import DaemonCase
from support.http_client import Truncated
from support.topology import http, pool, topology
from support.waiting import wait_until

FIELDS = [("X-One", "1"), ("X-One", "2"), ("123", "number"), ("Cookie", "a=1; b=%20x"),
          ("Cookie", "c"), ("Accept-Language", "de")]
ONE = ["1", "2"]


def config(carrier, **options):
    return topology(pool(script="package.php", size=1, carrier=carrier, request={"timeout": "20s"},
                         **options), http(limits={"body": "20M"}))


class Answers:
    """What each carrier does."""

    rehearsed = 0

    def json(self, target, headers=FIELDS):
        answer = self.daemon.get(target, headers)
        self.assertEqual(answer.status, 200, answer)
        return json.loads(answer.body)

    def worker(self):
        return self.daemon.container("w1")

    def after(self, target):
        """What a client sees, and why the worker was replaced."""
        before = self.worker()["generation"]
        try:
            answer = self.daemon.get(target)
        except Truncated as why:
            answer = why.response
        wait_until(lambda: self.worker()["generation"] > before, "a new worker")
        self.daemon.wait_settled(1)
        return answer.status, json.dumps(self.worker()["cause"])

    def assert_refused(self, target, why):
        self.assertEqual(self.daemon.get(target).status, 500, target)
        wait_until(lambda: why in self.daemon.log(), f"{target}: {why}")

    def test_everything_that_a_request_tells(self):
        with self.connect() as client:
            seen = json.loads(client.post("/a%20b/seen?x[]=1&y=2", b"\x7fbody", FIELDS).body)
        headers = seen.pop("headers")
        self.assertEqual(seen, {
            "method": "POST", "target": "/a%20b/seen?x[]=1&y=2", "path": "/a b/seen",
            "query": "x[]=1&y=2", "params": {"x": ["1"], "y": "2"}, "version": "1.1",
            "scheme": "http", "host": "test", "cookies": {"a": "1", "b": " x", "c": ""},
            "body": "\x7fbody", "timeout": 20_000, "one": "1, 2", "none": "none",
            "ends": ["127.0.0.1:", "127.0.0.1:"]})
        self.assertEqual(headers, {
            "host": ["test"], "content-length": ["5"], "x-one": ONE, "123": ["number"],
            "cookie": ["a=1; b=%20x", "c"], "accept-language": ["de"]})
        # The order is that of the client.
        self.assertEqual(list(headers), ["host", "content-length", "x-one", "123", "cookie",
                                         "accept-language"])

    def test_the_request_as_an_array(self):
        all = self.json("/narya?q=1")
        self.assertEqual(list(all), ["method", "uri", "path", "query", "headers", "body",
                                     "remote_addr", "host", "scheme", "protocol", "timeout_ms"])
        self.assertEqual(all.pop("headers"), {
            "X-One": ONE, "123": ["number"], "Cookie": ["a=1; b=%20x", "c"],
            "Accept-Language": ["de"]})
        self.assertEqual(all, {
            "method": "GET", "uri": "/narya?q=1", "path": "/narya", "query": "q=1", "body": "",
            "remote_addr": "127.0.0.1:", "host": "test", "scheme": "http", "protocol": "1.1",
            "timeout_ms": 20_000})

    def test_what_is_written_to_an_array_changes_no_request(self):
        for _ in range(2):
            self.assertEqual(self.json("/written"), [ONE, ONE, "GET"])
        self.assertEqual(self.json("/seen")["headers"]["x-one"], ONE)

    def test_each_request_has_its_own_fields(self):
        for value in ("a", "a", "b", "c" * 300, "c" * 300, ""):
            seen = self.json("/seen", [("X-One", value), ("X-Other", "o")])
            self.assertEqual(seen["headers"],
                             {"host": ["test"], "x-one": [value], "x-other": ["o"]})

    def test_as_many_fields_as_a_request_can_have(self):
        for count in (15, 16, 17, 33, 90):
            fields = [(f"X-Field-{number}", str(number)) for number in range(count)]
            seen = self.json("/seen", fields)["headers"]
            self.assertEqual(seen, {"host": ["test"]} | {n.lower(): [v] for n, v in fields})
            self.assertEqual(self.json("/narya", fields)["headers"],
                             {name: [value] for name, value in fields})

    def test_a_request_can_be_kept_and_copied(self):
        self.assertEqual(self.json("/copy"), ["/copy", True, "/copy"])
        self.daemon.get("/keep?me", FIELDS)
        self.assertEqual(self.json("/kept", []), ["/keep?me", "1, 2", "/keep?me", ONE])

    def test_nothing_of_a_request_is_left_to_the_next(self):
        for target in ("/weak", "/note", "/weak"):
            self.assertEqual(self.daemon.get(target).status, 200)
            self.assertEqual(self.json("/left", []), [None, 0, False])

    def test_what_code_of_the_class_has_written_is_left_to_nobody(self):
        for _ in range(2):
            self.assertEqual(self.json("/bound"), ["bound", "written"])
            seen = self.json("/seen")
            self.assertEqual((seen["host"], seen["one"]), ("test", "1, 2"))
            self.assertNotIn("x-bound", seen["headers"])

    def test_what_is_kept_of_a_request_is_not_written_to(self):
        kept = self.daemon.get("/bytes?kept").body
        for target in ("/hello?more", "/seen", "/x"):
            self.daemon.get(target)
        self.assertEqual(self.daemon.get("/bytes-kept").body, kept)

    def test_garbage_is_looked_for_while_a_request_is_open(self):
        for _ in range(2):
            self.assertEqual(self.json("/collect"), [True, "/collect", "1, 2"])

    def test_what_most_requests_say_alike_may_differ(self):
        with self.connect() as client:
            for method, host in [("GET", "a"), ("GET", "a"), ("PATCH", "b.test:1"), ("PUT", "b"),
                                 ("GET", "c" * 300), ("GET", "c" * 300), ("QUERY", "a")]:
                client.send(f"{method} /seen HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
                seen = json.loads(client.response().body)
                self.assertEqual((seen["method"], seen["host"]), (method, host))
            client.send(b"GET /seen HTTP/1.0\r\n\r\n")
            seen = json.loads(client.response().body)
            self.assertEqual((seen["version"], seen["host"]), ("1.0", ""))

    def test_what_is_private_to_a_request_stays_so(self):
        self.assertIn(b"Cannot access private property", self.daemon.get("/private").body)

    def test_every_form_of_an_answer(self):
        for target, status, fields, body in [
                ("/string", 200, {"content-type": "text/html; charset=utf-8"}, b"<p>html</p>"),
                ("/list", 201, {"x-a": "a", "x-n": "7"}, b"list"),
                ("/list-short", 202, {}, b""),
                ("/list-json", 200, {"content-type": "application/json"}, b'{"a":1}'),
                ("/map", 203, {"content-type": "application/json"}, b"{}"),
                ("/map-body", 200, {}, b"only"),
                ("/number", 200, {"x-f": "1.5", "x-t": "1"}, b"x"),
                ("/owned", 200, {"content-length": "3", "x-sent": "yes"}, b"all"),
                ("/large", 200, {}, b"0123456789" * 50_000),
                ("/binary", 200, {}, b"\0\xff\r\n"),
                ("/empty", 204, {}, b""),
                ("/redirect", 302, {"location": "/hello"}, b""),
                ("/stream", 200, {}, b"one,two"),
                ("/writer", 200, {}, b"ab"),
                ("/print", 200, {}, b"clean"),
                ("/log", 200, {}, b"logged")]:
            with self.subTest(target):
                answer = self.daemon.get(target)
                self.assertEqual((answer.status, answer.body), (status, body))
                self.assertEqual({name: answer.header(name) for name in fields}, fields)
        wait_until(lambda: "printed\n" in self.daemon.log() or "printed\\n" in self.daemon.log(),
                   "what is printed is logged")

    def test_fields_that_come_more_than_once(self):
        answer = self.daemon.get("/pairs")
        self.assertEqual((answer.all("x-a"), answer.all("x-b")), (["1", "2"], ["3", "4"]))
        answer = self.daemon.get("/lists")
        self.assertEqual((answer.all("x-a"), answer.all("x-s")), (["1", "2"], ["counted"]))

    def test_fields_of_one_answer_are_not_those_of_the_next(self):
        first = int(self.daemon.get("/referred").header("x-call"))
        self.assertEqual(self.daemon.get("/referred").header("x-call"), str(first + 1))
        counts = []
        for _ in range(3):
            counts.append(sum(name.startswith("x-") for name, _ in
                              self.daemon.get("/changing").headers))
        self.assertEqual(counts, [counts[0], counts[0] + 1, counts[0] + 2])

    def test_what_is_no_answer_is_500_and_says_why(self):
        self.assert_refused("/bad-name", "is no HTTP token")
        self.assert_refused("/bad-value", "contains CR, LF or NUL")
        self.assert_refused("/bad-status", "allowed are 200 to 599")
        self.assert_refused("/bad-pair", "header 0 is no [name, value]")
        self.assert_refused("/bad-keys", "neither [status, headers, body]")
        self.assert_refused("/bad-type", "the handler returned int")
        self.assert_refused("/null", "the handler returned null")
        self.assert_refused("/bad-hints", "is no HTTP token")

    def test_failures_of_the_handler(self):
        answer = self.daemon.get("/throw")
        self.assertEqual((answer.status, answer.body), (500, b"Internal Server Error\n"))
        wait_until(lambda: "on purpose" in self.daemon.log() and "GET /throw" in self.daemon.log(),
                   "class, place and request are logged")
        self.assertIn("DomainException", self.daemon.log())
        answer = self.daemon.get("/bad-request")
        self.assertEqual((answer.status, answer.body), (400, b"what you ask\n"))
        with self.connect() as client:
            self.assertEqual(client.post("/json", b"{").status, 400)
            self.assertEqual(client.post("/json", b'{"a": [1]}').body, b'{"a":[1]}')

    def test_hints_go_ahead_of_answers_only(self):
        with self.connect() as client:
            client.send(b"GET /hints HTTP/1.1\r\nHost: test\r\n\r\n")
            hints = client.response_head()
            self.assertEqual((hints.status, hints.header("link")),
                             (103, "</a.css>; rel=preload"))
            self.assertEqual(client.response().body, b"said")
        self.assertEqual(self.json("/state")[1], "not said")

    def test_requests_are_counted_and_followed_by_the_reset(self):
        count, (resets, _) = int(self.daemon.get("/requests").body), self.json("/state")
        # What was rehearsed is no request, but the application was there.
        self.assertEqual(resets, count + self.rehearsed)
        self.assertEqual(self.json("/state")[0], resets + 1)
        self.assertEqual(int(self.daemon.get("/requests").body), count + 3)

    def test_uploads_go_with_their_request(self):
        part = "--b0undary\r\nContent-Disposition: form-data; name="
        body = (f'{part}"file"; filename="n"\r\n\r\ncontent\r\n{part}"a"\r\n\r\n1\r\n'
                "--b0undary--\r\n").encode()
        with self.connect() as client:
            answer = client.post("/upload", body, [
                ("Content-Type", "multipart/form-data; boundary=b0undary")])
            self.assertEqual(json.loads(answer.body),
                             ["n", hashlib.sha1(b"content").hexdigest(), {"a": "1"}])
            self.assertEqual(client.get("/uploaded").body, b"gone")

    def test_of_too_many_fields_the_first_are_read_and_the_log_says_so_once(self):
        fields = "&".join(f"f{number}" for number in range(1_010))
        part = "--b0undary\r\nContent-Disposition: form-data; name="
        parts = "".join(f'{part}"f{number}"\r\n\r\n1\r\n' for number in range(1_010))
        with self.connect() as client:
            for query, kind, body, read in [
                    ("body", "application/x-www-form-urlencoded", fields, [1_000, 1]),
                    ("parts", "multipart/form-data; boundary=b0undary",
                     f"{parts}--b0undary--\r\n", [1_000, 1]),
                    (fields, "text/plain", "", [0, 1_000])]:
                mark = len(self.daemon.log())
                answer = client.post(f"/form?{query}", body.encode(), [("Content-Type", kind)])
                self.assertEqual(answer.status, 200, answer)
                self.assertEqual(json.loads(answer.body), [each for each in read for _ in "ab"])
                client.get("/log")
                wait_until(lambda: "a line" in self.daemon.log()[mark:], "what came before is told")
                told = self.daemon.log()[mark:].count("Input variables exceeded 1000.")
                self.assertEqual(told, 1)

    def test_bodies_of_every_size(self):
        with self.connect() as client:
            for size in (1, 16_000, 17_000, 300_000, 3 << 20):
                body = os.urandom(size)
                self.assertEqual(client.post("/sha", body).body.decode(),
                                 hashlib.sha1(body).hexdigest(), size)

    def test_a_client_that_leaves_a_stream_costs_no_worker(self):
        before = self.worker()["generation"]
        client = self.connect()
        client.send(b"GET /endless HTTP/1.1\r\nHost: test\r\n\r\n")
        self.assertEqual(client.response_head().status, 200)
        client.close()
        self.assertEqual(self.daemon.get("/hello").body, b"hello\n")
        self.assertEqual(self.worker()["generation"], before)

    def test_ends(self):
        for target, status, kind, said in [
                ("/recycle", 200, "recycle", ""),
                ("/exit", 502, "exception", "exit during GET /exit"),
                ("/memory", 502, "exception", "OutOfMemory"),
                ("/exit-in-stream", 200, "exception", "exit during GET /exit-in-stream"),
                ("/throwing-stream", 200, "exception", "in the middle")]:
            with self.subTest(target):
                seen, cause = self.after(target)
                self.assertEqual(seen, status)
                self.assertIn(f'"kind": "{kind}"', cause)
                self.assertIn(said, cause)
        self.assert_serves()


class StockPhp(Answers, DaemonCase):
    config = config("program")


class SharedMemory(Answers, DaemonCase):
    config = config("native")

    def test_a_child_has_the_request_and_answers_nobody(self):
        self.assertEqual(self.daemon.get("/fork", FIELDS).body, b"/fork 1, 2")
        self.assert_serves()


class Socket(Answers, DaemonCase):
    config = config("native", transport="socket")


class Forked(Answers, DaemonCase):
    config = config("native", template="app", warm=["/seen?warm", "/list"])
    rehearsed = 6


if __name__ == "__main__":
    unittest.main()
