# SPDX-License-Identifier: BSD-3-Clause
"""Containers in PHP under the real daemon: verbs, children made from PHP, the end of each kind."""
import json
import os
import signal
import time

from support.case import DaemonCase, fresh_daemon
from support.driver import Driver
from support.topology import AS_ROOT, EAGER, ENDLESS, SOURCE, topology
from support.waiting import stays_true, wait_until

APP = os.path.join(SOURCE, "tests", "support", "app", "autoload.php")


def php(id, name, **options):
    return {"id": id, "type": "php", "start": name, "supervise": ENDLESS, "backoff": EAGER,
            **options}


def php_topology(*children, **top):
    return topology(*children, supervise=ENDLESS, php={"autoload": APP, **AS_ROOT}, **top)


class PhpCase(DaemonCase):
    def driver(self, alias="D"):
        made = Driver(self.daemon, alias)
        self.addCleanup(made.close)
        return made

    def ready(self, path, generation=None):
        """The container once it serves."""
        def seen():
            found = self.daemon.container(path)
            assert found["phase"] == "ready", found
            assert generation is None or found["generation"] == generation, found
            return found
        return wait_until(seen, f"{path} serves")

    def paths(self, under="Main"):
        return [each["path"] for each in self.daemon.containers(under)]

    def hooks(self, path):
        """What the hooks of a Probe container printed, in order."""
        mark = f"container={path} stream=stdout line=\"hook "
        return [line.split(mark, 1)[1].rstrip().rstrip('"')
                for line in self.daemon.log().splitlines() if mark in line]


class Verbs(PhpCase):
    config = php_topology(php("D", "Driver"))

    def test_the_documented_example(self):
        made = self.daemon.console("process:create", "Main", "T1", "Test")
        self.assertEqual(made.code, 0, made)
        self.assertIn("Process has been created.", made.out)
        found = self.daemon.container("Main/T1")
        self.assertEqual((found["kind"], found["name"], found["phase"]), ("php", "Test", "ready"))
        gone = self.daemon.console("process:destroy", "Main", "T1")
        self.assertEqual(gone.code, 0, gone)
        stays_true(lambda: "Main/T1" not in self.paths(), "an intended end is no death", 0.3)

    def test_a_name_without_a_class_says_what_was_tried_and_leaves_nothing(self):
        for name in ("Nope", "App\\Nope", "stdClass"):
            made = self.daemon.console("process:create", "Main", "T2", name)
            self.assertEqual(made.code, 1, made)
            self.assertIn("Process could not be created.", made.err)
            if name != "stdClass":
                self.assertIn("Runtime class not found: tried App\\Process\\Container\\",
                              made.err)
            self.assertNotIn("Main/T2", self.paths())
        made = self.daemon.console("process:create", "Main", "T2", "Test")
        self.assertEqual(made.code, 0, made)
        self.daemon.console("process:destroy", "Main", "T2")

    def test_a_child_made_from_php_is_one_of_the_tree(self):
        driver = self.driver()
        self.assertEqual(driver("createProcess", "B", "Probe"), "Process has been created.")
        found = self.daemon.container("Main/D/B")
        self.assertEqual((found["kind"], found["name"], found["parent"]),
                         ("php", "Probe", "Main/D"))
        self.assertTrue(driver("existsProcess", "B"))
        self.assertFalse(driver("existsProcess", "nobody"))
        self.assertFalse(driver("existsThread", "B"))
        self.assertTrue(driver("existsRuntime", "B"))
        self.assertEqual(driver("getProcesses"), ["B"])
        self.assertEqual(driver("getThreads"), [])
        self.assertEqual(driver("getRuntimes"), ["B"])
        self.assertEqual(driver("stopProcess", "B"), "Runtime has been stopped.")
        self.assertEqual(driver("startProcess", "B"), "Runtime has been started.")
        self.assertEqual(driver("startProcess", "B"), "Runtime has been already started.")
        first = self.ready("Main/D/B")["pid"]
        again = driver("createProcess", "B", None, 2)  # CREATE_FORCE_HARD, as it was
        self.assertEqual(again, "Process has been created.")
        self.assertNotEqual(self.ready("Main/D/B")["pid"], first)
        kept = driver.ask("destroyProcess", "B", 0)
        self.assertEqual(kept["error"][1],
                         "Process [B] could not be destroyed with force level=DESTROY_KEEP.")
        self.assertEqual(driver("destroyProcess", "B"), "Process has been destroyed.")
        self.assertEqual(driver("destroyProcess", "B"), "Process [B] was not needed to be "
                         "destroyed, because it had not existed.")

    def test_a_child_that_is_to_run_once_runs_once(self):
        driver = self.driver()
        driver("createProcess", "T", "Probe", 0, {"restart": "temporary"})
        os.kill(self.daemon.container("Main/D/T")["pid"], signal.SIGKILL)
        wait_until(lambda: driver("getProcesses") == [], "nobody made it again")
        no = driver.ask("createProcess", "T", "Probe", 0, {"restart": "never"})
        self.assertIn("expected one of permanent, transient, temporary, got 'never'",
                      no["error"][1])

    def test_a_name_means_a_child_of_ones_own_first(self):
        driver = self.driver()
        self.assertEqual(self.daemon.console("process:create", "Main", "N", "Test").code, 0)
        driver("createProcess", "N", "Probe")
        driver("createProcess", "O", "Driver")
        self.assertEqual(driver("sendRequest", "N", 5)["from"], "Main/D")
        for verb in ("stop", "start", "destroy"):
            before = self.daemon.container("Main/N")
            driver("sendCommand", "", f"container:{verb}", {"alias": "N"})
            self.assertEqual(self.daemon.container("Main/N")["generation"], before["generation"])
            self.assertEqual(self.daemon.container("Main/N")["state"], "started")
        self.assertNotIn("Main/D/N", self.paths())
        other = self.driver("O")  # a child of D: D's children are its siblings
        driver("createProcess", "N", "Probe")
        other("sendCommand", "", "container:stop", {"alias": "N"})
        self.assertEqual(self.daemon.container("Main/D/N")["state"], "stopped")
        self.assertEqual(self.daemon.container("Main/N")["state"], "started")
        asked = self.daemon.console("container:stop", "N")  # an operator stands nowhere
        self.assertIn("'N' names 2 containers", asked.err)
        driver("destroyProcesses", ["N", "O"])
        self.daemon.console("process:destroy", "Main", "N")

    def test_many_children_at_once(self):
        driver = self.driver()
        self.assertEqual(driver("createProcesses", {"X1": "Test", "X2": "Test"}),
                         "Processes have been created.")
        failed = driver.ask("createProcesses", {"X3": "Test", "X4": "Nope"})
        self.assertEqual(failed["error"][1], "Some of the processes could not be created.")
        self.assertEqual(sorted(driver("getProcesses")), ["X1", "X2", "X3"])
        self.assertEqual(driver("stopProcesses", ["X1", "X2"]), "Processes have been stopped.")
        self.assertEqual(driver("startRuntimes", ["X1", "X2"]), "Runtimes have been started.")
        self.assertEqual(driver("flushProcesses", 3), "Processes storage has been flushed.")
        self.assertEqual(driver("getProcesses"), [])

    def test_what_the_daemon_refuses_comes_back_as_an_exception(self):
        driver = self.driver()
        for arguments, kind, text in (
                (("startProcess", "nobody"), "Logic\\ResourceUndefinedException", "nobody"),
                (("createThread", "t", "Test"), "Logic\\InvalidArgumentException", "native class"),
                (("sendCommand", "", "stop"), "Runtime\\RejectionException", "not registered")):
            error = driver.ask(*arguments)["error"]
            self.assertTrue(error[0].endswith(kind), error)
            self.assertIn(text, error[1])


class Lives(PhpCase):
    config = php_topology(
        php("A", "Probe"),
        php("F", "Probe", args={"construct": "construct child"}))

    def test_hooks_know_why_it_ends(self):
        before = len(self.hooks("Main/A"))
        for verb, reason in (("container:stop", "stop"), ("container:start", None),
                             ("restart", "restart")):
            done = self.daemon.console(verb, "A")
            self.assertEqual(done.code, 0, done)
            if reason:
                wait_until(lambda why=reason: f"AfterDestroy state=2 reason={why}"
                           in self.hooks("Main/A")[before:], f"the hooks know of {reason}")
        self.ready("Main/A")
        born = [f"{hook} reason=" for hook in (
            "BeforeCreate state=2", "Create state=1", "AfterCreate state=1",
            "BeforeStart state=4", "Start state=4", "AfterStart state=4")]
        ended = [f"{hook} reason=stop" for hook in (
            "BeforeStop state=8", "Stop state=8", "AfterStop state=8",
            "BeforeDestroy state=8", "Destroy state=8", "AfterDestroy state=2")]
        self.assertEqual(self.hooks("Main/A")[before:before + 12], ended + born)

    def test_a_child_made_in_construct_is_made_once_and_lives_on(self):
        self.ready("Main/F/kid")
        line = 'container=Main/F stream=stdout line="Process has been created."'
        wait_until(lambda: line in self.daemon.log(), "done() was called")
        self.assertEqual(self.daemon.console("restart", "F").code, 0)
        self.ready("Main/F")
        self.ready("Main/F/kid")
        self.assertEqual(self.paths("Main/F"), ["Main/F", "Main/F/kid"])

    def test_a_death_is_noticed_and_healed(self):
        before = self.ready("Main/A")
        os.kill(before["pid"], signal.SIGKILL)
        after = self.ready("Main/A", before["generation"] + 1)
        self.assertNotEqual(after["pid"], before["pid"])
        self.assertEqual(after["cause"]["kind"], "signal")

    def test_two_children_that_die_at_once_both_come_back(self):
        kid = self.ready("Main/F/kid")
        other = self.ready("Main/A")
        os.kill(kid["pid"], signal.SIGKILL)
        os.kill(other["pid"], signal.SIGKILL)
        self.ready("Main/F/kid", kid["generation"] + 1)
        self.ready("Main/A", other["generation"] + 1)


class Heartbeats(PhpCase):
    config = php_topology(php("H", "Probe", alive={"every": "200ms", "timeout": "100ms"}),
                          php("B", "Probe", alive={"every": "100ms", "failures": 8}))

    def test_a_container_that_hangs_is_replaced(self):
        before = self.ready("Main/H")
        time.sleep(0.5)  # some heartbeats are answered
        self.assertEqual(self.ready("Main/H")["generation"], before["generation"])
        os.kill(before["pid"], signal.SIGSTOP)
        after = self.ready("Main/H", before["generation"] + 1)
        self.assertEqual(after["cause"]["kind"], "probe")
        self.assertIn("no heartbeat for 700ms", after["cause"]["message"])

    def test_as_many_heartbeats_may_be_missed_as_the_options_allow(self):
        before = self.ready("Main/B")
        busy = self.daemon.console("container:request", "B", '["busy", 1]')
        self.assertEqual(busy.code, 0, busy)
        self.assertEqual(self.ready("Main/B")["generation"], before["generation"])
        self.daemon.console("container:request", "B", '["busy", 30]', "--total", "1s")
        after = self.ready("Main/B", before["generation"] + 1)
        self.assertEqual(after["cause"]["message"], "no heartbeat for 1800ms")


class Letters(PhpCase):
    config = php_topology(
        php("D", "Driver"), php("E", "Driver"),
        php("C", "Probe", local={"*": "continue"}),
        php("P", "Probe"))

    def test_messages_requests_and_commands(self):
        d, e = self.driver("D"), self.driver("E")
        self.assertEqual(d("sendMessage", "E", {"any": ["data", None, 1.5, True]}), 1)
        wait_until(lambda: e("messages") == ['Main/D {"any":["data",null,1.5,true]}'],
                   "the message has come")
        self.assertEqual(d("sendRequest", "E", [1, {"a": "b"}]), [[1, {"a": "b"}], "Main/D"])
        self.assertEqual(d("sendRequest", "Main/E", "x" * 100_000), ["x" * 100_000, "Main/D"])
        self.assertEqual(d("sendCommand", "P", "probe", {"do": "hello"}), "hello")
        many = d("sendRequest", ["E", "nobody"], 1)
        self.assertEqual(many["E"], [1, "Main/D"])
        self.assertEqual(many["nobody"]["thrown"], [
            "Kraken\\Throwable\\Exception\\Logic\\ResourceUndefinedException",
            "no container 'nobody'"])
        self.assertEqual(d("sendRequest", "E*", 2), {"Main/E": [2, "Main/D"]})
        told = d("sendMessage", ["P", "nobody"], "hello")
        self.assertEqual((told["P"], list(told["nobody"])), (1, ["thrown"]))
        self.assertEqual(d("sendCommand", "P?", "probe"), [], "a glob that nobody matches")

    def test_what_another_container_throws_is_thrown_here(self):
        d = self.driver("D")
        for arguments, kind, text in (
                (("sendRequest", "P", ["throw", "far"]), "DomainException", "far"),
                (("sendCommand", "P", "none"), "Runtime\\ExecutionException",
                 "Command [none] is not registered."),
                (("sendRequest", "nobody", 1), "Logic\\ResourceUndefinedException", "nobody"),
                (("sendMessage", "nobody", 1), "Logic\\ResourceUndefinedException", "nobody")):
            error = d.ask(*arguments)["error"]
            self.assertTrue(error[0].endswith(kind), error)
            self.assertIn(text, error[1])

    def test_a_long_answer_keeps_its_request_alive(self):
        d = self.driver("D")
        how = {"timeout": 0.2, "retriesLimit": 1}
        self.assertEqual(d("sendRequest", "P", ["later", 0.7], how), "later")
        error = d.ask("sendRequest", "P", ["busy", 0.7], how)["error"]
        self.assertEqual(error[1], "No response was received during specified timeout.")

    def test_a_target_that_is_blocked_answers_a_later_try(self):
        d = self.driver("D")
        how = {"timeout": 0.2, "retriesLimit": 10, "retriesInterval": 0.05}
        self.assertEqual(d("sendRequest", "P", ["busy", 0.7], how), True)

    def test_a_request_waits_for_a_target_that_is_being_started(self):
        d = self.driver("D")
        before = self.ready("Main/P")
        self.assertEqual(self.daemon.console("container:stop", "P").code, 0)
        d.file.write(json.dumps(["sendRequest", "P", "back"]) + "\n")
        d.file.flush()
        self.assertEqual(self.daemon.console("container:start", "P").code, 0)
        self.assertEqual(json.loads(d.file.readline()),
                         {"value": {"echo": "back", "from": "Main/D"}})
        self.ready("Main/P", before["generation"] + 1)

    def test_a_watched_container_that_is_over_is_told_once(self):
        d = self.driver("D")
        d("createProcess", "W", "Probe")
        for _ in range(2):  # twice is as once
            d("watch", "W")
        d("createProcess", "X", "Probe")
        d("watch", "X")
        d("unwatch", "X")
        before = self.ready("Main/D/W")
        os.kill(before["pid"], signal.SIGKILL)
        self.ready("Main/D/W", before["generation"] + 1)
        self.assertEqual(d("messages"), [], "a restart is no end")
        d("destroyProcess", "X")
        d("destroyProcess", "W")
        wait_until(lambda: d("messages") == ["notice Main/D/W 2"], "D is told")
        d("watch", "Main/D/W")  # gone already: at once
        wait_until(lambda: d("messages") == ["notice Main/D/W 2"] * 2, "D is told again")

    def test_failures_that_the_rules_let_pass(self):
        d = self.driver("D")
        before = self.ready("Main/C")
        d("sendRequest", "C", ["tick", 0.001])
        first = d("sendRequest", "C", ["memory"])
        for _ in range(1000):
            d("sendMessage", "C", "throw", 1)
        memory = d("sendRequest", "C", ["memory"])
        after = self.ready("Main/C", before["generation"])
        self.assertEqual(after["pid"], before["pid"])
        self.assertEqual(memory[1], first[1], "the stack grows")
        self.assertLess(memory[0] - first[0], 65_536)
        ticks = d("sendRequest", "C", ["ticks"])
        wait_until(lambda: d("sendRequest", "C", ["ticks"]) > ticks, "its timers live")
        d("sendRequest", "C", ["fail", "by hand"])
        self.assertEqual(d("sendRequest", "C", ["hello"]), "hello")
        d("sendRequest", "C", ["fail and succeed"])
        self.assertEqual(d("sendRequest", "C", ["hello"]), "hello")
        self.assertEqual(self.ready("Main/C")["pid"], before["pid"])

    def test_failures_that_nobody_lets_pass(self):
        d = self.driver("D")
        before = self.ready("Main/P")
        d("sendMessage", "P", "throw")
        after = self.ready("Main/P", before["generation"] + 1)
        self.assertEqual(after["cause"]["type"], "DomainException")
        self.assertIn("thrown", after["cause"]["message"])
        d("sendMessage", "P", "exit")
        after = self.ready("Main/P", before["generation"] + 2)
        self.assertEqual(after["cause"]["text"], "exit code 7: exit in container Main/P")
        d("sendMessage", "P", "warn")
        after = self.ready("Main/P", before["generation"] + 3)
        self.assertRegex(after["cause"]["text"], r"^Kraken.Throwable.Error.WarningError: "
                         r'"careful" in /\S+/ProbeContainer.php:\d+$')

    def test_its_own_stop_is_a_stop(self):
        d = self.driver("D")
        d("createProcess", "S", "Probe")
        d("sendMessage", "S", "stop")
        wait_until(lambda: self.daemon.container("Main/D/S")["state"] == "stopped", "it stopped")
        self.assertEqual(d("startProcess", "S"), "Runtime has been started.")
        d("sendMessage", "S", "destroy")
        wait_until(lambda: "Main/D/S" not in self.paths(), "it is gone")


class Exits(PhpCase):
    config = php_topology(
        php("A", "Probe", local={"exit:7": ["CmdLog", "RuntimeStop"], "exit_code": "escalate"}),
        php("B", "Probe", local={"exit_code": ["CmdLog", "ContainerStart"]}),
        php("C", "Probe", restart="transient"),
        php("E", "Probe", restart="transient", local={"exit:*": "destroy"}))

    def test_rules_on_exit_codes(self):
        self.ready("Main/A")
        self.daemon.console("container:send", "A", '"exit"')
        wait_until(lambda: self.daemon.container("Main/A")["state"] == "stopped", "its rule ran")
        cause = self.daemon.container("Main/A")["cause"]
        self.assertEqual((cause["kind"], cause["code"]), ("exit_code", 7), cause)
        self.ready("Main/B")
        self.daemon.console("container:send", "B", '"exit"')
        cause = self.ready("Main/B", 2)["cause"]
        self.assertEqual((cause["kind"], cause["code"]), ("exit_code", 7), cause)
        self.assertRegex(self.daemon.log(), "container=Main/B .* rule=exit_code solver=CmdLog")

    def test_an_exit_with_code_0_is_the_normal_end_of_a_transient_one(self):
        self.ready("Main/C")
        self.daemon.console("container:send", "C", '"exit 0"')
        wait_until(lambda: self.daemon.container("Main/C")["state"] == "stopped", "it has ended")
        found = self.daemon.container("Main/C")
        self.assertEqual((found["cause"]["kind"], found["restarts"]), ("exit_normal", 0), found)
        self.ready("Main/E")
        self.daemon.console("container:send", "E", '"exit"')
        wait_until(lambda: "Main/E" not in self.paths(), "its rule destroyed it")


class Stops(PhpCase):
    config = php_topology(php("X", "Probe", args={"exit": "Stop"}), php("Y", "Probe"))

    def test_a_stop_that_is_cut_short_is_told_and_no_failure(self):
        self.ready("Main/X")
        for name in "XY":
            self.assertEqual(self.daemon.console("container:stop", name).code, 0)
            self.assertEqual(self.daemon.container(name)["state"], "stopped")
        self.assertNotIn("container_failed", self.daemon.log())
        told = [line for line in self.daemon.log().splitlines() if "stop_cut_short" in line]
        self.assertEqual(len(told), 1, told)
        self.assertIn('container=Main/X reason="exit code 7: exit in container Main/X', told[0])


class WithoutExtensions(DaemonCase):
    config = topology()

    def test_a_number_no_int_of_php_holds_arrives_and_ends_nothing(self):
        bare = os.path.join(self.daemon.directory, "bare-php")
        with open(bare, "w", encoding="utf-8") as file:
            file.write('#!/bin/sh\nexec php -n "$@"\n')
        os.chmod(bare, 0o755)
        daemon = fresh_daemon(self, topology(
            php("P", "Probe"), php={"autoload": APP, "binary": bare, **AS_ROOT}))
        for _ in range(12):
            sent = daemon.console("container:send", "P", "18446744073709551615")
            self.assertEqual(sent.code, 0, sent)
        got = daemon.console("container:request", "P", '["messages"]')
        self.assertEqual(got.code, 0, got)
        self.assertEqual(got.out.count("18446744073709551615"), 12, got)
        self.assertEqual(daemon.container("Main/P")["restarts"], 0)


class Beginnings(DaemonCase):
    config = php_topology()

    def test_an_autoload_file_that_is_missing_is_named(self):
        daemon = fresh_daemon(self, topology(php={"autoload": "nowhere.php", **AS_ROOT}))
        made = daemon.console("process:create", "Main", "T1", "Test")
        self.assertEqual(made.code, 1, made)
        self.assertIn(f"Autoload file not found: {daemon.directory}/nowhere.php.", made.err)
        daemon.write_config(topology(php={"autoload": APP, **AS_ROOT}))
        self.assertEqual(daemon.console("reload").code, 0)
        made = daemon.console("process:create", "Main", "T1", "Test")
        self.assertEqual(made.code, 0, f"of the configuration as it is now: {made}")

    def test_an_application_with_composer_needs_no_option(self):
        daemon = fresh_daemon(self, topology())
        vendor = os.path.join(daemon.directory, "vendor")
        os.mkdir(vendor)
        with open(os.path.join(vendor, "autoload.php"), "w", encoding="utf-8") as file:
            file.write(f"<?php require {json.dumps(APP)};")
        made = daemon.console("process:create", "Main", "T1", "Test")
        self.assertEqual(made.code, 0, made)
