# SPDX-License-Identifier: BSD-3-Clause
"""Symfony as Debian has it, run by Kraken\\Symfony\\Runtime: one kernel for all requests."""
import json
import os

from support.case import DaemonCase, fresh_daemon
from support.frameworks import APPLICATIONS, Boots, Pages, Sessions, application, require
from support.waiting import wait_until

KERNEL = os.path.join(APPLICATIONS, "symfony", "src", "Kernel.php")
RUNTIME = {"APP_RUNTIME": "Kraken\\Symfony\\Runtime", "APP_ENV": "prod", "APP_DEBUG": "0"}


def shop(carrier, **env):
    return application("symfony", "index.php", carrier, env={**RUNTIME, **env})


class Shop(Boots, Pages, Sessions):
    @classmethod
    def setUpClass(cls):
        require("php-symfony-runtime", "php/Symfony/Component/Runtime/autoload.php")
        require("php-symfony-framework-bundle", "php/Symfony/Bundle/FrameworkBundle/autoload.php")
        super().setUpClass()

    def test_services_are_reset_once_after_each_answer(self):
        first, second = self.json("/cart?item=a"), self.json("/cart?item=b")
        self.assertEqual(second["resets"], first["resets"] + 1)

    def test_the_kernel_terminates(self):
        self.daemon.get("/hello?mark")
        wait_until(lambda: os.path.exists(os.path.join(self.daemon.directory, "terminated")),
                   "listeners of kernel.terminate have run")

    def test_streams_and_files_are_sent_while_they_are_made(self):
        self.assertEqual(self.daemon.get("/stream").parts, [b"part 1\n", b"part 2\n", b"part 3\n"])
        self.assertIn(b"final class Kernel", self.daemon.get("/file").body)
        self.assert_serves()

    def test_a_file_has_its_length(self):
        with open(KERNEL, "rb") as file:
            data = file.read()
        with self.connect() as client:
            answer = client.get("/file")
            self.assertEqual((answer.body, answer.all("content-length")), (data, [str(len(data))]))
            answer = client.request("HEAD", "/file")
            self.assertEqual((answer.body, answer.all("content-length")), (b"", [str(len(data))]))
            answer = client.request("GET", "/file", [("Range", "bytes=5-14")])
            self.assertEqual((answer.status, answer.body), (206, data[5:15]))
            self.assertEqual(answer.all("content-length"), ["10"])
            self.assertEqual(answer.header("content-range"), f"bytes 5-14/{len(data)}")

    def test_a_file_that_is_only_named_is_sent_by_the_front(self):
        tree = json.loads(self.config)
        tree["root"]["children"][1]["routes"][0]["files"] = [os.path.dirname(KERNEL)]
        daemon = fresh_daemon(self, json.dumps(tree))
        with open(KERNEL, "rb") as file:
            data = file.read()
        with daemon.connect() as client:
            wish = [("X-Sendfile-Type", "X-Sendfile")]
            answer = client.request("GET", "/file", wish)
            self.assertEqual((answer.body, answer.all("content-length")), (data, [str(len(data))]))
            self.assertIsNone(answer.header("x-sendfile"))
            answer = client.request("GET", "/file", [*wish, ("Range", "bytes=5-14")])
            self.assertEqual((answer.status, answer.body), (206, data[5:15]))
            self.assertIsNone(answer.header("x-sendfile"))

    def test_paths_have_no_base(self):
        seen = self.json("/seen")
        self.assertEqual((seen["base"], seen["uri"]), ("", "http://test/seen"))

    def test_the_environment_stays_where_symfony_looks_for_it(self):
        self.assertEqual([self.json("/cart")["env"] for _ in range(2)], ["prod", "prod"])

    def test_a_service_that_cannot_be_reset_ends_the_worker_not_the_answer(self):
        daemon = fresh_daemon(self, shop(self.carrier, RESET_FAILS="1"))
        self.assertEqual(daemon.get("/cart?item=poison&count").status, 200)
        wait_until(lambda: daemon.container("w1")["generation"] == 2, "there is a new worker")
        self.assertEqual(os.path.getsize(os.path.join(daemon.directory, "ends")), 1)
        self.assertIn("the cart cannot be reset", daemon.log())
        daemon.wait_settled(1)
        self.assertEqual(daemon.get("/hello").status, 200)


class Torn:
    """What prints its answers may tell of a stream that breaks: as php-fpm would."""

    def test_a_stream_that_breaks_shows_the_error_page_and_the_kernel_terminates_once(self):
        before = self.json("/cart")["pid"]
        path = os.path.join(self.daemon.directory, "ends")
        for times in (1, 2, 3):
            answer = self.daemon.get("/torn?count")
            self.assertEqual(answer.status, 500)
            self.assertIn(b"Internal Server Error", answer.body)
            self.assertEqual(self.json("/cart")["pid"], before)
            self.assertEqual(os.path.getsize(path), times)
        self.assertIn("torn on purpose", self.daemon.log())
        self.assertIn(b"half,<!DOCTYPE html>", self.daemon.get("/torn?part=half,").body)
        self.assertEqual(self.json("/cart")["pid"], before)


class InKrakenPhp(Shop, Torn, DaemonCase):
    carrier = "native"
    config = shop(carrier)


class FromATemplate(Shop, Torn, DaemonCase):
    """One boot for all workers, which are forked from it."""

    carrier = "native"
    config = application("symfony", "index.php", carrier, env=RUNTIME, template="app")


class FromAWarmTemplate(Shop, DaemonCase):
    """The template has served some pages itself."""

    carrier = "native"
    config = application("symfony", "index.php", carrier, env=RUNTIME, template="app",
                         warm=["/hello", "/cart?item=warm"])

    def test_nothing_of_what_was_warmed_is_left_in_a_request(self):
        self.assertNotIn("template_refused", self.daemon.log())
        self.assertNotIn("template_warns", self.daemon.log())
        self.assertNotIn("warm", self.daemon.get("/cart").body.decode())


class InStockPhp(Shop, DaemonCase):
    carrier = "program"
    config = shop(carrier)


class Unchanged(DaemonCase):
    """Outside a worker the runtime is Symfony's own: the same files, run for each request."""

    config = application("symfony", "", "classic", env=RUNTIME).replace('"php", ', "")

    def test_classic_mode_runs_the_same_application(self):
        self.assertEqual(self.daemon.get("/hello").body, b"hello\n")
        self.assertEqual(self.daemon.get("/cart?item=a").status, 200)
