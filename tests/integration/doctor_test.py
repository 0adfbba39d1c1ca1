# SPDX-License-Identifier: BSD-3-Clause
"""`kraken doctor` on this machine, and on one that is made to look worse."""
import json
import os
import pwd
import shutil
import subprocess
import tempfile
import unittest

from support.case import fresh_daemon
from support.daemon import CONSOLE, PROGRAMS
from support.topology import topology


class Doctor(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="kt-", dir="/tmp")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.place = os.path.join(self.folder, "run")
        os.mkdir(self.place, 0o700)

    def run_doctor(self, *words, console=CONSOLE, wrapper=(), **environment):
        variables = {"PATH": os.environ["PATH"], "KRAKEN_SOCKET": self.place + "/kraken.sock",
                     **environment}
        return subprocess.run([*wrapper, console, "doctor", *words], capture_output=True, text=True,
                              env=variables, timeout=120, check=False)

    def findings(self, *words, code=None, **options):
        done = self.run_doctor("-o", "json", *words, **options)
        found = {each["check"]: each for each in json.loads(done.stdout)}
        problems = [each for each in found.values() if each["level"] == "problem"]
        self.assertEqual(done.returncode, 1 if problems else 0, done)
        if code is not None:
            self.assertEqual(done.returncode, code, problems)
        return found

    def test_this_machine_can_run_php_and_its_facts_are_true(self):
        found = self.findings(code=0)
        version = subprocess.run(["php", "-r", "echo PHP_VERSION;"], capture_output=True, text=True,
                                 check=True).stdout
        self.assertEqual(found["php"]["found"], "php " + version)
        self.assertEqual((found["opcache"]["level"], found["kernel"]["level"]), ("good", "good"))
        self.assertIn(self.place, found["socket"]["found"])
        self.assertEqual(found["user"]["level"], "advice" if os.geteuid() == 0 else "good")
        with open("/proc/sys/net/core/somaxconn", encoding="ascii") as file:
            self.assertIn(file.read().strip(), found["backlog"]["found"])

    def test_the_table_has_a_hint_below_each_fault(self):
        lines = self.run_doctor(wrapper=("prlimit", "--nofile=1024:1024")).stdout.splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith("open-files"))
        self.assertRegex(lines[at], r"^open-files +advice +the hard limit is 1024")
        self.assertRegex(lines[at + 1], "^ +Try: .*LimitNOFILE=")

    def test_a_machine_without_php_has_a_problem(self):
        # A console alone, in a folder of its own, and a PATH that leads nowhere.
        alone = shutil.copy(CONSOLE, self.folder)
        found = self.findings(console=alone, code=1, PATH=self.folder)
        self.assertEqual(found["php"]["level"], "problem")
        self.assertEqual(found["kraken-php"]["level"], "advice")

    def test_a_kraken_php_that_does_not_run_is_told_with_its_own_words(self):
        alone = shutil.copy(CONSOLE, self.folder)
        with open(os.path.join(self.folder, "kraken-php"), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\necho 'libphp8.2.so: cannot open' >&2\nexit 127\n")
        os.chmod(file.name, 0o755)
        found = self.findings(console=alone, code=1)
        self.assertIn("libphp8.2.so: cannot open", found["kraken-php"]["found"])

    def test_a_time_limit_of_php_ini_is_told(self):
        minor = subprocess.run(["php", "-r", "echo PHP_MAJOR_VERSION, '.', PHP_MINOR_VERSION;"],
                               capture_output=True, text=True, check=True).stdout
        real = shutil.which("php" + minor)
        for value, level in (("7", "advice"), ("30", "good"), ("0", "good")):
            with open(os.path.join(self.folder, "php.ini"), "w", encoding="ascii") as file:
                file.write(f"max_execution_time = {value}\n")
            with open(os.path.join(self.folder, "php" + minor), "w", encoding="ascii") as file:
                # Called as `php8.2 -c FILE -r CODE`.
                file.write(f'#!/bin/sh\nexec {real} -c {self.folder}/php.ini "$3" "$4"\n')
            os.chmod(file.name, 0o755)
            found = self.findings(PATH=self.folder + ":" + os.environ["PATH"])["time-limit"]
            self.assertEqual(found["level"], level)
            self.assertEqual("max_execution_time = 7" in found["found"], level == "advice")

    def test_a_directory_others_may_write_to_is_a_problem(self):
        os.chmod(self.place, 0o777)
        self.assertEqual(self.findings(code=1)["socket"]["hint"], "chmod 700 " + self.place)

    @unittest.skipUnless(os.geteuid() == 0, "only root is let in by everybody's daemon")
    def test_the_daemon_of_another_user_that_answers_is_no_problem(self):
        nobody = pwd.getpwnam("nobody").pw_uid
        os.chmod(self.folder, 0o755)
        daemon = fresh_daemon(self, topology(), directory=self.place)
        self.assertIn("is private", self.findings()["socket"]["found"])
        os.chown(self.place, nobody, -1)
        found = self.findings()["socket"]
        self.assertEqual((found["level"], found["hint"]), ("good", ""), found)
        os.chown(self.place, 0, -1)
        self.assertEqual(daemon.stop(), 0)
        os.chown(self.place, nobody, -1)
        self.assertEqual(self.findings(code=1)["socket"]["level"], "problem")

    def test_names_are_those_of_what_is_not_good(self):
        os.chmod(self.place, 0o777)
        self.assertIn("socket", self.run_doctor("-o", "name").stdout.split())

    def test_kraken_php_tells_its_version(self):
        done = subprocess.run([os.path.join(PROGRAMS, "kraken-php"), "--version"],
                              capture_output=True, text=True, check=True)
        self.assertRegex(done.stdout, r"^kraken-php [\d.]+ \(PHP 8\.\d+\.\d+")
