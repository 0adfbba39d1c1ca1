# SPDX-License-Identifier: BSD-3-Clause
"""A MariaDB of one test: its data in a folder of its own, reached by a socket there alone."""
import os
import shutil
import subprocess
import tempfile

from support.waiting import wait_until

SERVER = "/usr/sbin/mariadbd"


class MariaDb:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="kt-db-", dir="/tmp")
        self.data = os.path.join(self.folder, "data")
        self.socket = os.path.join(self.folder, "socket")
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = None

    def start(self):
        common = ["--no-defaults", "--user=root" if os.geteuid() == 0 else "--user=",
                  f"--datadir={self.data}"]
        subprocess.run(["mariadb-install-db", *common, "--skip-test-db",
                        "--auth-root-authentication-method=normal"],
                       check=True, stdout=self.log, stderr=self.log)
        self.process = subprocess.Popen(
            [SERVER, *common, f"--socket={self.socket}", "--skip-networking",
             f"--pid-file={self.folder}/pid"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        wait_until(lambda: self.run("select 1"), "the database answers", within=30)
        return self

    def run(self, sql):
        done = subprocess.run(["mariadb", "--no-defaults", f"--socket={self.socket}", "-uroot",
                               "-N", "-e", sql], capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else None

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=60)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
