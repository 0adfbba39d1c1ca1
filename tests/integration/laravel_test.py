# SPDX-License-Identifier: BSD-3-Clause
"""Laravel as Debian has it (8, without Octane), run by Kraken\\Laravel\\Worker: booted once, a copy
of the application for each request."""
import os

from support.case import DaemonCase
from support.frameworks import Boots, Pages, Sessions, application, require
from support.waiting import wait_until


class Shop(Boots, Pages, Sessions):
    @classmethod
    def setUpClass(cls):
        require("php-laravel-framework", "php/Illuminate/Foundation/Application.php")
        super().setUpClass()

    def test_what_a_request_changes_in_the_application_ends_with_it(self):
        found = [self.json("/state") for _ in range(3)]
        self.assertEqual(found[0], {
            "name": "Shop", "bound": False, "listeners": 0, "locale": "en", "console": False,
            "gate": False, "own": True, "url": "http://test/a"})
        self.assertEqual(found[1:], found[:1] * 2)
        self.assertEqual(self.daemon.get("/hello").all("set-cookie"), [])

    def test_a_user_is_known_to_one_request(self):
        user = [("X-User", "1")]
        self.assertEqual([self.json("/state", each)["gate"] for each in (user, [], user, [])],
                         [True, False, True, False])

    def test_controllers_are_made_for_each_request(self):
        self.assertEqual([self.json("/cart")["calls"] for _ in range(2)], [1, 1])

    def test_what_is_to_follow_the_answer_runs_once(self):
        path = os.path.join(self.daemon.directory, "terminated")
        if os.path.exists(path):
            os.unlink(path)
        self.json("/state")
        wait_until(lambda: os.path.exists(path), "the application has terminated")
        self.json("/cart")
        self.assertEqual(os.path.getsize(path), 1)

    def test_streams_are_sent_while_they_are_made(self):
        self.assertEqual(self.daemon.get("/stream").parts, [b"part 1\n", b"part 2\n", b"part 3\n"])
        self.assert_serves()

    def test_what_follows_an_answer_may_fail_and_is_reported(self):
        before = self.json("/cart")["pid"]
        self.assertEqual(self.daemon.get("/late").body, b"hello\n")
        wait_until(lambda: "too late" in self.daemon.log(), "it is logged")
        self.assertEqual(self.json("/cart")["pid"], before)

    def test_cookies_of_an_answer_are_of_that_answer(self):
        cookies = [each.split("=")[0] for each in self.daemon.get("/visits").all("set-cookie")]
        self.assertEqual(sorted(cookies), ["plain", "shop_session"])
        self.assertEqual(self.daemon.get("/hello").all("set-cookie"), [])


class Torn:
    """What prints its answers may tell of a stream that breaks: as php-fpm would."""

    def test_a_stream_that_breaks_shows_the_error_page(self):
        before = self.json("/cart")["pid"]
        answer = self.daemon.get("/torn")
        self.assertEqual(answer.status, 500)
        self.assertIn(b"Server Error", answer.body)
        wait_until(lambda: "torn on purpose" in self.daemon.log(), "it is logged")
        self.assertIn(b"half,<!DOCTYPE html>", self.daemon.get("/torn?part=half,").body)
        self.assertEqual(self.json("/cart")["pid"], before)


class InKrakenPhp(Shop, Torn, DaemonCase):
    config = application("laravel", "worker.php", "native")


class FromATemplate(Shop, Torn, DaemonCase):
    """One boot for all workers, which are forked from it."""

    config = application("laravel", "worker.php", "native", template="app")


class InStockPhp(Shop, DaemonCase):
    config = application("laravel", "worker.php", "program")


class ByOctane:
    """Octane's contracts as stubs: they show that its client is called, and when."""

    def file(self, name):
        return os.path.join(self.daemon.directory, name)

    def test_octanes_worker_gets_requests_and_gives_answers(self):
        self.assertEqual(self.daemon.get("/hello").body, b"hello\n")
        self.assertEqual(self.daemon.get("/hello?print=first,").body, b"first,hello\n")

    def test_its_worker_goes_on_after_the_answer(self):
        for mark in ("1", "2"):
            self.assertEqual(self.daemon.get("/hello?mark=" + mark).status, 200)
            wait_until(lambda: os.path.exists(self.file("after-" + mark)), "it has gone on")

    def test_an_error_without_an_answer_is_500(self):
        answer = self.daemon.get("/broken")
        self.assertEqual((answer.status, answer.body), (500, b"Internal Server Error\n"))
        wait_until(lambda: "thrown by the sandbox" in self.daemon.log(), "it is logged")
        self.assert_serves()

    def test_its_worker_ends_in_good_order(self):
        self.daemon.console("restart", "web")
        wait_until(lambda: os.path.exists(self.file("terminated")), "it was terminated")


class OctaneInKrakenPhp(ByOctane, DaemonCase):
    config = application("laravel", "octane.php", "native")

    def test_a_stream_that_breaks_is_an_error_of_octanes(self):
        answer = self.daemon.get("/torn")
        self.assertEqual((answer.status, answer.body), (500, b"Internal Server Error\n"))
        wait_until(lambda: "torn on purpose" in self.daemon.log(), "it is logged")
        self.assert_serves()


class OctaneInStockPhp(ByOctane, DaemonCase):
    config = application("laravel", "octane.php", "program")


class Unchanged(DaemonCase):
    config = application("laravel", "", "classic").replace('"php", ', "")

    def test_classic_mode_runs_the_same_application(self):
        self.assertEqual(self.daemon.get("/hello").body, b"hello\n")
        self.assertEqual(self.daemon.get("/visits").body, b"1")
