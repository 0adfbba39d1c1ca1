# SPDX-License-Identifier: BSD-3-Clause
"""The Narya SDK as published, unmodified. It is not ours to ship: NARYA_SDK names the folder of its
sources (`src` of narya/php-sdk), without it these tests are skipped."""
import hashlib
import json
import os
import unittest

from support.case import DaemonCase
from support.narya import ENDLESS, narya_config
from support.topology import worker_script
from support.waiting import wait_until

SDK = os.environ.get("NARYA_SDK")


class PublishedSdk(DaemonCase):
    config = narya_config("  count: 2\n  max_requests: 50\n  timeout: 2",
                          php=worker_script("narya_sdk.php"))
    options = {"file_name": ".rr.yaml", "arguments": ENDLESS,
               "environment": {"NARYA_SDK": SDK or ""}}

    @classmethod
    def setUpClass(cls):
        if not SDK:
            raise unittest.SkipTest("NARYA_SDK is not set")
        super().setUpClass()

    def show(self, connection, method="GET", target="/show", body=b""):
        answer = connection.request(method, target, [("X-Two", "a"), ("X-Two", "b")], body)
        self.assertEqual(answer.status, 200, answer)
        return json.loads(answer.body)

    def test_a_request(self):
        with self.connect() as connection:
            body = os.urandom(9_000_000)
            seen = self.show(connection, "PUT", "/show?a=1&b[]=2", body)
            self.assertEqual(seen["query"], {"a": "1", "b": ["2"]})
            self.assertEqual(seen["sha1"], hashlib.sha1(body).hexdigest())
            self.assertEqual(seen["headers"]["X-Two"], ["a", "b"])
            self.assertEqual((seen["method"], seen["runtime"]), ("PUT", "2.0.0"))
            self.assertEqual(connection.get("/array").status, 201)
            self.assertEqual(connection.get("/nothing").body, b"nothing here")

    def test_faults(self):
        with self.connect() as connection:
            for target in ("/throw", "/big"):
                answer = connection.get(target)
                self.assertEqual(answer.status, 500)
                self.assertNotIn(b"secret", answer.body)
            self.assertEqual(connection.get("/exit").status, 502)
            self.assertEqual(connection.get("/array").status, 201)
        wait_until(lambda: "secret" in self.daemon.log(), "the log has the text")

    def test_recycling_and_expiry(self):
        before = self.daemon.wait_settled(2)
        with self.connect() as connection:
            pids = {self.show(connection)["pid"] for _ in range(200)}
        self.assertGreater(len(pids), 3)
        self.assertIn("sdk shuts down", self.daemon.log())
        # It gives up when nothing has come for `timeout` after a request.
        generations = {each["alias"]: each["generation"] for each in self.daemon.workers()}
        wait_until(lambda: any(each["generation"] > generations[each["alias"]]
                               for each in self.daemon.workers()), "one has expired")
        self.assertEqual(sum(each["restarts"] for each in self.daemon.wait_settled(2)),
                         sum(each["restarts"] for each in before))
