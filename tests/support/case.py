# SPDX-License-Identifier: BSD-3-Clause
"""Test cases that share one daemon and show its log when they fail."""
import os
import unittest

from support.daemon import Daemon


class DaemonCase(unittest.TestCase):
    """One daemon for all tests of a class; `config` is the text of its kraken.yaml."""

    config = None
    options = {}
    pool_size = None

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(cls.config, **cls.options).start()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.close()

    def run(self, result=None):
        faults = len(result.failures) + len(result.errors)
        began = os.path.getsize(self.daemon.log_file)
        super().run(result)
        if len(result.failures) + len(result.errors) > faults:
            with open(self.daemon.log_file, encoding="utf-8", errors="replace") as file:
                file.seek(began)
                print(f"--- log of {self.id()}\n{file.read()[-6000:]}\n---", flush=True)

    def connect(self, **options):
        connection = self.daemon.connect(**options)
        self.addCleanup(connection.close)
        return connection

    def assert_serves(self):
        """Whoever else suffered, the next client is served."""
        self.assertEqual(self.daemon.get("/hello").status, 200)


def fresh_daemon(case, config, ready=True, **options):
    """A daemon of one test only; with `ready=False` nothing is waited for."""
    daemon = Daemon(config, **options)
    case.addCleanup(daemon.close)
    daemon.start() if ready else daemon.launch()
    return daemon
