# SPDX-License-Identifier: BSD-3-Clause
"""The console against a running daemon: verbs, answers, exit codes, forms of output."""
import json
import os
import select
import shutil
import signal
import socket
import stat
import subprocess
import time
import unittest

from support import processes
from support.case import DaemonCase, fresh_daemon
from support.daemon import CONSOLE
from support.http_client import Connection
from support.topology import http, pool, process, topology
from support.waiting import wait_until

CONFIG = topology(pool(size=2), http(), process("sleeper", "sleep", "600"),
                  supervise={"strategy": "one_for_one"})


class ConsoleCase(DaemonCase):
    config = CONFIG

    def kraken(self, *words, code=0, **options):
        done = self.daemon.console(*words, **options)
        self.assertEqual(done.code, code, done)
        if code:
            self.assertRegex(done.err, 'Try: kraken |"hint":"kraken ',
                             "every error ends with the next command")
            self.assertEqual(done.out, "")
        else:
            self.assertEqual(done.err, "")
        return done

    def says(self, text, *words):
        self.assertEqual(self.kraken(*words).out, text + "\n")

    def state(self, alias):
        return self.daemon.container(alias)["state"]


class Processes(ConsoleCase):
    def tearDown(self):
        self.daemon.console("process:destroy", "Main", "T1")

    def test_a_life(self):
        self.kraken("process:exists", "Main", "T1", code=3)
        self.says("Process has been created.", "process:create", "Main", "T1", "sleep 600")
        self.says("Process exists.", "process:exists", "Main", "T1")
        if os.geteuid() == 0:
            self.assertEqual(self.daemon.log().count("'Main/T1' runs as root: it was created"), 1)
        first = self.daemon.container("T1")
        self.assertEqual((first["state"], first["phase"], first["path"]),
                         ("started", "ready", "Main/T1"))
        self.assertEqual(processes.command_of(first["pid"]), "sleep 600")
        self.says("Runtime has been stopped.", "process:stop", "Main", "T1")
        self.assertFalse(processes.is_alive(first["pid"]))
        self.assertEqual(self.state("T1"), "stopped")
        self.says("Runtime has been already stopped.", "process:stop", "Main", "T1")
        self.says("Runtime has been started.", "process:start", "Main", "T1")
        self.says("Runtime has been already started.", "process:start", "Main", "T1")
        second = self.daemon.container("T1")
        self.assertEqual(second["generation"], first["generation"] + 1)
        self.says("Process has been destroyed.", "process:destroy", "Main", "T1")
        self.assertFalse(processes.is_alive(second["pid"]))
        self.says("Process [T1] was not needed to be destroyed, because it had not existed.",
                  "process:destroy", "Main", "T1")
        self.assertEqual(self.daemon.admin("GET", "/api/v1/containers/T1").status, 404)

    def test_creating_twice_makes_no_second_one(self):
        self.kraken("process:create", "Main", "T1", "sleep 600")
        pid = self.daemon.container("T1")["pid"]
        done = self.daemon.console("process:create", "Main", "T1", "sleep 600")
        self.assertEqual(done.code, 0, done)
        self.assertEqual(self.daemon.container("T1")["pid"], pid)
        self.assertEqual(sum(1 for each in self.daemon.containers() if each["alias"] == "T1"), 1)

    def test_create_by_force_replaces(self):
        self.kraken("process:create", "Main", "T1", "sleep 600")
        pid = self.daemon.container("T1")["pid"]
        for flags in ("CREATE_FORCE_SOFT", "CREATE_FORCE_HARD", "CREATE_FORCE"):
            with self.subTest(flags=flags):
                self.kraken("process:create", "Main", "T1", "sleep 601", "--flags", flags)
                now = self.daemon.container("T1")["pid"]
                self.assertNotEqual(now, pid)
                self.assertFalse(processes.is_alive(pid))
                pid = now

    def test_a_killed_process_comes_back(self):
        self.kraken("process:create", "Main", "T1", "sleep 600")
        before = self.daemon.container("T1")
        os.kill(before["pid"], signal.SIGKILL)
        wait_until(lambda: self.daemon.container("T1")["pid"] not in (0, before["pid"]),
                   "it is restarted")
        after = self.daemon.container("T1")
        self.assertEqual((after["restarts"], after["cause"]["text"]), (1, "signal 9 (SIGKILL)"))

    def test_create_by_force_of_what_cannot_begin_loses_nothing(self):
        self.kraken("process:create", "Main", "T1", "sleep 600")
        pid = self.daemon.container("T1")["pid"]
        for flags in ("CREATE_FORCE_SOFT", "CREATE_FORCE_HARD", "CREATE_FORCE"):
            for verb, name, missing in (
                    ("process:create", "no-such-program-here", "no program 'no-such-program-here'"),
                    ("process:create", "/no/such/program x", "/no/such/program"),
                    ("thread:create", "NoSuchClass", "NoSuchClass")):
                with self.subTest(flags=flags, name=name):
                    done = self.kraken(verb, "Main", "T1", name, "--flags", flags,
                                       code=self.daemon.console(verb, "Main", "T2", name).code)
                    self.assertIn(missing, done.err)
                    self.assertEqual(self.daemon.container("T1")["pid"], pid)
                    self.assertTrue(processes.is_alive(pid))

    def test_a_stopped_process_stays_stopped(self):
        self.kraken("process:create", "Main", "T1", "sleep 600")
        pid = self.daemon.container("T1")["pid"]
        os.kill(pid, signal.SIGKILL)
        self.kraken("process:stop", "Main", "T1")
        self.assertEqual(self.state("T1"), "stopped")
        self.assertEqual(self.daemon.container("T1")["pid"], 0)

    def test_what_is_created_is_restarted_as_the_flag_says(self):
        runs = os.path.join(self.daemon.directory, "runs")
        for restart, code, left in (("temporary", 1, False), ("temporary", 0, False),
                                    ("transient", 0, True)):
            with self.subTest(restart=restart, code=code):
                os.mkfifo(runs + ".fifo")
                go = os.open(runs + ".fifo", os.O_RDWR)
                self.addCleanup(os.close, go)
                self.kraken("process:create", "Main", "T1",
                            f"sh -c 'read go <{runs}.fifo; echo run >>{runs}; exit {code}'",
                            "--restart", restart)
                os.write(go, b"go\n")
                if left:
                    wait_until(lambda: self.daemon.container("T1")["phase"] == "ended", "it ended")
                else:
                    wait_until(lambda: self.daemon.console("inspect", "T1").code == 3, "it went")
                with open(runs, encoding="utf-8") as lines:
                    self.assertEqual(lines.read(), "run\n")
                self.daemon.console("process:destroy", "Main", "T1")
                os.unlink(runs)
                os.unlink(runs + ".fifo")

    def test_a_program_that_is_not_there(self):
        done = self.daemon.console("process:create", "Main", "T1", "no-such-program-here")
        self.assertNotEqual(done.code, 0)
        self.assertIn("no-such-program-here", done.err)

    def test_output_is_captured(self):
        self.kraken("process:create", "Main", "T1",
                    "sh -c 'echo to out; echo to err >&2; exec sleep 600'")
        wait_until(lambda: "to out" in self.kraken("logs", "T1").out, "the output is there")
        wait_until(lambda: "to err" in self.kraken("logs", "T1").out, "the error output is there")


class Containers(ConsoleCase):
    def test_container_verbs(self):
        self.says("Runtime has been stopped.", "container:stop", "sleeper")
        self.says("Runtime has been already stopped.", "container:stop", "Main/sleeper")
        self.assertEqual(self.state("sleeper"), "stopped")
        self.says("Runtime has been started.", "container:start", "sleeper")
        self.says("Runtime has been already started.", "container:start", "sleeper")
        self.assertIn("| 4     |", self.kraken("container:status", "sleeper").out)
        pid = self.daemon.container("sleeper")["pid"]
        self.says("Runtime has been restarted.", "container:restart", "sleeper")
        self.assertNotEqual(self.daemon.container("sleeper")["pid"], pid)

    def test_runtime_verbs(self):
        self.says("Runtime exists.", "runtime:exists", "Main", "sleeper")
        self.says("Runtime has been stopped.", "runtime:stop", "Main", "sleeper")
        self.says("Runtime has been started.", "runtime:start", "Main", "sleeper")

    def test_arch_verbs(self):
        self.says("Part of architecture has been stopped.", "arch:stop", "web")
        self.assertEqual({each["state"] for each in self.daemon.containers("web")}, {"stopped"})
        self.assertEqual(self.daemon.pids(), [])
        self.assertEqual(self.daemon.get("/hello").status, 503)
        self.assertIn("| STOPPED |", self.kraken("arch:status", "web").out)
        self.says("Part of architecture has been stopped.", "arch:stop", "web")
        self.says("Part of architecture has been started.", "arch:start", "web")
        self.daemon.wait_settled(2)
        self.assertEqual(self.daemon.get("/hello").status, 200)

    def test_project_verbs(self):
        self.says("Project has been stopped.", "project:stop")
        self.assertEqual({each["state"] for each in self.daemon.containers()}, {"stopped"})
        self.assertEqual(self.daemon.family(), [])
        self.assertTrue(self.daemon.running())
        self.says("Project has been stopped.", "project:stop")
        self.assertIn("| STOPPED |", self.kraken("project:status").out)
        self.says("Project has been started.", "project:start")
        self.daemon.wait_settled(2)
        self.assertEqual(self.daemon.get("/hello").status, 200)

    def test_restart_of_a_pool_replaces_its_workers(self):
        before = set(self.daemon.pids())
        self.kraken("restart", "web")
        self.daemon.wait_settled(2)
        self.assertFalse(before & set(self.daemon.pids()))

    def test_restart_of_one_worker(self):
        before = {each["alias"]: each["pid"] for each in self.daemon.workers()}
        self.kraken("restart", "w1")
        self.daemon.wait_settled(2)
        after = {each["alias"]: each["pid"] for each in self.daemon.workers()}
        self.assertNotEqual(after["w1"], before["w1"])
        self.assertEqual(after["w2"], before["w2"])

    def pids_of(self, *aliases):
        return {alias: self.daemon.container(alias)["pid"] for alias in aliases}

    def test_restart_of_several(self):
        self.kraken("process:create", "Main", "T1", "sleep 600")
        self.addCleanup(self.daemon.console, "process:destroy", "Main", "T1")
        before = self.pids_of("sleeper", "T1", "w1", "w2")
        done = self.kraken("restart", "sleeper", "Main/T1", "T1")
        self.assertEqual(done.out, "2 containers have been restarted.\n"
                                   "~ restart Main/sleeper\n~ restart Main/T1\n")
        after = self.pids_of(*before)
        self.assertEqual([name for name in before if before[name] != after[name]],
                         ["sleeper", "T1"])
        done = self.kraken("restart", "--rolling", "web", "sleeper", "-o", "name")
        self.assertEqual(done.out.split(), ["web", "sleeper"])
        self.daemon.wait_settled(2)
        last = self.pids_of(*before)
        self.assertEqual([name for name in before if after[name] == last[name]], ["T1"])

    def test_restart_of_those_that_a_glob_means(self):
        for alias in ("T1", "T2"):
            self.kraken("process:create", "Main", alias, "sleep 600")
            self.addCleanup(self.daemon.console, "process:destroy", "Main", alias)
        before = self.pids_of("sleeper", "T1", "T2", "w1", "w2")
        done = self.kraken("restart", "sleep*", "T?", "T1")
        self.assertEqual(done.out, "3 containers have been restarted.\n~ restart Main/sleeper\n"
                                   "~ restart Main/T1\n~ restart Main/T2\n")
        after = self.pids_of(*before)
        self.assertEqual([name for name in before if before[name] == after[name]], ["w1", "w2"])
        self.assertEqual(self.kraken("restart", "T*", "-o", "name").out, "Main/T1\nMain/T2\n")
        after = self.pids_of(*before)
        self.kraken("restart", "T1", "nob*", code=3)
        done = self.kraken("restart", "nob*", code=3)
        self.assertIn("no container matches 'nob*'", done.err)
        self.kraken("container:restart", "T*", code=3)
        self.assertEqual(self.pids_of(*before), after, "nobody is touched")
        done = self.kraken("restart", "Main/we*")
        self.assertEqual(done.out, "Container has been restarted.\n~ restart Main/web\n")
        self.assertEqual(self.kraken("restart", "*", "-o", "name").out, "Main\n", "all below")
        self.daemon.wait_settled(2)

    def test_restart_of_several_of_which_one_is_not_there(self):
        before = self.pids_of("sleeper", "w1", "w2")
        done = self.kraken("restart", "sleeper", "nobody", "web", code=3)
        self.assertIn("no container 'nobody'", done.err)
        done = self.kraken("restart", "sleeper", "", code=2)
        self.assertIn("restart: alias: must not be empty", done.err)
        self.assertEqual(self.pids_of(*before), before, "nobody is touched")

    def test_restart_of_several_ends_with_the_first_that_fails(self):
        program = os.path.join(self.daemon.directory, "program-that-goes")
        with open(program, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexec sleep 600\n")
        os.chmod(program, 0o755)
        self.kraken("process:create", "Main", "T1", program)
        self.addCleanup(self.daemon.console, "process:destroy", "Main", "T1")
        os.remove(program)
        before = self.pids_of("sleeper", "w1", "w2")
        done = self.daemon.console("restart", "sleeper", "T1", "web")
        self.assertNotEqual(done.code, 0, done)
        self.assertIn("Main/T1: ", done.err)
        self.assertIn("; done before: Main/sleeper; not touched: Main/web", done.err)
        self.assertIn("T1\n", done.err.split("Try: ")[1])
        after = self.pids_of(*before)
        self.assertNotEqual(after.pop("sleeper"), before.pop("sleeper"))
        self.assertEqual(after, before)

    def test_scale(self):
        self.says("Pool has been scaled. That is more than its definition has (size: 2), which "
                  "counts again when it is restarted or changed.", "scale", "web", "4")
        self.daemon.wait_settled(4)
        self.says("Pool has been already of this size.", "scale", "web", "4")
        self.says("Pool has been scaled.", "scale", "web", "2")
        self.daemon.wait_settled(2)
        self.kraken("scale", "web", "0", code=2)
        self.kraken("scale", "web", "x", code=2)
        self.assertNotEqual(self.daemon.console("scale", "sleeper", "2").code, 0)

    def test_supervisor_reset(self):
        self.says("Supervisor has been reset.", "supervisor:reset", "web")


class Destroy(unittest.TestCase):
    def test_project_destroy_and_the_daemon_stays(self):
        daemon = fresh_daemon(self, CONFIG)
        done = daemon.console("project:destroy")
        self.assertEqual((done.code, done.out), (0, "Project has been destroyed.\n"), done)
        wait_until(lambda: daemon.family() == [], "no process is left")
        self.assertTrue(daemon.running())
        self.assertEqual(daemon.console("server:ping").code, 0)

    def test_container_destroy(self):
        daemon = fresh_daemon(self, CONFIG)
        done = daemon.console("container:destroy", "web")
        self.assertEqual((done.code, done.out), (0, "Runtime has been destroyed.\n"), done)
        self.assertEqual(daemon.workers("Main"), [])
        self.assertEqual(daemon.get("/hello").status, 503)

    def test_a_pool_makes_another_worker_and_the_answer_says_so(self):
        daemon = fresh_daemon(self, CONFIG)
        workers = len(daemon.workers())
        again = "The pool 'Main/web' makes another one in its place; to have fewer: "
        done = daemon.console("container:destroy", "Main/web/w1")
        self.assertEqual(
            (done.code, done.out),
            (0, f"Runtime has been destroyed. {again}kraken scale Main/web {workers - 1}.\n"), done)
        wait_until(lambda: len(daemon.workers()) == workers, "there is another one")
        done = daemon.console("process:destroy", "Main/web", daemon.workers()[0]["alias"])
        self.assertEqual(
            done.out, f"Process has been destroyed. {again}kraken scale Main/web {workers - 1}.\n")
        # Doing as it says works, and its last worker is another case.
        self.assertEqual(daemon.console("scale", "Main/web", "1").code, 0)
        last, = daemon.wait_settled(1)
        done = daemon.console("container:destroy", last["path"])
        self.assertIn("to have none: kraken container:stop Main/web.", done.out)
        # What a pool has not made stays away.
        daemon.console("process:create", "Main", "T1", "sleep 600")
        done = daemon.console("process:destroy", "Main", "T1")
        self.assertEqual(done.out, "Process has been destroyed.\n")


class ExitCodes(ConsoleCase):
    def test_usage_is_2(self):
        for words in (["no-such-command"], ["scale"], ["scale", "web"], ["scale", "web", "2", "3"],
                      ["ps", "--no-such-flag"], ["process:create", "Main"],
                      ["process:create", "Main", "T", "x", "--flags", "CREATE_MAYBE"],
                      ["-o", "xml", "ps"], ["logs", "-n", "many"], ["help", "nothing"]):
            with self.subTest(words=words):
                self.kraken(*words, code=2)

    def test_the_nearest_word_is_named(self):
        for words, meant in ((["restrat", "web"], "restart"),
                             (["process:craete"], "process:create"),
                             (["ps", "--sokcet", "x"], "--socket")):
            with self.subTest(words=words):
                self.assertIn(meant, self.kraken(*words, code=2).err)

    def test_not_found_is_3(self):
        self.kraken("process:exists", "Main", "nobody", code=3)
        for words in (["inspect", "nobody"], ["restart", "nobody"], ["container:stop", "nobody"],
                      ["process:create", "nobody", "T1", "sleep 1"], ["tree", "nobody"],
                      ["scale", "nobody", "2"], ["logs", "nobody"]):
            with self.subTest(words=words):
                done = self.kraken(*words, code=3)
                self.assertIn("nobody", done.err)

    def test_no_daemon_is_4(self):
        for words in (["ps"], ["server:ping"], ["restart", "web"], ["logs", "-f"], ["health"]):
            with self.subTest(words=words):
                done = self.kraken(*words, "--socket", "/tmp/kt-nothing-here.sock", code=4)
                self.assertIn("/tmp/kt-nothing-here.sock", done.err)

    def test_conflict_is_5(self):
        self.kraken("process:create", "Main", "T5", "sleep 600")
        done = self.daemon.console("process:destroy", "Main", "T5", "--flags", "DESTROY_KEEP")
        self.assertNotEqual(done.code, 0, done)
        self.kraken("process:create", "Main/web", "w1", "sleep 600", code=5)
        self.kraken("process:destroy", "Main", "T5")

    def test_a_socket_nobody_listens_on_is_4(self):
        path = os.path.join(self.daemon.directory, "dead.sock")
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(path)
        self.kraken("ps", "--socket", path, code=4)


class Output(ConsoleCase):
    def test_json_is_what_the_api_says(self):
        shown = json.loads(self.kraken("ps", "-o", "json").out)
        self.assertEqual([each["path"] for each in shown],
                         [each["path"] for each in self.daemon.containers()])
        self.assertEqual(json.loads(self.kraken("inspect", "w1", "-o", "json").out)["path"],
                         "Main/web/w1")

    def test_names_are_one_per_line(self):
        self.assertEqual(self.kraken("ps", "-o", "name").out.split(),
                         [each["path"] for each in self.daemon.containers()])

    def test_yaml(self):
        self.assertIn("path: Main/web/w1", self.kraken("ps", "-o", "yaml").out.replace('"', ""))

    def test_what_cannot_be_written_is_no_success(self):
        config = self.daemon.config_file
        for words in (["tree"], ["list"], ["config:explain", "-c", config],
                      ["config:validate", "-c", config], ["config:schema"]):
            with self.subTest(words), open("/dev/full", "wb") as full:
                done = subprocess.run(self.daemon.console_words(*words), stdout=full,
                                      env=self.daemon.console_environment(),
                                      stderr=subprocess.PIPE, timeout=30, check=False)
                self.assertEqual(done.returncode, 1, done.stderr)

    def test_forms_that_a_command_has_not_are_refused(self):
        options = json.loads(self.kraken("config:explain", "-c", self.daemon.config_file,
                                         "-o", "json").out)
        node = next(each for each in options if each["path"] == "node")
        self.assertEqual(node["value"], "test")
        self.assertIn("kraken.yaml:", node["from"])
        self.assertIn("path: node", self.kraken("-o", "yaml", "config:explain", "node", "-c",
                                                self.daemon.config_file).out)
        self.assertEqual(json.loads(self.kraken("health", "-o", "json").out),
                         {"ready": True, "reasons": [], "notes": []})
        names = [each["name"] for each in json.loads(self.kraken("list", "-o", "json").out)]
        self.assertEqual(names, self.kraken("list").out.split())
        for words, only in ((["metrics"], "table"), (["help"], "table"), (["top"], "table"),
                            (["health", "-o", "name"], "table, json, yaml"),
                            (["config:validate"], "table"), (["config:explain", "-o", "wide"],
                                                             "table, json, yaml")):
            with self.subTest(words=words):
                form = words[-1] if "-o" in words else "json"
                more = [] if "-o" in words else ["-o", "json"]
                done = self.kraken(*words, *more, code=2)
                self.assertRegex(done.err,
                                 f"{words[0]} has no output '{form}', only: {only}[ \"]")

    def test_errors_as_json(self):
        done = self.daemon.console("inspect", "nobody", "-o", "json")
        self.assertEqual(done.code, 3)
        self.assertEqual(json.loads(done.err)["error"]["code"], "not_found")

    def test_nothing_but_text_when_piped(self):
        for words in (["tree"], ["ps"], ["ps", "-o", "wide"], ["inspect", "web"], ["list"],
                      ["help"], ["events"], ["metrics"], ["health"]):
            with self.subTest(words=words):
                out = self.kraken(*words, environment={"TERM": "xterm-256color"}).out
                self.assertNotIn("\x1b", out)
                self.assertTrue(out.endswith("\n"))
                self.assertTrue(out.isascii(), out)

    def test_the_tree_has_everybody(self):
        out = self.kraken("tree").out
        for each in self.daemon.containers():
            self.assertIn(each["alias"], out)

    def test_help_of_every_command(self):
        names = self.kraken("list").out.split()
        self.assertGreater(len(names), 40)
        for name in names:
            self.assertIn(f"Usage: kraken {name}", self.kraken("help", name).out)

    def test_version(self):
        self.assertRegex(self.kraken("--version").out, r"^kraken \d+\.\d+\.\d+\n$")

    def test_health(self):
        self.assertEqual(self.kraken("health").out, "ok\n")


class Follow(ConsoleCase):
    """Streams: what is kept first, then each as it happens."""

    def follow(self, *words):
        process_ = subprocess.Popen(
            [CONSOLE, *words], env=self.daemon.console_environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

        def end():
            process_.kill()
            process_.wait()
            process_.stdout.close()
            process_.stderr.close()
        self.addCleanup(end)
        process_.unread = b""
        return process_

    def wait_for(self, follower, text):
        """What came up to the end of `text`; what came with it is for the next wait."""
        seen = follower.unread
        deadline = time.monotonic() + 30
        while text.encode() not in seen:
            self.assertLess(time.monotonic(), deadline, f"'{text}' did not come: {seen!r}")
            if select.select([follower.stdout], [], [], 0.1)[0]:
                part = os.read(follower.stdout.fileno(), 65536)
                self.assertTrue(part, f"the stream ended: {seen!r}")
                seen += part
        end = seen.index(text.encode()) + len(text)
        follower.unread = seen[end:]
        return seen[:end].decode()

    def test_a_stream_ends_when_nobody_reads_it(self):
        self.daemon.get("/echo-stray")
        wait_until(lambda: all(text in self.kraken("logs", "web").out
                               for text in ("stray error", "stray output")), "both are there")
        for words in (["logs", "web", "-f", "-n", "1"], ["events", "-f", "-n", "1"]):
            with self.subTest(words=words):
                follower = self.follow(*words)
                self.wait_for(follower, "\n")
                follower.stdout.close()
                self.assertEqual(follower.wait(timeout=30), 0, "no line was needed to notice it")
                self.assertEqual(follower.stderr.read(), b"")

    def test_logs(self):
        self.daemon.get("/echo-stray")
        follower = self.follow("logs", "web", "-f")
        self.wait_for(follower, "stray error")
        self.daemon.get("/echo-stray")
        self.wait_for(follower, "stray error")

    def test_logs_of_a_worker_that_is_restarted(self):
        follower = self.follow("logs", "-f")
        self.daemon.get("/die-talking")
        self.wait_for(follower, "last words of the worker")
        self.daemon.wait_settled(2)
        self.daemon.get("/echo-stray")
        self.wait_for(follower, "stray error")

    def test_events(self):
        follower = self.follow("events", "-f")
        self.wait_for(follower, "container_ready")
        victim = self.daemon.wait_settled(2)[0]
        os.kill(victim["pid"], signal.SIGKILL)
        text = self.wait_for(follower, "signal 9")
        self.assertIn(victim["path"], text)
        self.wait_for(follower, "container_ready")

    def test_sse(self):
        with self.daemon_connection() as connection:
            connection.send(b"GET /api/v1/events?after=0 HTTP/1.1\r\nHost: kraken\r\n"
                            b"Accept: text/event-stream\r\n\r\n")
            answer = connection.response_head()
            self.assertTrue(answer.header("content-type").startswith("text/event-stream"))
            text = b""
            while text.count(b"\n\n") < 3:
                text += connection.read_chunk(answer)
        first = dict(line.split(": ", 1) for line in text.decode().split("\n\n")[0].splitlines())
        record = json.loads(first["data"])
        self.assertEqual((str(record["id"]), record["name"]), (first["id"], first["event"]))
        with self.daemon_connection() as connection:
            connection.send(b"GET /api/v1/events HTTP/1.1\r\nHost: kraken\r\nLast-Event-ID: 3\r\n"
                            b"Accept: text/event-stream\r\n\r\n")
            answer = connection.response_head()
            self.assertTrue(connection.read_chunk(answer).startswith(b"id: 4\n"))

    def daemon_connection(self):
        return Connection(self.daemon.socket)


class Door(ConsoleCase):
    def test_the_socket_is_for_its_owner_only(self):
        info = os.stat(self.daemon.socket)
        self.assertTrue(stat.S_ISSOCK(info.st_mode))
        self.assertEqual(stat.S_IMODE(info.st_mode), 0o600)

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "needs another user")
    def test_another_user_is_refused_even_with_an_open_door(self):
        os.chmod(self.daemon.directory, 0o755)
        os.chmod(self.daemon.socket, 0o666)
        self.addCleanup(os.chmod, self.daemon.socket, 0o600)
        # The console itself may be out of that user's reach: a copy is not.
        copy = os.path.join(self.daemon.directory, "kraken")
        shutil.copy(CONSOLE, copy)
        for words in (["ps"], ["restart", "web"]):
            done = subprocess.run(
                ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", copy, *words],
                env=self.daemon.console_environment(), capture_output=True, text=True, timeout=60,
                cwd="/", check=False)
            self.assertIn(done.returncode, (1, 4), done)
            self.assertEqual(done.stdout, "")

    def test_unknown_paths_methods_and_bodies_are_told(self):
        cases = [("GET", "/api/v1/nothing", None, 404),
                 ("DELETE", "/api/v1/nothing", None, 404),
                 ("DELETE", "/api/v1/containers", None, 405),
                 ("BREW", "/api/v1/containers", None, 501),
                 ("GET", "/api/v1/containers/nobody", None, 404),
                 ("POST", "/api/v1/commands", {"command": "no:such"}, 400),
                 ("POST", "/api/v1/commands", {"command": "restart", "args": {"allias": "x"}}, 400),
                 ("POST", "/api/v1/commands", ["restart"], 400),
                 ("POST", "/api/v1/commands", {"command": "ps"}, 501)]
        for method, target, body, status in cases:
            with self.subTest(method=method, target=target, body=body):
                answer = self.daemon.admin(method, target, body)
                self.assertEqual(answer.status, status, answer)
                told = json.loads(answer.body)
                self.assertFalse(told["ok"])
                self.assertTrue(told["error"]["text"])
                self.assertTrue(told["error"]["hint"].startswith("kraken "), told)

    def test_a_wrong_method_is_told_those_that_the_path_takes(self):
        for method, target, allow in [("PUT", "/api/v1/containers/web", "GET"),
                                      ("GET", "/api/v1/commands", "POST"),
                                      ("POST", "/metrics", "GET")]:
            with self.subTest(method=method, target=target):
                answer = self.daemon.admin(method, target, None)
                self.assertEqual((answer.status, answer.header("allow")), (405, allow))
                self.assertEqual(json.loads(answer.body)["error"]["code"], "unsupported")

    def test_a_body_over_the_limit_is_413(self):
        answer = self.daemon.admin("POST", "/api/v1/commands", {"command": "x" * (1 << 20)})
        self.assertEqual(answer.status, 413)
