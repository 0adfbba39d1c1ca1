# SPDX-License-Identifier: BSD-3-Clause
"""What the benchmarks measure with: CPU time of a tree of processes, a port for a server."""
import glob
import socket


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def tree(pid):
    """The process and everything below it."""
    found, todo = [], [pid]
    while todo:
        each = todo.pop()
        found.append(each)
        for task in glob.glob(f"/proc/{each}/task/*/children"):
            try:
                with open(task) as f:
                    todo += [int(x) for x in f.read().split()]
            except OSError:
                pass
    return found


def cpu_ns(pid):
    total = 0
    for each in tree(pid):
        for path in glob.glob(f"/proc/{each}/task/*/schedstat"):
            try:
                with open(path) as f:
                    total += int(f.read().split()[0])
            except OSError:
                pass
    return total
