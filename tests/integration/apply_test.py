# SPDX-License-Identifier: BSD-3-Clause
"""The topology changed while it runs: what is compared, what is applied, what is taken back."""
import json
import os
import threading
import unittest

from support import processes
from support.case import fresh_daemon
from support.topology import process, topology
from support.waiting import wait_until

SOON = {"ready": {"alive_for": "50ms", "within": "2s"}}
NEVER = {"ready": {"alive_for": "5s", "within": "9s"}}  # of who exits at once, however busy it is
# Hears nothing while its file is there.
STUBBORN = "trap '' TERM; touch stubborn; while [ -e stubborn ]; do sleep 0.05; done"
NO_PATIENCE = {"intensity": 0, "period": "10s", "strategy": "one_for_one"}


def config(*children, **top):
    return topology(*children, supervise={"strategy": "one_for_one"}, **top)


def sleeper(id, seconds="600", **options):
    return process(id, "sleep", seconds, **SOON, **options)


class Apply(unittest.TestCase):
    def setUp(self):
        self.daemon = fresh_daemon(self, config(sleeper("a"), sleeper("b"), sleeper("c")))

    def apply(self, text, *words, code=0):
        self.daemon.write_config(text)
        done = self.daemon.console("arch:apply", *words)
        self.assertEqual(done.code, code, done)
        return done

    def running(self):
        return {each["alias"]: processes.command_of(each["pid"])
                for each in self.daemon.containers() if each["pid"]}

    def pids(self):
        return {each["alias"]: each["pid"] for each in self.daemon.containers() if each["pid"]}

    def test_nothing_changed(self):
        before = self.pids()
        done = self.apply(config(sleeper("a"), sleeper("b"), sleeper("c")))
        self.assertEqual(done.out, "Architecture has not changed.\n")
        self.assertEqual(self.pids(), before)

    def test_what_was_destroyed_comes_back(self):
        before = self.pids()
        self.assertEqual(self.daemon.console("container:destroy", "b").code, 0)
        done = self.apply(config(sleeper("a"), sleeper("b"), sleeper("c")))
        self.assertEqual(done.out.splitlines()[:2], [
            "Architecture has been applied.", "+ create Main/b  process: sleep 600"])
        self.assertEqual(self.daemon.console("container:destroy", "b").code, 0)
        self.apply(config(sleeper("a"), sleeper("b", "601"), sleeper("c")))
        self.assertEqual(self.running(), {"a": "sleep 600", "b": "sleep 601", "c": "sleep 600"})
        self.assertEqual(self.daemon.console("container:destroy", "b").code, 0)
        self.apply(config(sleeper("a"), sleeper("c")))
        self.assertEqual({name: self.pids()[name] for name in "ac"},
                         {name: before[name] for name in "ac"}, "the others are not touched")

    def order(self):
        return [each["alias"] for each in self.daemon.containers() if each["parent"] == "Main"]

    def put(self, id, command, *steps):
        """By a verb, in the place of what the file has."""
        for words in steps or (("process:create", "Main", id, command,
                                "--flags", "CREATE_FORCE"),):
            done = self.daemon.console(*words)
            self.assertEqual(done.code, 0, done)
        self.assertEqual(self.running()[id], command)

    def test_what_a_verb_has_replaced_is_seen_and_taken_over(self):
        text = config(sleeper("a"), sleeper("b"), sleeper("c"))
        before = self.pids()
        destroyed = (("container:destroy", "a"), ("process:create", "Main", "a", "sleep 623"))
        for steps in ((), destroyed):
            with self.subTest(steps=steps):
                self.put("a", "sleep 623", *steps)
                for words in (("config:diff",), ("arch:apply", "--dry-run")):
                    told = self.daemon.console(*words).out
                    self.assertIn("~ restart Main/a\n", told)
                    self.assertIn('start: ["sleep","623"] -> ["sleep","600"]', told)
                self.assertEqual(self.running()["a"], "sleep 623", "only compared")
                self.assertIn("~ restart Main/a\n", self.apply(text).out)
                self.assertEqual(self.running()["a"], "sleep 600")
                self.assertEqual(self.order(), ["a", "b", "c"])
                self.assertEqual({id: self.pids()[id] for id in "bc"},
                                 {id: before[id] for id in "bc"}, "nobody else is touched")
                self.assertEqual(self.apply(text).out, "Architecture has not changed.\n")

    def test_a_change_of_what_a_verb_has_replaced_names_all_of_it(self):
        self.put("a", "sleep 623")
        done = self.apply(config(sleeper("a", shutdown="7s"), sleeper("b"), sleeper("c")))
        self.assertIn("~ restart Main/a\n", done.out)
        self.assertIn('start: ["sleep","623"] -> ["sleep","600"]', done.out)
        self.assertIn("shutdown: 5s -> 7s", done.out)
        self.assertEqual(self.running()["a"], "sleep 600")

    def test_what_a_verb_has_replaced_is_back_after_a_change_that_fails(self):
        self.put("a", "sleep 623")
        self.daemon.write_config(config(sleeper("a"), sleeper("b"),
                                        process("c", "false", **NEVER)))
        self.assertNotEqual(self.daemon.console("reload").code, 0)
        self.assertEqual(self.running(), {"a": "sleep 623", "b": "sleep 600", "c": "sleep 600"})
        self.daemon.write_config(config(sleeper("a"), sleeper("b"), sleeper("c")))
        self.assertIn("~ restart Main/a\n", self.daemon.console("config:diff").out)

    def test_another_kind_that_a_verb_has_put_there_is_replaced(self):
        def family(intensity):
            return config(sleeper("a"), {"id": "g", "supervise": {"intensity": intensity},
                                         "children": [sleeper("g1")]}, sleeper("c"))
        self.apply(family(5))
        self.put("g", "sleep 622")
        self.daemon.write_config(family(6))
        told = self.daemon.console("config:diff").out
        self.assertIn("replace Main/g\n", told)
        self.assertIn("type: process -> supervisor", told)
        self.assertNotIn("create Main/g/g1", told)
        self.apply(family(6))
        self.assertEqual(self.running(), {"a": "sleep 600", "g1": "sleep 600", "c": "sleep 600"})
        self.assertEqual(self.order(), ["a", "g", "c"])
        self.assertEqual(self.apply(family(6)).out, "Architecture has not changed.\n")

    def test_what_is_being_destroyed_comes_back_once_it_has_gone(self):
        for text, command in ((config(sleeper("a"), sleeper("b"), sleeper("c")), "sleep 600"),
                              (config(sleeper("a"), sleeper("b", "601"), sleeper("c")),
                               "sleep 601")):
            with self.subTest(command=command):
                self.comes_back(text, command)

    def comes_back(self, text, command):
        self.apply(config(sleeper("a"), process("b", "sh", "-c", STUBBORN, shutdown="60s"),
                          sleeper("c")))
        marker = os.path.join(self.daemon.directory, "stubborn")
        wait_until(lambda: os.path.exists(marker), "it does not listen any more")
        old = self.pids()["b"]
        destroying = threading.Thread(target=self.daemon.console, args=("container:destroy", "b"))
        destroying.start()
        self.addCleanup(destroying.join)
        wait_until(lambda: self.daemon.container("b")["phase"] == "stopping", "it is asked to end")
        self.daemon.write_config(text)
        planned = self.daemon.console("config:diff")
        self.assertIn("+ create Main/b  process: " + command, planned.out)
        told = []
        applying = threading.Thread(target=lambda: told.append(self.daemon.console("arch:apply")))
        applying.start()
        wait_until(lambda: "reload is under way" in self.daemon.console("config:diff").err,
                   "it waits for the end")
        os.unlink(marker)
        applying.join()
        self.assertEqual(told[0].out.splitlines()[:2], [
            "Architecture has been applied.", "+ create Main/b  process: " + command])
        self.assertFalse(processes.is_alive(old))
        self.assertEqual(self.running()["b"], command)

    def test_new_changed_and_removed(self):
        before = self.pids()
        done = self.apply(config(sleeper("a"), sleeper("c", "601"), sleeper("d")))
        self.assertEqual(done.out.splitlines(), [
            "Architecture has been applied.", "- destroy Main/b", "~ restart Main/c",
            '    start: ["sleep","600"] -> ["sleep","601"]', "+ create Main/d  process: sleep 600"])
        after = self.pids()
        self.assertEqual(after["a"], before["a"], "what did not change is not touched")
        self.assertFalse(processes.is_alive(before["b"]))
        self.assertFalse(processes.is_alive(before["c"]))
        self.assertEqual(self.running(),
                         {"a": "sleep 600", "c": "sleep 601", "d": "sleep 600"})
        # A changed program is replaced in its container: not counted as a failure.
        self.assertEqual(self.daemon.container("c")["restarts"], 0)

    def test_supervision_changes_without_a_restart(self):
        before = self.pids()
        done = self.apply(topology(
            sleeper("a", backoff={"min": "1s"}), sleeper("b"), sleeper("c"),
            supervise={"strategy": "rest_for_one"}))
        self.assertEqual(done.out.splitlines(), [
            "Architecture has been applied.", "~ update Main",
            "    supervise.strategy: one_for_one -> rest_for_one", "~ update Main/a",
            "    backoff.min: 100ms -> 1s"])
        self.assertEqual(self.pids(), before)

    def test_dry_run_and_diff_change_nothing(self):
        before = self.pids()
        lines = ["- destroy Main/b", "+ create Main/d  process: sleep 600"]
        done = self.apply(config(sleeper("a"), sleeper("c"), sleeper("d")), "--dry-run")
        self.assertEqual(done.out.splitlines(), ["Architecture would be changed."] + lines)
        done = self.daemon.console("config:diff")
        self.assertEqual(done.out.splitlines(), ["Configuration would be changed."] + lines)
        records = json.loads(self.daemon.console("config:diff", "-o", "json").out)["data"]
        self.assertEqual([(each["what"], each["container"]) for each in records],
                         [("destroy", "Main/b"), ("create", "Main/d")])
        self.assertEqual(self.pids(), before)

    def test_secrets_are_not_shown(self):
        self.apply(config(sleeper("a", env={"PASSWORD": "one"}), sleeper("b"), sleeper("c")))
        done = self.apply(config(sleeper("a", env={"PASSWORD": "two"}), sleeper("b"),
                                 sleeper("c")))
        self.assertIn("env.PASSWORD: (secret) -> (secret)", done.out)
        self.assertNotIn("two", done.out)

    def test_check(self):
        self.assertEqual(self.daemon.console("arch:check").out, "Architecture is valid.\n")
        self.daemon.write_config("root: {children: [{id: a, type: procss}]}")
        done = self.daemon.console("arch:check")
        self.assertEqual(done.code, 2, done)
        self.assertTrue(done.err.startswith("Architecture is not valid.\n"), done)
        self.assertIn("kraken.yaml:1:", done.err)
        self.assertIn("(did you mean 'process'?)", done.err)

    def test_an_option_of_the_daemon_waits_for_its_next_start(self):
        text = config(sleeper("a"), sleeper("b"), sleeper("c"), log={"level": "debug"})
        lines = ["~ daemon  counts from the daemon's next start", "    log.level: info -> debug"]
        self.assertEqual(self.apply(text).out.splitlines()[1:], lines)
        self.assertEqual(self.daemon.console("config:diff").out.splitlines()[1:], lines,
                         "it is still not in force")

    def test_a_new_one_that_fails_takes_everything_back(self):
        before = self.pids()
        bad = process("bad", "sh", "-c", "echo first; echo no database >&2; exit 7", **NEVER)
        done = self.apply(config(sleeper("a", "601"), sleeper("c"), bad, sleeper("d")), code=1)
        self.assertTrue(done.err.startswith("Architecture could not be applied.\n"), done)
        self.assertIn("Main/bad: exit code 7 (no database)", done.err)
        self.assertIn("everything is as it was before", done.err)
        self.assertEqual(self.running(),
                         {"a": "sleep 600", "b": "sleep 600", "c": "sleep 600"})
        self.assertEqual(self.pids()["c"], before["c"])
        order = [each["alias"] for each in self.daemon.containers()]
        self.assertEqual(order, ["Main", "a", "b", "c"], "the order of start is back too")
        # The old configuration is the one that runs: the same file is a change again.
        self.assertIn("+ create Main/bad", self.daemon.console("config:diff").out)

    def test_a_changed_one_that_fails_gets_its_old_program_back(self):
        broken = process("b", "sh", "-c", "exit 3", **NEVER)
        done = self.apply(config(sleeper("a"), broken, sleeper("c")), code=1)
        self.assertIn("exit code 3", done.err)
        wait_until(lambda: self.running() == {"a": "sleep 600", "b": "sleep 600",
                                              "c": "sleep 600"}, "the old one runs")

    def test_a_repair_lets_the_next_ones_start_as_they_are_now(self):
        sh = ("sh", "-c")
        one = process("one", *sh, "exit 3", give_up="retry", **NEVER)
        daemon = fresh_daemon(self, config(one, sleeper("two")), ready=False)
        wait_until(lambda: os.path.exists(daemon.socket) and
                   daemon.container("one")["restarts"] > 0, "the first one fails")
        daemon.write_config(config(sleeper("one"), process(
            "two", *sh, f"echo x >> {daemon.directory}/two; exec sleep 601", **SOON)))
        done = daemon.console("reload")
        self.assertEqual(done.code, 0, done)
        two = wait_until(lambda: (now := daemon.container("two"))["phase"] == "ready" and now,
                         "the second one runs")
        self.assertEqual(processes.command_of(two["pid"]), "sleep 601")
        self.assertEqual((two["generation"], two["restarts"]), (1, 0))

    def test_what_an_operator_stopped_stays_stopped(self):
        self.daemon.console("container:stop", "b")
        self.apply(config(sleeper("a"), sleeper("b", "601"), sleeper("c")))
        self.assertEqual(self.daemon.container("b")["state"], "stopped")
        self.daemon.console("container:start", "b")
        self.assertEqual(self.running()["b"], "sleep 601")

    def test_children_created_at_run_time_live_on(self):
        self.assertEqual(self.daemon.console("process:create", "Main", "T1", "sleep 700").code, 0)
        self.assertEqual(self.daemon.console("process:create", "a", "T2", "sleep 701").code, 0)
        before = self.pids()
        self.apply(config(sleeper("a"), sleeper("b", "601")))
        self.assertEqual(self.pids()["T1"], before["T1"])
        self.assertEqual(self.pids()["T2"], before["T2"])
        # Its parent's program changes: it is started again with it.
        self.apply(config(sleeper("a", "602"), sleeper("b", "601")))
        self.assertEqual(self.running()["T2"], "sleep 701")

    def test_a_topology_that_names_them_takes_them_over(self):
        self.daemon.console("process:create", "Main", "T1", "sleep 700")
        before = self.pids()["T1"]
        self.apply(config(sleeper("a"), sleeper("b"), sleeper("c"), sleeper("T1", "800")))
        self.assertEqual(self.running()["T1"], "sleep 800")
        self.assertFalse(processes.is_alive(before))
        self.apply(config(sleeper("a"), sleeper("b"), sleeper("c")))
        self.assertNotIn("T1", self.running())

    def test_what_commands_made_comes_back_with_its_parent(self):
        for words in (["a", "T1", "sleep 700"], ["T1", "T2", "sleep 701"],
                      ["a", "rests", "sleep 702"]):
            self.assertEqual(self.daemon.console("process:create", *words).code, 0)
        self.assertEqual(self.daemon.console("container:stop", "rests").code, 0)
        before = self.running()
        bad = ("sh", "-c", "exit 7")
        done = self.apply(config(sleeper("b"), process("bad", *bad, **SOON)), code=1)
        self.assertNotIn("made anew", done.err, "what goes is there until all else is done")
        done = self.apply(config(sleeper("a", mailbox={"capacity": 7}), process("b", *bad, **NEVER),
                                 sleeper("c")), code=1)
        self.assertIn("everything is as it was before; made anew, as commands had made it: "
                      "Main/a/T1, Main/a/T1/T2, Main/a/rests", done.err)
        self.assertEqual(self.running(), before)
        self.assertEqual(self.daemon.container("T2")["path"], "Main/a/T1/T2")
        self.assertEqual(self.daemon.container("rests")["state"], "created")

    def test_what_goes_with_its_parent_is_told(self):
        self.daemon.console("process:create", "a", "T1", "sleep 700")
        self.daemon.console("process:create", "b", "T2", "sleep 701")
        text = config(sleeper("b", mailbox={"capacity": 7}), sleeper("c"))
        lines = ["- destroy Main/a", "- destroy Main/a/T1  made by a command: ends with it",
                 "~ replace Main/b", "    mailbox.capacity: 10000 -> 7",
                 "~ replace Main/b/T2  made by a command: begins anew with it",
                 "~ reorder Main  its children start in another order"]
        done = self.apply(text, "--dry-run")
        self.assertEqual(sorted(done.out.splitlines()[1:]), sorted(lines))
        self.apply(text)
        self.assertEqual(self.running(),
                         {"b": "sleep 600", "c": "sleep 600", "T2": "sleep 701"})

    def test_without_a_project_it_is_made(self):
        self.daemon.console("project:destroy")
        self.assertEqual(self.daemon.containers(), [])
        lines = ["+ create Main  supervisor"]
        self.daemon.write_config(config(sleeper("x")))
        self.assertEqual(self.daemon.console("config:diff").out.splitlines()[1:], lines)
        self.assertEqual(self.daemon.containers(), [])
        done = self.apply(config(sleeper("x")))
        self.assertEqual(done.out.splitlines(), ["Architecture has been applied."] + lines)
        self.assertEqual(self.running(), {"x": "sleep 600"})
        done = self.apply(config(sleeper("x")))
        self.assertEqual(done.out, "Architecture has not changed.\n")
        self.daemon.console("project:destroy")
        self.assertEqual(self.daemon.console("reload").code, 0)  # of an unchanged file
        self.assertEqual(self.running(), {"x": "sleep 600"})

    def test_a_project_on_its_way_out_takes_no_change(self):
        stubborn = process("a", "sh", "-c", "trap '' TERM; while :; do sleep 1; done", **SOON,
                           shutdown="3s")
        self.apply(config(stubborn))
        for verb, code in (("project:stop", 0), ("project:destroy", 3)):
            ends = threading.Thread(target=self.daemon.console, args=(verb,))
            ends.start()
            wait_until(lambda: self.daemon.container("Main")["phase"] == "stopping", "it begins")
            done = self.daemon.console("arch:apply")
            ends.join(30)
            self.assertEqual(done.code, code, done)
            self.daemon.console("project:start")
        self.assertIn("Reason: Main is being destroyed", done.err)
        self.assertEqual(self.daemon.containers(), [])
        self.assertIn("+ create Main", self.apply(config(sleeper("x"))).out)

    def test_a_project_that_does_not_start_leaves_none(self):
        def none_is_left(done):
            self.assertEqual((done.code, done.out), (1, ""), done)
            self.assertIn("Main: 'Main/bad' failed too often, last with: exit code 7 (no way)",
                          done.err)
            self.assertEqual(self.daemon.containers(), [])
            self.assertEqual(list(processes.children_of(self.daemon.pid)), [])

        fine = os.path.join(self.daemon.directory, "fine")
        script = f"test -e {fine} && exec sleep 601; echo no way; exit 7"
        bad = topology(sleeper("a"), process("bad", "sh", "-c", script, **SOON),
                       supervise=NO_PATIENCE)
        self.daemon.console("project:destroy")
        done = self.apply(bad, code=1)
        none_is_left(done)
        self.assertTrue(done.err.startswith("Architecture could not be applied.\n"), done)
        self.assertIn("there is no project, as before", done.err)
        with open(fine, "w", encoding="ascii"):
            pass
        self.apply(bad)
        self.assertEqual(self.running(), {"a": "sleep 600", "bad": "sleep 601"})
        os.remove(fine)
        self.daemon.console("project:destroy")
        for words in ([], [], ["--flags", "CREATE_FORCE"]):
            done = self.daemon.console("project:create", *words)
            none_is_left(done)
            self.assertTrue(done.err.startswith("Project could not be created.\n"), done)
        with open(fine, "w", encoding="ascii"):
            pass
        self.assertEqual(self.daemon.console("project:create").code, 0)
        self.assertEqual(self.running(), {"a": "sleep 600", "bad": "sleep 601"})

    def test_a_project_is_created_from_the_file_as_it_is_now(self):
        broken = "root: {children: [{id: a, type: procss}]}"
        self.daemon.console("project:destroy")
        self.daemon.write_config(broken)
        done = self.daemon.console("project:create")
        self.assertEqual(done.code, 2, done)
        self.assertTrue(done.err.startswith("Project could not be created.\n"), done)
        self.assertIn("kraken.yaml:1:", done.err)
        self.assertEqual(self.daemon.containers(), [])
        for flags, seconds in (((), "601"), (("--flags", "CREATE_FORCE_SOFT"), "602")):
            self.daemon.write_config(config(sleeper("a", seconds)))
            self.assertEqual(self.daemon.console("project:create", *flags).code, 0)
            self.assertEqual(self.running(), {"a": "sleep " + seconds})
        # Nothing is left for a reload to do, and a mistake costs what runs nothing.
        self.assertEqual(self.daemon.console("arch:apply").out, "Architecture has not changed.\n")
        for text in broken, config():
            self.daemon.write_config(text)
            done = self.daemon.console("project:create", "--flags", "CREATE_FORCE_SOFT")
            self.assertEqual(done.code, 2, done)
        self.assertIn("declares no containers", done.err)
        self.assertEqual(self.running(), {"a": "sleep 602"})

    def test_nobody_waits_for_what_is_tried_for_ever(self):
        fine = os.path.join(self.daemon.directory, "fine")
        script = f"test -e {fine} && exec sleep 601; echo no database; exit 7"
        bad = process("bad", "sh", "-c", script, give_up="retry", **SOON)
        group = {"id": "group", "type": "supervisor", "children": [sleeper("x", "602"), bad]}
        done = self.apply(config(group, *(sleeper(each) for each in "abc")), code=1)
        self.assertIn("Main/group/bad: exit code 7 (no database); everything is as it was before",
                      done.err)
        self.assertEqual(list(self.running()), ["a", "b", "c"])
        self.daemon.console("project:destroy")
        self.assertIn("there is no project, as before", self.apply(config(group), code=1).err)
        self.assertEqual(self.daemon.containers(), [])
        done = self.daemon.console("project:create")
        self.assertEqual(done.code, 1, done)
        self.assertIn("Main/group/bad: exit code 7 (no database); it is tried again", done.err)
        for _ in range(2):
            done = self.daemon.console("container:restart", "group")
            self.assertEqual(done.code, 1, done)
            self.assertIn("it is tried again", done.err)
        with open(fine, "w", encoding="ascii"):
            pass
        self.daemon.wait_ready()
        self.assertEqual(self.running(), {"x": "sleep 602", "bad": "sleep 601"})
        self.assertEqual(self.daemon.console("arch:apply").out, "Architecture has not changed.\n")

    def test_a_parent_that_gives_up_during_a_change(self):
        nested = {"id": "group", "type": "supervisor", "supervise": NO_PATIENCE,
                  "children": [process("bad", "sh", "-c", "exit 7", **NEVER)]}
        done = self.apply(config(sleeper("a"), nested, sleeper("c")), code=1)
        self.assertIn("Main/group", done.err)
        self.assertEqual(sorted(self.running()), ["a", "b", "c"])


if __name__ == "__main__":
    unittest.main()
