# SPDX-License-Identifier: BSD-3-Clause
"""A reload that changes a pool: every worker has the new definition when it is answered, nobody
who asks meanwhile is refused, and what does not boot changes nothing."""
import os
import signal
import time
import unittest

from support.case import fresh_daemon
from support.crowd import Crowd
from support.topology import http, pool, topology, worker_script
from support.waiting import wait_until

SIZE = 3
NATIVE = {"carrier": "native", "template": "php"}
CARRIERS = ({}, NATIVE, {**NATIVE, "template": "app"}, {**NATIVE, "template": "off"})
SEVERAL = "of several"


def config(shown="old", argument="-", env=(), id="web", size=SIZE, **options):
    made = pool(id=id, script="told.php", size=size, env={"SHOWN": shown, **dict(env)}, **options)
    made["start"] = options.get("start", [*made["start"], argument])
    return topology(made, http(to=id))


class PoolReload(unittest.TestCase):
    def start(self, text):
        self.daemon = fresh_daemon(self, text)
        self.daemon.wait_settled(SIZE)

    def reload(self, text, code=0):
        self.daemon.write_config(text)
        done = self.daemon.console("reload")
        self.assertEqual(done.code, code, done)
        return done

    def told(self):
        return self.daemon.get("/").body.decode()

    def all_told(self):
        return {self.told() for _ in range(4 * SIZE)}

    def processes(self):
        """Of workers and template."""
        return {each["path"]: each["pid"] for each in self.daemon.containers("web") if each["pid"]}

    def refused(self, text, *why, shown="old"):
        before = self.processes()
        with Crowd(4, self.daemon.connect, "/") as clients:
            done = self.reload(text, code=1)
        self.assertEqual(done.out, "")
        for each in ("Main/web", "everything is as it was before", *why):
            self.assertIn(each, done.err)
        self.assertEqual(clients.faults, [])
        self.assertEqual({body.split()[0] for _, body in clients.seen}, {shown})
        self.daemon.wait_settled(SIZE)
        after = self.processes()
        self.assertEqual({path: pid for path, pid in after.items() if "template" not in path},
                         {path: pid for path, pid in before.items() if "template" not in path})
        # What ends now comes back with what is in force.
        for pid in self.daemon.pids():
            os.kill(pid, signal.SIGKILL)
        self.daemon.wait_settled(SIZE)
        self.assertEqual({each.split()[0] for each in self.all_told()}, {shown})

    def test_an_environment_that_nobody_boots_with_is_refused(self):
        for carrier in CARRIERS:
            with self.subTest(**carrier):
                self.start(config(**carrier))
                self.refused(config("new", env={"BREAK": "the file"}, **carrier),
                             "broken by the file")
                self.assertEqual(self.daemon.console("config:diff").code, 0)
                self.reload(config("new", **carrier))
                self.assertEqual(self.all_told(), {"new - "})

    def test_php_settings_that_nobody_boots_with_are_refused(self):
        for template in ("php", "app", "off"):
            with self.subTest(template=template):
                native = {**NATIVE, "template": template}
                self.start(config(**native))
                self.refused(config("new", ini_fixed={"no_such_setting": "1"}, **native),
                             "no_such_setting")

    def test_a_start_that_does_not_boot_is_refused(self):
        for carrier in CARRIERS:
            with self.subTest(**carrier):
                self.start(config(**carrier))
                broken = ["php", worker_script("boot_fails.php")]
                self.refused(config("new", start=broken, **carrier),
                             "boot_fails.php" if carrier else "no configuration here")

    def test_it_is_answered_when_every_worker_has_the_new_values(self):
        for carrier in CARRIERS:
            with self.subTest(**carrier):
                self.start(config(**carrier))
                before = self.processes()
                self.reload(config("new", "other", env={"BOOT_MS": "100"}, **carrier))
                self.assertEqual(self.all_told(), {"new other "})
                self.daemon.wait_settled(SIZE)
                after = self.processes()
                self.assertEqual(set(before), set(after))
                self.assertEqual(set(before.values()) & set(after.values()), set())

    def test_every_option_changes_under_load_and_nobody_is_refused(self):
        self.start(config())
        boots = {"BOOT_MS": "50"}
        definitions = (
            config("new", env=boots),
            config("new", "argument", env=boots),
            config("new", "argument", env=boots, memory_limit="64M"),
            config("new", env=boots, **NATIVE),
            config("new", env=boots, **NATIVE, ini={"user_agent": "changed"}),
            config("new", "argument", env=boots, **NATIVE, transport="socket"),
            config("new", "argument", env=boots, carrier="native", template="app"),
            config("new", env=boots, carrier="native", template="off"),
            config("new", env=boots, size=5, limits={"nofile": 200}, umask="022"),
            config("new", env=boots, **NATIVE, transport="socket"),
            config("new", env=boots, **NATIVE, transport="slab", stop_signal="QUIT"),
            config("old"))
        with Crowd(8, self.daemon.connect, "/") as clients:
            for text in definitions:
                seen = clients.answers
                before = set(self.daemon.pids())
                self.reload(text)
                self.assertEqual(before & set(self.daemon.pids()), set(), text)
                wait_until(lambda: clients.answers > seen, "they are answered")
        self.assertEqual(clients.faults, [])
        self.assertEqual(clients.statuses, {200})

    def test_a_pool_with_another_name_takes_over_under_load(self):
        self.start(config())
        with Crowd(SIZE - 1, self.daemon.connect, "/") as clients:
            for name in ("app", "web"):
                seen = clients.answers
                self.reload(config(name, env={"BOOT_MS": "50"}, id=name))
                self.assertEqual(self.told(), f"{name} - ")
                self.assertEqual([each["alias"] for each in self.daemon.containers()
                                  if each["kind"] == "pool"], [name])
                wait_until(lambda: clients.answers > seen, "they are answered")
            self.reload(config(id="bad", start=["php", worker_script("boot_fails.php")]), code=1)
        self.assertEqual(clients.faults, [])
        self.assertEqual(clients.statuses, {200})

    def test_what_it_cannot_take_over_is_told(self):
        self.start(config())
        self.daemon.write_config(config(mailbox={"capacity": 7}))
        done = self.daemon.console("config:diff")
        self.assertEqual(done.out.splitlines()[1:3], [
            "~ replace Main/web  ends before it begins anew: requests to it are answered 503 "
            "meanwhile", "    mailbox.capacity: 10000 -> 7"])

    def test_it_is_told_meanwhile_how_far_it_is(self):
        self.start(config())
        self.daemon.write_config(config("new", env={"BOOT_MS": "1500"}))
        shown = self.daemon.admin("POST", "/api/v1/commands", {"command": "reload"},
                                  [("Accept", "text/event-stream")])
        self.assertEqual(shown.status, 200)
        self.assertIn(b"event: reply", shown.body)
        self.assertRegex(shown.body.decode(), r"Main/web: [12] of 3 renewed")

    def test_one_that_does_not_boot_after_others_have_takes_these_back(self):
        self.start(config())
        mark = os.path.join(self.daemon.directory, "first")
        once = f'[ -e {mark} ] && {{ echo {SEVERAL} >&2; exit 9; }}; touch {mark}; exec php "$0" -'
        done = self.reload(config("new", start=["sh", "-c", once, worker_script("told.php")]),
                           code=1)
        self.assertIn(SEVERAL, done.err)
        self.assertIn("everything is as it was before", done.err)
        self.daemon.wait_settled(SIZE)
        self.assertEqual(self.all_told(), {"old - "})

    def test_what_did_not_boot_before_is_tried_at_once(self):
        self.daemon = fresh_daemon(
            self, config(env={"BREAK": "the file"}, backoff={"min": "60s", "max": "60s"}),
            ready=False)
        wait_until(lambda: "broken by the file" in self.daemon.log(), "it has failed")
        wait_until(lambda: [each["phase"] for each in self.daemon.workers()] ==
                   ["backing_off"] * SIZE, "and waits", every=0.02)
        began = time.monotonic()
        self.reload(config("new"))
        self.assertLess(time.monotonic() - began, 20)
        self.daemon.wait_settled(SIZE)
        self.assertEqual(self.all_told(), {"new - "})


if __name__ == "__main__":
    unittest.main()
