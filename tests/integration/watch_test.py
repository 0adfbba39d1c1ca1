# SPDX-License-Identifier: BSD-3-Clause
"""`watch` of a pool: a changed file replaces template and workers and costs no request; code that
does not boot replaces nothing and is told with file and line; the next change tries again."""
import os
import re
import shutil
import tempfile
import unittest

from support.case import fresh_daemon
from support.crowd import Crowd
from support.topology import AS_ROOT, SOURCE, http, pool, topology
from support.waiting import wait_until

NATIVE = """<?php
require __DIR__ . '/lib/version.php';
Kraken\\handle(function () { echo version(); });
"""
STOCK = f"""<?php
require '{SOURCE}/php/autoload.php';
require __DIR__ . '/lib/version.php';
Kraken\\Worker::run(fn ($request) => Kraken\\Response::text(version()));
"""


class Project(unittest.TestCase):
    """A small application in a directory of its own."""

    def setUp(self):
        self.directory = os.path.realpath(tempfile.mkdtemp(prefix="kw-"))
        self.addCleanup(shutil.rmtree, self.directory)
        os.mkdir(self.path("lib"))
        self.write("worker.php", NATIVE)
        self.release("one")

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)

    def release(self, version, name="lib/version.php"):
        self.write(name, f"<?php function version() {{ return '{version}'; }}")

    def serve(self, ready=True, arguments=(), **options):
        if not arguments:
            options.setdefault("watch", True)
        web = {**pool(**{"carrier": "native", "template": "app", **options}),
               "start": ["php", self.path("worker.php")]}
        self.daemon = fresh_daemon(self, topology(web, http()), ready=ready, arguments=arguments)
        return self.daemon

    def answers(self, version):
        wait_until(lambda: self.daemon.get("/").body.decode() == version, f"'{version}' is served")

    def told(self, event, times=1):
        def enough():
            lines = [line for line in self.daemon.log().splitlines() if event in line]
            return lines[times - 1] if len(lines) >= times else None
        return wait_until(enough, f"{event} is told")

    def pids(self):
        return sorted(self.daemon.pids())


class Watched(Project):
    def test_a_changed_file_is_served_without_a_lost_request(self):
        daemon = self.serve()
        before = self.pids()
        with Crowd(4, daemon.connect, "/") as load:
            self.answers("one")
            self.release("two")
            self.told("code_taken")
            self.answers("two")
            load.wait_for((200, "two"))
        self.assertEqual(load.faults, [])
        self.assertEqual(set(load.seen), {(200, "one"), (200, "two")})
        self.assertIn(self.path("lib/version.php"), self.told("code_changed"))
        daemon.wait_settled(2)
        self.assertFalse(set(before) & set(self.pids()))
        events = [each["name"] for each in daemon.api("events?lines=4000")]
        self.assertEqual(events.count("code_taken"), 1)

    def test_what_does_not_boot_replaces_nothing_and_the_next_change_is_tried(self):
        daemon = self.serve()
        before = self.pids()
        with Crowd(4, daemon.connect, "/") as load:
            self.write("lib/version.php", "<?php\n\nfunction version( { }")
            refused = self.told("code_refused")
            self.assertEqual(self.pids(), before)
            self.answers("one")
            self.release("two")
            self.answers("two")
            load.wait_for((200, "two"))
        self.assertEqual(load.faults, [])
        self.assertEqual(set(load.seen), {(200, "one"), (200, "two")})
        place = re.escape(self.path("lib/version.php")) + ":3"
        self.assertRegex(refused, "syntax error.*" + place)
        self.told("code_taken")

    def test_an_atomic_rename_is_one_change(self):
        self.serve()
        self.release("two", "lib/.version.php.new")
        os.rename(self.path("lib/.version.php.new"), self.path("lib/version.php"))
        self.answers("two")
        self.told("code_taken")
        self.assertEqual(self.daemon.log().count("code_changed"), 1)

    def test_a_new_directory_is_followed(self):
        self.serve()
        os.makedirs(self.path("src/deep"))
        self.release("two", "src/deep/version.php")
        self.told("code_changed")
        self.write("worker.php", NATIVE.replace("lib/", "src/deep/"))
        self.answers("two")
        self.release("three", "src/deep/version.php")
        self.answers("three")

    def test_changes_in_quick_succession_end_with_the_last_one(self):
        self.serve()
        with Crowd(4, self.daemon.connect, "/") as load:
            for number in range(20):
                # In place a boot under way may find half of a file, and be right to take it.
                self.release(f"v{number}", "lib/.next")
                os.rename(self.path("lib/.next"), self.path("lib/version.php"))
                if number % 3 == 0:
                    wait_until(lambda: self.daemon.health("/livez") == 200, "a moment")
            self.answers("v19")
        self.assertEqual(load.faults, [])
        self.assertEqual({status for status, _ in load.seen}, {200})

    def test_a_pool_that_never_booted_is_tried_at_once(self):
        self.write("lib/version.php", "<?php function version( { }")
        self.serve(ready=False, backoff={"min": "5m", "max": "10m"})
        wait_until(lambda: "pool_does_not_boot" in self.daemon.log(), "nothing boots")
        self.release("one")
        self.answers("one")
        self.daemon.wait_settled(2)

    def test_caches_and_packages_are_not_watched(self):
        self.serve()
        for name in ("vendor", "var", ".git"):
            os.mkdir(self.path(name))
            self.release("x", f"{name}/x.php")
        self.release("two")
        self.answers("two")
        self.told("code_taken")
        for name in ("vendor/", "var/", ".git/"):
            self.assertNotIn(self.path(name), self.daemon.log())

    def test_it_is_turned_on_and_off_by_a_reload_that_replaces_nobody(self):
        daemon = self.serve(watch=False)
        before = self.pids()
        path = os.path.join(daemon.directory, "kraken.yaml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace('"watch": false', '"watch": ["' + self.path("lib") + '"]'))
        self.assertEqual(daemon.command("reload")[0], 200)
        self.assertEqual(self.pids(), before)
        self.release("two")
        self.answers("two")


class Carriers(Project):
    def test_workers_of_stock_php_are_replaced(self):
        self.write("worker.php", STOCK)
        self.serve(carrier="program", template="php")
        before = self.pids()
        with Crowd(4, self.daemon.connect, "/") as load:
            self.write("worker.php", "<?php\nthis is not PHP;")
            refused = self.told("code_refused")
            self.assertRegex(refused, r"syntax error.*worker\.php on line 2")
            self.assertEqual(self.pids(), before)
            self.write("worker.php", STOCK)
            self.release("two")
            self.answers("two")
            load.wait_for((200, "two"))
        self.assertEqual(load.faults, [])
        self.assertEqual(set(load.seen), {(200, "one"), (200, "two")})

    def test_executed_workers_of_kraken_php_are_replaced(self):
        self.serve(template="off")
        before = self.pids()
        self.write("lib/version.php", "<?php\nsyntax;;)")
        self.assertIn(self.path("lib/version.php") + ":2", self.told("code_refused"))
        self.assertEqual(self.pids(), before)
        self.release("two")
        self.answers("two")

    def test_classic_scripts_get_a_new_opcache(self):
        public = self.path("public")
        os.mkdir(public)
        script = "<?php require '../lib/version.php'; echo version();"
        self.write("public/index.php", script)
        self.write("composer.json", "{}")
        web = {"id": "web", "type": "pool", "carrier": "classic", "start": [public], "size": 2,
               "watch": True, "ini": {"opcache.validate_timestamps": "0"}, **AS_ROOT}
        self.daemon = fresh_daemon(self, topology(web, http()))
        self.answers("one")
        self.release("two")
        self.answers("two")


    def test_opcache_looks_at_scripts_with_each_request_unless_it_is_told_otherwise(self):
        public = self.path("public")
        os.mkdir(public)
        self.write("public/index.php", "<?php echo ini_get('opcache.revalidate_freq');")
        pools = {"watched": {"watch": True}, "not": {}, "other": {
            "watch": True, "ini": {"opcache.revalidate_freq": "7"}}}
        self.daemon = fresh_daemon(self, topology(
            *({"id": id, "type": "pool", "carrier": "classic", "start": [public], "size": 1,
               **AS_ROOT, **options} for id, options in pools.items()),
            http(routes=[{"path": "/", "host": id, "to": id} for id in pools])))
        with self.daemon.connect() as connection:
            said = [connection.request("GET", "/", host=id).body for id in pools]
        self.assertEqual(said, [b"0", b"2", b"7"])


class Flag(Project):
    def test_serve_has_a_flag_for_it(self):
        self.serve(arguments=("--watch",))
        self.answers("one")
        self.release("two")
        self.answers("two")
