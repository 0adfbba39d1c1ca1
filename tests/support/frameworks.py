# SPDX-License-Identifier: BSD-3-Clause
"""What any application in a worker must do, whatever framework made it: the same pages, asked for
in every way Kraken runs PHP. The frameworks are Debian's packages, named in ./dev."""
import hashlib
import json
import os
import re
import unittest

from support.case import fresh_daemon
from support.topology import SOURCE, http, pool, topology
from support.waiting import wait_until

APPLICATIONS = os.path.join(SOURCE, "tests", "support")


def require(package, file):
    """An absent framework is a failure with its remedy: a skipped test proves nothing."""
    if not os.path.exists(os.path.join("/usr/share", file)):
        raise unittest.TestCase.failureException(f"{package} is not installed: ./dev deps")


def application(folder, script, carrier, **options):
    path = os.path.join(APPLICATIONS, folder, script)
    return topology(pool("web", path, size=1, carrier=carrier, **options), http())


def multipart(field, name, data):
    """(headers, body) of a form with one file and `field=v`."""
    body = (f'--xx\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n").encode() + data
    body += b'\r\n--xx\r\nContent-Disposition: form-data; name="field"\r\n\r\nv\r\n--xx--\r\n'
    return [("Content-Type", "multipart/form-data; boundary=xx")], body


class Pages:
    """Mixed into a DaemonCase: the pages every application of tests/support has."""

    def json(self, target, headers=()):
        return json.loads(self.daemon.get(target, headers).body)

    def test_it_answers(self):
        answer = self.daemon.get("/hello")
        self.assertEqual((answer.status, answer.body), (200, b"hello\n"))
        self.assertTrue(answer.header("content-type").startswith("text/plain"))

    def test_what_no_route_knows_is_404(self):
        self.assertEqual(self.daemon.get("/nothing/here").status, 404)
        self.assert_serves()

    def test_state_of_a_request_ends_with_it_and_the_application_lives_on(self):
        first, second = self.json("/cart?item=a"), self.json("/cart?item=b")
        self.assertEqual((first["items"], second["items"]), (["a"], ["b"]))
        self.assertEqual(first["pid"], second["pid"])
        self.assertEqual(second["handled"], first["handled"] + 1)

    def test_an_exception_is_500_and_the_worker_goes_on(self):
        before = self.json("/cart")["pid"]
        self.assertEqual(self.daemon.get("/throw").status, 500)
        wait_until(lambda: "thrown on purpose" in self.daemon.log(), "it is logged")
        self.assertEqual(self.json("/cart")["pid"], before)

    def test_a_request_is_as_it_was_sent(self):
        with self.connect() as client:
            headers = [("Content-Type", "application/x-www-form-urlencoded"), ("X-One", "1"),
                       ("Cookie", "c=4; d=5")]
            seen = json.loads(client.post("/seen?q[]=0", b"a=1&b[]=2", headers).body)
            self.assertEqual((seen["method"], seen["path"]), ("POST", "/seen"))
            self.assertEqual(seen["query"], {"q": ["0"]})
            self.assertEqual(seen["form"], {"a": "1", "b": ["2"]})
            self.assertEqual(seen["cookies"]["c"], "4")
            self.assertEqual((seen["x-one"], seen["host"]), ("1", "test"))
            self.assertEqual(seen["ip"], "127.0.0.1")
            empty = json.loads(client.get("/seen").body)
            for name in ("query", "form", "cookies"):
                self.assertEqual(empty[name], [], name)
            self.assertIsNone(empty["x-one"])

    def test_cookies_have_the_names_that_php_gives_them(self):
        cookies = ("a.b=1; x[]=2; x[]=3.4; y[k.l][m]=4; a_b=5; z=6; z[]=7; w[]=8; w=9; q r=10;"
                   " ..Host-a=11; [p=12; o[=13; n=%5B+.; %5B=14; j=a.b.c; __Host-b.c=15; .=16")
        seen = json.loads(self.daemon.get("/seen", [("Cookie", cookies)]).body)
        self.assertEqual(seen["cookies"], {
            "a_b": "1", "x": ["2", "3.4"], "y": {"k.l": {"m": "4"}}, "z": ["7"], "w": ["8"],
            "q_r": "10", "o_": "13", "n": "[+.", "%5B": "14", "j": "a.b.c",
            "__Host-b_c": "15", "_": "16"})

    def test_a_body_that_is_no_form_is_there_whole(self):
        with self.connect() as client:
            headers = [("Content-Type", "application/json")]
            seen = json.loads(client.request("PUT", "/seen", headers, b'{"a":1}').body)
            self.assertEqual((seen["method"], seen["body"]), ("PUT", '{"a":1}'))

    def test_an_upload_arrives_and_can_be_moved(self):
        data = os.urandom(200_000)
        headers, body = multipart("file", "a b.bin", data)
        seen = json.loads(self.connect().post("/upload", body, headers).body)
        digest = hashlib.sha1(data).hexdigest()
        self.assertEqual((seen["name"], seen["field"], seen["valid"]), ("a b.bin", "v", True))
        self.assertEqual((seen["sha"], seen["moved"]), (digest, digest))

    def test_cookies_of_an_answer_are_of_that_answer(self):
        cookies = [each.split(";")[0] for each in self.daemon.get("/visits").all("set-cookie")]
        self.assertIn("seen=yes", cookies)
        self.assertEqual(self.daemon.get("/hello").all("set-cookie"), [])


class Boots:
    """Mixed in where the application does not boot with BOOT_FAILS in its environment."""

    def test_why_it_does_not_boot_is_told(self):
        config = json.loads(self.config)
        config["root"]["children"][0].setdefault("env", {})["BOOT_FAILS"] = "1"
        daemon = fresh_daemon(self, json.dumps(config), ready=False)
        told = r" container_failed container=Main/web/.*RuntimeException: boot boom \(/\S+:\d+\)"
        wait_until(lambda: len(re.findall(told, daemon.log())) > 2, "why is told")
        for each in re.findall(r" container_failed .*", daemon.log()):
            self.assertIn("boot boom", each)
        self.assertNotIn("</html>", daemon.log())


class Sessions:
    """Mixed in where the framework keeps sessions."""

    def visit(self, cookies=()):
        answer = self.daemon.get("/visits", [("Cookie", "; ".join(cookies))] if cookies else [])
        self.assertEqual(answer.status, 200, answer.body)
        return int(answer.body), [each.split(";")[0] for each in answer.all("set-cookie")
                                  if not each.startswith(("seen=", "plain="))]

    def test_a_session_belongs_to_its_cookie(self):
        count, ours = self.visit()
        self.assertEqual((count, len(ours)), (1, 1))
        count, again = self.visit(ours)
        self.assertEqual(count, 2)
        other, theirs = self.visit()
        self.assertEqual(other, 1)
        self.assertNotEqual(ours, theirs)
        self.assertEqual(self.visit(again or ours)[0], 3)
