# SPDX-License-Identifier: BSD-3-Clause
"""The Narya dialect: requests and answers, faults, expiry and recycling of its workers, and the
endpoints it adds."""
import base64
import json
import os
import signal
import time
import unittest

from support.case import DaemonCase
from support.daemon import Daemon
from support.http_client import request_bytes
from support.narya import ENDLESS, narya_config
from support.waiting import wait_until


class NaryaCase(DaemonCase):
    config = narya_config("  count: 2\n  max_requests: 1000\n  timeout: 2")
    options = {"file_name": ".rr.yaml", "arguments": ENDLESS}

    def get_json(self, target, **options):
        with self.connect() as connection:
            answer = connection.request("GET", target, **options)
            self.assertEqual(answer.status, 200, answer)
            return json.loads(answer.body)

    def generations(self):
        return {each["alias"]: each["generation"] for each in self.daemon.workers()}

    def crash(self, target, status, body=b""):
        """One request that ends its worker. @return the worker's cause"""
        self.daemon.wait_settled()
        before = self.generations()
        with self.connect() as connection:
            answer = connection.request("POST" if body else "GET", target, body=body)
            self.assertEqual(answer.status, status, answer)
            self.assertEqual(connection.get("/hello").status, 200)

        def replaced():
            now = self.daemon.wait_settled()
            return [each for each in now if each["generation"] != before[each["alias"]]]
        changed = wait_until(replaced, "the worker is replaced")
        self.assertEqual(len(changed), 1)
        return changed[0]["cause"]


class Requests(NaryaCase):
    def test_a_request_as_the_worker_sees_it(self):
        with self.connect() as connection:
            answer = connection.request(
                "POST", "/echo?a=1&b=%20", [("X-Custom-Id", "7"), ("x-custom-id", "8"),
                                            ("Content-Type", "text/x")],
                bytes(range(256)))
        seen = json.loads(answer.body)
        self.assertEqual(base64.b64decode(seen["body"]), bytes(range(256)))
        self.assertEqual(seen["method"], "POST")
        self.assertEqual(seen["uri"], "/echo?a=1&b=%20")
        self.assertEqual((seen["path"], seen["query"]), ("/echo", "a=1&b=%20"))
        self.assertEqual(seen["headers"]["X-Custom-Id"], ["7", "8"])
        self.assertEqual(seen["headers"]["Content-Length"], ["256"])
        self.assertNotIn("Host", seen["headers"])
        self.assertEqual((seen["host"], seen["scheme"]), ("test", "http"))
        self.assertRegex(seen["remote_addr"], r"^127\.0\.0\.1:\d+$")
        self.assertEqual(seen["timeout_ms"], 2000)
        self.assertEqual(seen["runtime_version"], "2.0.0")

    def test_the_path_is_decoded_and_the_uri_is_not(self):
        seen = self.get_json("/%65cho")
        self.assertEqual((seen["path"], seen["uri"]), ("/echo", "/%65cho"))

    def test_answers_the_dialect_allows(self):
        with self.connect() as connection:
            for target, status, body in (
                    ("/hello", 200, b'{"message":"hello"}'),
                    ("/empty-headers", 200, b"empty headers"),
                    ("/scalar-header", 200, b"scalar"), ("/bin-body", 200, b"\0\xff"),
                    ("/bytes?=10000000", 200, b"x" * 10_000_000), ("/nothing", 404, b"not found")):
                with self.subTest(target=target):
                    answer = connection.get(target)
                    self.assertEqual((answer.status, answer.body), (status, body))
            self.assertEqual(connection.get("/scalar-header").header("x-scalar"), "one")
            self.assertEqual(connection.get("/two-cookies").all("set-cookie"), ["a=1", "b=2"])

    def test_workers_and_requests_can_be_told_apart(self):
        seen = {}
        ids = set()

        def both_seen():
            clients = [self.connect() for _ in range(2)]
            for each in clients:
                each.send(request_bytes("GET", "/whoami"))
            for each in clients:
                answer = json.loads(each.response().body)
                seen[answer["worker_id"]] = answer["pid"]
                self.assertNotIn(answer["id"], ids)
                ids.add(answer["id"])
            return len(seen) == 2
        wait_until(both_seen, "both workers have answered")
        numbered = {each["id"]: each["pid"]
                    for each in self.get_json("/debug/workers")["workers"]}
        self.assertEqual(seen, numbered)
        self.assertEqual(set(seen), {0, 1})

    def test_what_the_decoder_forgives(self):
        with self.connect() as connection:
            for changes, status, body in (
                    ({"status": 201}, 201, b"answer"), ({"status": 202.0}, 202, b"answer"),
                    ({"status": "203"}, 203, b"answer"), ({"headers": None}, 200, b"answer"),
                    ({"headers": []}, 200, b"answer"), ({"without": ["headers"]}, 200, b"answer"),
                    ({"body": None}, 200, b""), ({"without": ["body"]}, 200, b""),
                    ({"error": None}, 200, b"answer"), ({"without": ["error"]}, 200, b"answer"),
                    ({"_meta": None}, 200, b"answer"), ({"_meta": []}, 200, b"answer"),
                    ({"_meta": {"unknown": [1, {"a": 2}]}}, 200, b"answer"),
                    ({"without": ["_meta"]}, 200, b"answer"), ({"id": None}, 200, b"answer"),
                    ({"without": ["id"]}, 200, b"answer"), ({"extra": {"a": []}}, 200, b"answer"),
                    ({"headers": {"X-Int": 7, "X-List": ["a", 8]}}, 200, b"answer")):
                with self.subTest(changes=changes):
                    answer = connection.post("/answer", json.dumps(changes).encode())
                    self.assertEqual((answer.status, answer.body), (status, body))
            self.assertEqual(answer.header("x-int"), "7")
            self.assertEqual(answer.all("x-list"), ["a", "8"])
        self.assertEqual([each["restarts"] for each in self.daemon.workers()], [0, 0])

    def test_a_204_has_no_body(self):
        with self.connect() as connection:
            answer = connection.post("/answer", b'{"status": 204, "body": "unseen"}')
            self.assertEqual((answer.status, answer.body), (204, b""))
            answer = connection.request("HEAD", "/hello")
            self.assertEqual((answer.status, answer.header("content-length")), (200, "19"))
            self.assertEqual(connection.get("/hello").status, 200)

    def test_an_error_is_500_and_its_text_stays_inside(self):
        with self.connect() as connection:
            for target in ("/error", "/throw"):
                answer = connection.get(target)
                self.assertEqual(answer.status, 500)
                self.assertNotIn(b"secret", answer.body)
                self.assertNotIn(b"purpose", answer.body)
        wait_until(lambda: "secret text" in self.daemon.log(), "the log has the text")

    def test_stray_output_is_logged(self):
        self.assertEqual(self.daemon.get("/stray").body, b"stray")
        wait_until(lambda: "stray error" in self.daemon.log(), "the log has it")

    def test_a_body_over_the_frame_is_413_before_a_worker_is_bothered(self):
        before = self.generations()
        with self.connect() as connection:
            connection.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 11000000\r\n\r\n")
            self.assertEqual(connection.response().status, 413)
        with self.connect() as connection:
            connection.send_until_refused(
                request_bytes("POST", "/hello", body=b"x" * (10_485_760 - 100)))
            self.assertEqual(connection.response().status, 413)
        self.assertEqual(self.generations(), before)


class Faults(NaryaCase):
    def test_an_exit_is_502(self):
        self.assertEqual(self.crash("/exit?=3", 502)["code"], 3)

    def test_an_exit_with_code_0_in_the_middle_of_a_request_is_a_failure_too(self):
        self.assertEqual(self.crash("/exit?=0", 502)["kind"], "exit_normal")

    def test_answers_no_one_can_use(self):
        for target in ("/garbage", "/huge", "/wrong-id", "/no-status", "/bytes?=10485760"):
            with self.subTest(target=target):
                self.assertEqual(self.crash(target, 502)["kind"], "protocol")
        for changes in ({"status": 99}, {"status": 600}, {"status": 1000}, {"status": 101},
                        {"status": None}, {"body": [65, 66]}, {"headers": ["a"]},
                        {"headers": {"X": [["deep"]]}}, {"headers": {"X": "a\r\nY: b"}},
                        {"id": "1"}, {"_meta": "text"}):
            with self.subTest(changes=changes):
                cause = self.crash("/answer", 502, json.dumps(changes).encode())
                self.assertEqual(cause["kind"], "protocol")

    def test_a_worker_over_its_time_is_504_and_replaced(self):
        self.assertEqual(self.crash("/slow?=30000", 504)["kind"], "timeout")

    def test_an_idle_worker_that_is_killed(self):
        victim = self.daemon.wait_settled()[0]
        os.kill(victim["pid"], signal.SIGKILL)
        with self.connect() as connection:
            for _ in range(10):
                self.assertEqual(connection.get("/hello").status, 200)
        wait_until(lambda: self.daemon.container(victim["path"])["generation"]
                   > victim["generation"], "it is replaced")


class Expiry(NaryaCase):
    config = narya_config("  count: 2\n  timeout: 1")

    def test_idle_expiry_is_no_failure(self):
        with self.connect() as connection:
            for _ in range(20):
                self.assertEqual(connection.get("/hello").status, 200)
        before = self.daemon.workers()
        # After a request a worker gives up when nothing comes for `timeout`.
        wait_until(lambda: any(now["generation"] > then["generation"] for now, then in
                               zip(self.daemon.workers(), before)), "a worker has expired")
        workers = self.daemon.wait_settled(2)
        self.assertEqual([each["restarts"] for each in workers], [0, 0])
        self.assertGreater(sum(each["recycles"] for each in workers), 0)
        self.assertNotIn("container_failed", self.daemon.log())
        self.assertEqual(self.daemon.get("/hello").status, 200)


class Recycle(NaryaCase):
    config = narya_config("  count: 1\n  max_requests: 5")

    def test_a_worker_may_ask_for_it(self):
        for wish in (True, 1, "1"):
            with self.subTest(wish=wish):
                worker = self.daemon.wait_settled(1)[0]
                with self.connect() as connection:
                    answer = connection.post(
                        "/answer", json.dumps({"_meta": {"recycle": wish}}).encode())
                    self.assertEqual(answer.status, 200)
                wait_until(lambda: self.daemon.workers()[0]["generation"] > worker["generation"],
                           "it is replaced")
        self.assertEqual(self.daemon.wait_settled(1)[0]["restarts"], 0)

    def test_after_max_requests_another_process_answers(self):
        pids = []
        with self.connect() as connection:
            for _ in range(20):
                answer = connection.get("/whoami")
                self.assertEqual(answer.status, 200)
                pids.append(json.loads(answer.body)["pid"])
        self.assertEqual([pids.count(pid) for pid in dict.fromkeys(pids)], [5, 5, 5, 5])
        self.assertEqual(self.daemon.workers()[0]["restarts"], 0)


class Handshake(unittest.TestCase):
    def test_a_worker_that_cannot_greet_has_failed(self):
        for mode, cause in (("wrong", "protocol"), ("close", "exit_normal"),
                            ("silent", "start_timeout")):
            with self.subTest(mode=mode):
                daemon = Daemon(narya_config("  count: 1"), file_name=".rr.yaml",
                                environment={"NARYA_HANDSHAKE": mode},
                                arguments=("--set", "web.ready.within=500ms", *ENDLESS))
                self.addCleanup(daemon.abort)
                daemon.launch()
                failed = wait_until(lambda: [each for each in daemon.workers()
                                             if each["restarts"] > 0], "it has failed and again")
                self.assertEqual(failed[0]["cause"]["kind"], cause)
                daemon.close()


class Endpoints(NaryaCase):
    def test_health(self):
        for target in ("/health", "/narya/health"):
            health = self.get_json(target)
            self.assertEqual(health["status"], "ok")
            self.assertEqual((health["workers"], health["active"]), (2, 2))

    def test_health_without_a_worker_that_serves(self):
        with Daemon(narya_config("  count: 1"), file_name=".rr.yaml",
                    arguments=("--set", "web.supervise.intensity=0")) as daemon:
            self.assertEqual(daemon.get("/exit?=1").status, 502)
            wait_until(lambda: daemon.get("/health").status == 503, "nobody serves")
            self.assertEqual(daemon.get("/health").body, b"No active workers\n")
            shown = json.loads(daemon.get("/debug/workers").body)
            self.assertEqual([each["state"] for each in shown["workers"]], ["dead"])
            self.assertIn(b"narya_workers_active 0", daemon.get("/metrics").body)

    def test_metrics(self):
        answer = self.daemon.get("/metrics")
        self.assertTrue(answer.header("content-type").startswith("text/plain"))
        for name in ("narya_requests_total", "narya_requests_success", "narya_requests_error",
                     "narya_requests_active", "narya_workers_active", "narya_workers_available",
                     "narya_workers_min 2", "narya_workers_max 2"):
            self.assertIn(name, answer.body.decode())

    def test_debug_workers_answers_while_all_are_busy(self):
        clients = [self.connect() for _ in range(2)]
        for each in clients:
            each.send(request_bytes("GET", "/slow?=1500"))
        wait_until(lambda: sum(each["live"]["busy"] for each in self.daemon.workers()) == 2,
                   "all are busy")
        times = []
        for _ in range(5):
            began = time.perf_counter()
            shown = self.get_json("/debug/workers")
            times.append(time.perf_counter() - began)
        self.assertLess(min(times), 0.05)
        self.assertEqual([each["state"] for each in shown["workers"]], ["busy", "busy"])
        self.assertEqual((shown["min_workers"], shown["max_workers"]), (2, 2))
        self.assertEqual({each["pid"] for each in shown["workers"]}, set(self.daemon.pids()))
        for each in clients:
            self.assertEqual(each.response().status, 200)
