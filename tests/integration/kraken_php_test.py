# SPDX-License-Identifier: BSD-3-Clause
"""The native carrier in worker mode: superglobals, header fields, output and every kind of end,
each for its own request only."""
import hashlib
import json
import os

from support.case import DaemonCase, fresh_daemon
from support.topology import http, pool, topology
from support.waiting import wait_until


def multipart(*parts):
    """(headers, body) of (name, file name or None, bytes)."""
    body = b""
    for name, file_name, data in parts:
        more = f'; filename="{file_name}"' if file_name else ""
        body += (f'--xx\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n').encode()
        body += data + b"\r\n"
    return [("Content-Type", "multipart/form-data; boundary=xx")], body + b"--xx--\r\n"


class WorkerMode(DaemonCase):
    config = topology(pool(script="native.php", size=1, carrier="native",
                           ini={"memory_limit": "32M"}), http())

    def json(self, target, headers=()):
        return json.loads(self.daemon.get(target, headers).body)

    def test_superglobals_are_those_of_the_request_and_of_no_other(self):
        with self.connect() as client:
            body = b"a=1&b[]=2&b[]=3"
            headers = [("Content-Type", "application/x-www-form-urlencoded"),
                       ("Cookie", "c=4"), ("Cookie", "d=5"), ("X-One", "1"), ("X-One", "2"),
                       ("Authorization", "Basic dTpw"), ("Proxy", "no")]
            seen = json.loads(client.post("/globals?q=0", body, headers).body)
            self.assertEqual(seen["post"], {"a": "1", "b": ["2", "3"]})
            self.assertEqual(seen["get"], {"q": "0"})
            self.assertEqual(seen["cookie"], {"c": "4", "d": "5"})
            self.assertEqual(seen["request"], {"q": "0", **seen["post"]})
            self.assertEqual(seen["input"], body.decode())
            server = seen["server"]
            self.assertEqual(server["REQUEST_METHOD"], "POST")
            self.assertEqual(server["REQUEST_URI"], "/globals?q=0")
            self.assertEqual(server["HTTP_X_ONE"], "1, 2")
            self.assertEqual(server["PHP_AUTH_USER"], "u")
            self.assertEqual(server["REMOTE_USER"], "u")
            self.assertEqual(server["CONTENT_LENGTH"], str(len(body)))
            self.assertNotIn("HTTP_PROXY", server)
            self.assertEqual(seen["headers"]["X-One"], "1, 2")
            empty = json.loads(client.get("/globals").body)
            for name in ("get", "post", "cookie", "files", "request"):
                self.assertEqual(empty[name], [], name)
            self.assertEqual(empty["input"], "")
            for name in ("HTTP_X_ONE", "PHP_AUTH_USER", "REMOTE_USER", "HTTP_COOKIE"):
                self.assertNotIn(name, empty["server"])
            self.assertIsNone(empty["session"])

    def test_the_environment_has_what_the_request_says_while_it_lasts(self):
        headers = [("X-One", "1"), ("Authorization", "Basic dTpw")]
        self.assertEqual(self.json("/getenv", headers), [False, "1", "u", "127.0.0.1"])
        self.assertEqual(self.json("/getenv"), [False, False, False, "127.0.0.1"])

    def test_the_environment_has_no_descriptors_of_ours(self):
        self.assertEqual(self.json("/inner"), [False, False, False])

    def test_words_of_the_status_line_are_the_scripts(self):
        for target, reason in (("/status?code=404&reason=Nope", "Nope"),
                               ("/status?code=404", "Not Found"),
                               ("/status?code=200&reason=Fine", "Fine")):
            answer = self.daemon.get(target)
            self.assertEqual(answer.reason, reason)
            self.assertIsNone(answer.header("status"))

    def test_uploads_lie_on_disk_and_go_with_their_request(self):
        data = os.urandom(300_000)
        headers, body = multipart(("file", "a b.bin", data), ("field", None, b"v"))
        seen = json.loads(self.connect().post("/upload", body, headers).body)
        self.assertTrue(seen["moved"])
        self.assertEqual(seen["sha"], hashlib.sha1(data).hexdigest())
        self.assertEqual(seen["files"]["file"]["name"], "a b.bin")
        headers, body = multipart(("left", "x", data))
        seen = json.loads(self.connect().post("/globals", body, headers).body)
        self.assertEqual(seen["files"]["left"]["size"], len(data))
        wait_until(lambda: not os.path.exists(seen["files"]["left"]["tmp_name"]),
                   "the temporary file is gone")

    def test_sessions_belong_to_their_cookie(self):
        first = self.daemon.get("/session")
        self.assertEqual(first.body, b"1")
        cookie = first.header("set-cookie").split(";")[0]
        self.assertEqual(self.daemon.get("/session", [("Cookie", cookie)]).body, b"2")
        self.assertEqual(self.daemon.get("/session").body, b"1")
        self.assertEqual(self.daemon.get("/session", [("Cookie", cookie)]).body, b"3")

    def test_functions_that_store_a_session_are_of_one_request(self):
        for _ in range(3):
            self.assertRegex(self.daemon.get("/session-functions").body, rb"^[a-z0-9,-]{20,}$")
        cookie = self.daemon.get("/session").header("set-cookie").split(";")[0]
        self.assertEqual(self.daemon.get("/session", [("Cookie", cookie)]).body, b"2")

    def test_header_fields_and_status_are_of_one_answer(self):
        answer = self.daemon.get("/cookies")
        self.assertEqual(answer.status, 201)
        self.assertEqual([each.split(";")[0] for each in answer.all("set-cookie")], ["a=1", "b=2"])
        self.assertEqual(answer.all("x-twice"), ["1", "2"])
        after = self.daemon.get("/no-headers")
        self.assertEqual((after.status, after.all("x-twice")), (200, []))
        seen = json.loads(after.body)
        self.assertFalse(seen["sent"])
        self.assertEqual((seen["list"], seen["code"]), ([], 200))

    def test_header_fields_after_output_come_too_late(self):
        answer = self.daemon.get("/late")
        self.assertTrue(answer.body.endswith(b"sent") and not answer.body.endswith(b"not sent"))
        self.assertIsNone(answer.header("x-late"))

    def test_output_buffers_end_with_their_request(self):
        self.assertEqual(self.daemon.get("/buffer").body, b"LEFT OPEN")
        self.assertEqual(self.daemon.get("/hello").body, b"hello\n")

    def test_bodies_are_bytes(self):
        data = bytes(range(256)) * 400
        self.assertEqual(self.connect().post("/binary", data).body, data)

    def test_bodies_are_forgotten(self):
        with self.connect() as client:
            pid = int(client.get("/pid").body)
            for _ in range(3_500):  # together more than the memory limit
                client.post("/binary", bytes(10_000))
            before = os.listdir(f"/proc/{pid}/fd")
            for _ in range(20):  # each so large that PHP keeps it in a file
                client.post("/binary", bytes(100_000))
            self.assertEqual(int(client.get("/pid").body), pid)
            self.assertEqual(os.listdir(f"/proc/{pid}/fd"), before)

    def test_an_input_kept_open_is_closed_with_its_request(self):
        with self.connect() as client:
            self.assertEqual(client.post("/keep-input", b"first").body, b"nothing")
            self.assertEqual(client.post("/keep-input", b"second").body, b"resource (closed)")

    def test_a_large_body_is_streamed(self):
        answer = self.daemon.get("/large?kb=2000")
        self.assertEqual(len(answer.body), 2_048_000)
        self.assertEqual(self.daemon.get("/parts").parts, [b"part 1\n", b"part 2\n", b"part 3\n"])

    def test_head_has_the_length_of_get_and_304_has_no_body(self):
        with self.connect() as client:
            answer = client.request("HEAD", "/large?kb=4")
            self.assertEqual((answer.header("content-length"), answer.body), ("4096", b""))
            self.assertEqual(client.get("/status?code=304").status, 304)
            self.assertEqual(client.get("/status?code=204").status, 204)
            self.assertEqual(client.get("/status?code=404").body, b"text")

    def test_hints_go_ahead(self):
        with self.connect() as client:
            client.send(b"GET /hints HTTP/1.1\r\nHost: a\r\n\r\n")
            self.assertEqual(client.response_head().status, 103)
            self.assertEqual(client.response().body, b"page")

    def test_an_early_end_answers_and_the_handler_goes_on(self):
        self.assertEqual(self.daemon.get("/finish").body, b"answered")
        wait_until(lambda: os.path.exists(os.path.join(self.daemon.directory, "after")),
                   "the handler has gone on")
        self.assert_serves()
        with self.connect() as client:  # flushed before its early end: the stream ends with it
            self.assertEqual(client.get("/finish-late").body, b"part, rest")

    def test_after_an_early_end_the_next_request_waits_for_an_idle_worker(self):
        self.assertEqual(self.daemon.get("/finish?ms=300").body, b"answered")
        self.assertEqual(self.daemon.metric("kraken_pool_busy"), 1)
        self.assert_serves()

    def test_shutdown_functions_are_of_one_request(self):
        self.assertEqual(self.daemon.get("/shutdown").body, b"body!")
        self.assertEqual(self.daemon.get("/hello").body, b"hello\n")
        self.assertEqual(self.daemon.get("/shutdown").body, b"body!")

    def test_a_time_limit_is_of_one_request(self):
        self.assertEqual(self.json("/time-limit"), ["0", "20"])
        self.assertEqual(self.json("/time-limit"), ["0", "20"])

    def test_an_exception_is_500_and_the_worker_goes_on(self):
        before = self.daemon.get("/pid").body
        self.assertEqual(self.daemon.get("/throw").status, 500)
        self.assertEqual(self.daemon.get("/pid").body, before)
        self.assertIn("thrown on purpose", self.daemon.log())

    def test_what_fails_after_the_handler_is_500_too_and_the_worker_goes_on(self):
        before = self.daemon.get("/pid").body
        for target, status, body, logged in (
                ("/filter-throws", 500, b"", "no filter"),
                ("/filter-throws-late", 200, b"x" * 10_000, "no filter"),
                ("/fields-throw", 500, b"", "no fields"),
                ("/shutdown-throws", 500, b"text", "no shutdown"),
                ("/shutdown-throws?code=404", 404, b"text", "no shutdown")):
            with self.subTest(target):
                seen = self.daemon.log().count(f"Uncaught DomainException: {logged}")
                answer = self.daemon.get(target)
                self.assertEqual((answer.status, answer.body), (status, body))
                wait_until(lambda: self.daemon.log().count(
                    f"Uncaught DomainException: {logged}") > seen, "it is logged")
                self.assertEqual(self.daemon.get("/hello").body, b"hello\n")
        self.assertEqual(self.daemon.get("/filter-throws").header("x-kept"), "1")
        self.assertEqual(self.daemon.get("/pid").body, before)

    def test_the_next_request_may_come_right_after_an_early_end(self):
        body = b"x" * 40_000  # small ones go by the slab as a whole, this one does not
        with self.connect() as client:
            worker = client.get("/pid").body
            for _ in range(200):
                self.assertEqual(client.get("/finish").body, b"answered")
                self.assertEqual(client.get("/pid").body, worker)
                self.assertEqual(client.get("/finish").body, b"answered")
                self.assertEqual(client.post("/pid", body).body, worker)

    def test_cycles_are_collected_between_requests(self):
        with self.connect() as client:
            worker = client.get("/pid").body
            ended = [json.loads(client.get("/cycle").body)[0] for _ in range(20)]
            # Each has 64 KiB: PHP alone would wait for ten thousand of them.
            self.assertGreater(ended[-1], 10, ended)
            self.assertEqual(client.get("/pid").body, worker)
        wait_until(lambda: "a ring ends in vain" in self.daemon.log(), "its destructor is heard")

    def test_handle_within_a_request_is_an_error(self):
        self.assertIn(b"while a request is handled", self.daemon.get("/nested").body)

    def test_a_client_that_leaves_costs_no_worker(self):
        before = self.daemon.get("/pid").body
        client = self.connect()
        client.send(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n")
        client.receive()
        client.close()
        wait_until(lambda: os.path.exists(os.path.join(self.daemon.directory, "ended")),
                   "the script has noticed")
        self.assertEqual(self.daemon.get("/pid").body, before)


class Ends(DaemonCase):
    config = topology(pool(script="native.php", size=1, carrier="native",
                           ini={"memory_limit": "32M"}), http())

    def cause_after(self, target, kind):
        before = self.daemon.container("w1")["generation"]
        answer = self.daemon.get(target)
        wait_until(lambda: self.daemon.container("w1")["generation"] > before, "a new worker")
        self.daemon.wait_settled(1)
        self.assertEqual(self.daemon.container("w1")["cause"]["kind"], kind)
        self.assert_serves()
        return answer

    def test_exit_ends_its_request_and_the_worker_is_replaced_as_planned(self):
        restarts = self.daemon.container("w1")["restarts"]
        answer = self.cause_after("/exit", "recycle")
        self.assertEqual((answer.status, answer.body), (200, b"before and shut down"))
        answer = self.cause_after("/redirect", "recycle")
        self.assertEqual((answer.status, answer.header("location")), (302, "/hello"))
        answer = self.cause_after("/shutdown-exits", "recycle")
        self.assertEqual((answer.status, answer.body), (200, b"text"))
        answer = self.cause_after("/filter-exits", "recycle")
        self.assertEqual((answer.status, answer.body), (200, b""))
        self.assertEqual(self.daemon.container("w1")["restarts"], restarts)

    def test_a_fatal_error_is_500_with_what_was_printed(self):
        answer = self.cause_after("/fatal", "exception")
        self.assertEqual((answer.status, answer.body), (500, b"half"))
        self.assertIn("Broken::count", self.daemon.container("w1")["cause"]["message"])
        answer = self.cause_after("/shutdown-fatal", "exception")
        self.assertEqual((answer.status, answer.body), (500, b"half"))

    def test_out_of_memory_is_500(self):
        self.assertEqual(self.cause_after("/oom", "exception").status, 500)
        self.assertEqual(self.daemon.container("w1")["cause"]["type"], "OutOfMemory")

    def test_a_crash_is_502(self):
        self.assertEqual(self.cause_after("/kill?signal=11", "signal").status, 502)


class Memory(DaemonCase):
    config = topology(pool(script="native.php", size=1, carrier="native"), http())

    def test_what_is_shown_is_resident_also_under_load(self):
        for _ in range(3):
            self.assert_serves()
            worker = self.daemon.container("w1")
            with open(f"/proc/{worker['pid']}/statm", encoding="ascii") as file:
                resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            self.assertGreater(worker["live"]["memory_bytes"], resident // 2)


class FixedSettings(DaemonCase):
    """What the pool decides, as php-fpm's php_admin_value."""

    settings = {"carrier": "native", "size": 1, "ini": {"precision": "7", "memory_limit": "32M"},
                "ini_fixed": {"memory_limit": "48M", "disable_functions": "shell_exec"}}
    config = topology(pool(script="native.php", **settings), http())

    def test_a_script_changes_only_what_is_not_fixed(self):
        with self.connect() as client:
            for name, value, set_to, is_now in (("memory_limit", "-1", False, "48M"),
                                                ("precision", "9", "7", "9")):
                seen = json.loads(client.get(f"/ini-set?name={name}&value={value}").body)
                self.assertEqual(seen, [set_to, is_now])
            self.assertEqual(client.get("/ini-set?name=disable_functions&value=").body,
                             b'[false,"shell_exec"]')

    def test_one_that_php_does_not_know_is_an_error(self):
        daemon = fresh_daemon(self, topology(pool(script="native.php", **{
            **self.settings, "ini_fixed": {"memory_limt": "48M"}}), http()), ready=False)
        wait_until(lambda: "no PHP setting 'memory_limt' (did you mean 'memory_limit'?)"
                   in daemon.log(), "it says so")
        self.assertFalse(any(each["phase"] == "ready" for each in daemon.workers()))

    def test_one_that_scripts_may_change_is_a_warning(self):
        for template in ("php", "app", "off"):
            with self.subTest(template=template):
                daemon = fresh_daemon(self, topology(pool(script="native.php", **{
                    **self.settings, "template": template, "ini": {
                        "precison": "7", "my.own": "1", "extension": "ctype",
                        "opcache.enable": "0"}}), http()))
                lines = [each for each in daemon.log().splitlines() if "no PHP setting" in each]
                self.assertEqual(len(lines), 2, lines)
                self.assertIn("'precison' (did you mean 'precision'?), continuing", "".join(lines))
                self.assertIn("'my.own', continuing", "".join(lines))
                self.assertTrue(all("WARN" in each for each in lines), lines)


class LateNames(DaemonCase):
    """Superglobals that nothing names are not made; what names them later finds them."""
    config = topology(pool(script="late.php", size=1, carrier="native"), http())

    def ask(self, target, what, headers=()):
        return json.loads(self.daemon.get(target, [("X-Do", what), *headers]).body)

    def test_they_are_those_of_the_request_that_named_them_first_and_of_each_later_one(self):
        self.assertEqual(self.ask("/0", "nothing"), "nothing")
        for number in range(1, 4):
            self.assertEqual(self.ask(f"/filter?{number}", "filter"), f"/filter?{number}")
        for number in range(1, 4):
            self.assertEqual(self.ask(f"/x?n={number}", "inputs", [("Cookie", f"c={number}")]),
                             [str(number), str(number), False])
        self.assertEqual(self.ask("/x", "inputs"), [None, None, False])
        for number in range(1, 4):
            self.assertEqual(self.ask(f"/name?n={number}", "name"),
                             [f"/name?n={number}", "name", None, {"n": str(number)}])


class Scribbles(DaemonCase):
    """What a request wrote where PHP keeps a request's variables is gone with it."""
    config = topology(pool(script="scribbles.php", size=1, carrier="native"), http())
    UNTOUCHED = [[], [], [], [], None, 1]

    def ask(self, what, target="/", headers=()):
        return json.loads(self.daemon.get(target, [("X-Do", what), *headers]).body)

    def test_each_request_finds_its_own_variables(self):
        self.assertEqual(self.ask("nothing"), self.UNTOUCHED)
        for what in ("write", "refer", "refer", "globals", "drop", "session", "name", "session"):
            with self.subTest(what):
                self.assertEqual(self.ask(what), self.UNTOUCHED)
                self.assertEqual(self.ask("nothing"), self.UNTOUCHED)
                got = self.ask(what, "/?q=1&r=a%20b", [("Cookie", "c=2; d=%41; c=3")])
                self.assertEqual(got[:4], [{"q": "1", "r": "a b"}, [], {"c": "2", "d": "A"}, []])
                self.assertEqual(got[4:], [None, 1])

    def test_new_values_of_the_same_names_change_nothing_that_was_kept(self):
        for what in ("nothing", "keep", "keep", "write", "drop-one", "each", "refer", "globals",
                     "drop", "keep", "nothing"):
            for number in range(3):
                for query, cookies, seen in (
                        (f"q={number}&r=x{number}", f"c={number}; d=", None),
                        (f"q=1&r={number}", "c=1; d=2", None),
                        (f"r={number}&q=0", "d=1; c=0", None),
                        (f"q=1&r=2&q={number}", "c=1; d=2; c=3",
                         [{"q": str(number), "r": "2"}, {"c": "1", "d": "2"}]),
                        (f"q[]=1&r={number}", "c[]=2; d=1",
                         [{"q": ["1"], "r": str(number)}, {"c": ["2"], "d": "1"}])):
                    with self.subTest(what, query=query):
                        got = self.ask(what, "/?" + query, [("Cookie", cookies)])
                        split = [dict(pair.split("=") for pair in text.split(between))
                                 for text, between in ((query, "&"), (cookies, "; "))]
                        self.assertEqual([got[0], got[2]], seen or split)


class Buffers(DaemonCase):
    """The buffer of output is kept from one request to the next; none can tell."""
    config = topology(pool(script="buffers.php", size=1, carrier="native",
                           ini={"output_buffering": "4096", "display_errors": "0"}), http())

    def test_whatever_a_script_does_with_it_the_next_one_finds_it_new(self):
        first = self.daemon.get("/").header("x-found")
        self.assertEqual(json.loads(first)[:2], [1, 0])
        for what, body in (("", b"ab"), ("close", b"ab"), ("drop", b"b"), ("swap", b"b"),
                           ("other", b"B"), ("same", b"b"), ("nest", b"a<b>"), ("clean", b"b"),
                           ("flush", b"ab"), ("large", b"a" * 1_000_001 + b"b"),
                           ("early", b"a"), ("throw", b"a")):
            for _ in range(2):
                with self.subTest(what):
                    answer = self.daemon.get("/", [("X-Do", what)])
                    self.assertEqual(answer.body, body)
                    self.assertEqual(answer.header("x-found"), first)


class Pairs(DaemonCase):
    """Plain queries and cookies are not read by PHP's parser; nobody can tell."""
    config = topology(pool(script="pairs.php", size=1, carrier="native",
                           ini={"max_input_vars": "5"}), http())

    def ask(self, query, cookies=""):
        headers = [("Cookie", cookies)] if cookies else []
        return json.loads(self.daemon.get(f"/?{query}", headers).body)

    def test_queries_are_what_phps_parser_makes_of_them(self):
        for query in ("", "a=1", "a=1&b=22&a=3", "a", "a=", "&&a=1&", "=1", "a=b=c", "a;b=1",
                      "1=a&b=2", "a[]=1&a[]=2", "a.b=1", "a%20b=1", "a=%41+1", "a-b=1",
                      "a=1&b=2&c=3&d=4&e=5", "a=1&b=2&c=3&d=4&e=5&f=6", "a=1&x[y]=2&b=3"):
            with self.subTest(query):
                same, got, cookies, both = self.ask(query)
                self.assertTrue(same, got)
                self.assertEqual((cookies, both), ([], got))

    def test_cookies(self):
        for sent, seen in (("a=1; b=2", {"a": "1", "b": "2"}), ("a=1; a=2", {"a": "1"}),
                           ("a=%41;b=x+y", {"a": "A", "b": "x+y"}), ("a=1+1", {"a": "1+1"}),
                           ("a", {"a": ""}), ("=1", []), ("a[x]=1", {"a": {"x": "1"}}),
                           ("; ;a=b=c ; d=", {"a": "b=c ", "d": ""})):
            with self.subTest(sent):
                self.assertEqual(self.ask("q=1", sent)[2], seen)


class Filtered(DaemonCase):
    config = topology(pool(script="native.php", size=1, carrier="native",
                           ini={"filter.default": "special_chars"}), http())

    def test_a_filter_for_everything_changes_what_applications_see(self):
        server = json.loads(self.daemon.get("/globals", [("X-One", "<b>")]).body)["server"]
        self.assertEqual(server["HTTP_X_ONE"], "&#60;b&#62;")
        self.assertEqual(server["REQUEST_URI"], "/globals")


class Reload(DaemonCase):
    """What a worker is made with changes one worker after the other: somebody always serves."""

    @staticmethod
    def with_options(**options):
        return topology(pool(script="native.php", size=2, carrier="native", **options), http())

    config = with_options(memory_limit="64M", env={"FOO": "one"})

    def test_settings_come_with_new_workers_while_requests_are_served(self):
        self.daemon.wait_settled(2)
        for number, (options, seen) in enumerate((
                ({"memory_limit": "32M", "env": {"FOO": "one"}}, ["33554432", "one", "14"]),
                ({"memory_limit": "32M", "env": {"FOO": "two"}}, ["33554432", "two", "14"]),
                ({"ini": {"precision": "9"}, "env": {"FOO": "two"}, "template": "off"},
                 ["128M", "two", "9"])), 1):
            self.daemon.write_config(self.with_options(**options))
            self.assertEqual(self.daemon.console("reload").code, 0)

            def renewed(number=number):
                self.assertEqual(self.daemon.get("/hello").status, 200)
                return [each["recycles"] for each in self.daemon.workers()] == [number, number]
            wait_until(renewed, "both workers are new")
            self.daemon.wait_settled(2)
            got = json.loads(self.daemon.get("/settings").body)
            self.assertEqual(got[1:], seen[1:])
            if "memory_limit" in options:
                self.assertEqual(got[0], seen[0])
        self.assertEqual([each["restarts"] for each in self.daemon.workers()], [0, 0])


class FrankenphpStyle(DaemonCase):
    config = topology(pool(script="frankenphp.php", size=1, carrier="native"), http())

    def test_its_loop_runs_and_what_is_between_reaches_no_client(self):
        for count in ("1", "2"):
            answer = self.daemon.get("/?say=hi" + count)
            self.assertEqual(answer.body, b"hi" + count.encode())
            self.assertEqual(answer.header("x-handled"), count)
            self.assertIsNone(answer.header("x-between"))
        wait_until(lambda: "between the requests" in self.daemon.log(), "it is logged")

    def test_a_loop_that_ends_after_so_many_requests_is_no_failure(self):
        for transport in ("slab", "socket"):
            with self.subTest(transport=transport):
                daemon = fresh_daemon(self, topology(pool(
                    script="frankenphp.php", size=1, carrier="native", transport=transport,
                    env={"MAX_REQUESTS": "2"}), http()))
                for number in range(20):
                    answer = daemon.get(f"/?say={number}")
                    self.assertEqual((answer.status, answer.body), (200, b"%d" % number))
                daemon.wait_settled(1)
                worker = daemon.container("w1")
                self.assertEqual(worker["restarts"], 0)
                self.assertGreaterEqual(worker["recycles"], 9)
                self.assertNotIn("container_failed", daemon.log())


class PackageWorker(DaemonCase):
    """A worker of the PHP package, carried by kraken-php: as with stock PHP."""

    config = topology(pool(size=1, carrier="native"), http())

    def after(self, target):
        before = self.daemon.container("w1")["generation"]
        answer = self.daemon.get(target)
        wait_until(lambda: self.daemon.container("w1")["generation"] > before, "a new worker")
        self.daemon.wait_settled(1)
        self.assert_serves()
        return answer.status, self.daemon.container("w1")["cause"]["kind"]

    def test_requests_and_answers_are_the_packages_own(self):
        with self.connect() as client:
            self.assertEqual(client.post("/echo", b"\0\1body").body, b"\0\1body")
            seen = json.loads(client.get("/seen?a=1", [("X-One", "1")]).body)
            self.assertEqual((seen["query"], seen["headers"]["x-one"]), ("a=1", ["1"]))
            self.assertEqual(seen["alias"], "Main/web/w1")
            self.assertEqual(client.get("/stream?parts=2").parts, [b"part 1\n", b"part 2\n"])
            self.assertEqual(client.get("/cookies").all("set-cookie"),
                             ["first=1; Path=/", "second=2; Path=/"])
            self.assertEqual(client.get("/throw").status, 500)
            self.assertEqual(client.get("/echo-stray").body, b"clean\n")
        wait_until(lambda: "stray output" in self.daemon.log(), "what is printed is logged")

    def test_its_ends_are_reported_as_with_stock_php(self):
        self.assertEqual(self.after("/recycle"), (200, "recycle"))
        self.assertEqual(self.after("/exit"), (502, "exception"))
        self.assertEqual(self.after("/fatal"), (502, "exception"))
        self.assertEqual(self.after("/kill"), (502, "signal"))


class Beginnings(DaemonCase):
    config = topology(pool(script="native.php", size=1, carrier="native"), http())

    def test_a_script_that_takes_no_requests_says_so(self):
        path = os.path.join(self.daemon.directory, "ends.php")
        with open(path, "w", encoding="utf-8") as file:
            file.write("<?php echo 'booted';")
        broken = pool("broken", path, size=1, carrier="native")
        daemon = fresh_daemon(self, topology(broken), ready=False)
        wait_until(lambda: "before it handled requests" in daemon.log(), "the reason is told")
