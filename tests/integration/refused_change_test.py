# SPDX-License-Identifier: BSD-3-Clause
"""A change that is refused costs what it brought: what served before it has never been touched."""
import os
import socket
import unittest

from support import processes
from support.case import fresh_daemon
from support.crowd import Crowd
from support.http_client import Connection
from support.narya import free_port
from support.topology import http, process, topology
from support.waiting import wait_until

ROUTES = [{"exact": "/fixed", "respond": {"status": 200, "body": "fixed"}}]
SOON = {"ready": {"alive_for": "50ms", "within": "2s"}}
NEVER = {"ready": {"alive_for": "5s", "within": "9s"}}  # of who exits at once, however busy it is
LATE = {"ready": {"fd": 3, "within": "1s"}}


def config(*children):
    return topology(*children, supervise={"strategy": "one_for_one"})


def front(*ports, id="http"):
    return http(id=id, routes=ROUTES, listen=[f"127.0.0.1:{port}" for port in ports])


def sleeper(id, seconds="600", **options):
    return process(id, "sleep", seconds, **SOON, **options)


class RefusedChange(unittest.TestCase):
    def setUp(self):
        self.old, self.new = free_port(), free_port()
        self.daemon = fresh_daemon(self, config(
            front(self.old), sleeper("a"), sleeper("b"), sleeper("gone")))
        self.runs = os.path.join(self.daemon.directory, "runs")

    def counted(self, id, then="exit 7", **options):
        """A program that leaves a line each time it is started."""
        return process(id, "sh", "-c", f"echo x >> {self.runs}; {then}", **(options or NEVER))

    def started(self):
        with open(self.runs, encoding="ascii") as file:
            return len(file.readlines())

    def who_runs(self):
        return {each["alias"]: (each["pid"], each["generation"])
                for each in self.daemon.containers()}

    def apply(self, *children, code):
        self.daemon.write_config(config(*children))
        done = self.daemon.console("arch:apply")
        self.assertEqual(done.code, code, done)
        return done

    def connect(self):
        return Connection(("127.0.0.1", self.old))

    def refused(self, bad, says):
        before = self.who_runs()
        with Crowd(4, self.connect, "/fixed") as kept, \
                Crowd(4, self.connect, "/fixed", keep_alive=False) as anew:
            wait_until(lambda: kept.answers > 50, "load")
            done = self.apply(front(self.new), sleeper("a", "601"), sleeper("b"), sleeper("c"),
                              bad, code=1)
        self.assertIn(says, done.err)
        self.assertIn("everything is as it was before", done.err)
        for each in kept, anew:
            self.assertEqual((each.faults, each.statuses, each.let_go), ([], {200}, 0))
        self.assertEqual(self.who_runs(), before)
        self.assertEqual(self.started(), 1, "what failed is not tried again")
        self.assertEqual(len(self.daemon.family()), 3)

    def test_a_new_one_that_exits(self):
        self.refused(self.counted("bad"), "Main/bad: exit code 7")

    def test_a_new_one_that_is_never_ready(self):
        self.refused(self.counted("bad", "exec sleep 600", **LATE), "Main/bad: ")

    def test_a_new_one_that_is_to_be_tried_for_ever(self):
        self.refused(self.counted("bad", give_up="retry", **NEVER), "Main/bad: exit code 7")

    def test_one_that_is_to_be_parked_is_taken_without_a_start(self):
        """The daemon's own start bears it; a change does not, and says how to have it."""
        bad = self.counted("bad", give_up="park", **NEVER)
        self.refused(bad, "with autostart: false it is taken as it is")
        rest = front(self.old), sleeper("a"), sleeper("b"), sleeper("gone"), sleeper("c")
        self.apply(*rest, {**bad, "autostart": False}, code=0)
        self.assertEqual(self.daemon.container("c")["state"], "started")
        self.assertEqual(self.daemon.console("container:start", "bad").code, 1)
        wait_until(lambda: self.daemon.container("bad")["phase"] == "parked", "given up")
        self.assertEqual(self.daemon.health("/readyz"), 200)
        self.apply(*rest, bad, code=0)  # the next start of the daemon tries it again
        self.assertEqual(self.daemon.container("bad")["phase"], "parked")

    def test_a_front_that_cannot_listen(self):
        before = self.who_runs()
        stranger = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(stranger.close)
        done = self.apply(front(self.old, stranger.getsockname()[1]), sleeper("a", "601"),
                          sleeper("b"), code=1)
        self.assertIn("Address already in use", done.err)
        self.assertEqual(self.who_runs(), before)

    def test_another_program_that_fails_runs_once(self):
        before = self.who_runs()
        done = self.apply(front(self.old), self.counted("a"), sleeper("b"), sleeper("c", "602"),
                          code=1)
        self.assertIn("Main/a: exit code 7", done.err)
        self.assertEqual(self.started(), 1)
        after = self.who_runs()
        self.assertEqual(processes.command_of(after["a"][0]), "sleep 600")
        for each in before.keys() - {"a"}:
            self.assertEqual(after[each], before[each], each)
        self.assertEqual(after.keys(), before.keys())

    def test_another_program_that_fails_ends_no_siblings(self):
        """Not even where a failure concerns all of them, and there is no budget."""
        def strict(*children):
            return topology(*children, supervise={
                "strategy": "one_for_all", "intensity": 0, "period": "10s"})
        daemon = fresh_daemon(self, strict(sleeper("a"), sleeper("b")))
        before = daemon.container("b")["pid"]
        daemon.write_config(strict(self.counted("a"), sleeper("b")))
        done = daemon.console("arch:apply")
        self.assertEqual(done.code, 1, done)
        self.assertIn("everything is as it was before", done.err)
        self.assertEqual(self.started(), 1)
        self.assertEqual(daemon.container("b")["pid"], before)
        self.assertEqual(processes.command_of(daemon.container("a")["pid"]), "sleep 600")

    def test_all_of_it_when_nothing_fails(self):
        before = self.who_runs()
        self.apply(sleeper("c"), front(self.new), sleeper("a", "601"), sleeper("b"), code=0)
        after = self.who_runs()
        self.assertEqual(list(after), ["Main", "c", "http", "a", "b"])
        self.assertEqual(after["b"], before["b"])
        with self.daemon.connect(("127.0.0.1", self.new)) as connection:
            self.assertEqual(connection.get("/fixed").status, 200)

    def test_another_name_for_who_holds_an_address(self):
        self.apply(front(self.old, id="other"), sleeper("a"), sleeper("renamed"), code=0)
        with self.connect() as connection:
            self.assertEqual(connection.get("/fixed").status, 200)
        self.assertEqual(list(self.who_runs()), ["Main", "other", "a", "renamed"])


if __name__ == "__main__":
    unittest.main()
