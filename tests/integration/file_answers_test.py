# SPDX-License-Identifier: BSD-3-Clause
"""Answers that name a file: sent by the front, the worker free meanwhile, whatever carries it."""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

from support import public_copy
from support.case import DaemonCase, fresh_daemon
from support.topology import http, pool, topology
from support.waiting import wait_until

PLACE = tempfile.mkdtemp(prefix="kt-files-", dir="/tmp")
OPEN = os.path.join(PLACE, "open")
SCRIPT = """<?php
require '%s/php/autoload.php';
function wish(string $query, string $path): array
{
    parse_str($query, $wishes);
    return $path === '/pid' ? [[], (string) getmypid()] : [[
        [$wishes['by'] ?? 'X-Sendfile', $wishes['name'] ?? ''],
        ['Content-Type', 'application/x-test'], ['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2'],
    ], 'never seen'];
}
"""
PACKAGE = SCRIPT + """
Kraken\\Worker::run(static function ($request): array {
    [$headers, $body] = wish($request->query(), $request->path());
    return [200, $headers, $body];
});
"""
GLOBALS = """
[$headers, $body] = wish($_SERVER['QUERY_STRING'], explode('?', $_SERVER['REQUEST_URI'])[0]);
foreach ($headers as [$name, $value]) {
    header("$name: $value", false);
}
header_remove('X-Powered-By');
echo $body;
"""


# Keeps descriptors on their way, which count against everything that this user sends, until its
# standard input ends. Says whether the kernel takes one more.
CROWD = """
import array, errno, os, resource, socket, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
if os.geteuid() == 0:
    os.setresuid(65534, 65534, 65534)
near, far = socket.socketpair()
def send(count):
    near.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0] * count))])
send(200)
try:
    send(1)
    print("taken", flush=True)
except OSError as problem:
    print(errno.errorcode[problem.errno], flush=True)
sys.stdin.read()
"""


def setUpModule():
    source = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    os.makedirs(OPEN + "/deep")
    os.makedirs(PLACE + "/site")
    for name, data in (("secret", b"secret"), ("open/small", b"0123456789"), ("open/none", b""),
                       ("open/deep/large", os.urandom(8_000_000))):
        with open(os.path.join(PLACE, name), "wb") as file:
            file.write(data)
    os.symlink("../secret", OPEN + "/out")
    scripts = {"package.php": PACKAGE % source,
               "worker.php": SCRIPT % source + "Kraken\\handle(function () {" + GLOBALS + "});",
               "site/index.php": SCRIPT % source + GLOBALS}
    for name, text in scripts.items():
        with open(os.path.join(PLACE, name), "w", encoding="utf-8") as file:
            file.write(text)


def tearDownModule():
    shutil.rmtree(PLACE, ignore_errors=True)


def config(carrier, script):
    answers = pool("web", os.path.join(PLACE, script), size=1, carrier=carrier)
    if carrier == "classic":
        answers["start"] = [os.path.join(PLACE, script)]
    return topology(answers, http(routes=[{"path": "/shut", "to": "web"},
                                          {"path": "/", "to": "web", "files": [OPEN]}]))


class Files:
    def wish(self, name, headers=(), by="X-Sendfile", method="GET", path="/"):
        return self.connect().request(method, f"{path}?by={by}&name={name}", headers)

    def test_a_file_takes_the_place_of_the_body(self):
        for name in ("small", "/small", OPEN + "/small"):
            for by in ("X-Sendfile", "X-Accel-Redirect"):
                answer = self.wish(name, by=by)
                self.assertEqual((answer.status, answer.body), (200, b"0123456789"))
                self.assertEqual(answer.all("content-length"), ["10"])
                self.assertEqual(answer.header("content-type"), "application/x-test")
                self.assertEqual(answer.all("set-cookie"), ["a=1", "b=2"])
                self.assertEqual(answer.header("accept-ranges"), "bytes")
                self.assertIsNone(answer.header(by.lower()))

    def test_an_empty_file_and_a_large_one_are_sent_whole_on_one_connection(self):
        with open(OPEN + "/deep/large", "rb") as file:
            data = file.read()
        with self.connect() as client:
            for _ in range(3):
                self.assertEqual(client.get("/?name=none").body, b"")
                self.assertEqual(client.get("/?name=deep/large").body, data)

    def test_head_has_the_length_and_no_body(self):
        with self.connect() as client:
            answer = client.request("HEAD", "/?name=small")
            self.assertEqual((answer.header("content-length"), answer.body), ("10", b""))
            self.assertEqual(client.get("/?name=small").body, b"0123456789")

    def test_one_range_is_served(self):
        for text, body, told in (("bytes=2-4", b"234", "bytes 2-4/10"),
                                 ("bytes=7-", b"789", "bytes 7-9/10"),
                                 ("bytes=-1", b"9", "bytes 9-9/10")):
            answer = self.wish("small", [("Range", text)])
            self.assertEqual((answer.status, answer.body), (206, body))
            self.assertEqual(answer.header("content-range"), told)
        answer = self.wish("small", [("Range", "bytes=10-")])
        self.assertEqual((answer.status, answer.header("content-range")), (416, "bytes */10"))
        answer = self.wish("small", [("Range", "bytes=2-4"), ("If-Range", '"x"')])
        self.assertEqual((answer.status, answer.body), (200, b"0123456789"))

    def test_nothing_outside_of_the_folders_is_sent(self):
        for name in ("out", "../secret", "deep/../../secret", PLACE + "/secret", "/etc/passwd",
                     "absent", "deep", OPEN + "/../secret"):
            answer = self.wish(name)
            self.assertEqual(answer.status, 404, name)
            self.assertNotIn(b"secret", answer.body)

    def test_a_route_without_folders_sends_what_the_application_said(self):
        answer = self.wish("small", path="/shut")
        self.assertEqual((answer.status, answer.body), (200, b"never seen"))
        self.assertEqual(answer.header("x-sendfile"), "small")

    def test_other_answers_pass_as_they_are(self):
        self.assertEqual(self.daemon.get("/pid").header("accept-ranges"), None)

    def test_a_slow_reader_keeps_no_worker(self):
        slow = self.connect(receive_buffer=4096)
        slow.send(b"GET /?name=deep/large HTTP/1.1\r\nHost: a\r\n\r\n")
        slow.response_head()
        self.assertTrue(self.daemon.get("/pid").body.isdigit())  # the only worker
        slow.close()
        wait_until(lambda: self.daemon.metric("kraken_pool_busy") == 0, "nobody is busy")
        self.assertTrue(self.daemon.get("/pid").body.isdigit())

    def test_a_file_that_shrinks_meanwhile_ends_in_a_visible_break(self):
        path = os.path.join(OPEN, "shrinks")
        with open(path, "wb") as file:
            file.truncate(16_000_000)
        client = self.connect(receive_buffer=4096)
        client.send(b"GET /?name=shrinks HTTP/1.1\r\nHost: a\r\n\r\n")
        answer = client.response_head()
        self.assertEqual(answer.header("content-length"), "16000000")
        os.truncate(path, 10)
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.assertLess(len(client.until_closed()), 16_000_000)


class ByPackage(Files, DaemonCase):
    config = config("program", "package.php")


class ByWorkerMode(Files, DaemonCase):
    config = config("native", "worker.php")


class ByClassicMode(Files, DaemonCase):
    config = config("classic", "site")


class Crowded(unittest.TestCase):
    """Where the kernel takes no more descriptors of this user a file is read and written."""

    @classmethod
    def setUpClass(cls):
        public_copy.use(cls)

    def test_a_file_that_cannot_be_passed_is_copied(self):
        os.chmod(PLACE, 0o755)
        script = os.path.join(PLACE, "plain.php")
        with open(script, "w", encoding="utf-8") as file:
            file.write("<?php Kraken\\handle(function () { header('X-Sendfile: deep/large'); });")
        web = {"id": "web", "type": "pool", "start": ["php", script], "size": 1,
               "carrier": "native", "limits": {"nofile": 64},
               "cwd": PLACE, **({"user": "nobody"} if os.geteuid() == 0 else {})}
        daemon = fresh_daemon(
            self, topology(web, http(routes=[{"path": "/", "to": "web", "files": [OPEN]}])))
        with open(OPEN + "/deep/large", "rb") as file:
            large = file.read()
        pids = daemon.pids()
        crowd = subprocess.Popen([sys.executable, "-c", CROWD], text=True,
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            self.assertEqual(crowd.stdout.readline(), "ETOOMANYREFS\n")
            for _ in range(3):
                answer = daemon.get("/")
                self.assertEqual((answer.status, answer.body == large), (200, True), answer)
                self.assertEqual(answer.header("transfer-encoding"), "chunked")
        finally:
            crowd.communicate()
        wait_until(lambda: daemon.get("/").header("content-length") == str(len(large)),
                   "it is passed again")
        self.assertEqual(daemon.pids(), pids)
