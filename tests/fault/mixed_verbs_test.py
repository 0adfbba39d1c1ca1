# SPDX-License-Identifier: BSD-3-Clause
"""Whatever an operator may do, by several at once and in any order, beside processes that die:
each command is answered in time, and in the end the tree can be made as it was.

KRAKEN_SEED repeats a run, KRAKEN_STORM_SECONDS makes it longer.
"""
import collections
import json
import os
import random
import threading
import time
import unittest

from support import processes
from support.case import fresh_daemon
from support.http_client import Connection
from support.topology import ENDLESS, http, pool, process, topology
from support.waiting import wait_until

SECONDS = float(os.environ.get("KRAKEN_STORM_SECONDS", "6"))
SEED = int(os.environ.get("KRAKEN_SEED", str(random.SystemRandom().randrange(1 << 31))))
OPERATORS = 4
QUICK = {"min": "5ms", "max": "20ms"}
ANSWERED_WITHIN = 20.0


def supervisor(id, strategy, *children):
    return {"id": id, "type": "supervisor", "supervise": {**ENDLESS, "strategy": strategy},
            "children": list(children)}


def sleeper(id, **options):
    return process(id, "sleep", "600", backoff=QUICK, shutdown="500ms", **options)


def config(more=()):
    return topology(
        supervisor("all", "one_for_all", sleeper("a1"), sleeper("a2"), sleeper("a3")),
        supervisor("rest", "rest_for_one", sleeper("r1"), supervisor(
            "deep", "one_for_one", sleeper("d1"), sleeper("d2", restart="transient"))),
        pool(size={"min": 1, "count": 3, "max": 4}, shutdown="500ms"),
        http(shutdown="500ms"), *more,
        supervise={**ENDLESS, "strategy": "one_for_one"})


BASE = {"Main/all/a1", "Main/all/a2", "Main/all/a3", "Main/rest/r1", "Main/rest/deep/d1",
        "Main/rest/deep/d2", "Main/http"}
CONTAINERS = [*sorted(BASE), "Main/all", "Main/rest", "Main/rest/deep", "Main/web", "Main/web/w1",
              "Main/web/w2", "Main/web/w3", "Main/web/w4",
              "Main/made1", "Main/rest/made2", "Main/more", "Main/nobody"]
MADE = ["made1", "made2", "r1"]
PARENTS = ["Main", "Main/rest", "Main/rest/deep", "Main/all", "Main/nobody"]


class Operator(threading.Thread):
    """Gives commands until `over`; whatever was not answered by a word is in `faults`."""

    def __init__(self, daemon, seed, over):
        super().__init__(daemon=True)
        self.daemon_under_test, self.over = daemon, over
        self.random = random.Random(seed)
        self.faults = []
        self.said = collections.Counter()
        self.program = os.path.join(daemon.directory, "rests")

    def run(self):
        while not self.over.is_set():
            name, flags, arguments = self.choose()
            try:
                self.carry_out(name, flags, arguments)
            except Exception as problem:  # any is a fault, and is shown
                self.faults.append(f"{name} {flags} {arguments}: {problem!r}; {self.situation()}")
                return

    def situation(self):
        return [" ".join(str(each[key]) for key in ("path", "state", "phase", "generation"))
                for each in self.daemon_under_test.containers()]

    def choose(self):
        alias = self.random.choice(CONTAINERS)
        verb = self.random.choices(
            ["container:start", "container:stop", "container:destroy", "container:restart",
             "restart", "arch:start", "arch:stop", "supervisor:reset", "chaos:kill", "scale",
             "reload", "create", "rolling", "kill"],
            [6, 6, 2, 4, 3, 3, 3, 2, 8, 3, 4, 4, 3, 8])[0]
        if verb == "scale":
            return verb, {}, {"alias": "Main/web", "count": self.random.randrange(1, 5)}
        if verb == "rolling":
            return "restart", {"rolling": True}, {"alias": self.random.choice(
                ["Main/web", "Main/http"])}
        if verb == "reload":
            more = [sleeper("more", env={"N": str(self.random.random())})]
            self.daemon_under_test.write_config(config(more if self.random.random() < .5 else ()))
            return verb, {}, {}
        if verb == "create":
            return "process:create", {}, {
                "parent": self.random.choice(PARENTS),
                "alias": self.random.choice(MADE), "name": self.program}
        return verb, {}, {"alias": alias}

    def carry_out(self, name, flags, arguments):
        daemon = self.daemon_under_test
        if name == "kill":
            # By whatever pid was shown: one of the past may be anybody's, so by the daemon only.
            name, flags = "chaos:kill", {"signal": self.random.choice(["SIGTERM", "SIGSEGV"])}
        with Connection(daemon.socket, within=ANSWERED_WITHIN) as door:
            answer = door.request("POST", "/api/v1/commands", (), json.dumps(
                {"command": name, "args": arguments, "flags": flags}).encode())
        said = json.loads(answer.body)
        if not said.get("ok") and not said.get("error"):
            raise AssertionError((answer.status, said))
        self.said[name, answer.status] += 1


class MixedVerbs(unittest.TestCase):
    def test_everything_is_answered_and_can_be_made_as_it_was(self):
        print(f"KRAKEN_SEED={SEED}", flush=True)
        daemon = fresh_daemon(self, config())
        daemon.wait_settled()
        descriptors = len(os.listdir(f"/proc/{daemon.pid}/fd"))
        over = threading.Event()
        with open(os.path.join(daemon.directory, "rests"), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexec sleep 600\n")
        os.chmod(file.name, 0o755)
        operators = [Operator(daemon, SEED + each, over) for each in range(OPERATORS)]
        for each in operators:
            each.start()
        until = time.monotonic() + SECONDS
        while time.monotonic() < until and not any(each.faults for each in operators):
            self.assertTrue(daemon.running(), "the daemon has ended")
            with Connection(daemon.socket) as probe:  # whatever goes on, it can be looked at
                self.assertEqual(probe.get("/api/v1/containers").status, 200)
        over.set()
        for each in operators:
            each.join(timeout=ANSWERED_WITHIN)
            self.assertFalse(each.is_alive(), "a command was not answered")
            self.assertEqual(each.faults, [])
        print(sum((each.said for each in operators), collections.Counter()), flush=True)
        self.restore(daemon)
        wait_until(lambda: len(os.listdir(f"/proc/{daemon.pid}/fd")) <= descriptors + 8,
                   "no descriptor is kept")

    def restore(self, daemon):
        """What was made goes, what was destroyed comes back by a reload, what rests is started."""
        for each in daemon.containers():
            if each["path"].split("/")[-1] in MADE and each["path"] not in BASE:
                daemon.command("container:destroy", alias=each["path"])
        daemon.write_config(config())
        done = daemon.console("reload")
        self.assertEqual(done.code, 0, done)
        done = daemon.console("project:start")
        self.assertEqual(done.code, 0, done)
        # The tree is asked to start by then, not all of it has.
        wait_until(lambda: daemon.console("scale", "Main/web", "3").code == 0, "it has three")

        def as_it_was():
            there = {each["path"]: each for each in daemon.containers()}
            leaves = {path for path in there if not any(
                other.startswith(path + "/") for other in there)}
            workers = {path for path in leaves if path.startswith("Main/web/")}
            self.assertEqual(leaves - workers, BASE)
            self.assertEqual(len(workers), 3, workers)
            self.assertEqual({each["phase"] for each in there.values()}, {"ready"}, there)
            known = {each["pid"] for each in there.values() if each["pid"]}
            self.assertEqual(set(processes.children_of(daemon.pid)), known)
            return daemon.get("/hello").status == 200
        wait_until(as_it_was, "it is as it was")


if __name__ == "__main__":
    unittest.main()
