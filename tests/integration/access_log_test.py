# SPDX-License-Identifier: BSD-3-Clause
"""The access log: what stands in it, that it can be rotated, and what happens when it is full."""
import base64
import json
import os
import re
import shutil
import signal
import socket
import tempfile
import unittest

from support.case import fresh_daemon
from support.http_client import Truncated, request_bytes
from support.topology import http, pool, topology
from support.waiting import wait_until

ROUTES = [{"exact": "/fixed", "respond": {"body": "fixed\n"}}, {"path": "/", "to": "web"}]
COMBINED = re.compile(
    r'^(\S+) - - \[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "((?:[^"\\]|\\.)*)" '
    r'(\d{3}) (\d+|-) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"$')


class AccessLog(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="kt-access-", dir="/tmp")
        self.addCleanup(shutil.rmtree, self.directory)
        self.path = os.path.join(self.directory, "access.log")

    def start(self, form="combined", file=None, **options):
        self.daemon = fresh_daemon(self, topology(
            pool(size=2), http(routes=ROUTES, limits={"body": "1K"},
                               access_log={"format": form, "file": file or self.path},
                               **options)))

    def lines(self, count, path=None):
        """Waits for that many lines, and gives them."""
        def there():
            with open(path or self.path, encoding="utf-8", newline="\n") as file:
                text = file.read()
            return text.splitlines() if text.count("\n") >= count else None
        found = wait_until(there, f"{count} lines are written")
        self.assertEqual(len(found), count, found)
        return found

    def metric(self, name):
        return self.daemon.metric(f"kraken_access_log_{name}_total")

    def test_it_is_off_unless_asked_for(self):
        daemon = fresh_daemon(self, topology(pool(size=1), http()))
        self.assertEqual(daemon.get("/hello").status, 200)
        self.assertNotIn("access", daemon.log())
        self.assertNotIn("kraken_access_log", daemon.admin("GET", "/metrics").body.decode())

    def test_a_file_alone_is_enough(self):
        self.daemon = fresh_daemon(self, topology(
            pool(size=1), http(routes=ROUTES, access_log={"file": self.path})))
        self.assertEqual(self.daemon.get("/fixed").status, 200)
        self.assertIn("/fixed", self.lines(1)[0])

    def test_combined_has_a_line_per_request_as_apache_writes_it(self):
        self.start()
        with self.daemon.connect() as connection:
            for target, headers in (("/fixed", []), ("/hello?a=b", [("Referer", "http://r/"),
                                                                     ("User-Agent", "me 1.0")]),
                                    ("/hello", [("Referer", ""), ("User-Agent", 'a"b\\c')]),
                                    ("/hello?\xc3\xa9", []),
                                    ("/status?code=204", []), ("/stream?parts=3", [])):
                connection.get(target, headers)
            connection.request("HEAD", "/hello")
            connection.post("/echo", b"x" * 100)
        rows = [COMBINED.match(each) for each in self.lines(8)]
        self.assertTrue(all(rows))
        self.assertEqual([each[3] for each in rows], [
            "GET /fixed HTTP/1.1", "GET /hello?a=b HTTP/1.1", "GET /hello HTTP/1.1",
            "GET /hello?\\xc3\\xa9 HTTP/1.1", "GET /status?code=204 HTTP/1.1",
            "GET /stream?parts=3 HTTP/1.1", "HEAD /hello HTTP/1.1", "POST /echo HTTP/1.1"])
        self.assertEqual([each[4] for each in rows],
                         ["200", "200", "200", "200", "204", "200", "200", "200"])
        self.assertEqual([each[5] for each in rows], ["6", "6", "6", "6", "-", "21", "-", "100"])
        self.assertEqual([each[6] for each in rows][:3], ["-", "http://r/", ""])
        self.assertEqual([each[7] for each in rows][:3], ["-", "me 1.0", 'a\\"b\\\\c'])
        self.assertEqual({each[1] for each in rows}, {"127.0.0.1"})
        self.assertEqual(self.metric("written"), 8)

    def test_the_user_is_whom_the_client_says_it_is(self):
        said = [("Basic " + base64.b64encode(each).decode()) if each else "Bearer x"
                for each in (b"frank:secret", b"", b'a b"\r\n- [x]:', b":")]
        for form, users in (("combined", ["frank", "-", 'a\\x20b\\"\\r\\n-\\x20[x]', '""', "-"]),
                            ("json", ["frank", "", 'a b"\r\n- [x]', "", ""])):
            with self.subTest(form):
                self.path = os.path.join(self.directory, form)
                self.start(form=form)
                with self.daemon.connect() as connection:
                    for each in said:
                        connection.get("/fixed", [("Authorization", each)])
                    connection.get("/hello")
                lines = self.lines(5)
                self.assertEqual([json.loads(each)["user"] if form == "json" else
                                  re.match(r"127\.0\.0\.1 - (.*) \[\d", each)[1]
                                  for each in lines], users)
                self.assertNotIn("secret", "".join(lines))

    def test_who_comes_by_a_unix_socket_is_named_as_nginx_does(self):
        self.start(listen=["127.0.0.1:0", "unix:door.sock"])
        door = os.path.join(self.daemon.directory, "door.sock")
        with self.daemon.connect(door) as connection:
            self.assertEqual(connection.get("/fixed").status, 200)
        self.assertTrue(self.lines(1)[0].startswith("unix: - - ["))

    def test_what_is_refused_is_there_too(self):
        self.start(timeouts={"header": "300ms"})
        for data in (b"GET /x\x1b[31m\" - forged HTTP/1.1\r\nHost: a\r\n\r\n", b"\x16\x03\x01\r\n",
                     b"GET /fixed HTTP/1.1\r\n\r\n", b"GET /half",
                     b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n",
                     b"POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"):
            with self.daemon.connect() as connection:
                connection.send(data)
                connection.until_closed()
        rows = [COMBINED.match(each) for each in self.lines(6)]
        self.assertEqual([(each[3], each[4]) for each in rows], [
            ("GET /x\\x1b[31m\\\" - forged HTTP/1.1", "400"), ("\\x16\\x03\\x01", "400"),
            ("GET /fixed HTTP/1.1", "400"), ("-", "408"),
            ("POST /echo HTTP/1.1", "413"), ("POST /echo HTTP/1.1", "400")])
        self.assertTrue(all(int(each[5]) > 0 for each in rows))

    def test_bytes_are_those_of_the_body_whoever_answers_on_whichever_shard(self):
        self.start()
        clients = [self.daemon.connect() for _ in range(16)]
        for number, each in enumerate(clients):
            self.addCleanup(each.close)
            each.send(request_bytes("POST", f"/echo?{number}", body=b"y" * (number + 1)) * 3)
        for each in clients:
            for _ in range(3):
                self.assertEqual(each.response().status, 200)
        rows = [COMBINED.match(each) for each in self.lines(48)]
        for each in rows:
            self.assertEqual(int(each[5]), int(re.search(r"\?(\d+)", each[3])[1]) + 1)

    def test_json_is_one_object_per_line(self):
        self.start(form="json")
        with self.daemon.connect() as connection:
            connection.get("/hello?q=\"{}\xc3\xa9\xff\"", [("User-Agent", "caf\xe9 \"x\"")])
        record = json.loads(self.lines(1)[0])
        self.assertEqual(
            {key: record[key] for key in ("event", "container", "host", "request",
                                          "status", "bytes", "complete", "referer")},
            {"event": "access", "container": "Main/http", "host": "test",
             "request": "GET /hello?q=\"{}é\ufffd\" HTTP/1.1", "status": 200, "bytes": 6,
             "complete": True, "referer": ""})
        self.assertIn('"x"', record["agent"])
        self.assertRegex(record["remote"], r"^127\.0\.0\.1:\d+$")
        self.assertGreaterEqual(record["us"], 0)

    def test_text_is_a_line_as_of_the_daemons_own_log(self):
        self.start(form="text")
        self.daemon.get("/fixed")
        self.assertRegex(self.lines(1)[0],
                         r"^\d{4}-\d\d-\d\dT\S+Z INFO +access container=Main/http "
                         r'remote=127\.0\.0\.1:\d+ host=test request="GET /fixed HTTP/1\.1" '
                         r"status=200 bytes=6 us=\d+ complete=true ")

    def test_who_leaves_before_the_answer_is_499(self):
        self.start(form="json")
        for number, reset in ((1, True), (2, False)):
            wait_until(lambda: self.daemon.metric("kraken_pool_busy") == 0, "nobody works")
            connection = self.daemon.connect()
            connection.send(request_bytes("GET", "/slow?ms=400"))
            wait_until(lambda: self.daemon.metric("kraken_pool_busy") == 1, "it is worked on")
            if reset:
                connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                             b"\x01\x00\x00\x00\x00\x00\x00\x00")
            connection.close()
            record = json.loads(self.lines(number)[-1])
            self.assertEqual((record["status"], record["complete"]), (499, False))

    def test_who_closes_while_waiting_for_a_worker_costs_none(self):
        self.start(form="json")
        connections = [self.daemon.connect() for _ in range(6)]
        for connection in connections:
            connection.send(request_bytes("GET", "/slow?ms=400"))
        wait_until(lambda: self.daemon.metric("kraken_pool_waiting") == 4, "four wait")
        for connection in connections:
            connection.close()
        records = [json.loads(line) for line in self.lines(6)]
        self.assertEqual({(each["status"], each["complete"]) for each in records}, {(499, False)})
        self.assertEqual(self.daemon.get("/hello").status, 200)
        self.assertEqual(self.daemon.metric("kraken_http_clients_gone_total"), 6)
        self.assertEqual(self.daemon.metric("kraken_pool_waiting"), 0)

    def test_who_only_stops_sending_gets_what_needs_no_worker(self):
        self.start(form="json")
        with self.daemon.connect() as connection:
            connection.send(request_bytes("GET", "/fixed"))
            connection.socket.shutdown(socket.SHUT_WR)
            self.assertEqual(connection.response().body, b"fixed\n")
            self.assertTrue(connection.is_closed())
        self.assertEqual(json.loads(self.lines(1)[0])["status"], 200)

    def test_a_stream_that_breaks_off_is_not_complete(self):
        self.start(form="json")
        with self.daemon.connect() as connection, self.assertRaises(Truncated):
            connection.get("/stream?parts=2&end=kill")
        record = json.loads(self.lines(1)[0])
        self.assertEqual((record["status"], record["complete"], record["bytes"]),
                         (200, False, 14))

    def test_rotation_loses_nothing(self):
        self.start()
        rotated = self.path + ".1"
        with self.daemon.connect() as connection:
            for number in range(50):
                connection.get(f"/fixed?{number}")
        self.lines(50)
        os.rename(self.path, rotated)
        os.kill(self.daemon.pid, signal.SIGUSR1)
        wait_until(lambda: os.path.exists(self.path), "it is opened anew")
        with self.daemon.connect() as connection:
            for number in range(50, 60):
                connection.get(f"/fixed?{number}")
        wait_until(lambda: self.metric("written") == 60, "all is written")
        both = self.lines(50, rotated) + self.lines(10)
        self.assertEqual([int(re.search(r"\?(\d+) ", each)[1]) for each in both], list(range(60)))

    def test_a_full_disk_costs_lines_and_nothing_else(self):
        self.start(file="/dev/full")
        with self.daemon.connect() as connection:
            for _ in range(100):
                self.assertEqual(connection.get("/fixed").status, 200)
        wait_until(lambda: self.metric("dropped") == 100, "all are lost, and counted")
        self.assertEqual(self.metric("written"), 0)
        said = [each for each in self.daemon.log().splitlines() if " access_log_" in each]
        self.assertEqual(len(said), 1, said)
        self.assertIn("No space left on device", said[0])

    def test_a_reader_that_stands_still_never_holds_up_a_request(self):
        fifo = os.path.join(self.directory, "fifo")
        os.mkfifo(fifo)
        reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        self.start(file=fifo)
        sent = 0
        with self.daemon.connect() as connection:
            while self.metric("dropped") == 0:
                for _ in range(20):
                    connection.send(request_bytes("GET", "/fixed?" + "x" * 7_000) * 10)
                    for _ in range(10):
                        self.assertEqual(connection.response().status, 200)
                        sent += 1
                self.assertLess(sent, 10_000)
        wait_until(lambda: " access_log_drops " in self.daemon.log(), "it is said")
        taken = bytearray()

        def emptied():
            try:
                while part := os.read(reader, 1 << 16):
                    taken.extend(part)
            except BlockingIOError:
                pass
            return self.metric("written") + self.metric("dropped") == sent
        wait_until(emptied, "what was kept is written")
        wait_until(lambda: emptied() and taken.count(b"\n") == self.metric("written"), "and read")
        for line in taken.decode().splitlines():
            self.assertTrue(COMBINED.match(line), line)
        self.daemon.get("/fixed")
        wait_until(lambda: " access_log_resumes " in self.daemon.log(), "it is said, too")
        os.close(reader)

    def test_what_is_under_way_at_the_end_is_written(self):
        self.start()
        with self.daemon.connect() as connection:
            for _ in range(200):
                connection.get("/fixed")
        self.assertEqual(self.daemon.stop(), 0)
        self.lines(200)

    def test_a_file_that_is_gone_at_a_restart_costs_lines_only(self):
        folder = os.path.join(self.directory, "folder")
        os.mkdir(folder)
        self.start(file=os.path.join(folder, "log"))
        self.assertEqual(self.daemon.get("/fixed").status, 200)
        shutil.rmtree(folder)
        self.assertEqual(self.daemon.console("restart", "http").code, 0)
        self.daemon.wait_ready()
        self.assertEqual(self.daemon.get("/fixed?lost").status, 200)
        wait_until(lambda: self.metric("dropped") == 1, "its line is lost, and counted")
        self.assertIn(" access_log_not_opened ", self.daemon.log())
        os.mkdir(folder)
        self.assertEqual(self.daemon.get("/fixed?there").status, 200)
        self.assertIn("?there ", self.lines(1, os.path.join(folder, "log"))[0])
        self.assertEqual(self.daemon.container("http")["restarts"], 0)

    def test_a_file_that_cannot_be_opened_is_told(self):
        folder = tempfile.mkdtemp(prefix="kt-", dir="/tmp")
        self.addCleanup(shutil.rmtree, folder)
        name = os.path.join(folder, "log")
        taken = socket.socket(socket.AF_UNIX)  # may be written, and cannot be opened
        self.addCleanup(taken.close)
        taken.bind(name)
        daemon = fresh_daemon(self, topology(
            pool(size=1), http(access_log={"format": "text", "file": name})), ready=False)
        daemon.expected_code = wait_until(lambda: daemon.process.poll(), "it ends")
        self.assertIn(f"http.access_log: open access log '{name}'", daemon.log())
        self.assertNotIn("daemon_started", daemon.log())
