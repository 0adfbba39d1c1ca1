# SPDX-License-Identifier: BSD-3-Clause
"""The manager of a PHP container in the hands of a test: tests/support/app's DriverContainer."""
import json
import os
import socket

from support.waiting import wait_until


class Driver:
    """The manager of a container of the class Driver."""

    def __init__(self, daemon, alias="D"):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        path = os.path.join(daemon.directory, alias + ".sock")
        wait_until(lambda: self.socket.connect(path) is None, "the driver listens")
        self.file = self.socket.makefile("rw")

    def ask(self, method, *arguments):
        """@return {"value": ...} or {"error": [class, message]}"""
        self.file.write(json.dumps([method, *arguments]) + "\n")
        self.file.flush()
        return json.loads(self.file.readline())

    def __call__(self, method, *arguments):
        answer = self.ask(method, *arguments)
        assert "value" in answer, answer
        return answer["value"]

    def close(self):
        self.file.close()
        self.socket.close()
