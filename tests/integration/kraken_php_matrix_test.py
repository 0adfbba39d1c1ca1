# SPDX-License-Identifier: BSD-3-Clause
"""Classic mode answers what nginx with php-fpm answers: the same scripts, asked of both."""
import json
import os
import shutil
import tempfile
import unittest

from support.behaviours import BEHAVIOURS
from support.case import fresh_daemon
from support.fpm import Fpm, installed
from support.topology import AS_ROOT, ENDLESS, http, topology

FORM = b"a=1&b[]=2"
FILES = (b'--xx\r\nContent-Disposition: form-data; name="f"; filename="a.b"\r\n\r\nDATA\r\n'
         b'--xx\r\nContent-Disposition: form-data; name="v"\r\n\r\n1\r\n--xx--\r\n')
BODIES = {"post": (FORM, "application/x-www-form-urlencoded"),
          "files": (FILES, "multipart/form-data; boundary=xx")}
COOKIES = {"plain_cookies": "t=ab+c/d==; u=1; u=2; v",
           "odd_cookies": 't=a+b%2B; q="x y"; d.d=1; a[b]=2; a[]=3; =4; n; u=1; u=2; s= 5 ; ;'}
# Of the connection and of the server, not of the application.
NOT_COMPARED = {"date", "server", "connection", "transfer-encoding", "content-length"}


def ask(connection, name):
    headers = [("X-One", "1"), ("Cookie", COOKIES.get(name, "a=b")), ("Accept", "*/*")]
    if name == "auth":
        headers.append(("Authorization", "Basic dTpw"))
    if name == "header_variables":  # X_ONE is X-One's
        headers += [(f"X{mark}One", "forged") for mark in "._!#$%&'*+^`|~"]
    body, kind = BODIES.get(name, (b"", None))
    if kind:
        headers.append(("Content-Type", kind))
    target = ("http://whole.test" if name == "whole_url" else "") + f"/{name}.php?q=1&r[]=2"
    if name == "utf8_target":
        target = "/x/..//" + target + "&\xc3\xa9=\xc3\xbc&raw=\xff"
    with connection:
        answer = connection.request("POST" if kind else "GET", target, headers, body)
    fields = sorted((key, value) for key, value in answer.headers
                    if key not in NOT_COMPARED and "PHPSESSID" not in value)
    text = answer.body
    if name == "all_headers":  # nginx passes what was not sent as empty
        text = {key: value for key, value in json.loads(text).items() if value != ""}
    if name.startswith("reason"):
        fields.append(answer.reason)
    return answer.status, fields, text


@unittest.skipUnless(installed(), "nginx or php-fpm is missing (./dev deps)")
class Matrix(unittest.TestCase):
    def test_the_answers_are_those_of_php_fpm(self):
        root = tempfile.mkdtemp(prefix="km-", dir="/tmp")
        self.addCleanup(shutil.rmtree, root)
        os.chmod(root, 0o755)
        for name, code in BEHAVIOURS.items():
            with open(os.path.join(root, name + ".php"), "w", encoding="utf-8") as file:
                file.write("<?php " + code)
        with open(os.path.join(root, "inc.txt"), "w", encoding="utf-8") as file:
            file.write("inc<?php return 5;")
        daemon = fresh_daemon(self, topology(
            {"id": "web", "type": "pool", "carrier": "classic", "start": [root], "size": 1,
             "supervise": ENDLESS, **AS_ROOT}, http()))
        with Fpm(root) as fpm:
            for name in BEHAVIOURS:
                with self.subTest(name):
                    self.assertEqual(ask(daemon.connect(), name), ask(fpm.connect(), name))
        self.assertEqual(daemon.container("w1")["generation"], 1, "no script cost the process")
