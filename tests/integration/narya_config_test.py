# SPDX-License-Identifier: BSD-3-Clause
"""The Narya dialect's configuration: what each key does to a running daemon, and the doors beside
the file: environment, flags, signals."""
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import unittest

from support.case import fresh_daemon
from support.daemon import CONSOLE, Daemon
from support.http_client import request_bytes
from support.narya import WORKER, free_port, narya_config
from support.waiting import stays_true, wait_until


class NaryaConfigCase(unittest.TestCase):
    def daemon_of(self, config, **options):
        return fresh_daemon(self, config, **{"file_name": ".rr.yaml", **options})

    def busy_client(self, daemon, milliseconds=1500):
        client = daemon.connect()
        self.addCleanup(client.close)
        client.send(request_bytes("GET", f"/slow?={milliseconds}"))
        return client

    def occupied(self, workers):
        """A daemon whose one worker is busy for 1.5 s."""
        daemon = self.daemon_of(narya_config(workers))
        busy = self.busy_client(daemon)
        wait_until(lambda: daemon.workers()[0]["live"]["busy"], "the worker is busy")
        return daemon, busy


class ServerKeys(NaryaConfigCase):
    def test_host(self):
        daemon = self.daemon_of(narya_config(server="  host: 127.0.0.2"))
        host, port = daemon.address()
        self.assertEqual(host, "127.0.0.2")
        self.assertEqual(daemon.get("/hello").status, 200)
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=10)

    def test_read_timeout(self):
        daemon = self.daemon_of(narya_config("  count: 1", "  read_timeout: 1"))
        for sent in (b"GET /hello HTTP/1.1\r\nHost:",
                     b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"):
            with self.subTest(sent=sent), daemon.connect() as connection:
                began = time.monotonic()
                connection.send(sent)
                self.assertEqual(connection.response().status, 408)
                self.assertGreater(time.monotonic() - began, 0.8)

    def test_write_timeout(self):
        daemon = self.daemon_of(narya_config("  count: 1", "  write_timeout: 1"))
        with daemon.connect(receive_buffer=4096) as connection:
            connection.send(request_bytes("GET", "/bytes?=9000000"))
            wait_until(lambda: daemon.metric("kraken_http_connections_open") == 0,
                       "a client that reads nothing is given up")
        with daemon.connect() as connection:  # it is no limit of the handler
            self.assertEqual(connection.get("/slow?=1500").status, 200)

    def test_enable_http2_is_said_to_do_nothing(self):
        for value, warned in (("true", True), ("false", False)):
            with self.subTest(value=value):
                daemon = self.daemon_of(narya_config(server=f"  enable_http2: {value}"))
                self.assertEqual("HTTP/2 is not served" in daemon.log(), warned)

    def test_unknown_keys_are_ignored_aloud(self):
        daemon = self.daemon_of(narya_config(server="  colour: red") + "http:\n  address: x\n")
        self.assertIn("server.colour: unknown key, ignored", daemon.log())
        self.assertIn("http: unknown key, ignored", daemon.log())
        self.assertEqual(daemon.get("/hello").status, 200)


class PhpKeys(NaryaConfigCase):
    def test_binary_and_script_are_looked_up_where_the_daemon_was_started(self):
        daemon = Daemon(narya_config(php="  binary: bin/own-php\n  worker_script: app/worker.php"),
                        file_name=".rr.yaml")
        self.addCleanup(daemon.close)
        for folder in ("bin", "app", "conf"):
            os.mkdir(os.path.join(daemon.directory, folder))
        shutil.copy(WORKER, os.path.join(daemon.directory, "app", "worker.php"))
        binary = os.path.join(daemon.directory, "bin", "own-php")
        with open(binary, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nOWN_PHP=yes exec php \"$@\"\n")
        os.chmod(binary, 0o755)
        moved = os.path.join(daemon.directory, "conf", ".rr.yaml")
        os.rename(daemon.config_file, moved)
        daemon.config_file = moved
        daemon.start()
        self.assertEqual(daemon.get("/hello").status, 200)
        for pid in daemon.pids():
            with open(f"/proc/{pid}/environ", "rb") as file:
                self.assertIn(b"OWN_PHP=yes", file.read())

    def test_a_script_that_is_not_there(self):
        daemon = Daemon(narya_config(php="nothing.php"), file_name=".rr.yaml").launch()
        self.addCleanup(daemon.close)
        daemon.expected_code = 2
        self.assertEqual(daemon.wait_end(), 2)
        self.assertIn("web.start: there is no file '" + daemon.directory + "/nothing.php'",
                      daemon.log())


class WorkerKeys(NaryaConfigCase):
    def pids_of(self, daemon, requests):
        with daemon.connect() as connection:
            return list(dict.fromkeys(
                json.loads(connection.get("/whoami").body)["pid"] for _ in range(requests)))

    def test_count_alone_is_minimum_and_maximum(self):
        for count in (1, 6):
            with self.subTest(count=count):
                daemon = self.daemon_of(narya_config(f"  count: {count}"))
                self.assertEqual(len(daemon.workers()), count)
                shown = json.loads(daemon.get("/debug/workers").body)
                self.assertEqual((shown["min_workers"], shown["max_workers"]), (count, count))

    def test_max_requests_is_1000_when_nothing_is_said(self):
        daemon = self.daemon_of(narya_config("  count: 1"))
        self.assertEqual(len(self.pids_of(daemon, 1001)), 2)

    def test_max_requests_0_or_less_is_no_limit(self):
        for value in (0, -1):
            with self.subTest(value=value):
                daemon = self.daemon_of(narya_config(f"  count: 1\n  max_requests: {value}"))
                self.assertEqual(len(self.pids_of(daemon, 1100)), 1)

    def test_timeout(self):
        daemon = self.daemon_of(narya_config("  count: 1\n  timeout: 1"))
        began = time.monotonic()
        self.assertEqual(daemon.get("/slow?=20000").status, 504)
        self.assertGreater(time.monotonic() - began, 0.9)

    def test_timeout_0_is_the_standard_30_seconds(self):
        daemon = self.daemon_of(narya_config("  count: 1\n  timeout: 0"))
        self.assertEqual(json.loads(daemon.get("/echo").body)["timeout_ms"], 30_000)

    def test_it_grows_with_demand_and_shrinks_one_by_one(self):
        daemon = self.daemon_of(narya_config(
            "  count: 1\n  min_workers: 1\n  max_workers: 3\n  scale_down_idle_secs: 1"))
        clients = [self.busy_client(daemon) for _ in range(5)]
        wait_until(lambda: len(daemon.workers()) == 3, "it has grown")
        for each in clients:
            self.assertEqual(each.response().status, 200)
        wait_until(lambda: len(daemon.workers()) == 2, "one has gone")
        wait_until(lambda: len(daemon.workers()) == 1, "it has shrunk")
        self.assertEqual(daemon.get("/hello").status, 200)

    def test_it_shrinks_at_once_when_told_to_be_aggressive(self):
        daemon = self.daemon_of(narya_config(
            "  count: 4\n  min_workers: 1\n  max_workers: 4\n  aggressive_scale_down_secs: 1"))
        self.assertEqual(len(daemon.workers()), 4)
        sizes = set()

        def shrunk():
            sizes.add(sum(each["phase"] == "ready" for each in daemon.workers()))
            return sizes & {1}
        wait_until(shrunk, "it has shrunk")
        self.assertEqual(daemon.get("/hello").status, 200)

    def test_without_a_time_to_shrink_it_keeps_its_size(self):
        daemon = self.daemon_of(narya_config("  count: 2\n  min_workers: 1\n  max_workers: 2"))
        stays_true(lambda: len(daemon.workers()) == 2, "it has two workers", during=3)


class Overflow(NaryaConfigCase):
    def test_backpressure_with_max_queue_0_refuses_only_when_all_are_busy(self):
        daemon, busy = self.occupied(
            "  count: 1\n  backpressure:\n    enabled: true\n    max_queue: 0")
        answer = daemon.get("/hello")
        self.assertEqual(answer.status, 503)
        self.assertIsNotNone(answer.header("retry-after"))
        self.assertEqual(busy.response().status, 200)
        self.assertEqual(daemon.get("/hello").status, 200)

    def test_backpressure_lets_max_queue_requests_wait(self):
        daemon, busy = self.occupied(
            "  count: 1\n  backpressure: {enabled: true, max_queue: 1}")
        waiting = self.busy_client(daemon, 0)
        wait_until(lambda: daemon.container("web")["live"]["waiting"] == 1, "one waits")
        self.assertEqual(daemon.get("/hello").status, 503)
        self.assertEqual(busy.response().status, 200)
        self.assertEqual(waiting.response().status, 200)

    def test_queue_timeout(self):
        daemon, busy = self.occupied(
            "  count: 1\n  queue_timeout:\n    enabled: true\n    timeout_ms: 200")
        began = time.monotonic()
        self.assertEqual(daemon.get("/hello").status, 503)
        self.assertGreaterEqual(time.monotonic() - began, 0.15)
        self.assertEqual(busy.response().status, 200)

    def test_without_either_a_request_waits(self):
        daemon, busy = self.occupied("  count: 1")
        self.assertEqual(daemon.get("/hello").status, 200)
        self.assertEqual(busy.response().status, 200)

    def test_without_either_it_waits_no_longer_than_a_request_may_take(self):
        daemon = self.daemon_of(narya_config("  count: 1\n  timeout: 1"))
        first = self.busy_client(daemon, 20_000)
        wait_until(lambda: daemon.workers()[0]["live"]["busy"], "the worker is busy")
        # The answer comes at the deadline of the first, from its worker's replacement or as 503.
        self.assertIn(daemon.get("/hello").status, (200, 503))
        self.assertEqual(first.response().status, 504)


class LoggingKeys(NaryaConfigCase):
    def log_of(self, logging, **options):
        daemon = self.daemon_of(narya_config("  count: 1", logging=logging), **options)
        daemon.get("/stray")
        wait_until(lambda: "stray" in daemon.log() or "error" in logging, "the log has it")
        daemon.stop()
        return daemon.log()

    def test_levels(self):
        self.assertNotIn(" INFO ", self.log_of("  level: error"))
        self.assertIn(" INFO ", self.log_of("  level: INFO"))
        told = self.log_of("  level: loud")
        self.assertIn("logging.level: unknown level 'loud', using info", told)
        self.assertIn(" INFO ", told)

    def test_json(self):
        for line in self.log_of("  level: debug\n  format: json").splitlines():
            self.assertIn("event", json.loads(line), line)


class CommandLine(NaryaConfigCase):
    def run_serve(self, *words, text=None, environment=()):
        daemon = Daemon(text or narya_config(), file_name=".rr.yaml")
        self.addCleanup(shutil.rmtree, daemon.directory, True)
        return subprocess.run([CONSOLE, "serve", *words], cwd=daemon.directory, text=True,
                              env={**daemon.environment, **dict(environment)}, timeout=60,
                              capture_output=True, stdin=subprocess.DEVNULL, check=False)

    def test_version(self):
        for flag in ("-version", "-version=true"):
            done = self.run_serve(flag)
            self.assertEqual((done.returncode, done.stdout), (0, "Narya Runtime Engine v2.0.0\n"))

    def test_faults_of_the_configuration(self):
        both = ("  backpressure: {enabled: true}\n"
                "  queue_timeout: {enabled: true, timeout_ms: 5}")
        for workers, text in (
                ("  count: 0", "number of workers must be at least 1"),
                ("  count: 2\n  min_workers: 3", "must be min_workers <= count <= max_workers"),
                ("  count: 2\n  queue_timeout: {enabled: true}",
                 "queue_timeout.timeout_ms must be > 0"),
                (both, "backpressure and queue_timeout are mutually exclusive"),
                ("  count: many", "workers.count")):
            with self.subTest(workers=workers):
                done = self.run_serve("-config", ".rr.yaml", text=narya_config(workers))
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(text, done.stderr)
        done = self.run_serve("-config", ".rr.yaml", "-port", "70000")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("porta inválida: 70000", done.stderr)

    def test_an_unknown_flag_is_2(self):
        for words in (("-config", ".rr.yaml", "-nothing"), ("-port",), ("-port", "many"),
                      ("-workers=2", "--nothing")):
            with self.subTest(words=words):
                self.assertEqual(self.run_serve(*words).returncode, 2)

    def serve_with(self, words, text, environment=(), directory_files=()):
        class Started(Daemon):
            def command_line(self):
                return [CONSOLE, "serve", *words]
        daemon = Started(text, file_name=".rr.yaml", environment=environment)
        for name, source in dict(directory_files).items():
            shutil.copy(source, os.path.join(daemon.directory, name))
        # The dialect's command line has no place for the socket: the environment has.
        daemon.environment["KRAKEN_ADMIN_SOCKET"] = daemon.socket
        self.addCleanup(daemon.close)
        return daemon.start()

    def test_flags_win_over_the_file(self):
        for spelling in (lambda name, value: [f"-{name}={value}"],
                         lambda name, value: [f"-{name}", value],
                         lambda name, value: [f"--{name}={value}"]):
            port = str(free_port())
            words = [*spelling("config", ".rr.yaml"), *spelling("host", "127.0.0.3"),
                     *spelling("port", port), *spelling("workers", "3")]
            with self.subTest(words=words):
                daemon = self.serve_with(words, narya_config("  count: 1"))
                self.assertEqual(daemon.address(), ("127.0.0.3", int(port)))
                self.assertEqual(len(daemon.workers()), 3)
                self.assertEqual(daemon.get("/hello").status, 200)

    def test_our_flags_may_stand_beside_them(self):
        daemon = self.serve_with(["-c", ".rr.yaml", "-workers", "2", "--set", "node=renamed"],
                                 narya_config("  count: 1"))
        self.assertEqual(daemon.api("node")["name"], "renamed")
        self.assertEqual(len(daemon.workers()), 2)

    def test_a_missing_file_means_the_defaults(self):
        daemon = self.serve_with(["-config", "missing.yaml", "-port", str(free_port())],
                                 narya_config(), directory_files={"worker.php": WORKER})
        self.assertEqual(daemon.address()[0], "0.0.0.0")
        self.assertEqual(len(daemon.workers()), 4)

    def test_environment_wins_over_the_file(self):
        port = free_port()
        daemon = self.serve_with(["-config", ".rr.yaml"], narya_config("  count: 1"),
                                 {"NARYA_HOST": "127.0.0.2", "NARYA_PORT": str(port),
                                  "NARYA_WORKERS": "2", "NARYA_LOG_LEVEL": "error"})
        self.assertEqual(daemon.address(), ("127.0.0.2", port))
        self.assertEqual(len(daemon.workers()), 2)
        self.assertNotIn(" INFO ", daemon.log())

    def test_flags_win_over_the_environment(self):
        daemon = self.serve_with(["-config", ".rr.yaml", "-workers", "3"],
                                 narya_config("  count: 1"), {"NARYA_WORKERS": "2"})
        self.assertEqual(len(daemon.workers()), 3)


class Instances(NaryaConfigCase):
    def test_worker_sockets_are_private_and_go_with_the_daemon(self):
        first = self.daemon_of(narya_config())
        second = self.daemon_of(narya_config())
        second.close()
        self.assertEqual(first.get("/hello").status, 200)
        for pid in first.pids():
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: sum(each["restarts"] for each in first.workers()) == 2, "both ended")
        first.wait_settled(2)
        self.assertEqual(first.get("/hello").status, 200)

    def test_reload_applies_the_file_and_a_bad_file_changes_nothing(self):
        port = f"  port: {free_port()}"
        daemon = self.daemon_of(narya_config("  count: 1", port))
        daemon.write_config(narya_config("  count: 3", port))
        daemon.signal(signal.SIGHUP)
        wait_until(lambda: len(daemon.workers()) == 3, "the new size holds")
        wait_until(lambda: " reloaded" in daemon.log(), "the next one may come")
        daemon.write_config(narya_config("  count: 0", port))
        daemon.signal(signal.SIGHUP)
        wait_until(lambda: "number of workers must be at least 1" in daemon.log(), "it is refused")
        self.assertEqual(len(daemon.wait_settled(3)), 3)
        self.assertEqual(daemon.get("/hello").status, 200)
