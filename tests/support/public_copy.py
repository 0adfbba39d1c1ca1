# SPDX-License-Identifier: BSD-3-Clause
"""The programs and the workers of the tests where every user may read them: a checkout may lie in
somebody's home."""
import os
import shutil
import tempfile
from unittest import mock

from support import daemon, topology


def use(case):
    """Until the end of `case` (a class), daemons and their workers are those of the copy.

    @return the copy's folder, like that of a checkout
    """
    folder = tempfile.mkdtemp(prefix="kt-copy-", dir="/tmp")
    case.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
    os.chmod(folder, 0o755)
    programs = os.path.join(folder, "build", "bin")
    os.makedirs(programs)
    for name in ("kraken", "kraken-runtime", "kraken-php"):
        if os.path.exists(os.path.join(daemon.PROGRAMS, name)):
            shutil.copy(os.path.join(daemon.PROGRAMS, name), programs)
    workers = os.path.join(folder, "tests", "support", "workers")
    shutil.copytree(topology.WORKERS, workers)
    shutil.copytree(os.path.join(topology.SOURCE, "tests", "support", "app"),
                    os.path.join(folder, "tests", "support", "app"))
    shutil.copytree(os.path.join(topology.SOURCE, "php"), os.path.join(folder, "php"),
                    ignore=shutil.ignore_patterns("native"))
    for parent, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(parent, name)
            os.chmod(path, os.stat(path).st_mode | 0o555)
    for patch in (mock.patch.object(daemon, "CONSOLE", os.path.join(programs, "kraken")),
                  mock.patch.object(topology, "WORKERS", workers)):
        patch.start()
        case.addClassCleanup(patch.stop)
    return folder
