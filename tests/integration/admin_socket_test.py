# SPDX-License-Identifier: BSD-3-Clause
"""The admin socket's file: what happens when somebody removes it, or puts another in its place."""
import os
import signal
import socket
import unittest

from support.case import fresh_daemon
from support.daemon import Daemon
from support.topology import topology
from support.waiting import wait_until

CONFIG = topology()


class AdminSocket(unittest.TestCase):
    def remove(self, daemon, *endings):
        for ending in endings:
            os.unlink(daemon.socket + ending)

    def hang_up(self, daemon, event):
        before = daemon.log().count(event)
        daemon.signal(signal.SIGHUP)
        wait_until(lambda: daemon.log().count(event) > before, event)

    def test_a_hang_up_makes_a_removed_socket_anew(self):
        daemon = fresh_daemon(self, CONFIG)
        for endings in (("",), ("", ".lock")):
            with self.subTest(removed=endings):
                self.remove(daemon, *endings)
                lost = daemon.console("ps")
                self.assertEqual(lost.code, 4, lost)
                self.hang_up(daemon, "admin_socket_made_anew")
                self.assertEqual(daemon.console("ps").code, 0)
                self.assertEqual(os.stat(daemon.socket).st_mode & 0o777, 0o600)
        second = Daemon(CONFIG, directory=daemon.directory).launch()
        self.assertEqual(second.wait_end(), 73, "the lock is held")
        self.assertEqual(daemon.console("reload").code, 0)
        self.assertEqual(daemon.log().count("admin_socket_made_anew"), 2, "only what is gone")

    def test_who_cannot_reach_the_daemon_is_told_what_helps(self):
        daemon = fresh_daemon(self, CONFIG)
        self.remove(daemon, "")
        lost = daemon.console("ps")
        self.assertIn(f"no daemon: there is no socket '{daemon.socket}'", lost.err)
        self.assertIn(f"kill -HUP {daemon.pid}", lost.err)
        self.hang_up(daemon, "admin_socket_made_anew")
        daemon.kill9()
        os.unlink(daemon.socket)
        self.assertNotIn("kill -HUP", daemon.console("ps").err, "that one is dead")

    def test_a_broken_file_does_not_keep_the_socket_away(self):
        daemon = fresh_daemon(self, CONFIG)
        self.remove(daemon, "")
        daemon.write_config("root: 7")
        self.hang_up(daemon, "admin_socket_made_anew")
        self.assertEqual(daemon.console("ps").code, 0)

    def test_who_follows_events_goes_on(self):
        daemon = fresh_daemon(self, CONFIG)
        with daemon.connect(daemon.socket) as connection:
            self.assertEqual(connection.get("/livez").status, 200)
            self.remove(daemon, "")
            self.hang_up(daemon, "admin_socket_made_anew")
            self.assertEqual(connection.get("/livez").status, 200)

    def test_followers_leave_room_for_commands(self):
        daemon = fresh_daemon(self, CONFIG)
        for _ in range(96):
            follower = socket.socket(socket.AF_UNIX)
            self.addCleanup(follower.close)
            follower.settimeout(10)
            follower.connect(daemon.socket)
            follower.sendall(b"GET /api/v1/events HTTP/1.1\r\nhost: kraken\r\n"
                             b"accept: text/event-stream\r\n\r\n")
            self.assertTrue(follower.recv(4096).startswith(b"HTTP/1.1 200 "))
        for command in ("events", "logs"):
            done = daemon.console(command, "-f")
            self.assertEqual(done.code, 5, done)
            self.assertIn("96 clients follow events or logs already (busy)", done.err)
            self.assertIn(f"Try: kraken {command}\n", done.err)
            self.assertEqual(daemon.console(command).code, 0, "that helps")
        self.assertEqual(daemon.console("health").code, 0)
        follower.close()
        wait_until(lambda: self.follows(daemon), "there is room again")

    def test_who_asks_nothing_keeps_no_operator_out(self):
        daemon = fresh_daemon(self, CONFIG)
        for half in (b"GET /livez HTTP/1.1\r\nhost:", b""):
            opened = []
            for _ in range(130):
                one = socket.socket(socket.AF_UNIX)
                self.addCleanup(one.close)
                one.connect(daemon.socket)
                one.sendall(half)
                opened.append(one)
            for command in ("tree", "server:ping"):
                done = daemon.console(command)
                self.assertEqual(done.code, 0, done)
            for one in opened:
                one.close()

    def follows(self, daemon):
        with daemon.connect(daemon.socket) as connection:
            connection.send(b"GET /api/v1/events HTTP/1.1\r\nhost: kraken\r\n"
                            b"accept: text/event-stream\r\n\r\n")
            return connection.socket.recv(4096).startswith(b"HTTP/1.1 200 ")

    def test_the_socket_of_a_successor_is_left_alone(self):
        first = fresh_daemon(self, CONFIG)
        self.remove(first, "", ".lock")
        second = Daemon(CONFIG, directory=first.directory)
        second.log_file = os.path.join(first.directory, "second.log")
        second.start()
        self.hang_up(first, "admin_socket_missing")
        self.assertIn(f"the daemon with pid {second.pid} holds", first.log())
        self.assertEqual(first.stop(), 0)
        self.assertEqual(second.console("ps").code, 0)
        self.assertTrue(os.path.exists(second.socket + ".lock"))
        self.assertEqual(second.stop(), 0)
        self.assertFalse(os.path.exists(second.socket))


if __name__ == "__main__":
    unittest.main()
