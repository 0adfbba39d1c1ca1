# SPDX-License-Identifier: BSD-3-Clause
"""The installed package, as a user of it has it: the example in apps/demo/native is built against
it in a folder of its own, and runs in a daemon of its own and as a plugin of the installed one."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from support.daemon import PROGRAMS, Daemon
from support.driver import Driver
from support.topology import AS_ROOT, topology

ROOT = os.environ.get("KRAKEN_SOURCE_DIR", os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))
APP = os.path.join(ROOT, "tests", "support", "app", "autoload.php")
EXAMPLE = os.path.join(ROOT, "apps", "demo", "native")
BUILD_SECONDS = 600


def run(*words, cwd):
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, timeout=BUILD_SECONDS,
                          check=False)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(words)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")


class ShopDaemon(Daemon):
    """The example's own daemon instead of kraken-runtime."""

    program = None

    def command_line(self):
        return [self.program, "-c", self.config_file, "--set", f"admin.socket={self.socket}",
                *self.arguments]


def commands_of_the_guide():
    """How to build, word for word, between what the tests do anyway: the build and the daemon."""
    with open(os.path.join(ROOT, "docs", "guides", "native-container.md"),
              encoding="utf-8") as file:
        lines = file.read().split("```sh\n", 1)[1].split("```", 1)[0].splitlines()
    serve = next(at for at, line in enumerate(lines) if "/kraken serve " in line)
    assert lines[0] == "./dev build", lines
    return "\n".join(lines[1:serve])


class InstalledDaemon(Daemon):
    """The daemon as it was installed, which has no native class of its own."""

    prefix = None

    def command_line(self):
        return [os.path.join(self.prefix, "bin", "kraken"), "serve", "-c", self.config_file,
                "--set", f"admin.socket={self.socket}", *self.arguments]


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="kp-", dir="/tmp")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        prefix = os.path.join(cls.folder, "installed")
        # The repository as the guide has it: what is built, and the example.
        example = os.path.join(cls.folder, "apps", "demo", "native")
        os.symlink(os.path.dirname(PROGRAMS), os.path.join(cls.folder, "build"))
        shutil.copytree(EXAMPLE, example, ignore=shutil.ignore_patterns("build"))
        run("sh", "-ec", commands_of_the_guide().replace("/opt/kraken", prefix), cwd=cls.folder)
        cls.out = os.path.join(example, "build")
        ShopDaemon.program = os.path.join(cls.out, "shop-daemon")
        InstalledDaemon.prefix = prefix
        cls.plugin = os.path.join(cls.out, "shop.so")
        with open(os.path.join(EXAMPLE, "kraken.yaml"), encoding="utf-8") as file:
            cls.config = file.read()

    def test_what_dev_builds_can_be_installed(self):
        with open(os.path.join(ROOT, "dev"), encoding="utf-8") as file:
            case = re.search(r"^  build\)\n.*?^    ;;", file.read(), re.M | re.S).group()
        targets = re.search(r"--target ([\w ]+\w)", case).group(1).split()
        ninja = ["ninja", "-C", os.path.dirname(PROGRAMS), "-t", "commands"]
        made = subprocess.run([*ninja, *targets],
                              check=True, capture_output=True, text=True, timeout=60).stdout
        for name in ("libkraken.a", "kraken", "kraken-runtime", "kraken-php"):
            self.assertRegex(made, rf"[ /]{re.escape(name)}\b")

    def test_the_headers_include_nothing_that_is_not_installed(self):
        folder = os.path.join(InstalledDaemon.prefix, "include")
        headers = sorted(os.path.relpath(os.path.join(at, name), folder)
                         for at, _, names in os.walk(folder) for name in names)
        self.assertGreater(len(headers), 100)
        self.assertIn("kraken/process/launch/launcher.hpp", headers)
        everything = os.path.join(self.folder, "everything.cpp")
        with open(everything, "w", encoding="utf-8") as file:
            file.writelines(f"#include <{each}>\n" for each in headers)
        run("c++", "-std=c++20", "-fsyntax-only", f"-I{folder}", everything, cwd=self.folder)

    def test_the_example_passes_its_own_test(self):
        run("ctest", "--test-dir", self.out, "--output-on-failure", "--no-tests=error",
            cwd=self.folder)

    def test_the_example_runs_its_container(self):
        with ShopDaemon(self.config) as daemon:
            self.assertIn("cache", daemon.console("ps").out)
            inspected = daemon.console("inspect", "cache").out
            self.assertIn("Cache", inspected)
            made = daemon.console("thread:create", "Main", "second", "Cache")
            self.assertEqual((made.code, made.out), (0, "Thread has been created.\n"))
            wrong = daemon.console("thread:create", "Main", "third", "Cach")
            self.assertNotEqual(wrong.code, 0)
            self.assertIn("did you mean 'Cache'?", wrong.err)
            self.assertEqual(daemon.console("thread:destroy", "Main", "second").code, 0)

    def test_a_mistake_in_the_arguments_is_told(self):
        daemon = ShopDaemon(self.config.replace("forget: 10m", "forgt: 10m"))
        daemon.launch()
        self.addCleanup(daemon.abort)
        self.assertEqual(daemon.wait_end(), 70)
        self.assertIn("argument 'forgt': is unknown (did you mean 'forget'?)", daemon.log())

    def test_an_unknown_class_is_told_before_anything_starts(self):
        daemon = ShopDaemon(self.config.replace("start: Cache", "start: Cash"))
        daemon.launch()
        self.addCleanup(daemon.abort)
        self.assertEqual(daemon.wait_end(), 2)
        self.assertIn("no native class 'Cash' is registered", daemon.log())

    def plugged(self, plugins, *children, cache=(), **top):
        cache = {"id": "cache", "type": "native", "start": "Cache", "args": {"source": "D"},
                 **dict(cache)}
        return topology(*children, cache, native={"plugins": plugins}, **top)

    def test_a_plugin_and_php_ask_each_other(self):
        driver = {"id": "D", "type": "php", "start": "Driver"}
        for own_thread in (False, True):
            config = self.plugged([self.plugin], driver, cache={"own_thread": own_thread},
                                  php={"autoload": APP, **AS_ROOT})
            with self.subTest(own_thread=own_thread), InstalledDaemon(config) as daemon:
                self.ask_each_other(daemon)

    def ask_each_other(self, daemon):
        asked = Driver(daemon)
        self.addCleanup(asked.close)
        self.assertEqual(asked("sendCommand", "cache", "put", {"key": "a", "value": [1]}), 1)
        self.assertEqual(asked("sendCommand", "cache", "get", {"key": "a"}), [1])
        # Not there: the cache asks the container in PHP that is just asking it.
        for _ in ("asked", "kept"):
            self.assertEqual(asked("sendCommand", "cache", "get", {"key": "b"}),
                             ["b", "Main/cache"])
        wrong = asked.ask("sendCommand", "cache", "put", {"key": 1})
        self.assertIn("error", wrong)
        unknown = asked.ask("sendCommand", "cache", "none", {})
        self.assertIn("error", unknown)
        self.assertEqual(daemon.container("Main/cache")["generation"], 1)
        self.assertEqual(asked("createThread", "second", "Cache"), "Thread has been created.")
        self.assertEqual(asked("sendCommand", "Main/D/second", "get", {"key": "x"}), None)
        self.assertEqual(asked("destroyThread", "second"), "Thread has been destroyed.")

    def test_the_example_finds_its_plugin_beside_the_file(self):
        with open(os.path.join(EXAMPLE, "plugin.yaml"), encoding="utf-8") as file:
            daemon = InstalledDaemon(file.read())
        os.mkdir(os.path.join(daemon.directory, "build"))
        shutil.copy(self.plugin, os.path.join(daemon.directory, "build", "shop.so"))
        with daemon:
            self.assertIn("classes=1", daemon.log())
            self.assertIn("cache", daemon.console("ps").out)

    def test_a_plugin_that_cannot_be_used_is_told_and_nothing_starts(self):
        text = os.path.join(self.folder, "text.so")
        with open(text, "w", encoding="utf-8") as file:
            file.write("no library")
        for plugins, code, told in (
                ([self.folder + "/nowhere.so"], 2, "there is no file '" + self.folder + "/now"),
                ([text], 2, "text.so: cannot be loaded: "),
                ([self.plugin, self.plugin], 5, "the native class 'Cache' is in " + self.plugin)):
            with self.subTest(told):
                daemon = InstalledDaemon(self.plugged(plugins))
                daemon.launch()
                self.addCleanup(daemon.abort)
                self.assertEqual(daemon.wait_end(), code)
                self.assertIn("native.plugins: ", daemon.log())
                self.assertIn(told, daemon.log())
                self.assertNotIn("daemon_started", daemon.log())


if __name__ == "__main__":
    unittest.main()
