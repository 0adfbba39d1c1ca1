# SPDX-License-Identifier: BSD-3-Clause
"""The installed package, as a user of it has it: the example in apps/demo/native is built against
it in a folder of its own, and its daemon runs the native container."""
import os
import shutil
import subprocess
import tempfile
import unittest

from support.daemon import PROGRAMS, Daemon

ROOT = os.environ.get("KRAKEN_SOURCE_DIR", os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))
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


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="kp-", dir="/tmp")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        prefix = os.path.join(cls.folder, "installed")
        run("cmake", "--install", os.path.dirname(PROGRAMS), "--prefix", prefix, cwd=cls.folder)
        run("cmake", "-S", EXAMPLE, "-B", "out", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}",
            "-DCMAKE_BUILD_TYPE=Debug", cwd=cls.folder)
        run("cmake", "--build", "out", cwd=cls.folder)
        ShopDaemon.program = os.path.join(cls.folder, "out", "shop-daemon")
        with open(os.path.join(EXAMPLE, "kraken.yaml"), encoding="utf-8") as file:
            cls.config = file.read()

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


if __name__ == "__main__":
    unittest.main()
