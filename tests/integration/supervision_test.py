# SPDX-License-Identifier: BSD-3-Clause
"""Failures that climb, supervisors that give up, and what an operator does about it: a real daemon,
real processes, and the console."""
import os
import signal
import unittest

from support.case import fresh_daemon
from support.topology import process, topology
from support.waiting import stays_true, wait_until

NEVER = {"min": "60s", "max": "60s"}  # a second restart is not seen by a test
QUICK = {"min": "10ms", "max": "10ms"}


def supervisor(id, *children, **options):
    return {"id": id, "type": "supervisor", "children": list(children), **options}


def sleeper(id, **options):
    return process(id, "sleep", "600", **options)


class SupervisionCase(unittest.TestCase):
    def begin(self, *children, **supervise):
        self.daemon = fresh_daemon(self, topology(*children, supervise={
            "strategy": "one_for_one", **supervise}))

    def says(self, words, *command):
        done = self.daemon.console(*command)
        self.assertEqual(done.code, 0, done)
        self.assertIn(words, done.out)

    def kill(self, alias, leads_to="ready"):
        """Kills its process and waits for what comes of it."""
        before = self.daemon.container(alias)
        os.kill(before["pid"], signal.SIGKILL)
        return wait_until(lambda: self.come_to(leads_to, alias, before), f"{alias}: {leads_to}")

    def come_to(self, phase, alias, before):
        now = self.daemon.container(alias)
        over = now["generation"] > before["generation"] or now["state"] == "failed"
        return over and now["phase"] == phase and now


class Reset(SupervisionCase):
    def test_the_budget_is_whole_again(self):
        self.begin(sleeper("p", backoff=QUICK, give_up="park"), sleeper("other"), intensity=2)
        self.kill("p")
        self.assertEqual(self.kill("p")["restarts_in_window"], 2)
        self.says("Supervisor has been reset.", "supervisor:reset", "p")
        self.kill("p")
        self.kill("p")
        self.kill("p", leads_to="parked")

    def test_of_a_supervisor_forgets_what_it_has_counted(self):
        self.begin(supervisor("s", sleeper("p", backoff=QUICK, give_up="park"), sleeper("q"),
                              supervise={"intensity": 1}))
        self.kill("p")
        self.says("Supervisor has been reset.", "supervisor:reset", "s")
        self.kill("p")
        self.kill("p", leads_to="parked")
        self.assertEqual(self.daemon.container("q")["phase"], "ready")

    def test_a_parked_one_starts_when_it_is_told_to(self):
        self.begin(sleeper("p", give_up="park"), sleeper("other"), intensity=0)
        parked = self.kill("p", leads_to="parked")
        self.assertEqual((parked["state"], parked["next_action"]), ("failed", "operator"))
        self.says("Supervisor has been reset.", "supervisor:reset", "p")
        self.assertEqual(self.daemon.container("p")["phase"], "parked")  # no verb starts another
        self.says("Runtime has been started.", "container:start", "p")
        self.assertEqual(self.daemon.container("p")["phase"], "ready")

    def test_a_delay_ends_with_a_start(self):
        self.begin(sleeper("p", backoff=NEVER), sleeper("other"))
        self.kill("p")
        waiting = self.kill("p", leads_to="backing_off")
        self.assertEqual(waiting["next_action"], "restart")
        self.assertGreater(waiting["next_in_ms"], 10_000)
        self.says("Runtime has been started.", "container:start", "p")
        self.assertEqual(self.daemon.container("p")["restarts_in_window"], 0)


class Budget(SupervisionCase):
    def spent(self, alias):
        now = self.daemon.container(alias)
        return now["restarts_in_window"], now["intensity"]

    def test_what_is_shown_grows_old(self):
        self.begin(sleeper("own", backoff=QUICK, give_up="park"), sleeper("p", backoff=QUICK),
                   sleeper("q"), intensity=3, period="2s")
        self.kill("p")
        self.kill("own")
        self.assertEqual([self.spent(each) for each in ("p", "q", "own")], [(1, 3)] * 3)
        self.says("1 of 3", "inspect", "p")
        wait_until(lambda: [self.spent(each) for each in ("p", "q", "own")] == [(0, 3)] * 3,
                   "it is over")
        self.says("0 of 3", "inspect", "p")

    def test_of_one_that_has_given_up_is_what_it_was(self):
        self.begin(sleeper("p", backoff=QUICK, give_up="park"), intensity=1, period="1s")
        self.kill("p")
        self.kill("p", leads_to="parked")
        stays_true(lambda: self.spent("p") == (1, 1), "all of it", during=1.5)


class OverAndDone(SupervisionCase):
    def test_the_failure_of_one_that_was_stopped_later_is_past(self):
        self.begin(sleeper("p", backoff=QUICK), sleeper("other"), intensity=3)
        self.kill("p")
        self.says("Runtime has been stopped.", "container:stop", "p")
        stopped = self.daemon.container("p")
        self.assertEqual((stopped["state"], stopped["cause"]["past"]), ("stopped", True))
        row = next(line for line in self.daemon.console("ps").out.splitlines() if "Main/p " in line)
        self.assertRegex(row, "last failure .* ago: signal 9")
        events = [each for each in self.daemon.api("events") if each["container"] == "Main/p"]
        stopping = next(each for each in events if each["name"] == "container_stopping")
        self.assertNotIn("reason", stopping["fields"])

    def test_what_is_parked_is_named_by_health_and_does_not_count(self):
        self.begin(sleeper("p", give_up="park"), sleeper("other"), intensity=0)
        self.assertEqual(self.daemon.console("health").out, "ok\n")
        self.kill("p", leads_to="parked")
        health = self.daemon.console("health")
        self.assertEqual((health.code, health.out), (
            0, "ok\nMain/p is parked after signal 9 (SIGKILL); it does not count, start it with: "
               "kraken container:start Main/p\n"))
        self.says("Runtime has been started.", "container:start", "p")
        self.assertEqual(self.daemon.console("health").out, "ok\n")


class LastWords(unittest.TestCase):
    def test_of_who_says_nothing_are_not_those_of_the_one_before(self):
        daemon = fresh_daemon(self, topology(
            process("job", "sh", "-c",
                    'if [ -e "$TMPDIR/again" ]; then exit 4; fi; : > "$TMPDIR/again"; '
                    "echo words of the first >&2; exit 3", give_up="park",
                    local={"exit:3": "CmdLog", "exit:4": "CmdLog"},
                    ready={"alive_for": "5s", "within": "9s"}),
            supervise={"strategy": "one_for_one", "intensity": 1, "period": "60s"}))
        wait_until(lambda: daemon.container("job")["phase"] == "parked", "given up")
        cause = daemon.container("job")["cause"]
        self.assertEqual((cause["code"], cause["detail"]), (4, ""))
        told = [line for line in daemon.log().splitlines() if "container_cause" in line]
        self.assertEqual(["words of the first" in line for line in told], [True, False], told)


class Escalation(SupervisionCase):
    def test_it_climbs_one_level_and_is_healed_there(self):
        self.begin(
            supervisor("outer",
                       supervisor("inner", sleeper("p"), sleeper("q"), supervise={"intensity": 0}),
                       sleeper("beside")),
            sleeper("other"))
        before = {name: self.daemon.container(name) for name in ("q", "beside", "other", "inner")}
        os.kill(self.daemon.container("p")["pid"], signal.SIGKILL)
        inner = wait_until(lambda: self.healed("inner"), "the supervisor was restarted")
        self.assertEqual((inner["generation"], inner["restarts"]), (2, 1))
        self.assertEqual(inner["cause"]["kind"], "child")
        self.assertEqual(inner["cause"]["origin"], "Main/outer/inner/p")
        self.assertIn("signal 9", inner["cause"]["text"])
        for name in ("p", "q"):
            self.assertEqual(self.daemon.container(name)["generation"], 2)
        self.assertNotEqual(self.daemon.container("q")["pid"], before["q"]["pid"])
        for name in ("beside", "other"):
            self.assertEqual(self.daemon.container(name)["pid"], before[name]["pid"])

    def healed(self, alias):
        now = self.daemon.container(alias)
        return now["restarts"] > 0 and now["phase"] == "ready" and now

    def test_one_correlation_from_the_failure_to_the_level_that_heals(self):
        self.begin(
            supervisor("outer",
                       supervisor("inner", sleeper("p"), supervise={"intensity": 0}),
                       supervise={"intensity": 0}),
            sleeper("other"))
        os.kill(self.daemon.container("p")["pid"], signal.SIGKILL)
        outer = wait_until(lambda: self.healed("outer"), "the upper supervisor was restarted")
        number = outer["last_failures"][-1]["correlation"]
        self.assertGreater(number, 0)
        failed = [each["container"] for each in self.daemon.api("events")
                  if each["fields"].get("state") == "failed"
                  and each["fields"].get("correlation") == str(number)]
        self.assertEqual(list(dict.fromkeys(failed)),
                         ["Main/outer/inner/p", "Main/outer/inner", "Main/outer"])
        self.says("'Main/outer/inner/p' failed too often", "inspect", "outer")

    def test_a_root_that_gives_up_ends_the_daemon_with_70(self):
        self.begin(supervisor("s", sleeper("p"), supervise={"intensity": 0}), sleeper("other"),
                   intensity=0)
        self.daemon.expected_code = 70
        os.kill(self.daemon.container("p")["pid"], signal.SIGKILL)
        self.assertEqual(self.daemon.wait_end(), 70)
        self.assertFalse(os.path.exists(self.daemon.socket))
        given_up = next(line for line in self.daemon.log().splitlines() if "root_gave_up" in line)
        self.assertIn("'Main/s/p' failed too often, last with: signal 9 (SIGKILL)", given_up)
        self.assertEqual(given_up.count("failed too often"), 1, given_up)
        climbed = [line for line in self.daemon.log().splitlines()
                   if " ERROR " in line and " output " not in line]
        self.assertEqual(len({line.rpartition("correlation=")[2] for line in climbed}), 1, climbed)
        self.assertNotIn("restart_budget_spent container=Main supervisor", self.daemon.log())

    def test_what_is_handed_up_to_the_root_is_no_spent_budget(self):
        self.begin(sleeper("p", local={"*": "CmdSolve"}), intensity=5)
        self.daemon.expected_code = 70
        os.kill(self.daemon.container("p")["pid"], signal.SIGKILL)
        self.assertEqual(self.daemon.wait_end(), 70)
        self.assertIn("root_gave_up container=Main reason=\"'Main/p' hands its failure up: ",
                      self.daemon.log())
        self.assertNotIn("restart_budget_spent", self.daemon.log())

    def test_who_starts_a_tree_does_not_wait_for_tries_without_an_end(self):
        bad = process("bad", "sh", "-c", "exit 7", give_up="retry", backoff=NEVER,
                      ready={"alive_for": "5s", "within": "9s"})
        self.begin(supervisor("g", bad, sleeper("good"), autostart=False), sleeper("other"))
        for words, failure in ((("arch:start", "g"), "Part of architecture could not be started."),
                               (("project:start",), "Project could not be started.")):
            done = self.daemon.console(*words, within=20)
            self.assertEqual(done.code, 1, done)
            self.assertTrue(done.err.startswith(failure + "\n"), done)
            self.assertIn("Main/g/bad: exit code 7; a restart is ", done.err)
            self.assertEqual(self.daemon.container("g")["phase"], "starting", "it goes on")
        self.says("Runtime has been stopped.", "container:stop", "g")

    def test_who_parks_stops_it_from_climbing(self):
        self.begin(supervisor("s", sleeper("p"), give_up="park", supervise={"intensity": 0}),
                   sleeper("other"), intensity=0)
        pid = self.daemon.container("other")["pid"]
        os.kill(self.daemon.container("p")["pid"], signal.SIGKILL)
        wait_until(lambda: self.daemon.container("s")["phase"] == "parked", "it is parked")
        self.assertEqual(self.daemon.container("p")["state"], "stopped")
        stays_true(lambda: self.daemon.container("other")["pid"] == pid, "the sibling lives", 0.3)
        self.says("Runtime has been started.", "container:start", "s")
        wait_until(lambda: self.daemon.container("p")["phase"] == "ready", "its child serves")


if __name__ == "__main__":
    unittest.main()
