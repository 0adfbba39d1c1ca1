# SPDX-License-Identifier: BSD-3-Clause
"""Whom containers run as that are made at run time: never as more than who makes them."""
import os
import pwd
import shutil
import tempfile
import types
import unittest

from support import public_copy
from support.case import fresh_daemon
from support.driver import Driver
from support.topology import EAGER, ENDLESS, topology
from support.waiting import wait_until

OTHER = next((name for name in ("www-data", "games", "nobody")
              if name in {each.pw_name for each in pwd.getpwall()}), None)
SLEEP = "sleep 1000"


def text_of(pid, name):
    with open(f"/proc/{pid}/{name}", encoding="ascii", errors="replace") as file:
        return file.read()


def limits_of(pid):
    """Without the one that is each launch's own (decision 0046)."""
    return [line for line in text_of(pid, "limits").splitlines() if "realtime timeout" not in line]


def status_of(pid):
    return {key: value.split() for key, _, value in
            (line.partition(":") for line in text_of(pid, "status").splitlines())}


@unittest.skipUnless(os.geteuid() == 0 and OTHER, "another user is needed")
class Rights(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.app = os.path.join(public_copy.use(cls), "tests", "support", "app", "autoload.php")
        cls.who = pwd.getpwnam(OTHER)

    def start(self, php, *others):
        """A daemon of root's with a Driver of other rights, and what a test drives it with."""
        self.folder = tempfile.mkdtemp(prefix="kt-rights-", dir="/tmp")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        os.chown(self.folder, self.who.pw_uid, self.who.pw_gid)
        os.chmod(self.folder, 0o755)
        php = {"autoload": self.app, "cwd": "/usr", "env": {"TMPDIR": self.folder}, **php}
        driver = {"id": "D", "type": "php", "start": "Driver", "supervise": ENDLESS,
                  "backoff": EAGER}
        self.daemon = fresh_daemon(
            self, topology(driver, *others, supervise=ENDLESS, php=php))
        return self.driver("D")

    def driver(self, alias):
        made = Driver(types.SimpleNamespace(directory=self.folder), alias)
        self.addCleanup(made.close)
        return made

    def pid(self, path):
        def seen():
            found = self.daemon.container(path)
            assert found["phase"] == "ready" and found["pid"] > 0, found
            return found["pid"]
        return wait_until(seen, f"{path} runs")

    def ids(self, path):
        status = status_of(self.pid(path))
        return [int(each) for each in (*status["Uid"], *status["Gid"])]

    def assert_other(self, path):
        self.assertEqual(self.ids(path), [self.who.pw_uid] * 4 + [self.who.pw_gid] * 4, path)

    def test_what_a_container_makes_runs_as_it_does(self):
        driver = self.start({"user": OTHER, "umask": "077",
                             "limits": {"nofile": 777, "core": "0B"}})
        self.assert_other("Main/D")
        driver("createProcess", "sh", SLEEP)
        self.assert_other("Main/D/sh")
        own, made = self.pid("Main/D"), self.pid("Main/D/sh")
        for key in ("Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs",
                    "Umask"):
            self.assertEqual(status_of(made)[key], status_of(own)[key], key)
        self.assertEqual(int(status_of(made)["CapEff"][0], 16), 0)
        self.assertEqual(limits_of(made), limits_of(own))
        self.assertEqual(text_of(made, "cgroup"), text_of(own, "cgroup"))
        self.assertIn("777", text_of(made, "limits"))
        self.assertEqual(os.readlink(f"/proc/{made}/cwd"), "/usr")
        self.assertNotIn("runs as root", self.daemon.log())

    def test_nor_does_it_after_a_restart_or_further_down(self):
        driver = self.start({"user": OTHER})
        driver("createProcess", "E", "Driver")
        self.assert_other("Main/D/E")
        self.driver("E")("createProcess", "sh", SLEEP)
        self.assert_other("Main/D/E/sh")
        before = self.pid("Main/D/E/sh")
        self.assertEqual(self.daemon.console("restart", "Main/D/E/sh").code, 0)
        self.assertNotEqual(self.pid("Main/D/E/sh"), before)
        self.assert_other("Main/D/E/sh")

    def test_nor_elsewhere_in_the_tree_or_in_place_of_another(self):
        keeper = {"id": "keeper", "type": "process", "start": SLEEP.split(), "allow_root": True}
        driver = self.start({"user": OTHER}, keeper)
        create = {"parent": "Main", "name": SLEEP}
        driver("sendCommand", "", "process:create", {**create, "alias": "beside"})
        self.assert_other("Main/beside")
        self.assertEqual(self.ids("Main/keeper"), [0] * 8)
        driver("sendCommand", "", "process:create",
               {**create, "alias": "keeper", "flags": "CREATE_FORCE_HARD"})
        self.assert_other("Main/keeper")

    def test_nobody_gets_a_user_by_naming_it(self):
        driver = self.start({"user": OTHER})
        create = {"parent": "Main/D", "alias": "sh", "name": SLEEP}
        for asked, says in (({"user": "root"}, "user 'root'"), ({"user": "0"}, "user '0'"),
                            ({"user": OTHER, "group": "root"}, "group 'root'")):
            refused = driver.ask("sendCommand", "", "process:create", {**create, **asked})
            self.assertIn(says, refused["error"][1])
            self.assertIn("runs as its creator", refused["error"][1])
            refused = driver.ask("createProcess", "sh", SLEEP, 0, asked)
            self.assertIn(says, refused["error"][1])
        refused = driver.ask("sendCommand", "", "process:create", {**create, "allow_root": "true"})
        self.assertIn("there is no argument 'allow_root'", refused["error"][1])
        self.assertEqual(driver("getProcesses"), [])
        driver("sendCommand", "", "process:create", {**create, "user": OTHER})
        self.assert_other("Main/D/sh")

    def test_root_makes_root_where_its_definition_allows_it(self):
        driver = self.start({"allow_root": True})
        refused = driver.ask("createProcess", "sh", SLEEP, 0, {"user": OTHER})
        self.assertIn("runs as its creator", refused["error"][1])
        driver("createProcess", "sh", SLEEP)
        self.assertEqual(self.ids("Main/D/sh"), [0] * 8)
        self.assertNotIn("runs as root", self.daemon.log())  # the file says so

    def test_what_an_operator_makes_runs_as_its_parent_or_as_root(self):
        self.start({"user": OTHER})
        for path in ("Main/D/sh", "Main/D/T1", "Main/T2", "Main/sleeper"):
            parent, alias = path.rsplit("/", 1)
            made = self.daemon.console("process:create", parent, alias,
                                       "Test" if alias.startswith("T") else SLEEP)
            self.assertEqual(made.code, 0, made)
            if path != "Main/sleeper":
                self.assert_other(path)
                self.assertNotIn("runs as root", self.daemon.log())
        self.assertEqual(self.ids("Main/sleeper"), [0] * 8)
        self.assertEqual(self.daemon.log().count("'Main/sleeper' runs as root"), 1)


if __name__ == "__main__":
    unittest.main()
