# SPDX-License-Identifier: BSD-3-Clause
"""The framework's 27 verbs, one after the other as a story: exit code and exact words of each."""
import os
import shutil
import signal
import subprocess
import tempfile
import json
import unittest

from support.case import fresh_daemon
from support.topology import http, pool, process, topology
from support.waiting import stays_true, wait_until

CONFIG = topology(pool(size=1), http(), process("sleeper", "sleep", "600"),
                  process("later", "sleep", "601", autostart=False),
                  supervise={"strategy": "one_for_one"})

# (words, exit code, words on success | reason of the failure). A failure's first sentence is that
# of the verb and stands in FAILURES.
PROCESSES = [
    ("process:exists Main T1", 3, "Process does not exist."),
    ("process:create Main T1 'sleep 600'", 0, "Process has been created."),
    ("process:exists Main T1", 0, "Process exists."),
    ("runtime:exists Main T1", 0, "Runtime exists."),
    ("thread:exists Main T1", 3, "Thread does not exist."),
    ("process:create Main T1 'sleep 600'", 0, "Process has been already created."),
    ("process:create Main T1 'sleep 601'", 5, "Process with such alias already exists."),
    ("process:create Main T1 'sleep 601' --flags CREATE_DEFAULT", 5,
     "Process with such alias already exists."),
    ("process:create Main T1 'sleep 601' --flags=1", 0, "Process has been created."),
    ("process:create Main T1 'sleep 602' --flags CREATE_FORCE_HARD", 0,
     "Process has been created."),
    ("process:create Main T1 'sleep 603' --flags=CREATE_FORCE", 0, "Process has been created."),
    ("process:create Main T1 null --flags=CREATE_FORCE_SOFT", 0, "Process has been created."),
    ("process:create Main T1 'sleep 603'", 0, "Process has been already created."),
    ("process:create Main T1 null", 0, "Process has been already created."),
    ("process:create Main T1 null --restart temporary", 2,
     "process:create: --restart: what is created as it was keeps its own"),
    ("process:create Main T2 ' '", 2, "Name of new process cannot be null."),
    ("process:create Main T2 null", 2, "Name of new process cannot be null."),
    ("process:create Main T2 'sleep 1' --flags CREATE_MAYBE", 2,
     "process:create: --flags: Given flag option is invalid. expected one of CREATE_DEFAULT, "
     "CREATE_FORCE_SOFT, CREATE_FORCE_HARD, CREATE_FORCE, got 'CREATE_MAYBE'"),
    ("process:create Main T2 'sleep 1' --flags 4", 2,
     "process:create: --flags: Given flag option is invalid. expected one of CREATE_DEFAULT, "
     "CREATE_FORCE_SOFT, CREATE_FORCE_HARD, CREATE_FORCE, got '4'"),
    ("process:create nobody T2 'sleep 1'", 3, "no container 'nobody'"),
    ("process:stop Main T1", 0, "Runtime has been stopped."),
    ("process:stop Main T1", 0, "Runtime has been already stopped."),
    ("process:start Main T1", 0, "Runtime has been started."),
    ("process:start Main T1", 0, "Runtime has been already started."),
    ("thread:start Main T1", 3, "'Main/T1' is of kind 'process': use runtime:start"),
    ("thread:stop Main T1", 3, "'Main/T1' is of kind 'process': use runtime:stop"),
    ("thread:destroy Main T1", 0,
     "Thread [T1] was not needed to be destroyed, because it had not existed."),
    ("process:destroy Main T1 --flags DESTROY_KEEP", 1,
     "Process [T1] could not be destroyed with force level=DESTROY_KEEP."),
    ("process:destroy Main T1 --flags 0", 1,
     "Process [T1] could not be destroyed with force level=DESTROY_KEEP."),
    ("process:destroy Main T1", 0, "Process has been destroyed."),
    ("process:destroy Main T1", 0,
     "Process [T1] was not needed to be destroyed, because it had not existed."),
    ("process:start Main T1", 3, "'Main/T1' does not exist"),
    ("process:stop Main T1", 3, "'Main/T1' does not exist"),
    ("process:destroy nobody T1", 3, "no container 'nobody'"),
]

RUNTIMES = [
    ("runtime:exists Main nobody", 3, "Runtime does not exist."),
    ("runtime:stop Main sleeper", 0, "Runtime has been stopped."),
    ("runtime:stop Main sleeper", 0, "Runtime has been already stopped."),
    ("runtime:start Main sleeper", 0, "Runtime has been started."),
    ("runtime:start Main nobody", 3, "'Main/nobody' does not exist"),
    ("runtime:stop Main nobody", 3, "'Main/nobody' does not exist"),
    ("runtime:destroy Main nobody", 3, "Runtime with alias [nobody] does not exist."),
    ("runtime:destroy Main sleeper --flags=DESTROY_DEFAULT", 1,
     "Runtime [sleeper] could not be destroyed with force level=DESTROY_KEEP."),
    ("runtime:destroy Main sleeper --flags=DESTROY_FORCE_HARD", 0, "Runtime has been destroyed."),
    ("thread:create Main N1 NoSuchClass", None, None),
    ("thread:destroy Main N1", 0,
     "Thread [N1] was not needed to be destroyed, because it had not existed."),
]

CONTAINERS = [
    ("container:stop later", 5, "It is not possible to stop runtime from state [1]."),
    ("container:request later 1", 5, "Main/later takes no messages now: it is not started"),
    ("container:start later", 0, "Runtime has been started."),
    ("container:start later", 0, "Runtime has been already started."),
    ("container:stop later", 0, "Runtime has been stopped."),
    ("container:stop Main/later", 0, "Runtime has been already stopped."),
    ("container:restart later", 0, "Runtime has been restarted."),
    ("container:start nobody", 3, "no container 'nobody'"),
    ("container:stop nobody", 3, "no container 'nobody'"),
    ("container:restart nobody", 3, "no container 'nobody'"),
    ("container:status nobody", 3, "no container 'nobody'"),
    ("scale sleeper 2", 2, "Main/sleeper: a container of this kind has no size to set to 2"),
    ("container:destroy later", 0, "Runtime has been destroyed."),
    ("container:destroy later", 0, "Runtime has been already destroyed."),
    ("arch:stop web", 0, "Part of architecture has been stopped."),
    ("arch:stop web", 0, "Part of architecture has been stopped."),
    ("arch:start web", 0, "Part of architecture has been started."),
    ("arch:start web", 0, "Part of architecture has been started."),
    ("arch:start nobody", 3, "no container 'nobody'"),
    ("arch:stop nobody", 3, "no container 'nobody'"),
    ("arch:status nobody", 3, "no container 'nobody'"),
    ("supervisor:reset web", 0, "Supervisor has been reset."),
    ("supervisor:reset nobody", 3, "no container 'nobody'"),
    ("server:ping", 0, "ip=127.0.0.1"),
]

PROJECT = [
    ("project:create", 5, "Project already exists."),
    ("project:stop", 0, "Project has been stopped."),
    ("project:stop", 0, "Project has been stopped."),
    ("container:start sleeper", 5, "start Main before its child Main/sleeper"),
    ("project:start", 0, "Project has been started."),
    ("project:start", 0, "Project has been started."),
    ("project:destroy --flags=DESTROY_KEEP", 1,
     "Project could not be destroyed with force level=DESTROY_KEEP."),
    ("project:create --flags=CREATE_FORCE_SOFT", 0, "Project has been created."),
    ("project:destroy", 0, "Project has been destroyed."),
    ("project:destroy", 0,
     "Project was not needed to be destroyed, because it had not existed."),
    ("process:create Main T1 'sleep 1'", 3, "no container 'Main': Main was destroyed "),
    ("runtime:stop Main sleeper", 3, "no container 'Main': Main was destroyed "),
    ("project:start", 3, "there is no project"),
    ("project:stop", 3, "there is no project"),
    ("project:create", 0, "Project has been created."),
    ("project:destroy --flags=2", 0, "Project has been destroyed."),
    ("project:create --flags=3", 0, "Project has been created."),
]

FAILURES = {
    "project:create": "Project could not be created.",
    "project:destroy": "Project could not be destroyed.",
    "project:start": "Project could not be started.",
    "project:stop": "Project could not be stopped.",
    "arch:start": "Part of architecture could not be started.",
    "arch:stop": "Part of architecture could not be stopped.",
    "container:start": "Runtime could not be started.",
    "container:stop": "Runtime could not be stopped.",
    "container:destroy": "Runtime could not be destroyed.",
    "container:restart": "Runtime could not be restarted.",
    "runtime:start": "Runtime could not be started.",
    "runtime:stop": "Runtime could not be stopped.",
    "runtime:destroy": "Runtime could not be destroyed.",
    "process:create": "Process could not be created.",
    "process:start": "Runtime could not be started.",
    "process:stop": "Runtime could not be stopped.",
    "process:destroy": "Process could not be destroyed.",
    "thread:create": "Thread could not be created.",
    "thread:start": "Runtime could not be started.",
    "thread:stop": "Runtime could not be stopped.",
    "supervisor:reset": "Supervisor could not be reset.",
}


def split(line):
    """Words of a line; single quotes hold blanks together."""
    out = []
    for number, part in enumerate(line.split("'")):
        out += [part] if number % 2 else part.split()
    return out


class Verbs(unittest.TestCase):
    def tell(self, story):
        daemon = fresh_daemon(self, CONFIG)
        for line, code, said in story:
            with self.subTest(line=line):
                words = split(line)
                done = daemon.console(*words)
                if code is None:  # whatever the reason: it must fail, and say so
                    self.assertNotEqual(done.code, 0, done)
                    self.assertTrue(done.err.startswith(FAILURES[words[0]] + "\n"), done)
                    continue
                self.assertEqual(done.code, code, done)
                if code == 0:
                    self.assertEqual((done.out, done.err), (said + "\n", ""))
                    continue
                self.assertEqual(done.out, "")
                reason = next(each for each in done.err.splitlines()
                              if each.startswith("Reason: "))
                self.assertIn(said, reason)
                if "Main was destroyed" in said or said == "there is no project":
                    self.assertTrue(done.err.endswith("\nTry: kraken project:create\n"), done)
                first = FAILURES.get(words[0])
                if first and code != 2:
                    self.assertTrue(done.err.startswith(first + "\n"), done)
        return daemon

    def test_processes(self):
        self.tell(PROCESSES)

    def test_runtimes_and_threads(self):
        self.tell(RUNTIMES)

    def test_containers_and_parts(self):
        self.tell(CONTAINERS)

    def test_the_project(self):
        daemon = self.tell(PROJECT)
        daemon.wait_settled(1)
        self.assertEqual(daemon.get("/hello").status, 200, "the project serves again")


class Names(unittest.TestCase):
    """Names that nobody has, or nobody has any more."""

    def setUp(self):
        self.daemon = fresh_daemon(self, topology(
            process("job", "sh", "-c", "exit 3", restart="temporary"),
            process("sleeper", "sleep", "600")))
        wait_until(lambda: "Main/job" not in [each["path"] for each in self.daemon.containers()],
                   "the job has ended")

    def test_what_has_ended_is_told_with_its_end(self):
        for words in (["logs", "job"], ["inspect", "job"], ["tree", "Main/job"],
                      ["container:start", "job"], ["restart", "Main/job"],
                      ["container:status", "job"]):
            with self.subTest(words=words):
                done = self.daemon.console(*words)
                self.assertEqual((done.code, done.out), (3, ""), done)
                self.assertRegex(done.err, rf"no container '{words[1]}': Main/job ended "
                                 rf"(just now|\d+s ago): exit code 3; see kraken events "
                                 rf"{words[1]} \(not_found\)")
        self.assertIn('reason="exit code 3"', self.daemon.console("events", "job").out)

    def test_a_hint_names_what_is_meant_where_its_alias_is_not_the_only_one(self):
        for parent in ("Main", "sleeper"):
            made = self.daemon.console("process:create", parent, "a", "sleep 600")
            self.assertEqual(made.code, 0, made)
        taken = self.daemon.console("process:create", "sleeper", "a", "sleep 601")
        self.assertEqual(taken.code, 5, taken)
        self.assertIn("Try: kraken inspect Main/sleeper/a\n", taken.err)

    def test_a_hint_when_the_daemon_says_nothing_asks_another(self):
        os.kill(self.daemon.pid, signal.SIGSTOP)
        try:
            lost = self.daemon.console("tree", "--timeout", "300ms")
        finally:
            os.kill(self.daemon.pid, signal.SIGCONT)
        self.assertEqual(lost.code, 1, lost)
        self.assertIn(f"Try: ps -o pid,stat,etime,args -p {self.daemon.pid} (", lost.err)

    def test_destroying_what_is_not_there_names_what_may_be_meant(self):
        done = "Runtime has been already destroyed.\n"
        for words, out, err in (
                (["container:destroy", "sleper"], done,
                 "warning: no container 'sleper' (did you mean 'sleeper'?)\n"),
                (["process:destroy", "Main", "sleper"],
                 "Process [sleper] was not needed to be destroyed, because it had not existed.\n",
                 "warning: no container 'Main/sleper' (did you mean 'Main/sleeper'?)\n"),
                (["container:destroy", "Main/zzz/q"], done, ""),
                (["container:destroy", "job"], done, "")):  # no typing error
            with self.subTest(words=words):
                told = self.daemon.console(*words)
                self.assertEqual((told.code, told.out, told.err), (0, out, err))
        told = json.loads(self.daemon.console("container:destroy", "sleper", "-o", "json").out)
        self.assertEqual(told["warning"], "no container 'sleper' (did you mean 'sleeper'?)")


class Status(unittest.TestCase):
    """The three status tables of the framework."""

    def test_tables(self):
        daemon = fresh_daemon(self, CONFIG)

        def rows(*words):
            done = daemon.console(*words)
            self.assertEqual((done.code, done.err), (0, ""), done)
            lines = done.out.splitlines()
            ends = [at for at, mark in enumerate(lines[0]) if mark == "|"]
            return [[line[begin + 2:end].rstrip() for begin, end in zip(ends, ends[1:])]
                    for line in lines]

        whole = rows("project:status")
        self.assertEqual(whole[0], ["alias", "name", "state"])
        self.assertEqual([row[0] for row in whole[1:]],
                         ["Main", "|-web", "| `-w1", "|-http", "|-sleeper", "`-later"])
        self.assertEqual([row[-1] for row in whole[1:]], ["STARTED"] * 5 + ["CREATED"])
        part = rows("arch:status", "Main")
        self.assertEqual([row[0] for row in part],
                         ["alias", "Main", "__web", "____w1", "__http", "__sleeper", "__later"])
        one = rows("container:status", "sleeper")
        self.assertEqual(one[0], ["parent", "alias", "name", "state"])
        self.assertEqual((one[1][0], one[1][1], one[1][3]), ("Main", "sleeper", "4"))
        self.assertEqual(rows("container:status", "later")[1][3], "1")
        daemon.console("container:stop", "sleeper")
        self.assertEqual(rows("container:status", "sleeper")[1][3], "8")

    def test_who_does_not_answer_is_told_with_its_state(self):
        daemon = fresh_daemon(self, topology(pool(size=1, script="boot_fails.php")), ready=False)
        wait_until(lambda: os.path.exists(daemon.socket) and
                   any(each["alias"] == "web" and each["phase"] == "starting"
                       for each in daemon.containers()), "it is there")
        done = daemon.console("container:request", "web", "1", "--timeout", "500ms")
        self.assertEqual(done.code, 1, done)
        self.assertIn("Main/web has not answered within 500ms; it is starting (timeout)", done.err)

    def test_what_was_made_by_hand_and_keeps_failing_does_not_end_the_tree(self):
        daemon = fresh_daemon(self, topology(
            process("good", "sleep", "600"),
            supervise={"strategy": "one_for_one", "intensity": 1}))
        made = daemon.console("process:create", "Main", "bad", "sh -c 'sleep 0.1; exit 7'")
        self.assertEqual(made.code, 0, made)
        wait_until(lambda: daemon.container("bad")["phase"] == "parked", "it is given up")
        self.assertEqual(daemon.container("good")["phase"], "ready")

    def test_a_failed_container_hides_nobody(self):
        daemon = fresh_daemon(self, topology(
            process("bad", "sh", "-c", "sleep 0.1; exit 7", give_up="park",
                    backoff={"min": "1ms", "max": "2ms"}),
            process("good", "sleep", "600"),
            supervise={"strategy": "one_for_one", "intensity": 1}))
        wait_until(lambda: daemon.container("bad")["phase"] == "parked", "it is given up")
        for words in (["project:status"], ["arch:status", "Main"]):
            done = daemon.console(*words)
            self.assertEqual(done.code, 0, done)
            self.assertIn("| FAILED  |", done.out)
            self.assertIn("STARTED", done.out)
            self.assertIn("Main/bad: exit code 7; given up (1 of 1 spent), "
                          "an operator must start it", done.out)
        self.assertEqual(daemon.console("supervisor:reset", "bad").code, 0)
        self.assertIn("exit code 7; given up, an operator must start it (0 of 1 spent by now)",
                      daemon.console("arch:status", "Main").out)
        self.assertIn("| 16    |", daemon.console("container:status", "bad").out)
        self.assertEqual(daemon.console("arch:start", "Main").code, 0)


class WholeTree(unittest.TestCase):
    """`arch:start` and `project:start` of what serves already: below it something does not yet."""

    def begin(self, *start, **options):
        daemon = fresh_daemon(self, topology(
            {"id": "group", "type": "supervisor", "children": [
                process("slow", *start, autostart=False, backoff={"min": "1ms", "max": "2ms"},
                        **options),
                process("after", "sleep", "601", autostart=False)]}))
        self.assertEqual(daemon.container("group")["phase"], "ready")
        return daemon

    def test_they_are_answered_when_all_below_serves(self):
        for words, said in (
                (["arch:start", "group"], "Part of architecture has been started.\n"),
                (["project:start"], "Project has been started.\n")):
            with self.subTest(words):
                gate = tempfile.mkdtemp(prefix="kt-", dir="/tmp")
                self.addCleanup(shutil.rmtree, gate)
                daemon = self.begin("sleep", "600", ready={
                    "exec": ["test", "-e", os.path.join(gate, "open")], "within": "60s"})
                asked = subprocess.Popen(daemon.console_words(*words), stdout=subprocess.PIPE,
                                         env=daemon.console_environment(), text=True)
                self.addCleanup(asked.wait)
                self.addCleanup(asked.stdout.close)
                wait_until(lambda: daemon.container("slow")["phase"] == "starting", "it starts")
                stays_true(lambda: asked.poll() is None, "nobody is answered", 0.5)
                with open(os.path.join(gate, "open"), "w", encoding="ascii"):
                    pass
                self.assertEqual(asked.communicate(timeout=60)[0], said)
                self.assertEqual(asked.returncode, 0)
                self.assertEqual(daemon.container("slow")["phase"], "ready")
                self.assertEqual(daemon.container("after")["phase"], "ready")

    def test_who_does_not_become_ready_is_named(self):
        daemon = self.begin("sh", "-c", "exit 7", give_up="park",
                            ready={"alive_for": "60s", "within": "90s"})
        for words, said in (
                (["arch:start", "group"], "Part of architecture could not be started."),
                (["project:start"], "Project could not be started.")):
            done = daemon.console(*words)
            self.assertEqual(done.code, 1, done)
            self.assertIn(said, done.err)
            self.assertIn("Main/group/slow: exit code 7; given up", done.err)


if __name__ == "__main__":
    unittest.main()
