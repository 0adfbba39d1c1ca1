# SPDX-License-Identifier: BSD-3-Clause
"""Clients that read slowly hold no worker, whether a file or a script answers; files are answered
with their validators, in parts, or not at all where the client has them."""
import email.utils
import json
import os
import shutil
import socket
import tempfile
import time
import unittest

from support import public_copy
from support.case import DaemonCase, fresh_daemon
from support.http_client import Response, request_bytes
from support.topology import AS_ROOT, http, pool, topology
from support.waiting import wait_until

PLACE = tempfile.mkdtemp(prefix="kt-slow-", dir="/tmp")
SITE = os.path.join(PLACE, "site")
LARGE = 50_000_000
READERS = 5
SCRIPTS = {
    "pid.php": "<?php echo getmypid();",
    "large.php": "<?php for ($i = 0; $i < 50; $i++) {"
                 " echo str_repeat(chr(97 + $i % 26), 1000000); }",
    "send.php": "<?php header('X-Sendfile: ' . $_GET['name']); echo 'unseen';",
    "early.php": "<?php header('X-Sendfile: middle.bin'); fastcgi_finish_request(); usleep(200000);"
                 "file_put_contents(__DIR__ . '/done', 'x');",
    "partly.php": "<?php header('X-Sendfile: large.bin'); echo 'a'; ob_flush(); flush(); echo 'b';",
    "tagged.php": "<?php header('ETag: \"mine\"'); header('Content-Type: text/x-test');"
                  "header('X-Sendfile: small.txt');",
}


def setUpModule():
    os.makedirs(SITE)
    os.chmod(PLACE, 0o755)
    block = bytes(range(256)) * 4
    with open(SITE + "/large.bin", "wb") as file:
        file.write((block * (LARGE // len(block) + 1))[:LARGE])
    for name, data in (("middle.bin", block * 100), ("small.txt", b"0123456789"),
                       ("none.txt", b""), ("page.html", b"<p>")):
        with open(os.path.join(SITE, name), "wb") as file:
            file.write(data)
    for name, text in SCRIPTS.items():
        with open(os.path.join(SITE, name), "w", encoding="utf-8") as file:
            file.write(text)


def tearDownModule():
    shutil.rmtree(PLACE, ignore_errors=True)


def config(pool=(), front=(), **top):
    return topology({"id": "web", "type": "pool", "start": [SITE], "carrier": "classic", "size": 1,
                     **AS_ROOT, **dict(pool)},
                    http(routes=[{"path": "/", "to": "web", "files": [SITE]}], **dict(front)),
                    **top)


class SlowReaders(DaemonCase):
    config = config()

    def slow(self, target):
        client = self.connect(receive_buffer=1 << 18)
        client.send(f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        answer = client.response_head()
        self.assertEqual(answer.status, 200)
        return client, answer

    def rest(self, client):
        """The last bytes of a body of `LARGE` bytes."""
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        left, last = LARGE - len(client.buffer), client.buffer
        while left:
            part = client.socket.recv(min(left, 1 << 20))
            self.assertTrue(part, f"{left} bytes did not come")
            left, last = left - len(part), (last + part)[-2:]
        return last

    def assert_nobody_waits(self, target):
        readers = [self.slow(target) for _ in range(READERS)]
        began = time.monotonic()
        self.assertEqual(self.daemon.get("/pid.php").status, 200)
        self.assertLess(time.monotonic() - began, 3)
        return readers

    def test_a_static_file(self):
        readers = self.assert_nobody_waits("/large.bin")
        answer = readers[0][1]
        self.assertEqual(answer.header("content-length"), str(LARGE))
        self.assertEqual(self.rest(readers[0][0]), bytes([126, 127]))

    def test_a_file_that_a_script_names(self):
        readers = self.assert_nobody_waits("/send.php?name=large.bin")
        self.assertEqual(readers[0][1].header("content-length"), str(LARGE))
        self.assertEqual(self.rest(readers[0][0]), bytes([126, 127]))

    def test_output_of_a_script(self):
        readers = [self.slow("/large.php")[0] for _ in range(READERS)]
        wait_until(lambda: self.daemon.metric("kraken_pool_busy") == 0, "the worker is done")
        began = time.monotonic()
        self.assertEqual(self.daemon.get("/pid.php").status, 200)
        self.assertLess(time.monotonic() - began, 3)
        # Sockets hold some megabytes of each; the rest is in files, until it has been sent.
        self.assertGreater(self.daemon.metric("kraken_http_spool_bytes"), READERS * LARGE // 2)
        for client in readers[1:]:
            client.close()
        answer = Response("HTTP/1.1", 200, "", [("transfer-encoding", "chunked")])
        client = readers[0]
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        bytes_seen = 0
        while part := client.read_chunk(answer):
            self.assertEqual(set(part), {97 + bytes_seen // 1_000_000 % 26, part[-1]})
            bytes_seen += len(part)
        self.assertEqual(bytes_seen, LARGE)
        self.assertEqual(client.get("/pid.php").status, 200)
        wait_until(lambda: self.daemon.metric("kraken_http_spool_bytes") == 0, "files are gone")

    def test_a_file_and_a_script_that_goes_on(self):
        answer = self.daemon.get("/early.php")
        self.assertEqual((answer.status, len(answer.body)), (200, 102_400))
        wait_until(lambda: os.path.exists(SITE + "/done"), "the script has gone on")

    def test_output_that_has_left_is_no_file(self):
        answer = self.daemon.get("/partly.php")
        self.assertEqual((answer.status, answer.body), (200, b"ab"))


class NoSpool(unittest.TestCase):
    """What keeps the answer from the disk leaves the worker with its client, as it was before."""

    def assert_waits(self, config, told, gone=None):
        daemon = fresh_daemon(self, config)
        if gone:
            os.rmdir(gone)
        with daemon.connect(receive_buffer=1 << 18) as client:
            client.send(b"GET /large.php HTTP/1.1\r\nHost: a\r\n\r\n")
            answer = client.response_head()
            if told:
                wait_until(lambda: "answer_not_spooled" in daemon.log(), "it is told")
            else:
                wait_until(lambda: daemon.metric("kraken_http_spool_bytes") or told is None,
                           "it has begun to wait")
            self.assertEqual(daemon.metric("kraken_pool_busy"), 1)
            bytes_seen = 0
            while part := client.read_chunk(answer):
                bytes_seen += len(part)
            self.assertEqual(bytes_seen, LARGE)
            self.assertEqual(client.get("/pid.php").status, 200)
        self.assertEqual(daemon.log().count("answer_not_spooled"), 1 if told else 0)
        return daemon

    def test_a_folder_that_is_there_no_more(self):
        folder = PLACE + "/gone"
        os.mkdir(folder)  # or the daemon would not start
        self.assert_waits(config(spool={"directory": folder}), True, gone=folder)

    def test_a_limit(self):
        self.assert_waits(config(front={"limits": {"spool": "2MiB"}}), False)

    def test_none_at_all(self):
        self.assert_waits(config(front={"limits": {"spool": "0B"}}), None)


class WholeAnswers(DaemonCase):
    """Of workers in stock PHP, whose answers are one frame."""
    config = topology(pool(size=1), http())

    def test_what_a_slow_client_leaves_waits_in_a_file(self):
        size = 16_000_000
        client = self.connect(receive_buffer=1 << 16)
        client.send(request_bytes("GET", f"/bytes?n={size}"))
        answer = client.response_head()
        wait_until(lambda: self.daemon.metric("kraken_http_spool_bytes") > 1 << 20,
                   "the rest is in a file")
        client.read_body(answer)
        self.assertEqual(len(answer.body), size)
        wait_until(lambda: self.daemon.metric("kraken_http_spool_bytes") == 0, "the file is gone")
        self.assertEqual(client.get("/hello").status, 200)


class Logged(unittest.TestCase):
    def test_the_access_log_has_what_was_sent_of_a_file(self):
        path = os.path.join(PLACE, "access.log")
        daemon = fresh_daemon(self, config(front={"access_log": {"format": "combined",
                                                                 "file": path}}))
        with daemon.connect() as client:
            for target, headers in (("/middle.bin", ()), ("/small.txt", ()), ("/large.php", ()),
                                    ("/middle.bin", [("Range", "bytes=100-90099")])):
                client.request("GET" if headers or target != "/large.php" else "HEAD", target,
                               headers)
        with daemon.connect(receive_buffer=1 << 18) as client:
            client.send(b"GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n")
            client.response_head()

        def there():
            with open(path, encoding="utf-8") as file:
                lines = file.read().splitlines()
            return lines if len(lines) == 5 else None
        seen = [each.split('" ')[1].split()[:2] for each in wait_until(there, "all is written")]
        self.assertEqual(seen[:4], [["200", "102400"], ["200", "10"], ["200", "-"],
                                    ["206", "90000"]])
        self.assertTrue(0 < int(seen[4][1]) < LARGE, seen[4])

    def test_and_what_was_sent_of_output_that_waited_in_one(self):
        path = os.path.join(PLACE, "output.log")
        daemon = fresh_daemon(self, config(front={"access_log": {"format": "json",
                                                                 "file": path}}))
        with daemon.connect(receive_buffer=1 << 18) as client:
            client.send(b"GET /large.php HTTP/1.1\r\nHost: a\r\n\r\n")
            client.response_head()
            wait_until(lambda: daemon.metric("kraken_http_spool_bytes") > LARGE // 2 and
                       daemon.metric("kraken_pool_busy") == 0, "the worker is done")
            unsent = daemon.metric("kraken_http_spool_bytes")

        def written():
            with open(path, encoding="utf-8") as file:
                return file.read()
        record = json.loads(wait_until(written, "it is written"))
        self.assertEqual((record["status"], record["complete"]), (200, False))
        self.assertTrue(0 < record["bytes"] <= LARGE - unsent // 2, record)


class Validators(DaemonCase):
    config = config()

    def ask(self, target, method="GET", **fields):
        return self.connect().request(
            method, target, [(name.replace("_", "-"), value) for name, value in fields.items()])

    def test_a_file_has_its_validators(self):
        seen = os.stat(SITE + "/small.txt")
        for target in ("/small.txt", "/send.php?name=small.txt"):
            answer = self.ask(target)
            self.assertEqual(answer.all("etag"), [f'"{int(seen.st_mtime):x}-{seen.st_size:x}"'])
            self.assertEqual(answer.all("last-modified"),
                             [email.utils.formatdate(int(seen.st_mtime), usegmt=True)])
            self.assertEqual(answer.all("accept-ranges"), ["bytes"])
            self.assertEqual((answer.all("content-length"), answer.body), (["10"], b"0123456789"))

    def test_who_has_it_gets_304(self):
        for target in ("/small.txt", "/large.bin", "/none.txt"):
            first = self.ask(target, "HEAD")
            for field in ({"If_None_Match": first.header("etag")},
                          {"If_None_Match": "*"},
                          {"If_Modified_Since": first.header("last-modified")}):
                for method in ("GET", "HEAD"):
                    answer = self.ask(target, method, **field)
                    self.assertEqual((answer.status, answer.body), (304, b""))
                    self.assertEqual(answer.header("etag"), first.header("etag"))
                    self.assertIsNone(answer.header("content-length"))
                    self.assertIsNone(answer.header("content-type"))
            self.assertEqual(self.ask(target, "HEAD", If_None_Match='"other"').status, 200)

    def test_parts(self):
        etag = self.ask("/small.txt").header("etag")
        for fields, body, told in (
                ({"Range": "bytes=2-4"}, b"234", "bytes 2-4/10"),
                ({"Range": "bytes=-1", "If_Range": etag}, b"9", "bytes 9-9/10")):
            answer = self.ask("/small.txt", **fields)
            self.assertEqual((answer.status, answer.body), (206, body))
            self.assertEqual(answer.header("content-range"), told)
        answer = self.ask("/small.txt", Range="bytes=10-")
        self.assertEqual((answer.status, answer.header("content-range")), (416, "bytes */10"))
        answer = self.ask("/small.txt", Range="bytes=2-4", If_Range='"old"')
        self.assertEqual((answer.status, len(answer.body)), (200, 10))
        answer = self.ask("/large.bin", Range="bytes=1000000-1199999")
        self.assertEqual((answer.status, len(answer.body)), (206, 200_000))
        self.assertEqual(answer.body[:2], bytes([64, 65]))
        answer = self.ask("/large.bin", Range=f"bytes={LARGE - 2}-")
        self.assertEqual((answer.status, answer.body), (206, bytes([126, 127])))

    def test_head_tells_the_length_and_other_methods_are_refused(self):
        for target, length in (("/small.txt", "10"), ("/large.bin", str(LARGE)),
                               ("/send.php?name=large.bin", str(LARGE))):
            with self.connect() as client:
                answer = client.request("HEAD", target)
                self.assertEqual((answer.status, answer.all("content-length")), (200, [length]))
                self.assertEqual(client.get("/small.txt").body, b"0123456789")
        refused = self.ask("/small.txt", "DELETE")
        self.assertEqual((refused.status, refused.header("allow")), (405, "GET, HEAD"))

    def test_types_are_told_by_the_end_of_the_name(self):
        for target, told in (("/page.html", "text/html"),
                             ("/large.bin", "application/octet-stream")):
            self.assertEqual(self.ask(target, "HEAD").header("content-type"), told)

    def test_an_applications_own_tag_counts(self):
        answer = self.ask("/tagged.php")
        self.assertEqual((answer.all("etag"), answer.body), (['"mine"'], b"0123456789"))
        answer = self.ask("/tagged.php", If_None_Match='"mine"')
        self.assertEqual((answer.status, answer.header("content-type")), (304, None))


class BySocket(Validators):
    config = config({"transport": "socket"})


@unittest.skipUnless(os.geteuid() == 0, "only root can start workers as another user")
class OwnRights(DaemonCase):
    config = config({"user": "games", "cwd": "/", "allow_root": False})

    @classmethod
    def setUpClass(cls):
        public_copy.use(cls)
        super().setUpClass()

    def test_a_worker_sends_what_its_user_may_read_and_not_what_the_daemons_may(self):
        for name, mode in (("open.txt", 0o644), ("shut.txt", 0o600)):
            with open(os.path.join(SITE, name), "w", encoding="utf-8") as file:
                file.write("read")
            os.chmod(os.path.join(SITE, name), mode)
        self.assertEqual(self.daemon.get("/open.txt").body, b"read")
        self.assertEqual(self.daemon.get("/shut.txt").status, 403)
        self.assertEqual(self.daemon.get("/send.php?name=open.txt").body, b"read")
        self.assertEqual(self.daemon.get("/send.php?name=shut.txt").status, 404)
