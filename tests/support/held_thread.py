# SPDX-License-Identifier: BSD-3-Clause
"""One thread of another process is stopped, the others go on: what a handler that never returns
does to its thread. A debugger's call does it; the kernel lets go when this process ends."""
import ctypes
import os

_SEIZE, _INTERRUPT, _DETACH = 0x4206, 0x4207, 17
_ALL_THREADS = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long] * 4
_libc.ptrace.restype = ctypes.c_long


def _ptrace(request, thread):
    if _libc.ptrace(request, thread, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"ptrace {request:#x} of {thread}")


def named_thread(pid, name):
    """The number of the process's thread that calls itself `name`."""
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/comm", encoding="utf-8") as file:
            if file.read().strip() == name:
                return int(thread)
    raise LookupError(f"{pid} has no thread {name}")


class HeldThread:
    """with HeldThread(daemon.pid, "kraken/0"): that thread does nothing."""

    def __init__(self, pid, name):
        self.thread = named_thread(pid, name)

    def __enter__(self):
        _ptrace(_SEIZE, self.thread)
        _ptrace(_INTERRUPT, self.thread)
        os.waitpid(self.thread, _ALL_THREADS)
        return self

    def __exit__(self, *_):
        _ptrace(_DETACH, self.thread)
