# SPDX-License-Identifier: BSD-3-Clause
"""Programs that do not speak our protocol: how they show that they serve, and still serve."""
import os
import signal
import socket
import sys
import unittest

from support import processes
from support.case import fresh_daemon
from support.topology import SOURCE, process, topology
from support.waiting import stays_true, wait_until

PROGRAM = os.path.join(SOURCE, "tests", "support", "programs", "server.py")
QUICK = {"min": "10ms", "max": "50ms"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Numbers(unittest.TestCase):
    def test_its_memory_is_seen_soon_after_it_serves(self):
        daemon = fresh_daemon(self, topology(
            process("p", sys.executable, "-c", "import time; time.sleep(600)")))

        def seen():
            now = daemon.container("p")
            with open(f"/proc/{now['pid']}/statm", encoding="ascii") as numbers:
                resident = int(numbers.read().split()[1]) * os.sysconf("SC_PAGESIZE")
            shown = now["live"]["memory_bytes"]
            return resident > 4 << 20 and abs(shown - resident) < resident / 4 and now
        self.assertLess(wait_until(seen, "its memory is that of now")["up_seconds"], 4)


class ProcessCase(unittest.TestCase):
    def setUp(self):
        self.port = free_port()

    def begin(self, *options, mode="ok", wait=True, **spec):
        """A daemon with the program `p`; its mode is in a file beside the configuration."""
        command = [sys.executable, PROGRAM, str(self.port), "mode", *options]
        text = topology(process("p", *command, backoff=QUICK, **spec),
                        process("other", "sleep", "600"),
                        supervise={"strategy": "one_for_one", "intensity": 1000})
        self.daemon = fresh_daemon(self, topology(process("other", "sleep", "600")))
        self.say(mode)
        self.daemon.write_config(text)
        return self.daemon.console("arch:apply") if wait else None

    def say(self, mode):
        path = os.path.join(self.daemon.directory, "mode")
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(mode + "\n")
        os.replace(path + ".new", path)

    def status(self):
        return self.daemon.container("p")

    def url(self, path="/health"):
        return f"http://127.0.0.1:{self.port}{path}"

    def assert_serves(self, done):
        self.assertEqual(done.code, 0, done)
        self.assertEqual(self.status()["phase"], "ready")
        with socket.create_connection(("127.0.0.1", self.port), timeout=5):
            pass

    def wait_failed(self, reason, before):
        """It failed for this reason and runs again."""
        def again():
            now = self.status()
            return now["phase"] == "ready" and now["pid"] != before["pid"] and now
        now = wait_until(again, "it is replaced")
        self.assertEqual(now["cause"]["kind"], "probe")
        self.assertIn(reason, now["cause"]["text"])
        self.assertFalse(processes.is_alive(before["pid"]))


class Ready(ProcessCase):
    def test_tcp(self):
        self.assert_serves(self.begin("delay=0.3", ready={"tcp": f"localhost:{self.port}"}))

    def test_http(self):
        self.assert_serves(self.begin("delay=0.3", ready={"http": self.url()}))

    def test_fd(self):
        self.assert_serves(self.begin("delay=0.3", "fd=5", ready={"fd": "5"}))

    def test_exec(self):
        check = (f"{sys.executable} -c 'import socket; "
                 f"socket.create_connection((\"127.0.0.1\", {self.port}))'")
        self.assert_serves(self.begin("delay=0.3", ready={"exec": check}))

    def test_http_that_says_no_is_not_ready(self):
        done = self.begin(mode="fail", ready={"http": self.url(), "within": "500ms"})
        self.assertEqual(done.code, 1, done)
        self.assertRegex(done.err, r"not ready within 500ms: ready\.http: answered 500")
        self.assertIn("everything is as it was before", done.err)
        self.assertEqual([each["alias"] for each in self.daemon.containers()], ["Main", "other"])
        self.assertEqual(list(processes.children_of(self.daemon.pid)),
                         [self.daemon.container("other")["pid"]])

    def test_nobody_listens(self):
        done = self.begin(ready={"tcp": f"127.0.0.1:{free_port()}", "within": "300ms"})
        self.assertEqual(done.code, 1, done)
        self.assertRegex(done.err, r"not ready within 300ms: ready\.tcp: .*refused")

    def test_why_a_command_says_no(self):
        for command, told in (("sh -c /nonexist", "exit code 127: .*not found"),
                              ("sh -c 'echo first; echo not yet; exit 4'",
                               "ready.exec: exit code 4: not yet")):
            with self.subTest(command=command):
                done = self.begin(ready={"exec": command, "within": "500ms"})
                self.assertEqual(done.code, 1, done)
                self.assertRegex(done.err, "not ready within 500ms: ready.exec: ")
                self.assertRegex(done.err, told)

    def test_a_probe_that_makes_no_sense_says_so(self):
        done = self.begin(ready={"http": "/health"})
        self.assertEqual(done.code, 2, done)
        self.assertIn("p.ready.http: expected http://host:port/path", done.err)
        self.assertNotIn("Main/p", self.daemon.console("ps", "-o", "name").out.split())

    def test_a_hanging_exec_is_killed(self):
        self.begin(wait=False, ready={"exec": "sleep 601", "within": "400ms"})
        self.assertEqual(self.daemon.console("arch:apply").code, 1)
        wait_until(lambda: all(processes.command_of(pid) != "sleep 601"
                               for pid in self.daemon.family()), "the look has ended")


class Alive(ProcessCase):
    PROBED = {"every": "50ms", "timeout": "200ms", "failures": 2}

    def test_http_that_fails_and_comes_back(self):
        self.begin(ready={"tcp": f"127.0.0.1:{self.port}"},
                   alive={"http": self.url(), **self.PROBED})
        before = self.status()
        stays_true(lambda: self.status()["pid"] == before["pid"], "it lives", during=0.5)
        self.say("fail")
        wait_until(lambda: self.status()["pid"] not in (0, before["pid"]), "it is replaced")
        self.say("ok")
        self.wait_failed("answered 500", before)

    def test_a_program_that_hangs(self):
        self.begin(ready={"tcp": f"127.0.0.1:{self.port}"},
                   alive={"http": self.url(), **self.PROBED})
        before = self.status()
        self.say("hang")
        wait_until(lambda: self.status()["pid"] not in (0, before["pid"]), "it is replaced")
        self.say("ok")
        self.wait_failed("no answer within 200ms", before)

    def test_the_shard_goes_on_while_a_probe_hangs(self):
        self.begin(ready={"tcp": f"127.0.0.1:{self.port}"},
                   alive={"http": self.url(), "every": "50ms", "timeout": "20s"})
        self.say("hang")
        for _ in range(20):
            self.assertEqual(self.daemon.console("server:ping", within=2).code, 0)
        self.assertEqual(self.status()["phase"], "ready")

    def test_exec(self):
        self.begin(ready={"tcp": f"127.0.0.1:{self.port}"},
                   alive={"exec": "grep -q ok mode", **self.PROBED})
        before = self.status()
        self.say("bad")
        wait_until(lambda: self.status()["pid"] not in (0, before["pid"]), "it is replaced")
        self.say("ok")
        self.wait_failed("exit code 1", before)

    def test_heartbeat(self):
        self.begin("fd=3", "beat=0.02", ready={"fd": "3"}, alive={"every": "100ms",
                                                                   "timeout": "100ms"})
        before = self.status()
        stays_true(lambda: self.status()["pid"] == before["pid"], "it lives", during=1)
        self.say("hang")
        wait_until(lambda: self.status()["pid"] not in (0, before["pid"]), "it is replaced")
        self.say("ok")
        self.wait_failed("no heartbeat for 400ms", before)

    def test_a_daemon_that_stood_still_blames_nobody(self):
        once = {"every": "100ms", "timeout": "300ms", "failures": 1}
        for options, spec in (
                (["fd=3", "beat=0.02"], {"ready": {"fd": "3"}, "alive": once}),
                ([], {"alive": {"http": self.url(), **once}}),
                ([], {"alive": {"exec": "sleep 0.1", **once}})):
            with self.subTest(**spec):
                self.begin(*options, **{"ready": {"tcp": f"127.0.0.1:{self.port}"}, **spec})
                before = self.status()
                for _ in range(4):
                    os.kill(self.daemon.pid, signal.SIGSTOP)
                    try:
                        stays_true(lambda: processes.is_alive(before["pid"]), "held", during=0.6)
                    finally:
                        os.kill(self.daemon.pid, signal.SIGCONT)
                    stays_true(lambda: self.status()["pid"] == before["pid"], "it lives", 0.3)
                self.daemon.close()

    def test_a_heartbeat_needs_a_descriptor(self):
        done = self.begin(alive={"every": "1s"})
        self.assertEqual(done.code, 2, done)
        self.assertRegex(done.err, r"kraken\.yaml:\d+:\d+: p\.alive: .*ready: \{fd: N\}")

    def test_flapping_spends_the_budget(self):
        self.begin(ready={"tcp": f"127.0.0.1:{self.port}"}, give_up="park",
                   alive={"http": self.url(), "every": "20ms", "timeout": "100ms", "failures": 1})
        text = self.daemon.console("inspect", "p", "-o", "json")
        self.assertEqual(text.code, 0)
        self.say("fail")
        wait_until(lambda: self.status()["restarts"] >= 3, "it is restarted again and again")
        self.assertEqual(self.daemon.container("other")["restarts"], 0)
        self.say("ok")
        wait_until(lambda: self.status()["phase"] == "ready", "it has settled")

    def test_a_local_rule_about_probes(self):
        self.begin(ready={"tcp": f"127.0.0.1:{self.port}"}, local={"probe": "stop"},
                   alive={"http": self.url(), **self.PROBED})
        self.say("fail")
        wait_until(lambda: self.status()["state"] == "stopped", "its own rule stops it")


class Environment(ProcessCase):
    def test_stop_signal(self):
        self.begin(ready={"tcp": f"127.0.0.1:{self.port}"}, stop_signal="QUIT")
        self.daemon.console("container:stop", "p")
        wait_until(lambda: "ends by SIGQUIT" in self.daemon.console("logs", "p").out, "its words")

    def test_umask_limits_directory_and_environment(self):
        self.begin(ready={"tcp": f"127.0.0.1:{self.port}"})
        script = ("import os, resource, sys; print(oct(os.umask(0)), os.getcwd(), "
                  "os.environ['GIVEN'], resource.getrlimit(resource.RLIMIT_NOFILE)[0], "
                  "'KRAKEN_ALIAS' in os.environ, flush=True); os.pause() if 0 else "
                  "__import__('signal').pause()")
        self.daemon.write_config(topology(process(
            "e", sys.executable, "-c", script, env={"GIVEN": "word"}, cwd="/",
            umask="077", limits={"nofile": 64})))
        self.assertEqual(self.daemon.console("arch:apply").code, 0)
        wait_until(lambda: "0o77 / word 64 True" in self.daemon.console("logs", "e").out,
                   "it has what it was given")


class Background(unittest.TestCase):
    """A program that forks and lets its parent exit has ended."""

    def left_behind(self, daemon):
        return [pid for pid in processes.with_environment(f"TMPDIR={daemon.directory}")
                if "600" in processes.command_of(pid)]

    def test_its_parent_was_the_program(self):
        for way in ("sleep 600 &", "setsid sleep 600 &"):
            with self.subTest(way):
                daemon = fresh_daemon(self, topology(
                    process("d", "sh", "-c", f"{way} exit 0", restart="transient"),
                    process("other", "tail", "-f", "/dev/null"),
                    supervise={"strategy": "one_for_one"}), ready=False)
                wait_until(lambda: os.path.exists(daemon.socket) and
                           daemon.container("d")["phase"] == "ended", "it has ended")
                self.assertEqual(daemon.container("d")["cause"]["text"], "ended normally")
                wait_until(lambda: not self.left_behind(daemon), "nothing is left of it")

    def test_it_has_wiped_its_environment_and_left_its_session(self):
        """It lives as long as its container, and no longer."""
        away = ("env -i setsid sh -c 'echo $$ > \"$0\"; exec sleep 600' \"$TMPDIR/{id}\" & "
                "exec tail -f /dev/null")
        daemon = fresh_daemon(self, topology(
            *(process(id, "sh", "-c", away.format(id=id)) for id in ("a", "b")),
            supervise={"strategy": "one_for_one"}))

        def runaway(id):
            with open(os.path.join(daemon.directory, id), encoding="ascii") as file:
                return int(file.read())

        for id in ("a", "b"):
            path = os.path.join(daemon.directory, id)
            wait_until(lambda path=path: os.path.exists(path) and os.path.getsize(path), "it runs")
            self.assertIsNone(processes.launch_mark_of(runaway(id)))
            self.assertEqual(os.getsid(runaway(id)), runaway(id))
        self.assertEqual(daemon.console("container:stop", "a").code, 0)
        wait_until(lambda: not processes.is_alive(runaway("a")), "nothing is left of it")
        self.assertTrue(processes.is_alive(runaway("b")))
        wait_until(lambda: daemon.metric("kraken_orphans_killed_total") >= 1, "it is counted")
        self.assertIn(f"{runaway('a')} sleep", daemon.log())


if __name__ == "__main__":
    unittest.main()
