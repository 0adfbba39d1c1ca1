# SPDX-License-Identifier: BSD-3-Clause
"""Beginning and end of the daemon: signals, drain, one daemon per socket, the service manager."""
import os
import signal
import socket
import subprocess
import threading
import time
import unittest

from support import processes
from support.case import fresh_daemon
from support.daemon import Daemon
from support.http_client import Closed, Connection, request_bytes
from support.topology import http, pool, process, topology
from support.waiting import wait_until

CONFIG = topology(pool(size=2), http())


def busy_count(daemon):
    return sum(1 for each in daemon.workers() if each["live"] and each["live"]["busy"])


class Stop(unittest.TestCase):
    def test_sigterm_drains(self):
        daemon = fresh_daemon(self, CONFIG)
        idle = daemon.connect()
        self.addCleanup(idle.close)
        self.assertEqual(idle.get("/hello").status, 200)
        with daemon.connect() as connection:
            connection.send(request_bytes("GET", "/slow?ms=1000"))
            wait_until(lambda: busy_count(daemon) == 1, "the request is in work")
            address = daemon.address()
            daemon.signal(signal.SIGTERM)
            answer = connection.response()
            self.assertEqual((answer.status, answer.header("connection")), (200, "close"))
            self.assertTrue(connection.is_closed())
        self.assertTrue(idle.is_closed())
        self.assertEqual(daemon.wait_end(within=20), 0)
        with self.assertRaises(ConnectionRefusedError):
            Connection(address)

    def test_a_long_request_ends_whoever_stops_first(self):
        """Longer than the 5 s that an end may take by default."""
        for first, second in ((pool(size=2), http()), (http(), pool(size=2))):
            with self.subTest(first=first["id"]):
                daemon = fresh_daemon(self, topology(first, second, supervise={}))
                with daemon.connect() as connection:
                    connection.send(request_bytes("GET", "/slow?ms=6000"))
                    wait_until(lambda: busy_count(daemon) == 1, "the request is in work")
                    daemon.signal(signal.SIGTERM)
                    self.assertEqual(connection.response().status, 200)
                self.assertEqual(daemon.wait_end(within=20), 0)
                self.assertNotIn("shutdown_timeout", daemon.log())

    def test_one_who_reads_slowly_gets_all_of_it(self):
        daemon = fresh_daemon(self, CONFIG)
        size = 64 << 20
        with daemon.connect() as connection:
            connection.send(request_bytes("GET", f"/bytes?n={size}"))
            answer = connection.response_head()
            daemon.signal(signal.SIGTERM)
            wait_until(lambda: "daemon_stopping" in daemon.log(), "it stops")
            self.assertFalse(self.ends_within(daemon, 6), "somebody still reads")
            connection.read_body(answer)
            self.assertEqual(len(answer.body), size)
        self.assertEqual(daemon.wait_end(within=20), 0)

    @staticmethod
    def ends_within(daemon, seconds):
        try:
            daemon.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def test_a_front_is_as_patient_as_its_file_says(self):
        daemon = fresh_daemon(self, topology(pool(size=2), http(shutdown="500ms")))
        with daemon.connect() as connection:
            connection.send(request_bytes("GET", "/slow?ms=20000"))
            wait_until(lambda: busy_count(daemon) == 1, "the request is in work")
            done = daemon.console("container:stop", "http")
            self.assertEqual(done.code, 0, done)
            self.assertEqual(connection.response().status, 503)
        self.assertIn("shutdown_timeout", daemon.log())

    def test_sigint_is_as_good(self):
        daemon = fresh_daemon(self, CONFIG)
        daemon.signal(signal.SIGINT)
        self.assertEqual(daemon.wait_end(), 0)

    def test_not_ready_while_it_stops_but_alive(self):
        daemon = fresh_daemon(self, CONFIG)
        with daemon.connect() as connection:
            connection.send(request_bytes("GET", "/slow?ms=1500"))
            wait_until(lambda: busy_count(daemon) == 1, "the request is in work")
            daemon.signal(signal.SIGTERM)
            wait_until(lambda: daemon.health("/readyz") == 503, "not ready any more")
            self.assertEqual(daemon.health("/livez"), 200)
            self.assertEqual(connection.response().status, 200)
        self.assertEqual(daemon.wait_end(), 0)

    def test_a_worker_that_does_not_end_is_killed_in_bounded_time(self):
        daemon = fresh_daemon(self, topology(
            pool(size=2, request={"timeout": "60s"}, shutdown="1s"), http(shutdown="1s")))
        with daemon.connect() as connection:
            connection.send(request_bytes("GET", "/hang"))
            wait_until(lambda: busy_count(daemon) == 1, "the request is in work")
            began = time.monotonic()
            daemon.signal(signal.SIGTERM)
            self.assertEqual(daemon.wait_end(within=30), 0)
            self.assertLess(time.monotonic() - began, 25)

    def test_the_deadline_of_the_whole_stop_holds(self):
        daemon = fresh_daemon(self, topology(
            pool(size=2, request={"timeout": "60s"}, shutdown="60s"), http(),
            shutdown={"deadline": "1s"}))
        with daemon.connect() as connection:
            connection.send(request_bytes("GET", "/hang"))
            wait_until(lambda: busy_count(daemon) == 1, "the request is in work")
            daemon.signal(signal.SIGTERM)
            daemon.expected_code = daemon.wait_end(within=20)
        self.assertIn(daemon.expected_code, (0, 1))

    def test_a_second_sigterm_hurries(self):
        daemon = fresh_daemon(self, topology(
            pool(size=2, request={"timeout": "60s"}, shutdown="60s"), http()))
        with daemon.connect() as connection:
            connection.send(request_bytes("GET", "/slow?ms=50000"))
            wait_until(lambda: busy_count(daemon) == 1, "the request is in work")
            daemon.signal(signal.SIGTERM)
            wait_until(lambda: "daemon_stopping" in daemon.log(), "it stops")

            def hurried():
                daemon.signal(signal.SIGTERM)
                return "daemon_stopping hurried=true" in daemon.log()
            wait_until(hurried, "one of them comes late enough", within=10)
            daemon.expected_code = daemon.wait_end(within=10)
        self.assertIn(daemon.expected_code, (0, 1))

    def test_a_hurried_end_answers_everybody(self):
        def asked_twice(daemon):
            def hurried():
                daemon.signal(signal.SIGTERM)
                return "daemon_stopping hurried=true" in daemon.log()
            wait_until(hurried, "a signal comes late enough", within=10)

        def by_its_deadline(daemon):
            daemon.signal(signal.SIGTERM)
        for end, deadline in ((asked_twice, "60s"), (by_its_deadline, "1s")):
            with self.subTest(end=end.__name__):
                self.ends_in_a_hurry(end, deadline)

    def ends_in_a_hurry(self, end, deadline):
        daemon = fresh_daemon(self, topology(
            pool(size=2, request={"timeout": "60s"}, queue={"timeout": "60s"}, shutdown="60s"),
            http(), shutdown={"deadline": deadline}))
        idle = daemon.connect()
        self.addCleanup(idle.close)
        self.assertEqual(idle.get("/hello").status, 200)
        # Two are in work, and two wait for a worker.
        waiting = [daemon.connect() for _ in range(4)]
        for each in waiting:
            self.addCleanup(each.close)
            each.send(request_bytes("GET", "/slow?ms=50000"))
        half = daemon.connect()
        self.addCleanup(half.close)
        half.send(b"POST /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n"
                  b"Expect: 100-continue\r\n\r\n")
        self.assertEqual(half.response_head().status, 100)
        half.send(b"abc")
        wait_until(lambda: busy_count(daemon) == 2 and
                   daemon.metric("kraken_pool_waiting") == 2, "two wait")
        end(daemon)
        for each in (*waiting, half):
            answer = each.response()
            self.assertEqual((answer.status, answer.header("connection")), (503, "close"))
            self.assertTrue(each.is_closed())
        self.assertTrue(idle.is_closed())
        self.assertEqual(daemon.wait_end(within=5), 0)

    def test_signals_at_once_are_one_request(self):
        """As `timeout` sends them to a process and to its group."""
        daemon = fresh_daemon(self, CONFIG)
        with daemon.connect() as connection:
            connection.send(request_bytes("GET", "/slow?ms=1500"))
            wait_until(lambda: busy_count(daemon) == 1, "the request is in work")
            daemon.signal(signal.SIGTERM)
            wait_until(lambda: "daemon_stopping" in daemon.log(), "it stops", every=0.001)
            daemon.signal(signal.SIGTERM)
            daemon.signal(signal.SIGINT)
            self.assertEqual(connection.response().status, 200)
        self.assertEqual(daemon.wait_end(), 0)
        self.assertNotIn("hurried=true", daemon.log())

    def test_the_console_waits_until_it_is_gone(self):
        daemon = fresh_daemon(self, CONFIG)
        daemon_pid = daemon.pid
        # Who has ended is gone, also before its guardian has collected it.
        daemon.signal(signal.SIGSTOP)
        try:
            done = daemon.console("stop", "--wait")
            self.assertEqual((done.code, done.out), (0, "Daemon has stopped.\n"))
            self.assertEqual(processes.state_of(daemon_pid), "Z")
        finally:
            daemon.signal(signal.SIGCONT)
        self.assertEqual(daemon.wait_end(), 0)
        self.assertEqual([name for name in os.listdir(daemon.directory) if "sock" in name], [])

    def test_it_waits_no_longer_than_told(self):
        daemon = fresh_daemon(self, CONFIG)
        with daemon.connect() as connection:
            connection.send(request_bytes("GET", "/slow?ms=3000"))
            wait_until(lambda: busy_count(daemon) == 1, "the request is in work")
            done = daemon.console("stop", "--wait=200ms")
            self.assertNotEqual(done.code, 0)
            self.assertIn("still runs after 200ms", done.err)
            self.assertIn("Try: kraken stop --now", done.err)
            self.assertEqual(connection.response().status, 200)
        self.assertEqual(daemon.wait_end(), 0)

    def test_the_console_stops_it(self):
        for words in (["stop"], ["stop", "--now"]):
            with self.subTest(words=words):
                daemon = fresh_daemon(self, CONFIG)
                done = daemon.console(*words)
                self.assertEqual((done.code, done.out), (0, "Daemon is stopping.\n"))
                self.assertEqual(daemon.wait_end(), 0)

    def test_stop_while_it_boots(self):
        daemon = Daemon(topology(pool(script="slow_boot.php"), http()))
        self.addCleanup(daemon.close)
        daemon.launch()
        wait_until(lambda: "daemon_started" in daemon.log(), "it has begun")
        daemon.signal(signal.SIGTERM)
        self.assertEqual(daemon.wait_end(within=20), 0)

    def test_streams_of_events_end_with_the_daemon(self):
        daemon = fresh_daemon(self, CONFIG)
        follower = subprocess.Popen(
            [*daemon.console_words("events", "-f")], env=daemon.console_environment(),
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.addCleanup(follower.stdout.close)
        follower.stdout.readline()
        daemon.signal(signal.SIGTERM)
        self.assertEqual(daemon.wait_end(), 0)
        follower.stdout.read()
        self.assertIn(follower.wait(timeout=20), (0, 4))


class Boot(unittest.TestCase):
    def test_the_front_listens_while_workers_boot_and_keeps_what_comes(self):
        daemon = Daemon(topology(pool(script="slow_boot.php"), http(),
                                 supervise={"strategy": "rest_for_one", "start": "parallel"}))
        self.addCleanup(daemon.close)
        daemon.launch()
        # The worker needs 1.5 s; the request is there before and must not be refused.
        wait_until(lambda: daemon.api("node")["listen"], "the front listens", within=20)
        self.assertEqual(daemon.health("/readyz"), 503)
        self.assertEqual(daemon.get("/").status, 200)

    def test_nothing_is_inherited_that_a_worker_should_not_have(self):
        daemon = fresh_daemon(self, CONFIG)
        for pid in daemon.pids():
            names = {os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")}
            kinds = sorted(name.split(":")[0] for name in names)
            # Standard streams, and the socket of its channel; PHP opens its own script.
            self.assertLessEqual(sum(kind == "socket" for kind in kinds), 1, names)
            self.assertFalse(any("kraken" in name and "tests" not in name for name in names), names)


class OnePerSocket(unittest.TestCase):
    def test_the_second_daemon_names_the_first_and_leaves_it_alone(self):
        daemon = fresh_daemon(self, CONFIG)
        second = subprocess.run(daemon.command_line(), env=daemon.environment, timeout=60,
                                capture_output=True, text=True, check=False,
                                stdin=subprocess.DEVNULL)
        self.assertEqual(second.returncode, 73, second)
        self.assertIn(str(daemon.pid), second.stderr)
        self.assertEqual(daemon.get("/hello").status, 200)
        daemon.wait_settled(2)

    def test_two_daemons_with_sockets_of_their_own_do_not_meet(self):
        first, second = fresh_daemon(self, CONFIG), fresh_daemon(self, CONFIG)
        self.assertNotEqual(first.address(), second.address())
        second.close()
        self.assertEqual(first.get("/hello").status, 200)

    def test_a_taken_port_is_told(self):
        daemon = fresh_daemon(self, CONFIG)
        port = daemon.address()[1]
        other = Daemon(topology(pool(size=1), {**http(), "listen": [f"127.0.0.1:{port}"]}))
        self.addCleanup(other.abort)
        other.launch()
        self.assertNotEqual(other.wait_end(within=60), 0)
        self.assertIn(str(port), other.log())
        self.assertEqual(daemon.get("/hello").status, 200)
        wait_until(lambda: not other.family(), "the loser leaves nothing behind")


class ServiceManager(unittest.TestCase):
    """A stand-in for systemd's socket."""

    def managed(self, config, **environment):
        """@return a daemon to be started, what it says, and whether it has said a word"""
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        daemon = Daemon(config)
        path = os.path.join(daemon.directory, "notify.sock")
        manager.bind(path)
        manager.settimeout(30)
        messages = []

        def listen():
            while True:
                try:
                    messages.append(manager.recv(4096).decode())
                except OSError:
                    return
        threading.Thread(target=listen, daemon=True).start()

        def said(word, times=1):
            return sum(1 for each in messages if word in each.splitlines()) >= times
        daemon.environment.update(NOTIFY_SOCKET=path, **environment)
        self.addCleanup(daemon.close)
        return daemon, messages, said

    def test_ready_is_said_when_readyz_says_so(self):
        """What starts all at once is waited for as well, and a reload meanwhile changes nothing."""
        waits = "while [ ! -e go ]; do sleep 0.02; done; echo >&3; exec sleep 600"
        one = process("one", "sh", "-c", waits, ready={"fd": 3})
        for root in ([one], [{"id": "group", "type": "supervisor", "children": [one],
                              "supervise": {"start": "parallel"}}]):
            with self.subTest(root=root[0]["id"]):
                config = topology(*root, supervise={"start": "parallel"})
                daemon, messages, said = self.managed(config)
                daemon.launch()
                wait_until(lambda: os.path.exists(daemon.socket) and
                           daemon.container("Main")["phase"] == "ready", "the root has started")
                self.assertEqual(daemon.health("/readyz"), 503)
                done = daemon.console("reload")
                self.assertEqual(done.code, 0, done)
                daemon.signal(signal.SIGHUP)
                self.assertEqual(daemon.console("reload").code, 0)
                self.assertFalse(said("READY=1"), messages)
                with open(os.path.join(daemon.directory, "go"), "w", encoding="ascii"):
                    pass
                wait_until(lambda: said("READY=1"), "READY=1")
                self.assertEqual(daemon.health("/readyz"), 200)
                daemon.signal(signal.SIGHUP)
                wait_until(lambda: said("RELOADING=1") and said("READY=1", 2), "and again")

    def test_ready_is_said_of_a_tree_that_was_stopped_while_it_booted(self):
        waits = "while [ ! -e go ]; do sleep 0.02; done; echo >&3; exec sleep 600"
        daemon, messages, said = self.managed(topology(process("one", "sh", "-c", waits,
                                                               ready={"fd": 3})))
        daemon.launch()
        wait_until(lambda: os.path.exists(daemon.socket) and
                   daemon.container("Main/one")["phase"] == "starting", "it boots")
        self.assertEqual(daemon.console("project:stop").code, 0)
        wait_until(lambda: "tree_not_ready" in daemon.log(), "the boot is over")
        self.assertNotIn("ERROR", daemon.log())  # it was stopped by an order
        self.assertFalse(said("READY=1"), messages)
        with open(os.path.join(daemon.directory, "go"), "w", encoding="ascii"):
            pass
        self.assertEqual(daemon.console("project:start").code, 0)
        wait_until(lambda: said("READY=1"), "READY=1")

    def test_ready_stopping_and_watchdog(self):
        daemon, messages, said = self.managed(CONFIG, WATCHDOG_USEC="400000")
        daemon.start()
        wait_until(lambda: said("READY=1"), "READY=1")
        wait_until(lambda: said("WATCHDOG=1", 3), "three signs of life")
        # Workers are none of the manager's business.
        for pid in daemon.pids():
            with open(f"/proc/{pid}/environ", "rb") as file:
                self.assertNotIn(b"NOTIFY_SOCKET", file.read())
        began = time.monotonic_ns() // 1000
        daemon.signal(signal.SIGHUP)
        wait_until(lambda: said("RELOADING=1"), "RELOADING=1")
        wait_until(lambda: said("READY=1", 2), "READY=1 after the reload")
        # In one message, and in the manager's own time.
        reloading = next(each for each in messages if "RELOADING=1" in each).splitlines()
        at = next(each for each in reloading if each.startswith("MONOTONIC_USEC="))
        self.assertLessEqual(began, int(at.partition("=")[2]))
        self.assertLessEqual(int(at.partition("=")[2]), time.monotonic_ns() // 1000)
        self.assertTrue(any(each == "READY=1\nSTATUS=ready" for each in messages), messages)
        daemon.write_config("nonsense: 1\n")
        daemon.signal(signal.SIGHUP)
        wait_until(lambda: said("RELOADING=1", 2) and said("READY=1", 3), "refused, and ready")
        self.assertTrue(any("STATUS=ready; the last reload was refused" in each
                            and "nonsense" in each for each in messages), messages)
        daemon.signal(signal.SIGTERM)
        self.assertEqual(daemon.wait_end(), 0)
        wait_until(lambda: said("STOPPING=1"), "STOPPING=1")

    def test_a_manager_that_is_not_there_is_no_reason_to_fail(self):
        daemon = fresh_daemon(self, CONFIG, environment={"NOTIFY_SOCKET": "/nowhere/notify"})
        self.assertEqual(daemon.get("/hello").status, 200)


class Signals(unittest.TestCase):
    def test_signals_without_a_meaning_do_nothing(self):
        daemon = fresh_daemon(self, CONFIG)
        for number in (signal.SIGPIPE, signal.SIGWINCH, signal.SIGUSR2, signal.SIGUSR1):
            daemon.signal(number)
        self.assertEqual(daemon.get("/hello").status, 200)
        self.assertTrue(daemon.running())
        self.assertEqual(processes.zombies_of(daemon.pid), [])

    def test_sigusr1_opens_the_log_file_anew(self):
        daemon = Daemon(topology(pool(size=1), http(), log={"file": "own.log"}))
        self.addCleanup(daemon.close)
        daemon.start()
        path = os.path.join(daemon.directory, "own.log")
        rotated = path + ".1"
        self.assertTrue(os.path.exists(path))
        os.rename(path, rotated)
        daemon.signal(signal.SIGUSR1)

        def reopened():
            daemon.get("/echo-stray")
            with open(path, encoding="utf-8") as file:
                return "stray error" in file.read()
        wait_until(reopened, "lines go to the new file")
        before = os.path.getsize(rotated)
        daemon.get("/echo-stray")
        self.assertEqual(os.path.getsize(rotated), before)


