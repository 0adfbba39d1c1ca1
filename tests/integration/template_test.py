# SPDX-License-Identifier: BSD-3-Clause
"""The template of a native pool: workers forked from it are the daemon's own and nobody's twins;
where forking is not safe, or not possible now, they are executed."""
import json
import os
import shutil
import signal
import socket
import tempfile
import threading
import unittest

from support import processes
from support.case import DaemonCase, fresh_daemon
from support.topology import http, pool, topology, worker_script
from support.waiting import wait_until


def config(template, mode="", size=2, **options):
    env = {"MODE": mode, **options.pop("env", {})}
    return topology(pool(script="template.php", size=size, carrier="native", template=template,
                         env=env, **options), http())


def facts(daemon):
    return json.loads(daemon.get("/").body)


def facts_of_all(daemon, size):
    """What each worker says of itself, by its pid."""
    seen = {}

    def ask():
        each = facts(daemon)
        seen[each["pid"]] = each
        return len(seen) == size
    wait_until(ask, f"{size} workers have answered")
    return seen


def template_of(daemon):
    return daemon.container("Main/web/template")


def is_forked(pid):
    """It has its template's command line."""
    with open(f"/proc/{pid}/cmdline", "rb") as file:
        return b"--template=" in file.read()


class Forked(DaemonCase):
    config = config("app")

    def setUp(self):
        self.daemon.wait_settled(2)

    def test_workers_are_the_daemons_own_children_and_lead_their_groups(self):
        template = template_of(self.daemon)["pid"]
        for pid, each in facts_of_all(self.daemon, 2).items():
            self.assertEqual(each["booted_by"], template)
            self.assertEqual(each["parent"], self.daemon.pid)
            self.assertEqual(each["group"], pid)
            self.assertEqual(each["hooks"], [pid])

    def test_each_has_its_own_name_channel_and_randomness(self):
        first, second = facts_of_all(self.daemon, 2).values()
        self.assertEqual({first["alias"], second["alias"]}, {"Main/web/w1", "Main/web/w2"})
        for each in (first, second):
            self.assertEqual(each["server"], each["alias"])
            self.assertEqual(each["booted_as"], "Main/web/template")
            self.assertFalse(each["channel"])
            sockets = [name for name in each["descriptors"].values() if name and "socket:" in name]
            self.assertEqual(len(sockets), 1, each["descriptors"])
        for one, other in zip(first["random"], second["random"]):
            self.assertNotEqual(one, other)

    def test_all_have_one_opcache(self):
        seen = json.loads(self.daemon.get("/compile").body)
        self.assertTrue(seen["compiled"])
        for pid, each in facts_of_all(self.daemon, 2).items():
            self.assertTrue(each["compiled"], pid)

    def test_the_kernel_shows_the_mark_of_each_launch(self):
        marks = {processes.launch_mark_of(pid) for pid in self.daemon.pids()}
        self.assertEqual(len(marks), 2)
        said = {each["mark"].encode() for each in facts_of_all(self.daemon, 2).values()}
        self.assertEqual(said, marks)

    def test_the_kernel_knows_what_the_application_starts_by_its_workers_launch(self):
        def lineage_of(pid):
            with open(f"/proc/{pid}/limits", encoding="ascii") as limits:
                return next(line.split()[3] for line in limits if "realtime timeout" in line)
        template = template_of(self.daemon)["pid"]
        seen = {lineage_of(pid) for pid in (template, *self.daemon.pids())}
        self.assertEqual(len(seen), 3)
        self.assertNotIn("unlimited", seen)

    def test_a_killed_worker_is_replaced_by_a_fork_and_its_end_is_reported(self):
        template = template_of(self.daemon)["pid"]
        self.assertEqual(self.daemon.get("/kill").status, 502)
        self.daemon.wait_settled(2)
        seen = facts_of_all(self.daemon, 2)
        self.assertEqual({each["booted_by"] for each in seen.values()}, {template})
        causes = [each["cause"]["code"] for each in self.daemon.workers() if each.get("cause")]
        self.assertIn(signal.SIGKILL, causes)


class Changed(unittest.TestCase):
    def own_daemon(self):
        daemon = fresh_daemon(self, config("app"))
        daemon.wait_settled(2)
        return daemon

    def test_a_killed_template_costs_no_worker_and_comes_back(self):
        daemon = self.own_daemon()
        before = template_of(daemon)
        pids = set(daemon.pids())
        os.kill(before["pid"], signal.SIGKILL)
        wait_until(lambda: template_of(daemon)["generation"] > before["generation"],
                   "a new template")
        daemon.wait_settled(2)
        self.assertEqual(set(daemon.pids()), pids)
        os.kill(min(pids), signal.SIGKILL)
        daemon.wait_settled(2)
        new = template_of(daemon)["pid"]
        self.assertIn(new, [each["booted_by"]
                            for each in facts_of_all(daemon, 2).values()])

    def test_a_template_that_somebody_destroys_is_made_again(self):
        daemon = self.own_daemon()
        before = template_of(daemon)["pid"]
        self.assertEqual(daemon.command("container:destroy", alias="Main/web/template")[0], 200)
        wait_until(lambda: template_of(daemon)["pid"] not in (0, before), "there is one again")
        daemon.wait_settled(2)

    def test_without_an_answer_of_the_template_a_worker_is_executed(self):
        daemon = self.own_daemon()
        template = template_of(daemon)
        os.kill(template["pid"], signal.SIGSTOP)
        for victim in daemon.pids():  # one of them is replaced by the child made ahead
            os.kill(victim, signal.SIGKILL)
        wait_until(lambda: "worker_not_forked" in daemon.log(), "it is told")
        daemon.wait_settled(2)
        wait_until(lambda: template_of(daemon)["generation"] > template["generation"],
                   "the mute template is replaced")
        executed = [each for each in facts_of_all(daemon, 2).values()
                    if each["booted_by"] == each["pid"]]
        self.assertEqual(len(executed), 1)
        self.assertEqual(executed[0]["hooks"], [executed[0]["pid"]])

    def test_a_killed_child_made_ahead_costs_nothing(self):
        daemon = self.own_daemon()
        template = template_of(daemon)["pid"]
        ahead, = set(processes.children_of(daemon.pid)) - {template, *daemon.pids()}
        os.kill(ahead, signal.SIGKILL)
        os.kill(daemon.pids()[0], signal.SIGKILL)
        daemon.wait_settled(2)  # there is another one ahead
        self.assertEqual({each["booted_by"] for each in facts_of_all(daemon, 2).values()},
                         {template})
        self.assertNotIn("worker_not_forked", daemon.log())

    def test_a_replacement_of_the_pool_begins_with_the_template(self):
        daemon = self.own_daemon()
        before = template_of(daemon)["pid"]
        self.assertEqual(daemon.command("restart", {"rolling": True}, alias="Main/web")[0], 200)
        daemon.wait_settled(2)
        after = template_of(daemon)["pid"]
        self.assertNotEqual(before, after)
        seen = facts_of_all(daemon, 2)
        self.assertEqual({each["booted_by"] for each in seen.values()}, {after})

    def test_a_changed_script_replaces_template_and_workers_and_costs_no_request(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        script = os.path.join(directory, "worker.php")

        def write(version):
            with open(script, "w", encoding="ascii") as file:
                file.write(f"<?php $booted = getmypid(); Kraken\\handle(function () use ($booted) "
                           f"{{ echo json_encode(['{version}', $booted]); }});")
        write("old")
        daemon = fresh_daemon(self, topology({**pool(size=2, carrier="native", template="app"),
                                              "start": ["php", script]}, http()))
        self.assertEqual(facts(daemon), ["old", template_of(daemon)["pid"]])
        seen, over = [], threading.Event()

        def ask():
            with daemon.connect() as client:
                while not over.is_set():
                    answer = client.get("/")
                    seen.append((answer.status, json.loads(answer.body)[0]))
        client = threading.Thread(target=ask)
        client.start()
        try:
            write("new")
            self.assertEqual(daemon.command("restart", {"rolling": True}, alias="Main/web")[0], 200)
        finally:
            over.set()
            client.join()
        self.assertEqual({status for status, _ in seen}, {200})
        self.assertEqual(facts(daemon), ["new", template_of(daemon)["pid"]])

    def test_more_workers_are_forked(self):
        daemon = self.own_daemon()
        self.assertEqual(daemon.command("scale", alias="Main/web", count=6)[0], 200)
        daemon.wait_settled(6)
        self.assertEqual([is_forked(pid) for pid in daemon.pids()], [True] * 6)


class ForkedBeforeTheScript(DaemonCase):
    config = config("php")

    def test_each_worker_boots_the_script_itself(self):
        self.daemon.wait_settled(2)
        for pid, each in facts_of_all(self.daemon, 2).items():
            self.assertEqual(each["booted_by"], pid)
            self.assertEqual(each["booted_as"], each["alias"])
            self.assertEqual(each["hooks"], [pid])
            self.assertEqual(each["parent"], self.daemon.pid)
            template = template_of(self.daemon)["pid"]
            self.assertNotEqual(each["mark"].encode(), processes.launch_mark_of(template))

    def test_a_socket_of_the_script_is_its_workers_own(self):
        with socket.create_server(("127.0.0.1", 0)) as peer:
            where = f"tcp://127.0.0.1:{peer.getsockname()[1]}"
            daemon = fresh_daemon(self, config("php", "socket", env={"PEER": where}))
            daemon.wait_settled(2)
            self.assertNotIn("template_refused", daemon.log())


class Refused(DaemonCase):
    """No daemon is shared here."""

    config = config("off")

    def test_off_has_no_template(self):
        self.daemon.wait_settled(2)
        self.assertEqual([each["kind"] for each in self.daemon.containers("Main/web")].count(
            "template"), 0)
        for pid, each in facts_of_all(self.daemon, 2).items():
            self.assertEqual(each["booted_by"], pid)

    def test_an_open_socket_is_named_with_its_line_and_the_workers_are_executed(self):
        with socket.create_server(("127.0.0.1", 0)) as peer:
            port = peer.getsockname()[1]
            daemon = fresh_daemon(
                self, config("app", "socket", env={"PEER": f"tcp://127.0.0.1:{port}"}))
            daemon.wait_settled(2)
            told = next(line for line in daemon.log().splitlines() if "template_refused" in line)
            self.assertIn(f"to port {port}", told)
            self.assertRegex(told, r"template\.php:\d+")
            for pid, each in facts_of_all(daemon, 2).items():
                self.assertEqual(each["booted_by"], pid)
            template = wait_until(lambda: [each for each in [template_of(daemon)]
                                           if each["phase"] == "ended"], "it has ended")[0]
            self.assertEqual((template["state"], template["pid"]), ("stopped", 0))
            self.assertIn("forks nobody: ", template["cause"]["text"])
            self.assertIn(f"to port {port}", template["cause"]["text"])

    def test_a_thread_is_refused(self):
        daemon = fresh_daemon(self, config("app", "thread", ini={"ffi.enable": "1"}))
        daemon.wait_settled(2)
        told = next(line for line in daemon.log().splitlines() if "template_refused" in line)
        self.assertIn("started 1 thread", told)
        for pid, each in facts_of_all(daemon, 2).items():
            self.assertEqual(each["booted_by"], pid)

    def test_a_refusal_is_looked_at_again_when_the_pool_is_replaced(self):
        with socket.create_server(("127.0.0.1", 0)) as peer:
            where = f"tcp://127.0.0.1:{peer.getsockname()[1]}"
            path = os.path.join(self.daemon.directory, "mode")
            with open(path, "w", encoding="ascii") as file:
                file.write("socket")
            daemon = fresh_daemon(self, config("app", path, env={"PEER": where}))
            with open(path, "w", encoding="ascii") as file:
                file.write("fine")
            self.assertEqual(daemon.command("restart", {"rolling": True}, alias="Main/web")[0], 200)
            daemon.wait_settled(2)
            seen = facts_of_all(daemon, 2)
            self.assertEqual({each["booted_by"] for each in seen.values()},
                             {template_of(daemon)["pid"]})

    def test_a_database_object_is_a_warning(self):
        daemon = fresh_daemon(self, config("app", "database"))
        daemon.wait_settled(2)
        self.assertIn("PDO", next(line for line in daemon.log().splitlines()
                                  if "template_warns" in line))

    def test_each_database_object_is_named_with_its_line(self):
        daemon = fresh_daemon(self, config("app", "databases"))
        daemon.wait_settled(2)
        with open(worker_script("template.php"), encoding="ascii") as file:
            lines = file.read().splitlines()
        told = [line for line in daemon.log().splitlines() if "template_warns" in line]
        self.assertEqual(len(told), 2, told)
        for line, what, mark in zip(told, ("PDO", "Database"), ("// the first", "// the second")):
            number = next(i for i, text in enumerate(lines, 1) if mark in text)
            self.assertIn(f"object of {what} before the fork, in ", line)
            self.assertIn(f"template.php:{number}:", line)

    def test_a_script_that_does_not_boot_fails_in_its_workers_too(self):
        daemon = fresh_daemon(self, config("app", "throw"), ready=False)
        wait_until(lambda: "boot fails on purpose" in
                   str(template_of(daemon).get("cause")), "the template says why")
        wait_until(lambda: any("boot fails on purpose" in str(each.get("cause"))
                               for each in daemon.workers()), "so does a worker")

    def test_what_php_says_of_its_boot_has_its_level(self):
        daemon = fresh_daemon(self, config("app", "throw"), ready=False)
        for alias in ("template", "w1"):
            def said():
                return [line for line in daemon.log().splitlines()
                        if "PHP Fatal error" in line and f"Main/web/{alias}" in line]
            line = wait_until(said, f"{alias}: it is in the log")[0]
            self.assertIn("ERROR", line)

    def test_the_exit_code_of_one_that_ends_by_itself(self):
        nowhere = {"opcache.preload": "/nowhere/preload.php", "opcache.preload_user": "nobody"}
        daemon = fresh_daemon(self, config("php", ini=nowhere), ready=False)

        def told():
            return [line for line in daemon.log().splitlines()
                    if "container_failed" in line and "Main/web/template " in line]
        for line in wait_until(lambda: len(told()) > 2 and told(), "it has failed"):
            self.assertRegex(line, "exit code (70|255|254)")

    def test_a_replacement_that_does_not_boot_leaves_all_as_it_is(self):
        path = os.path.join(self.daemon.directory, "mode")
        with open(path, "w", encoding="ascii") as file:
            file.write("fine")
        daemon = fresh_daemon(self, config("app", path))
        pids = set(daemon.pids())
        before = template_of(daemon)["pid"]
        with open(path, "w", encoding="ascii") as file:
            file.write("throw")
        self.assertNotEqual(daemon.command("restart", {"rolling": True}, alias="Main/web")[0], 200)
        daemon.wait_settled(2)
        self.assertEqual(set(daemon.pids()), pids)
        self.assertEqual(template_of(daemon)["pid"], before)

    def test_a_failing_hook_is_the_workers_failure(self):
        daemon = fresh_daemon(self, config("app", "hook"), ready=False)
        wait_until(lambda: any("hook fails on purpose" in str(each.get("cause"))
                               for each in daemon.workers()), "a worker says why")


class DaemonGone(DaemonCase):
    config = config("app")

    def test_nothing_forked_outlives_a_killed_daemon(self):
        daemon = fresh_daemon(self, config("app", size=4))
        daemon.wait_settled(4)
        family = daemon.family()
        self.assertEqual(len(family), 6)  # the child made ahead as well
        daemon.kill9()
        wait_until(lambda: not any(processes.is_alive(pid) for pid in family), "all have ended")
