# SPDX-License-Identifier: BSD-3-Clause
"""Configuration files of the Narya dialect, for tests."""
import os
import socket

from support.topology import SOURCE

WORKER = os.path.join(SOURCE, "tests", "support", "narya_worker.php")
# Crashes on purpose must not spend the budget of restarts.
ENDLESS = ("--set", "web.supervise.intensity=100000",
           "--set", "web.backoff.min=10ms", "--set", "web.backoff.max=100ms")


def free_port():
    """A port that was free a moment ago: the dialect knows no port 0."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def narya_config(workers="  count: 2", server="", php=WORKER, logging=""):
    """The text of a `.rr.yaml`; each argument holds the indented lines of its section."""
    lines = ["server:"]
    if "port:" not in server:
        lines.append(f"  port: {free_port()}")
    if "host:" not in server:
        lines.append("  host: 127.0.0.1")
    lines += [server, "workers:", workers]
    if php:
        lines += ["php:", php if php.startswith(" ") else f"  worker_script: {php}"]
    if logging:
        lines += ["logging:", logging]
    return "\n".join(line for line in lines if line) + "\n"
