# SPDX-License-Identifier: BSD-3-Clause
"""A worker dies, lies or hangs: its own request suffers, nothing else notices, and it returns."""
import os
import signal
import struct
import threading
import time

from support import processes
from support.case import DaemonCase
from support.daemon import Daemon
from support.http_client import Closed, Truncated, request_bytes
from support.topology import http, pool, topology
from support.waiting import wait_until
from support.worker_frames import CHUNK, MORE, RESPONSE, frame, response

SIZE = 2
CONFIG = topology(
    pool(size=SIZE, php=["-d", "memory_limit=64M"], request={"timeout": "2s"}, shutdown="1s"),
    http(routes=[{"path": "/retry", "to": "web", "retry": "idempotent"},
                 {"path": "/", "to": "web"}]))


class CrashCase(DaemonCase):
    config = CONFIG

    def setUp(self):
        self.daemon.wait_settled(SIZE)
        self.before = {each["path"]: each for each in self.daemon.workers()}

    def tearDown(self):
        self.daemon.wait_settled(SIZE)
        self.assert_serves()

    def changed(self, expected):
        """Workers with another generation than at the start, once there are that many."""
        def seen():
            now = self.daemon.wait_settled(SIZE)
            found = [each for each in now
                     if each["generation"] != self.before[each["path"]]["generation"]]
            return found if len(found) >= expected else None
        return wait_until(seen, f"{expected} workers are replaced") if expected else seen()

    def restarts(self):
        return sum(each["restarts"] for each in self.daemon.wait_settled(SIZE))

    def restarts_since(self, before, expected):
        """How many there are, once there are at least that many."""
        if expected:
            wait_until(lambda: self.restarts() - before >= expected, f"{expected} restarts")
        return self.restarts() - before

    def one_crash(self, target, statuses, kind, code=None, **request):
        """Asks for something that ends its worker. @return (answer, cause)"""
        with self.connect() as connection:
            answer = connection.request(request.get("method", "GET"), target)
            self.assertIn(answer.status, statuses)
            # Its own answer only: the connection and the other worker live.
            self.assertEqual(connection.get("/hello").status, 200)
        changed = self.changed(1)
        self.assertEqual(len(changed), 1, changed)
        cause = changed[0]["cause"]
        self.assertEqual(cause["kind"], kind, cause)
        if code is not None:
            self.assertEqual(cause["code"], code)
        return answer, cause


class Ends(CrashCase):
    def test_a_busy_worker_is_killed_from_outside(self):
        with self.connect() as first, self.connect() as second:
            first.send(request_bytes("GET", "/slow?ms=1000"))
            second.send(request_bytes("GET", "/slow?ms=1000"))
            # Long enough for both to have read their request: before that it would go to another.
            busy = wait_until(lambda: [each for each in self.daemon.workers()
                                       if each["live"]["busy_ms"] > 200][1:]
                              and self.daemon.workers(), "both work")
            os.kill(busy[0]["pid"], signal.SIGKILL)
            statuses = sorted([first.response().status, second.response().status])
        self.assertEqual(statuses, [200, 502])
        self.assertEqual([each["path"] for each in self.changed(1)], [busy[0]["path"]])
        self.assertEqual(self.daemon.container(busy[0]["path"])["cause"]["code"], signal.SIGKILL)

    def test_signals_end_it(self):
        for number in (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT):
            with self.subTest(number=number):
                self.setUp()
                _, cause = self.one_crash(f"/kill?signal={int(number)}", [502], "signal",
                                          int(number))
                self.assertIn(number.name, cause["text"])

    def test_exit_in_a_request(self):
        _, cause = self.one_crash("/exit?code=7", [502], "exception", 7)
        self.assertIn("exit during GET /exit", cause["text"])

    def test_exit_with_code_0_in_a_request_is_a_failure_too(self):
        _, cause = self.one_crash("/exit?code=0", [502], "exception", 0)
        self.assertIn("exit", cause["text"])

    def test_a_fatal_error(self):
        _, cause = self.one_crash("/fatal", [500, 502], "exception", 255)
        self.assertIn("Countable", cause["text"])

    def test_an_uncaught_exception_is_500_and_the_worker_goes_on(self):
        with self.connect() as connection:
            answer = connection.get("/throw")
            self.assertEqual(answer.status, 500)
            self.assertNotIn(b"thrown on purpose", answer.body)
        self.assertEqual(self.changed(0), [])
        wait_until(lambda: "thrown on purpose" in self.daemon.log(), "the log has the exception")
        lines = [each for each in self.daemon.log().splitlines() if "thrown on purpose" in each]
        self.assertTrue(any("ERROR" in each for each in lines), lines)

    def test_out_of_memory(self):
        _, cause = self.one_crash("/oom", [500, 502], "exception", 255)
        self.assertIn("Allowed memory size", cause["text"])

    def test_inspect_shows_cause_and_last_words(self):
        _, cause = self.one_crash("/die-talking", [502], "exception", 7)
        self.assertIn("last words of the worker", cause["detail"])
        path = self.changed(1)[0]["path"]
        shown = self.daemon.console("inspect", path)
        self.assertEqual(shown.code, 0)
        self.assertIn("last words of the worker", shown.out)
        self.assertIn("exit during GET /die-talking", shown.out)

    def test_a_grandchild_does_not_survive_its_worker(self):
        with self.connect() as connection:
            pid, owner = map(int, connection.get("/grandchild").body.split())
        self.assertTrue(processes.is_alive(pid))
        os.kill(owner, signal.SIGKILL)
        wait_until(lambda: not processes.is_alive(pid), "the grandchild ends", within=3)
        self.assertEqual(len(self.changed(1)), 1)

    def test_death_in_the_middle_of_a_stream_shows_as_truncation(self):
        for end in ("kill", "throw"):
            with self.subTest(end=end), self.connect() as connection:
                connection.send(request_bytes("GET", f"/stream?parts=3&end={end}"))
                answer = connection.response_head()
                self.assertEqual(answer.status, 200)
                with self.assertRaises((Truncated, ConnectionResetError)):
                    connection.read_body(answer)
                    self.fail(f"the body looks whole: {answer.body!r}")

    def test_a_stray_echo_is_logged_and_breaks_nothing(self):
        answer = self.daemon.get("/echo-stray")
        self.assertEqual((answer.status, answer.body), (200, b"clean\n"))
        for text in ("stray output", "stray error"):
            wait_until(lambda text=text: any(
                text in line and "container=Main/web/w" in line
                for line in self.daemon.log().splitlines()), f"'{text}' is in the log")
        self.assertEqual(self.changed(0), [])


class Idle(CrashCase):
    def test_an_idle_worker_is_replaced_and_no_request_sees_it(self):
        with self.connect() as connection:
            for _ in range(10):
                idle = self.daemon.wait_settled(SIZE)[0]
                os.kill(idle["pid"], signal.SIGKILL)
                for _ in range(5):
                    self.assertEqual(connection.get("/hello").status, 200)

                def replaced(idle=idle):
                    now = self.daemon.container(idle["path"])
                    return now["generation"] > idle["generation"] and now["phase"] == "ready"
                wait_until(replaced, "the worker is replaced")

    def test_all_idle_workers_at_once(self):
        for pid in self.daemon.pids():
            os.kill(pid, signal.SIGKILL)
        with self.connect() as connection:
            self.assertEqual(connection.get("/hello").status, 200)
        self.assertEqual(len(self.changed(SIZE)), SIZE)


class Retries(CrashCase):
    def test_an_idempotent_route_gives_the_request_to_another_worker(self):
        answer = self.daemon.get("/retry/once?name=a")
        self.assertEqual((answer.status, answer.body), (200, b"second time\n"))
        self.assertEqual(len(self.changed(1)), 1)

    def test_only_once(self):
        self.assertEqual(self.daemon.get("/retry/kill").status, 502)
        self.assertEqual(self.restarts_since(sum(
            each["restarts"] for each in self.before.values()), 2), 2)

    def test_a_post_is_never_repeated(self):
        with self.connect() as connection:
            self.assertEqual(connection.post("/retry/once?name=b", b"x").status, 502)
        # Its client knows of the death before the daemon shows it: the next test must not find it.
        self.assertEqual(len(self.changed(1)), 1)

    def test_other_routes_do_not_repeat(self):
        self.assertEqual(self.daemon.get("/once?name=c").status, 502)
        self.assertEqual(self.daemon.get("/once?name=c").status, 200)
        self.assertEqual(len(self.changed(1)), 1)


class Hangs(CrashCase):
    def test_a_stopped_busy_worker_is_504_after_its_time_and_replaced(self):
        with self.connect() as connection:
            connection.send(request_bytes("GET", "/slow?ms=60000"))
            victim = wait_until(lambda: next((each for each in self.daemon.workers()
                                              if each["live"]["busy"]), None), "one works")
            os.kill(victim["pid"], signal.SIGSTOP)
            began = time.monotonic()
            self.assertEqual(connection.response().status, 504)
            self.assertLess(time.monotonic() - began, 15)
            self.assertEqual(connection.get("/hello").status, 200)
        changed = self.changed(1)
        self.assertEqual([each["path"] for each in changed], [victim["path"]])
        self.assertEqual(changed[0]["cause"]["kind"], "timeout")
        wait_until(lambda: not processes.is_alive(victim["pid"]), "the stopped one is gone")

    def test_a_stopped_idle_worker_is_replaced(self):
        victim = self.daemon.wait_settled(SIZE)[0]
        os.kill(victim["pid"], signal.SIGSTOP)
        changed = self.changed(1)
        self.assertEqual([each["path"] for each in changed], [victim["path"]])
        self.assertEqual(changed[0]["cause"]["kind"], "probe")
        self.assertIn("stopped by a signal", changed[0]["cause"]["text"])
        wait_until(lambda: not processes.is_alive(victim["pid"]), "the stopped one is gone")

    def test_an_endless_loop_that_ignores_sigterm(self):
        _, cause = self.one_crash("/hang", [504], "timeout")
        self.assertIn("2s", cause["text"])

    def test_a_worker_that_reads_nothing_is_504(self):
        victim = self.daemon.wait_settled(SIZE)
        for each in victim:
            os.kill(each["pid"], signal.SIGSTOP)
        body = b"x" * (4 << 20)
        with self.connect() as connection:
            connection.send(request_bytes("POST", "/sha", body=body))
            self.assertEqual(connection.response().status, 504)
        for each in victim:
            try:
                os.kill(each["pid"], signal.SIGCONT)
            except ProcessLookupError:
                pass

    def test_the_others_are_served_meanwhile(self):
        with self.connect() as connection:
            connection.send(request_bytes("GET", "/hang"))
            began = time.monotonic()
            answered = 0
            while time.monotonic() - began < 1:
                self.assert_serves()
                answered += 1
            self.assertGreater(answered, 3)  # on a busy machine; idle it is hundreds
            self.assertEqual(connection.response().status, 504)


class Garbage(CrashCase):
    """Raw bytes in the name of a worker; the request under way is stream 1 of its shard."""

    def check(self, data, statuses=(502,), more="hang=1", restarts=1):
        began = self.restarts()
        with self.connect() as connection:
            try:
                answer = connection.get(f"/raw?hex={data.hex()}&{more}")
                self.assertIn(answer.status, statuses)
            except (Closed, Truncated):
                self.assertIn(None, statuses)
        self.assert_serves()
        self.assertEqual(self.restarts_since(began, restarts), restarts)
        if restarts:
            causes = [each["cause"]["kind"] for each in self.daemon.workers() if each["cause"]]
            self.assertIn("protocol", causes)

    def test_lengths_out_of_range(self):
        for length in (0, 7, 16_777_217, 0xFFFFFFFF):
            with self.subTest(length=length):
                before = processes.resident_bytes(self.daemon.pid)
                self.check(struct.pack(">I", length) + b"\x11\0\0\0\0\0\0\1")
                self.assertLess(processes.resident_bytes(self.daemon.pid) - before, 8 << 20)

    def test_broken_messagepack(self):
        for payload in (b"", b"\xc1", b"\x93\xcc", b"\x80", b"\xa5hello", b"\x91" * 100_0,
                        b"\x93\xcd\x00\xc8\xdd\xff\xff\xff\xff", b"\x93\xa3200\x90\xa0",
                        b"\x93\xcc\xc8\x90\xc6\xff\xff\xff\xff"):
            with self.subTest(payload=payload[:12]):
                self.check(frame(RESPONSE, 1, payload))

    def test_a_status_that_is_none(self):
        for status in (0, 99, 100, 1000):
            with self.subTest(status=status):
                self.check(response(1, status=status))

    def test_header_fields_that_would_break_the_answer_apart(self):
        for name, value in ((b"X: y\r\nZ", b"v"), (b"X", b"a\r\nb: c"), (b"X", b"a\nb"),
                            (b"X", b"\0"), (b"", b"v"), (b"a b", b"v")):
            with self.subTest(name=name, value=value):
                self.check(response(1, headers=(name, value)))

    def test_an_answer_to_another_stream(self):
        self.check(response(77))

    def test_a_chunk_without_an_answer(self):
        self.check(frame(CHUNK, 1, b"\xa1x"))

    def test_two_answers(self):
        # The first one is good and is the client's; the second one nobody asked for.
        self.check(response(1) + response(1), statuses=(200,))

    def test_an_answer_without_a_question(self):
        self.check(response(1), statuses=(200,), more="")

    def test_half_a_frame_and_the_end(self):
        for cut in (1, 4, 11, 20):
            with self.subTest(cut=cut):
                began = self.restarts()
                answer = self.daemon.get(f"/raw?hex={response(1)[:cut].hex()}&close=1")
                self.assertEqual(answer.status, 502)
                self.assertEqual(self.restarts_since(began, 1), 1)

    def test_garbage_in_the_middle_of_a_stream(self):
        self.check(response(1, flags=MORE) + b"\0\0\0\0", statuses=(None,))

    def test_frames_of_a_later_version_are_ignored(self):
        self.check(frame(0x7F, 9, b"\xc0"), statuses=(200,), more="", restarts=0)


class Boot(DaemonCase):
    """Workers that never become ready must not spin, and must not take the front down."""

    config = topology(
        pool(size=1),
        http(routes=[{"path": "/bad", "to": "bad"}, {"path": "/", "to": "web"}]),
        pool(id="bad", script="boot_fails.php", size=2, supervise={"intensity": 5, "period": "10s"},
             queue={"timeout": "500ms"},
             backoff={"min": "200ms", "max": "30s"}),
        supervise={"strategy": "one_for_one"})

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(cls.config).launch()
        wait_until(lambda: os.path.exists(cls.daemon.socket)
                   and cls.daemon.container("Main/http")["phase"] == "ready", "the front listens")

    def test_a_pool_that_cannot_boot_waits_longer_and_longer_and_the_sibling_serves(self):
        def slow():
            workers = self.daemon.workers("bad")
            return all(each["phase"] == "backing_off" and each["restarts"] > 4
                       for each in workers) and workers
        worker = wait_until(slow, "the workers wait for their next try")[0]
        self.assertIn("no configuration here", worker["cause"]["detail"])
        self.assertEqual(worker["next_action"], "restart")
        before = processes.processor_seconds(self.daemon.pid)
        began = time.monotonic()
        wait_until(lambda: time.monotonic() - began > 1, "a second passes")
        self.assertLess(processes.processor_seconds(self.daemon.pid) - before, 0.2)
        self.assertEqual(self.daemon.health("/readyz"), 503)
        self.assertEqual(self.daemon.health("/livez"), 200)
        self.assertEqual(self.daemon.get("/hello").status, 200)
        answer = self.daemon.get("/bad")
        self.assertEqual(answer.status, 503)
        self.assertIsNotNone(answer.header("retry-after"))


class Neighbours(CrashCase):
    def test_a_crash_costs_the_requests_of_others_nothing(self):
        stop = threading.Event()
        statuses = []

        def neighbour():
            with self.daemon.connect() as connection:
                while not stop.is_set():
                    statuses.append(connection.get("/hello").status)
        thread = threading.Thread(target=neighbour)
        thread.start()
        try:
            for target in ("/kill", "/exit", "/fatal", "/raw?hex=00000000&hang=1"):
                self.assertIn(self.daemon.get(target).status, (500, 502))
                self.daemon.wait_settled(SIZE)
        finally:
            stop.set()
            thread.join()
        self.assertEqual(set(statuses), {200})
